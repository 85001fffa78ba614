"""What drafts say, as data: sentences and terms in every language, advice, contacts, the risk scheme.

The room's own texts serve every region that publishes in these languages. A region's pack adds, in its
folder ``wording/``, what only it can know (advice, referrals, the names of levels, its rule for risk), and
may word any sentence or term anew. All of it is held to a shape here, so that writers need no doubts.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from lionrock import regions
from lionrock.briefing.facts import (
    Asks,
    Behaviour,
    Channel,
    Device,
    Occasion,
    Shared,
    Theme,
    Trick,
)
from lionrock.core.alerts import LANGUAGES, Impact, Kind, Link, Risk
from lionrock.core.figures import Unit
from lionrock.core.region import WORDING, PackError, Problem

Texts = Mapping[str, str]
"""A text in each of ``lionrock.core.alerts.LANGUAGES``."""

GROUPS: Final[Mapping[str, type[StrEnum]]] = {
    "channel": Channel,
    "theme": Theme,
    "asks": Asks,
    "trick": Trick,
    "shared": Shared,
    "behaviour": Behaviour,
    "device": Device,
    "occasion": Occasion,
    "impact": Impact,
    "risk": Risk,
}
"""Groups of terms that must have a word for each code."""
UNIT_FORMS: Final = ("one", "many", "things")
SLOT: Final = re.compile(r"\{([a-z_]{1,24})\}")

_TABLES: Final = frozenset(
    {
        *(
            "phrases",
            "terms",
            "units",
            "refused",
            "vocabulary",
            "directions",
            "articles",
            "places",
            "certs",
            "heard",
        ),
        *("advice", "victims", "signs", "solutions", "link", "referral", "risk"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One fixed sentence; it stands where any of ``when`` was seen, or always where that is empty."""

    id: str
    text: Texts
    when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule:
    """By which rule a level is proposed: data of the region."""

    impacts: Mapping[Impact, Risk]
    base: Mapping[str, Risk]
    """Per kind of alert, and ``local``."""
    raised_by: frozenset[str]
    most: Risk
    rising_count: int
    rising_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All words of a region's drafts, checked."""

    phrases: Mapping[str, Texts]
    terms: Mapping[str, Mapping[str, Texts]]
    units: Mapping[tuple[str, str], Mapping[str, Texts]]
    """By (kind or ``any``, unit): ``one``, ``many``, ``things``."""
    places: Mapping[str, Texts]
    certs: Mapping[str, str]
    advice: Mapping[str, tuple[Advice, ...]]
    victims: Mapping[str, tuple[Advice, ...]]
    signs: Mapping[str, tuple[Advice, ...]]
    solutions: Mapping[str, tuple[Advice, ...]]
    links: tuple[tuple[frozenset[str], Link], ...]
    referrals: Mapping[str, Texts]
    risk: RiskRule
    heard: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Words by which strangers' texts show a trait: group, code, words."""
    refused: Mapping[str, tuple[str, ...]]
    """What no model may say, by language."""
    vocabulary: frozenset[str] = frozenset()
    """English words with which a sentence may begin, in lower case."""
    articles: frozenset[str] = frozenset()
    """Last words of English names that have an article in running text."""
    directions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Words that tell of a rise or a fall, by language."""
    fixed: frozenset[str] = field(default=frozenset())
    """Every advice and sign, in every language: words that need no evidence."""

    def unit(self, kind: Kind | str, unit: Unit) -> Mapping[str, Texts]:
        """Return the forms of a unit: those of this kind of alert, or the general ones."""
        return self.units.get((str(kind), unit.value)) or self.units["any", unit.value]

    def place(self, country: str) -> Texts:
        """Return the name of a country, or its code where no table knows it."""
        return self.places.get(country) or dict.fromkeys(LANGUAGES, country)


@cache
def load(code: str, folder: Path | None = None) -> Wording:
    """Return the wording of a shipped pack, or of the pack in ``folder``; raise PackError for a faulty one."""
    return parse(own_files(), region_files(code, folder))


def problems(code: str, folder: Path | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with the wording of a pack, for those who mend it."""
    try:
        load(code, folder)
    except PackError as error:
        return error.problems
    return ()


def own_files() -> Mapping[str, bytes]:
    """Return the room's own texts."""
    place = files("lionrock.briefing") / "texts"
    return {each.name: each.read_bytes() for each in place.iterdir() if each.name.endswith(".toml")}


def region_files(code: str, folder: Path | None = None) -> Mapping[str, bytes]:
    """Return what a pack says of wording, by path; raise PackError where it says nothing."""
    found = {
        name: content
        for name, content in regions.pack_files(code, folder).items()
        if name.startswith(WORDING)
    }
    if not found:
        what = "the pack has no such folder: advice, referrals and risk levels are missing"
        raise PackError((Problem(file=WORDING, entry="-", what=what),))
    return found


def parse(own: Mapping[str, bytes], region: Mapping[str, bytes]) -> Wording:
    """Read both, the region's over our own; raise PackError listing everything that is wrong."""
    reader = _Reader()
    reader.take(own, ours=True)
    reader.take(region, ours=False)
    wording = reader.done()
    if reader.problems:
        raise PackError(tuple(reader.problems))
    return wording


class _Reader:
    """Gathers tables of many files, and everything that is wrong in them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._file = "-"
        self._phrases: dict[str, Texts] = {}
        self._terms: dict[str, dict[str, Texts]] = {}
        self._units: dict[tuple[str, str], Mapping[str, Texts]] = {}
        self._places: dict[str, Texts] = {}
        self._certs: dict[str, str] = {}
        self._advice: dict[str, dict[str, tuple[Advice, ...]]] = {
            name: {} for name in ("advice", "victims", "signs", "solutions")
        }
        self._links: list[tuple[frozenset[str], Link]] = []
        self._referrals: dict[str, Texts] = {}
        self._risk: RiskRule | None = None
        self._heard: dict[str, dict[str, tuple[str, ...]]] = {}
        self._refused: dict[str, tuple[str, ...]] = {}
        self._vocabulary: set[str] = set()
        self._articles: set[str] = set()
        self._directions: dict[str, dict[str, tuple[str, ...]]] = {}

    def take(self, found: Mapping[str, bytes], *, ours: bool) -> None:
        """Read some files."""
        for name in sorted(found):
            self._file = name
            try:
                table = tomllib.loads(found[name].decode("utf-8"))
            except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                self._wrong("-", f"is no TOML in UTF-8: {error}")
                continue
            for key in sorted(set(table) - _TABLES):
                self._wrong(key, "unknown table")
            self._sentences(_table(table.get("phrases")), ours=ours)
            for group, terms in _table(table.get("terms")).items():
                self._group(group, _table(terms))
            for kind, units in _table(table.get("units")).items():
                for unit, forms in _table(units).items():
                    self._unit(kind, unit, _table(forms))
            for code, texts in _table(table.get("places")).items():
                if read := self._texts(f"places.{code}", texts):
                    self._places[code] = read
            for code, cert in _table(table.get("certs")).items():
                self._certs[code] = str(cert)
            for section in self._advice:
                for kind, entries in _table(table.get(section)).items():
                    self._advices(section, kind, entries)
            self._pages(table)
            if "risk" in table:
                self._rule(_table(table["risk"]))
            for group, codes in _table(table.get("heard")).items():
                for code, words in _table(codes).items():
                    if group not in {"theme", "asks"} or code not in {
                        each.value for each in GROUPS[group]
                    }:
                        self._wrong(f"heard.{group}", f"“{code}” is no code of it")
                    known = self._heard.setdefault(group, {})
                    known[code] = tuple(str(word) for word in _list(words))
            for language, words in _table(table.get("refused")).items():
                self._refused[language] = tuple(str(word).lower() for word in _list(words))

            for words in _table(table.get("vocabulary")).values():
                self._vocabulary |= {str(word).lower() for word in _list(words)}
            for words in _table(table.get("articles")).values():
                self._articles |= {str(word) for word in _list(words)}
            for way, languages in _table(table.get("directions")).items():
                for language, words in _table(languages).items():
                    known_ways = self._directions.setdefault(way, {})
                    known_ways[language] = tuple(str(word).lower() for word in _list(words))

    def done(self) -> Wording:
        """Return what was read; what is missing is a problem."""
        self._file = "wording"
        for group, codes in GROUPS.items():
            for code in codes:
                if code.value not in self._terms.get(group, {}):
                    self._wrong(f"terms.{group}", f"has no term for “{code.value}”")
        for unit in Unit:
            if ("any", unit.value) not in self._units:
                self._wrong(f"units.any.{unit.value}", "is missing")
        for kind in Kind:
            if kind is Kind.VULNERABILITY:
                if not self._advice["solutions"].get(kind.value):
                    self._wrong(f"solutions.{kind.value}", "is missing")
                continue
            for section in ("advice", "victims"):
                if not self._advice[section].get(kind.value):
                    self._wrong(f"{section}.{kind.value}", "is missing")
        if self._risk is None:
            self._wrong("risk", "is missing")
            self._risk = RiskRule(
                impacts={}, base={}, raised_by=frozenset(), most=Risk.HIGH, rising_count=0, rising_percent=0
            )  # fmt: skip
        fixed = (
            text
            for kinds in self._advice.values()
            for entries in kinds.values()
            for entry in entries
            for text in entry.text.values()
        )
        return Wording(
            phrases=self._phrases,
            terms=self._terms,
            units=self._units,
            places=self._places,
            certs=self._certs,
            **self._advice,
            links=tuple(self._links),
            referrals=self._referrals,
            risk=self._risk,
            heard=self._heard,
            refused=self._refused,
            vocabulary=frozenset(self._vocabulary),
            articles=frozenset(self._articles),
            directions=self._directions,
            fixed=frozenset(fixed),
        )

    def _sentences(self, table: Mapping[str, object], *, ours: bool) -> None:
        for key, value in table.items():
            read = self._texts(f"phrases.{key}", value)
            if not read:
                continue
            slots = {language: set(SLOT.findall(text)) for language, text in read.items()}
            if len({frozenset(each) for each in slots.values()}) > 1:
                self._wrong(f"phrases.{key}", "holds other slots in one language than in another")
            if not ours:
                before = self._phrases.get(key)
                if before is None:
                    self._wrong(f"phrases.{key}", "no draft uses such a sentence")
                elif set(SLOT.findall(before["en"])) != slots["en"]:
                    self._wrong(f"phrases.{key}", "holds other slots than the sentence it replaces")
            self._phrases[key] = read

    def _group(self, group: str, table: Mapping[str, object]) -> None:
        for code, value in table.items():
            if group in GROUPS and code not in {each.value for each in GROUPS[group]}:
                self._wrong(f"terms.{group}", f"“{code}” is no code of it")
            if read := self._texts(f"terms.{group}.{code}", value):
                self._terms.setdefault(group, {})[code] = read

    def _unit(self, kind: str, unit: str, forms: Mapping[str, object]) -> None:
        where = f"units.{kind}.{unit}"
        if set(forms) != set(UNIT_FORMS):
            self._wrong(where, f"has not exactly {', '.join(UNIT_FORMS)}")
            return
        read = {form: self._texts(f"{where}.{form}", forms[form]) for form in UNIT_FORMS}
        for form in ("one", "many"):
            if any("{n}" not in text for text in read[form].values()):
                self._wrong(f"{where}.{form}", "lacks {n}")
        self._units[kind, unit] = read

    def _advices(self, section: str, kind: str, entries: object) -> None:
        if kind not in {each.value for each in Kind}:
            self._wrong(f"{section}.{kind}", "is about no kind of alert")
        read: list[Advice] = []
        for entry in _list(entries):
            table = dict(_table(entry))
            if "like" in table:
                read += self._advice[section].get(str(table["like"]), ())
                continue
            when = frozenset(str(each) for each in _list(table.pop("when", [])))
            name = str(table.pop("id", ""))
            if text := self._texts(f"{section}.{kind}.{name}", table):
                read.append(Advice(id=name, text=text, when=when))
        self._advice[section][kind] = tuple(read)

    def _pages(self, table: Mapping[str, object]) -> None:
        for entry in _list(table.get("link", [])):
            values = dict(_table(entry))
            name, url = str(values.pop("id", "")), str(values.pop("url", ""))
            kinds = frozenset(str(each) for each in _list(values.pop("kinds", [])))
            if not re.fullmatch(r"https://[a-z0-9.-]+(/[!-~]*)?", url):
                self._wrong(f"link {name}", f"“{url}” is no https:// address")
            if text := self._texts(f"link {name}", values):
                self._links.append((kinds, Link(title=dict(text), url=url)))
        for entry in _list(table.get("referral", [])):
            values = dict(_table(entry))
            name = str(values.pop("id", ""))
            if text := self._texts(f"referral {name}", values):
                self._referrals[name] = text

    def _rule(self, table: Mapping[str, object]) -> None:
        rules = _table(table.get("rules"))
        try:
            impacts = {Impact(k): Risk(str(v)) for k, v in _table(table.get("impacts")).items()}
            base = {key: Risk(str(rules[key])) for key in (*_BASES, "local")}
            most = Risk(str(rules["most"]))
            count, percent = rules["rising_count"], rules["rising_percent"]
        except (KeyError, ValueError) as error:
            self._wrong("risk", f"is incomplete or names no level: {error}")
            return
        if set(impacts) != set(Impact):
            self._wrong("risk.impacts", "has not exactly one level for each impact")
        if not isinstance(count, int) or not isinstance(percent, int):
            self._wrong("risk.rules", "rising is told in whole numbers")
            return
        self._risk = RiskRule(
            impacts=impacts,
            base=base,
            raised_by=frozenset(str(each) for each in _list(rules.get("raised_by", []))),
            most=most,
            rising_count=count,
            rising_percent=percent,
        )

    def _texts(self, where: str, value: object) -> Texts:
        table = _table(value)
        if set(table) != set(LANGUAGES):
            self._wrong(where, f"is not told in exactly {', '.join(LANGUAGES)}")
            return {}
        for language, text in table.items():
            if not isinstance(text, str) or not text or text != text.strip():
                self._wrong(where, f"has no clean text in {language}")
                return {}
        return {language: str(table[language]) for language in LANGUAGES}

    def _wrong(self, entry: str, what: str) -> None:
        self.problems.append(Problem(file=self._file, entry=entry, what=what))


_BASES: Final = tuple(kind.value for kind in Kind)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Iterator[object]:
    return iter(value if isinstance(value, list) else [])

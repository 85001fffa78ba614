"""The region pack's types and rules: what a region is, whose brands it watches, which words lure there."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from lionrock.core.cases import CaseBook, Category, Channel, check_cases
from lionrock.core.errors import GiveUp

LURE_KINDS: Final = frozenset(
    {
        "account",
        "bank",
        "crypto",
        "government",
        "invest",
        "job",
        "login",
        "messenger",
        "parcel",
        "payment",
        "prize",
        "shop",
        "support",
        "tax",
        "toll",
    }
)

WORDING: Final = "wording/"
"""The folder of a pack that holds what alerts say; the briefing room reads and checks it."""

FIGURES: Final = "figures.toml"
"""The file of a pack that says what is counted and published; the briefing room reads and checks it."""

NEWS: Final = "news.toml"
"""The file of a pack that lists sources of news; the briefing room reads and checks it."""

SHORT: Final = 4
"""An ASCII alias of at most this many letters says whether it is ordinary or distinct."""

_ALIAS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_COUNTRY = re.compile(r"[a-z]{2}|global")
_TLD = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialDomain:
    """A domain a brand itself uses.

    ``source`` says where the fact comes from and ``checked`` when (ISO date); both ``None`` means
    nobody has checked it yet.
    """

    domain: str
    source: str | None = None
    checked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Who is imitated.

    ``names`` maps a language tag (``en``, ``zh-Hant``, ``zh-Hans``, ``ja``) to the brand's name.
    ``aliases`` are what a domain name would hold: lower-case ASCII without separators (``hangseng``),
    with a hyphen where the brand is two words (``hang-seng``), or Chinese and Japanese text.
    ``ordinary`` are those aliases that are also an ordinary word or a short string found inside
    ordinary words: they count only in company.
    """

    id: str
    names: Mapping[str, str]
    sector: str
    home: str
    aliases: tuple[str, ...]
    ordinary: frozenset[str] = frozenset()
    official: tuple[OfficialDomain, ...] = ()
    labels: tuple[str, ...] = ()
    """Names under which other catalogues report this brand (JPCERT's labels, for example)."""
    company: tuple[str, ...] = ()
    """Words that, next to an ordinary alias, make it this brand (``bank`` beside ``citic``)."""
    distinct: frozenset[str] = frozenset()
    """Short aliases that a person looked at and found to stand in no ordinary word (``hsbc``)."""
    parent: str | None = None
    """The id of the brand this one belongs to, with which it may share a domain."""
    file: str = field(default="", compare=False)
    """The file of the pack it was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lure:
    """A word that lures: ``kind`` is what for (login, bank, parcel, toll, tax, prize ...)."""

    word: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """How the team that runs Lionrock in a region speaks of itself in letters.

    ``names`` and ``about`` map a language tag to the team's name and to the sentences that say what
    it does; an administrator may set another name and the address.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region pack, parsed."""

    code: str
    names: Mapping[str, str]
    timezone: str
    languages: tuple[str, ...]
    tlds: tuple[str, ...]
    sectors: Mapping[str, Mapping[str, str]]
    """Sector id to its names per language."""
    brands: tuple[Brand, ...]
    lures: tuple[Lure, ...] = field(default=())
    closed: tuple[str, ...] = ()
    """Endings under which only verified bodies get a name (``gov.hk``): nothing there is a suspect."""
    home_languages: Mapping[str, str] = field(default_factory=dict)
    """Home country to the language in which its brands have a name besides the region's (jp: ja)."""
    countries: tuple[str, ...] = ()
    """The countries the region is made of (ISO 3166-1 alpha-2, upper case), the main one first."""
    words: frozenset[str] = frozenset()
    """Ordinary words and names of the region's languages that a domain holds by accident."""
    team: Team = field(default_factory=Team)
    """Who writes the region's letters."""
    cases: CaseBook = field(default_factory=CaseBook)
    """Into which categories cases are sorted, and on which channels they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a pack: in which file, at which entry, and what."""

    file: str
    entry: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.entry}: {self.what}"


class PackError(GiveUp):
    """The pack cannot be used; ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def parse_region(files: Mapping[str, bytes]) -> Region:
    """Parse a pack whose files are given by their path inside it (``region.toml``, ``brands/x.toml``).

    Raise PackError listing every problem, those of ``check_region`` that need no suffix list included.
    """
    region, problems = draft_region(files)
    problems += check_region(region)
    if problems:
        raise PackError(tuple(problems))
    return region


def draft_region(files: Mapping[str, bytes]) -> tuple[Region, list[Problem]]:
    """Read what can be read of a pack, and say what could not: unreadable entries are left out."""
    problems: list[Problem] = []
    tables = {}
    for name in sorted(files):
        if name in {FIGURES, NEWS} or name.startswith(WORDING):
            continue
        try:
            tables[name] = tomllib.loads(files[name].decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            what = f"is no TOML in UTF-8: {error}"
            problems.append(Problem(file=name, entry="-", what=what))
    if "region.toml" not in files:
        problems.append(Problem(file="region.toml", entry="-", what="the file is missing"))
    head_problems = problems if "region.toml" in tables else []
    head = _Entry("region.toml", "-", tables.get("region.toml", {}), head_problems)
    brands: list[Brand] = []
    lures: list[Lure] = []
    words: list[str] = []
    cases = CaseBook()
    for name, table in tables.items():
        if name == "region.toml":
            continue
        top = _Entry(name, "-", table, problems)
        if name.startswith("brands/"):
            sector = top.text("sector")
            for entry in top.entries("brand", "id"):
                known = len(problems)
                brand = _brand(entry, sector)
                if len(problems) == known:
                    brands.append(brand)
        elif name == "lures.toml":
            lures += [
                Lure(word=entry.text("word"), kind=entry.text("kind"))
                for entry in top.entries("lure", "word")
            ]
        elif name == "words.toml":
            words += top.texts("ordinary")
        elif name == "cases.toml":
            cases = _cases(top)
        else:
            problems.append(Problem(file=name, entry="-", what="a pack holds no such file"))
            continue
        top.close()
    region = Region(
        code=head.text("code"),
        names=head.names("names"),
        timezone=head.text("timezone"),
        languages=head.texts("languages"),
        tlds=head.texts("tlds"),
        countries=head.texts("countries"),
        closed=head.texts("closed", optional=True),
        home_languages=head.names("home_languages", optional=True),
        sectors={sector.label: sector.all_names() for sector in head.children("sectors")},
        brands=tuple(brands),
        lures=tuple(lures),
        words=frozenset(words),
        team=_team(head),
        cases=cases,
    )
    head.close()
    return region, problems


def nothing_is_a_suffix(domain: str) -> bool:
    """Stand in for a suffix list where none is at hand."""
    del domain
    return False


def check_region(
    region: Region, *, is_suffix: Callable[[str], bool] = nothing_is_a_suffix
) -> list[Problem]:
    """Say everything that is wrong in a region that could be parsed.

    ``is_suffix`` tells whether a host is a public suffix or an apex below which tenants get their
    names: neither may be called a brand's own.
    """
    problems = [
        *_check_head(region),
        *_check_ids(region),
        *_check_claims(region),
        *_check_lures(region),
        *(
            Problem(file="cases.toml", entry=entry, what=what)
            for entry, what in check_cases(region.cases, region.languages)
        ),
    ]
    for brand in region.brands:
        for what in (
            *_check_brand(brand, region),
            *_check_aliases(brand, region),
            *_check_official(brand, region, is_suffix),
        ):
            problems.append(Problem(file=brand.file, entry=brand.id, what=what))
    return problems


def _check_head(region: Region) -> Iterator[Problem]:
    def wrong(entry: str, what: str) -> Problem:
        return Problem(file="region.toml", entry=entry, what=what)

    if region.code and not _ID.fullmatch(region.code):
        yield wrong("code", f"“{region.code}” is not made of a-z, 0-9 and hyphens")
    if region.timezone and not re.fullmatch(r"UTC|[A-Za-z_]+(/[A-Za-z_-]+)+", region.timezone):
        yield wrong("timezone", f"“{region.timezone}” is no time zone such as Asia/Tokyo")
    for key in ("tlds", "closed"):
        for tld in getattr(region, key):
            if not _TLD.fullmatch(tld):
                yield wrong(key, f"“{tld}” is no ending in lower-case A-labels without a first dot")
    for country in region.countries:
        if not re.fullmatch(r"[A-Z]{2}", country):
            yield wrong("countries", f"“{country}” is no country in two capital letters")
    team = region.team
    if team.names or team.about:
        for language in sorted({"en", *team.names, *team.about}):
            if language not in team.names or language not in team.about:
                yield wrong("team", f"names and about both speak “{language}”, or neither does")
    if team.site and not re.fullmatch(r"https://[a-z0-9.-]+(/[!-~]*)?", team.site):
        yield wrong("team", f"“{team.site}” is no https:// address")
    if team.phone and not re.fullmatch(r"\+[0-9][0-9 ]{5,20}", team.phone):
        yield wrong("team", f"“{team.phone}” is no number such as +00 1234 5678")
    if not region.brands:
        yield Problem(file="brands/", entry="-", what="the pack holds no brand")
    yield from (
        wrong(where, f"no name in {language}")
        for where, names in (
            *((("names", region.names),) if region.names else ()),
            *((f"sectors.{k}", v) for k, v in region.sectors.items()),
        )
        for language in region.languages
        if not names.get(language)
    )


def _check_ids(region: Region) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for brand in region.brands:
        if brand.id in first:
            yield Problem(
                file=brand.file, entry=brand.id, what=f"id is already used in {first[brand.id]}"
            )
        first.setdefault(brand.id, brand.file)


def _check_claims(region: Region) -> Iterator[Problem]:
    """Two brands may not claim one alias or label, nor one domain unless one is the other's parent."""
    aliases: dict[str, Brand] = {}
    labels: dict[str, Brand] = {}
    domains: dict[str, Brand] = {}
    for brand in region.brands:
        for alias in dict.fromkeys(alias.replace("-", "") for alias in brand.aliases):
            other = aliases.setdefault(alias, brand)
            if other.id != brand.id:
                yield Problem(
                    file=brand.file,
                    entry=brand.id,
                    what=f"alias “{alias}” is also claimed by {other.id}",
                )
        for label in dict.fromkeys(brand.labels):
            other = labels.setdefault(label, brand)
            if other.id != brand.id:
                yield Problem(
                    file=brand.file,
                    entry=brand.id,
                    what=f"label “{label}” is also claimed by {other.id}",
                )
        for official in brand.official:
            other = domains.setdefault(official.domain, brand)
            if brand.id not in (other.id, other.parent) and other.id != brand.parent:
                yield Problem(
                    file=brand.file,
                    entry=brand.id,
                    what=f"domain {official.domain} is also claimed by {other.id}, "
                    "and neither is the other's parent",
                )


def _check_lures(region: Region) -> Iterator[Problem]:
    for word, count in Counter(lure.word for lure in region.lures).items():
        if count > 1:
            yield Problem(file="lures.toml", entry=word, what=f"stands {count} times")
    for lure in region.lures:
        if lure.kind and lure.kind not in LURE_KINDS:
            yield Problem(file="lures.toml", entry=lure.word, what=f"unknown kind “{lure.kind}”")
        if lure.word and not _is_alias(lure.word):
            yield Problem(
                file="lures.toml", entry=lure.word, what="a lure is lower-case, without separators"
            )


def _check_brand(brand: Brand, region: Region) -> Iterator[str]:
    if brand.id and not _ID.fullmatch(brand.id):
        yield f"id “{brand.id}” is not made of a-z, 0-9 and hyphens"
    for language in dict.fromkeys((*region.languages, *_of_home(brand, region))):
        if not brand.names.get(language):
            yield f"no name in {language}"
    if region.sectors and brand.sector not in region.sectors:
        yield f"unknown sector “{brand.sector}”"
    if brand.home and not _COUNTRY.fullmatch(brand.home):
        yield f"home “{brand.home}” is neither a two-letter country nor “global”"
    if brand.parent is not None:
        if brand.parent == brand.id:
            yield "is its own parent"
        elif all(other.id != brand.parent for other in region.brands):
            yield f"unknown parent “{brand.parent}”"


def _of_home(brand: Brand, region: Region) -> tuple[str, ...]:
    language = region.home_languages.get(brand.home)
    return () if language is None else (language,)


def _check_aliases(brand: Brand, region: Region) -> Iterator[str]:
    if not brand.aliases:
        yield "no alias"
    for alias, count in Counter(brand.aliases).items():
        if count > 1:
            yield f"alias “{alias}” stands {count} times"
    for alias in dict.fromkeys(brand.aliases):
        if not _is_alias(alias):
            yield f"alias “{alias}” is not lower-case letters, digits and single hyphens"
        elif alias in brand.ordinary and alias in brand.distinct:
            yield f"alias “{alias}” is called both ordinary and distinct"
        elif alias in brand.ordinary:
            continue
        elif alias in region.words:
            yield f"alias “{alias}” is an ordinary word but not marked ordinary"
        elif len(alias) <= SHORT and alias.isascii() and alias not in brand.distinct:
            yield (
                f"alias “{alias}” has only {len(alias)} letters and is marked "
                "neither ordinary nor distinct"
            )
    for key, marked in (("ordinary", brand.ordinary), ("distinct", brand.distinct)):
        for alias in sorted(marked - set(brand.aliases)):
            yield f"“{alias}” is marked {key} but is no alias"
    for word in brand.company:
        if not _is_alias(word):
            yield f"company word “{word}” is not lower-case letters, digits and single hyphens"


def _check_official(
    brand: Brand, region: Region, is_suffix: Callable[[str], bool]
) -> Iterator[str]:
    for domain, count in Counter(official.domain for official in brand.official).items():
        if count > 1:
            yield f"official domain {domain} stands {count} times"
    for official in brand.official:
        domain = official.domain
        if not _is_host(domain):
            yield f"official domain “{domain}” is no host in lower-case A-labels"
        elif domain not in region.closed and is_suffix(domain):
            yield f"official domain {domain} is a public suffix or a host of strangers' names"
        if (official.source is None) != (official.checked is None):
            yield f"official domain {domain} has only one of source and checked"
        if official.checked is not None and not _is_iso(official.checked):
            yield f"official domain {domain}: “{official.checked}” is no ISO date"


def _is_alias(text: str) -> bool:
    if text.isascii():
        return _ALIAS.fullmatch(text) is not None
    return (
        unicodedata.normalize("NFKC", text).lower() == text
        and text.isprintable()
        and not any(sign.isspace() or sign == "." for sign in text)
    )


def _is_host(text: str) -> bool:
    labels = text.split(".")
    return (
        len(text) <= 253
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )


def _is_iso(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _team(head: "_Entry") -> Team:
    entry = head.maybe_child("team")
    if entry is None:
        return Team()
    return Team(
        names=entry.names("names"),
        about=entry.names("about"),
        phone=entry.maybe("phone") or "",
        site=entry.maybe("site") or "",
    )


def _cases(top: "_Entry") -> CaseBook:
    return CaseBook(
        categories=tuple(
            Category(
                id=entry.text("id"),
                names=entry.names("names"),
                definition=entry.names("definition"),
                impacts=entry.all_texts("impacts"),
                aliases=entry.texts("aliases", optional=True),
                since=entry.maybe("since") or "",
                imitates=entry.truth("imitates"),
            )
            for entry in top.entries("category", "id")
        ),
        channels=tuple(
            Channel(
                id=entry.text("id"),
                names=entry.names("names"),
                aliases=entry.texts("aliases", optional=True),
            )
            for entry in top.entries("channel", "id", optional=True)
        ),
    )


def _brand(entry: "_Entry", sector: str) -> Brand:
    brand = Brand(
        id=entry.text("id"),
        names=entry.names("names"),
        sector=sector,
        home=entry.text("home"),
        aliases=entry.texts("aliases"),
        ordinary=frozenset(entry.texts("ordinary", optional=True)),
        distinct=frozenset(entry.texts("distinct", optional=True)),
        company=entry.texts("company", optional=True),
        labels=entry.texts("labels", optional=True),
        parent=entry.maybe("parent"),
        official=tuple(
            OfficialDomain(
                domain=domain.text("domain"),
                source=domain.maybe("source"),
                checked=domain.maybe("checked"),
            )
            for domain in entry.entries("official", "domain", optional=True)
        ),
        file=entry.file,
    )
    entry.close()
    return brand


class _Kind(StrEnum):
    """What a value of a pack can be, in words."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    TRUTH = "true or false"
    TABLE = "a table"
    TABLES = "a list of tables"


class _Entry:
    """A TOML table being read strictly: what is missing, of the wrong kind or unknown is a Problem."""

    def __init__(
        self, file: str, label: str, table: Mapping[str, object], problems: list[Problem]
    ) -> None:
        self.file = file
        self.label = label
        self._table = table
        self._problems = problems
        self._read: set[str] = set()
        self._children: list[_Entry] = []

    def text(self, key: str) -> str:
        value = self._get(key, optional=False)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self._wrong(f"“{key}” is not {_Kind.TEXT}")
        return ""

    def maybe(self, key: str) -> str | None:
        self._read.add(key)
        return self.text(key) if key in self._table else None

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        value = self._get(key, optional=optional)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if value is not None:
            self._wrong(f"“{key}” is not {_Kind.TEXTS}")
        return ()

    def truth(self, key: str) -> bool:
        """Return whether something absent is said to be so: false unless it is."""
        value = self._get(key, optional=True)
        if value is not None and not isinstance(value, bool):
            self._wrong(f"“{key}” is not {_Kind.TRUTH}")
        return value is True

    def all_texts(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """Return a table of lists of texts, by their keys."""
        child = self.maybe_child(key)
        if child is None:
            self._get(key, optional=False)
            return {}
        return {language: child.texts(language) for language in child._table}

    def names(self, key: str, *, optional: bool = False) -> Mapping[str, str]:
        children = self._get(key, optional=optional)
        if children is None:
            return {}
        if not isinstance(children, dict):
            self._wrong(f"“{key}” is not {_Kind.TABLE}")
            return {}
        return self._child(self.label, children).all_names()

    def all_names(self) -> Mapping[str, str]:
        return {language: self.text(language) for language in self._table}

    def maybe_child(self, key: str) -> "_Entry | None":
        """Return one table of this table, labelled by its key; None where it is absent."""
        value = self._get(key, optional=True)
        if isinstance(value, dict):
            return self._child(key, value)
        if value is not None:
            self._wrong(f"“{key}” is not {_Kind.TABLE}")
        return None

    def children(self, key: str) -> list["_Entry"]:
        """Return the tables of a table, labelled by their keys."""
        value = self._get(key, optional=False)
        if not isinstance(value, dict):
            if value is not None:
                self._wrong(f"“{key}” is not {_Kind.TABLE}")
            return []
        for name, item in value.items():
            if not isinstance(item, dict):
                self._wrong(f"“{key}.{name}” is not {_Kind.TABLE}")
        return [self._child(k, item) for k, item in value.items() if isinstance(item, dict)]

    def entries(self, key: str, label: str, *, optional: bool = False) -> list["_Entry"]:
        """Return the tables of a list of tables, labelled by one of their values."""
        value = self._get(key, optional=optional)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            if value is not None:
                self._wrong(f"“{key}” is not {_Kind.TABLES}")
            return []
        own = "" if self.label == "-" else f"{self.label}: "
        return [
            self._child(f"{own}{item.get(label) or f'{key} number {number}'}", item)
            for number, item in enumerate(value, start=1)
        ]

    def close(self) -> None:
        """Report the keys nobody asked for, here and below."""
        for key in self._table:
            if key not in self._read:
                self._wrong(f"unknown key “{key}”")
        for child in self._children:
            child.close()
        self._children.clear()
        self._table = {}

    def _child(self, label: str, table: Mapping[str, object]) -> "_Entry":
        child = _Entry(self.file, label, table, self._problems)
        self._children.append(child)
        return child

    def _get(self, key: str, *, optional: bool) -> object:
        self._read.add(key)
        if key not in self._table:
            if not optional:
                self._wrong(f"“{key}” is missing")
            return None
        return self._table[key]

    def _wrong(self, what: str) -> None:
        self._problems.append(Problem(file=self.file, entry=self.label, what=what))

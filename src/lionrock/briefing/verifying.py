"""Holds a sentence to its evidence: no number, date, name, host or link that what it cites does not hold.

It reads the finished text and knows nothing of who wrote it: a template, a model or an analyst.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from lionrock.briefing.drafting.draft import Refusal
from lionrock.briefing.drafting.rendering import MONTHS
from lionrock.briefing.holdings import Holding, Holdings, pieces
from lionrock.briefing.wording import SLOT, Wording
from lionrock.core.alerts import CITED, LANGUAGES, Part, Sentence
from lionrock.core.region import Region

LONGEST: Final = 800
"""Characters of one sentence."""


class Fault(StrEnum):
    """What is wrong with a sentence."""

    UNCITED = "uncited"
    UNRESOLVED = "unresolved"
    NUMBER = "number"
    DATE = "date"
    HOST = "host"
    LINK = "link"
    CVE = "cve"
    BRAND = "brand"
    PLACE = "place"
    NAME = "name"
    MARKUP = "markup"
    LENGTH = "length"
    PARITY = "parity"
    LANGUAGE = "language"
    COPIED = "copied"
    REFUSED = "refused"
    """A word that no model may use."""
    SLOT = "slot"
    MISSING = "missing"
    """What had to be said was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What can be recognised in texts of a region: brands, places, ordinary words."""

    brands: "Finder"
    ids: Mapping[str, frozenset[str]]
    """A brand's name in lower case to those who bear it."""
    places: "Finder"
    countries: Mapping[str, frozenset[str]]
    words: frozenset[str]
    """Words of our own sentences, and those that may begin one, in lower case."""
    capitals: frozenset[str]
    """Words that our own sentences write with a capital letter in their midst."""
    own: frozenset[str]
    """The region's names."""
    fixed: frozenset[str]
    refused: Mapping[str, tuple[str, ...]]


def faults(sentence: Sentence, *, holdings: Holdings, lexicon: Lexicon) -> tuple[Refusal, ...]:
    """Return everything that is wrong with a sentence; nothing where it may be published."""
    found: list[Refusal] = []

    def wrong(code: Fault, about: str = "", language: str = "") -> None:
        found.append(
            Refusal(code=code.value, about=about[:80], language=language, part=sentence.part)
        )

    if all(text in lexicon.fixed for text in sentence.text.values()):
        return ()
    for cite in sentence.cites:
        if cite not in holdings.by_ref:
            wrong(Fault.UNRESOLVED, cite)
    if sentence.part in CITED and not sentence.cites:
        wrong(Fault.UNCITED)
    held = holdings.of(sentence.cites)
    changes = holdings.changes_of(sentence.cites)
    read = {}
    for language in LANGUAGES:
        text = sentence.text[language]
        for code, about in _shape(text):
            wrong(code, about, language)
        if len(text) > LONGEST:
            continue
        reading = _read(text, language, held, lexicon)
        read[language] = reading
        for code, about in _unheld(reading, held, changes):
            wrong(code, about, language)
        if copied(text, holdings.hidden):
            wrong(Fault.COPIED, "", language)
    if len(read) == len(LANGUAGES) and not found:
        for about in _unequal(read):
            wrong(Fault.PARITY, about)
    return tuple(found)


def parity(text: Mapping[str, str], *, holdings: Holdings, lexicon: Lexicon) -> tuple[str, ...]:
    """Return what a sentence says in one language and not in another, whatever it cites."""
    held = holdings.of(holdings.by_ref)
    return tuple(
        _unequal(
            {language: _read(text[language], language, held, lexicon) for language in LANGUAGES}
        )
    )


def copied(text: str, hidden: frozenset[str]) -> bool:
    """Tell whether a text repeats a stretch of strangers' words; ``hidden`` is what ``stretches`` made."""
    return bool(hidden) and not hidden.isdisjoint(pieces(text))


def forbidden(sentence: Sentence, lexicon: Lexicon) -> tuple[Refusal, ...]:
    """Return the words of a model's sentence that no model may use."""
    found = []
    for language in LANGUAGES:
        text = sentence.text[language].lower()
        for word in lexicon.refused.get(language, ()):
            hit = (
                re.search(rf"\b{re.escape(word)}\b", text)
                if word.isascii()
                else word in text
            )  # fmt: skip
            if hit:
                found.append(
                    Refusal(
                        code=Fault.REFUSED.value, about=word, language=language, part=sentence.part
                    )
                )
    return tuple(found)


def lexicon_of(region: Region, wording: Wording) -> Lexicon:
    """Return what can be recognised in texts of a region."""
    ours = [
        text
        for texts in (
            *wording.phrases.values(),
            *(term for group in wording.terms.values() for term in group.values()),
            *(form for forms in wording.units.values() for form in forms.values()),
        )
        for text in texts.values()
    ]
    fixed = sorted(wording.fixed)
    spoken = "\n".join([*(SLOT.sub(" ", text) for text in ours), *fixed])
    ids: dict[str, set[str]] = {}
    for brand in region.brands:
        han = [alias for alias in brand.aliases if not alias.isascii() and len(alias) > 1]
        for name in {*brand.names.values(), *han}:
            if len(name) > 1 and name not in spoken:
                ids.setdefault(_lower(name), set()).add(brand.id)
    countries: dict[str, set[str]] = {}
    own = {name for names in (region.names,) for name in names.values()}
    for code, texts in wording.places.items():
        for text in texts.values():
            name = text.removeprefix("the ")
            if name not in own:
                countries.setdefault(name, set()).add(code)
    words = {word.lower() for word in _WORD.findall(spoken)}
    inside = {
        word
        for text in (*ours, *fixed)
        for word in _WORD.findall(SLOT.sub(" ", text.partition(" ")[2]))
        if not word.islower()
    }
    latin = {word for text in (*ours, *fixed) if _HAN.search(text) for word in _WORD.findall(text)}
    return Lexicon(
        brands=Finder(ids),
        ids={name: frozenset(found) for name, found in ids.items()},
        places=Finder(countries),
        countries={name: frozenset(found) for name, found in countries.items()},
        words=frozenset(words | set(wording.vocabulary)),
        capitals=frozenset(inside | latin | {"I", *MONTHS}),
        own=frozenset(own),
        fixed=wording.fixed,
        refused=wording.refused,
    )


@dataclass(slots=True)
class _Reading:
    """What one text says: what was recognised as held, and what else looks like a fact."""

    held: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    dates: list[tuple[int | None, int | None, int | None]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    cves: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    brands: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    places: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    other: list[tuple[Fault, str]] = field(default_factory=list)


_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9’'-]*")
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LINK: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,20}:/?/?/[^\s]*|\bwww\.[^\s]+|\]\(|<[a-z/!]", re.I
)
_MAIL: Final = re.compile(r"[\w.+-]{1,64}(?:@|\[@\])[\w-]{1,63}")
_CVE: Final = re.compile(r"CVE-\d{4}-\d{1,9}", re.IGNORECASE)
_DEAD: Final = re.compile(r"(?:[\w-]{1,63}\[\.\]){1,20}[\w-]{1,63}(?:/[\w./?=&%~\[\]-]*)?")
_LIVE: Final = re.compile(
    r"(?<![\w.])(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.){1,20}(?:[A-Za-z]{2,24}|xn--[a-z0-9-]{1,59})(?![\w-])"
)
_ADDRESS: Final = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)|(?<![\w:])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
_HASH: Final = re.compile(r"\b[0-9A-Fa-f]{32,64}\b")
_NETWORK: Final = re.compile(r"\bAS ?(\d{1,10})\b")
_MONTH: Final = "|".join((*MONTHS, *(month[:3] for month in MONTHS)))
_DATES: Final = (
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_MONTH})\b(?:,? (?P<y>\d{{4}}))?"),
    re.compile(rf"\b(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}}))?"),
    re.compile(rf"\b(?P<m>{_MONTH}) (?P<y>\d{{4}})"),
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(r"(?:(?P<y>\d{4}) ?年 ?)?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?[日號号]"),
    re.compile(r"(?P<y>\d{4}) ?年 ?(?P<m>\d{1,2}) ?月"),
    re.compile(r"(?P<y>\d{4}) ?年"),
)
_NUMBER: Final = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,6})?|[0-9]{1,18}(?:\.[0-9]{1,6})?"
)
_PER_CENT: Final = re.compile(r"\s?(?:%|per ?cent\b)")
_ENGLISH: Final = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|"
    r"(?:two|three|four|five|ten|hundred)fold|doubled?|tripled?|quadrupled?|halved?|half|thirds?|quarters?)\b",
    re.IGNORECASE,
)
_CHINESE: Final = re.compile(
    r"(?:[零〇二三四五六七八九十百千萬万億亿兩两几幾數数]|(?<![第])一[十百千萬万成倍])"
    r"[零〇一二三四五六七八九十百千萬万億亿]{0,12}"
    r"(?:成|倍|個|个|名|宗|起|次|條|条|間|间|家|部|台|位|張|张|天|日|月|年|週|周|小時|小时|分鐘|分钟|百分|萬|万|千|元|種|种)"
    r"|百分之|[半數数]以上|過半|过半"
)
_ORDINARY_CHINESE: Final = re.compile(
    r"二維碼|二维码|第三方|第[一二三四]季度?|兩個數字|两个数字|數日|数日|三個?部分"
)


def _read(text: str, language: str, held: Holding, lexicon: Lexicon) -> _Reading:
    """Take a text apart: first what is held word by word, then what looks like a fact, longest first."""
    found = _Reading()
    rest = unicodedata.normalize("NFC", text)
    known = {name: f"name {name}" for name in held.names}
    known |= {host: f"host {host}" for host in held.hosts}
    known |= held.texts[language]
    for text_held in sorted(known, key=len, reverse=True):
        rest = _take(rest, text_held, known[text_held], found)
    for own in sorted(lexicon.own, key=len, reverse=True):
        rest = rest.replace(own, " \x00 ")
    rest = _cut(_LINK, rest, found.links)
    rest = _cut(_MAIL, rest, found.links)
    rest = _cut(_CVE, rest, found.cves)
    rest = _cut(_DEAD, rest, found.hosts)
    rest = _cut(_LIVE, rest, found.links)
    rest = _cut(_ADDRESS, rest, found.hosts)
    rest = _cut(_HASH, rest, found.hosts)
    rest = _cut(_NETWORK, rest, found.networks)
    for start, end in lexicon.brands.find(rest):
        if _counts_as_brand(rest, start, end, lexicon):
            name = rest[start:end]
            found.brands.append((name, lexicon.ids[_lower(name)]))
    for start, end in reversed(lexicon.places.find(rest)):
        name = rest[start:end]
        if name in lexicon.countries:
            found.places.append((name, lexicon.countries[name]))
            rest = f"{rest[:start]} \x00 {rest[end:]}"
    rest = unicodedata.normalize("NFKC", rest)
    for pattern in _DATES:
        for each in pattern.finditer(rest):
            found.dates.append(_components(each))
        rest = pattern.sub(" ", rest)
    _numbers(rest, language, found)
    _names(rest, language, found, lexicon)
    if language == "en" and _HAN.search(rest):
        found.other.append((Fault.LANGUAGE, "Chinese"))
    if language != "en":
        if len(rest.replace("\x00", "").strip()) > 20 and not _HAN.search(text):
            found.other.append((Fault.LANGUAGE, "no Chinese"))
        wrong = next((sign for sign in rest if _of_other_script(sign, language)), None)
        if wrong:
            found.other.append((Fault.LANGUAGE, wrong))
    return found


def _take(rest: str, known: str, stands_for: str, found: _Reading) -> str:
    """Take a held text out, as often as it stands there by itself."""
    if not known or known not in rest:
        return rest
    left = r"(?<![A-Za-z0-9])" if known[0].isascii() and known[0].isalnum() else ""
    right = r"(?![A-Za-z0-9])" if known[-1].isascii() and known[-1].isalnum() else ""
    rest, times = re.subn(left + re.escape(known) + right, " \x00 ", rest)
    found.held += [stands_for] * times
    return rest


def _cut(pattern: re.Pattern[str], rest: str, found: list[str]) -> str:
    found += [each[0] for each in pattern.finditer(rest)]
    return pattern.sub(" \x00 ", rest)


def _counts_as_brand(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    name = text[start:end]
    if not name.isascii():
        return True
    # A name that is an ordinary word, too, is one only where nothing else calls for a capital letter.
    if name.lower() not in lexicon.words:
        return not name.islower() or len(name) > 4
    return not name.islower() and bool(text[:start].strip(" \x00"))


def _components(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    values = found.groupdict()
    month = values.get("m")
    number = None
    if month:
        number = (
            int(month)
            if month.isdecimal()
            else 1 + next(at for at, name in enumerate(MONTHS) if name[:3] == month[:3])
        )
    year, day = values.get("y"), values.get("d")
    return (int(year) if year else None, number, int(day) if day else None)


def _numbers(rest: str, language: str, found: _Reading) -> None:
    def digits(each: re.Match[str]) -> str:
        tail = "%" if _PER_CENT.match(rest, each.end()) else ""
        value = Decimal(each[0].replace(",", ""))
        found.numbers.append(f"{value.normalize():f}{tail}")
        return " "

    left = _NUMBER.sub(digits, rest)
    odd = next((sign for sign in left if unicodedata.category(sign) in {"Nd", "Nl", "No"}), None)
    if odd:
        found.numbers.append(odd)
    if language == "en":
        found.numbers += [each[0].lower() for each in _ENGLISH.finditer(left)]
    else:
        plain = _ORDINARY_CHINESE.sub(" ", left)
        found.numbers += [each[0] for each in _CHINESE.finditer(plain)]


def _names(rest: str, language: str, found: _Reading, lexicon: Lexicon) -> None:
    """Look for names that nobody told: capital letters in English, Latin letters in Chinese."""
    begins = language == "en"
    for each in _WORD.finditer(rest):
        word = each[0].strip("’'-")
        plain = word.removesuffix("’s").removesuffix("'s")
        before = rest[: each.start()].rstrip(" “‘\"'(（「")
        first = begins and (not before or before[-1] in ".!?:")
        lower = plain.lower()
        known = plain in lexicon.capitals or (
            (plain.islower() or first or language != "en") and lower in lexicon.words
        )
        if language == "en" and plain.islower():
            continue
        parts = [part for part in re.split(r"[-’']", plain) if part]
        if known or all(
            part in lexicon.capitals or (part.lower() in lexicon.words and part.islower())
            for part in parts
        ):
            continue
        found.names.append(plain)


def _unheld(
    reading: _Reading, held: Holding, changes: frozenset[Decimal]
) -> Iterable[tuple[Fault, str]]:
    yield from ((Fault.LINK, link) for link in reading.links)
    yield from ((Fault.CVE, cve) for cve in reading.cves if cve.upper() not in held.cves)
    yield from ((Fault.HOST, host) for host in reading.hosts)
    for network in reading.networks:
        if int(re.sub(r"\D", "", network)) not in held.networks:
            yield Fault.NUMBER, network
    known = {f"{value.normalize():f}" for value in held.numbers}
    known |= {f"{value.normalize():f}%" for value in changes}
    yield from ((Fault.NUMBER, number) for number in reading.numbers if number not in known)
    for parts in reading.dates:
        if not any(_same_day(parts, when) for when in held.dates):
            yield Fault.DATE, "-".join(str(part) for part in parts if part)
    for name, bearers in reading.brands:
        if not bearers & held.brands:
            yield Fault.BRAND, name
    for name, codes in reading.places:
        if not codes & held.countries:
            yield Fault.PLACE, name
    yield from ((Fault.NAME, name) for name in reading.names)
    yield from reading.other


def _same_day(parts: tuple[int | None, int | None, int | None], when: date) -> bool:
    given = (when.year, when.month, when.day)
    return all(part is None or part == value for part, value in zip(parts, given, strict=True))


def _unequal(read: Mapping[str, _Reading]) -> list[str]:
    """Return what stands in one language and not as often in another."""
    said = {language: sorted(_facts(reading)) for language, reading in read.items()}
    first = said[LANGUAGES[0]]
    found = []
    for language in LANGUAGES[1:]:
        odd = _differences(first, said[language])
        found += [f"{each} ({language})" for each in odd]
    return found


def _facts(reading: _Reading) -> list[str]:
    return [
        *reading.held,
        *(f"number {each}" for each in reading.numbers),
        *(f"cve {each.upper()}" for each in reading.cves),
        *(f"host {each.lower()}" for each in (*reading.hosts, *reading.links)),
        *(f"date {each}" for each in reading.dates),
        *(f"brand {min(bearers)}" for _, bearers in reading.brands),
        *(f"place {min(codes)}" for _, codes in reading.places),
    ]


def _differences(one: list[str], other: list[str]) -> list[str]:
    left, right = list(one), list(other)
    for each in one:
        if each in right:
            left.remove(each)
            right.remove(each)
    return [*left, *right]


def _shape(text: str) -> Iterable[tuple[Fault, str]]:
    if not text.strip() or len(text) > LONGEST:
        yield Fault.LENGTH, str(len(text))
    for sign in text:
        if unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} or sign in "{}<>|`":
            yield Fault.MARKUP, f"U+{ord(sign):04X}"
            return


_TRADITIONAL_TOO: Final = frozenset("着恒卧叠吓揸温麽携")
"""Characters that Traditional Chinese is written with, too, and Big5 has not."""


@lru_cache(maxsize=16_384)
def _of_other_script(sign: str, language: str) -> bool:
    """Tell a character that only the other Chinese script has: by the character sets of both."""
    if not _HAN.match(sign):
        return False
    # Not the larger big5hkscs: it holds simplified characters, too.
    simplified = _in(sign, "gb2312")
    traditional = _in(sign, "big5") or sign in _TRADITIONAL_TOO
    if language == "zh-Hant":
        return simplified and not traditional
    return traditional and not simplified


def _in(sign: str, charset: str) -> bool:
    try:
        sign.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


class Finder:
    """Finds names in a text, the longest first, Latin ones as words of their own, whatever their case."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted({_lower(name) for name in names})
        self._automaton = AhoCorasick(self._names, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return where the names stand, each as its first character and the one after its last."""
        found = []
        for _, start, end in self._automaton.find_matches_as_indexes(_lower(text)):
            before, after = text[start - 1 : start], text[end : end + 1]
            apart = not (_latin(before) and _latin(text[start])) and not (
                _latin(after) and _latin(text[end - 1])
            )
            if apart:
                found.append((start, end))
        return found


def _lower(text: str) -> str:
    """Return lower case of the same length, so that places in it are places in the text."""
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


__all__ = ["Fault", "Lexicon", "Part", "copied", "faults", "forbidden", "lexicon_of", "parity"]

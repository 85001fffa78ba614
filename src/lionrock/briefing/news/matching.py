"""Holds stories against what is known of the region: is the family seen here, the product exposed here?"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

SHORTEST: Final = 4
"""Letters of a name that is looked for in a text."""


class What(StrEnum):
    """What of the region a story matches."""

    CVE = "cve"
    FAMILY = "family"
    PRODUCT = "product"
    BRAND = "brand"


class Here(Protocol):
    """What is known of the region lately; the numbers are how many episodes, or suspects."""

    def cves(self) -> Mapping[str, int]:
        """Return the vulnerabilities that machines here are exposed to."""

    def families(self) -> Mapping[str, int]:
        """Return the families of malware seen here."""

    def products(self) -> Mapping[str, int]:
        """Return the products and services that stand open here, or are vulnerable."""

    def brands(self) -> Mapping[str, tuple[tuple[str, ...], int]]:
        """Return the region's brands by id: their names, and how many suspects imitate each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A thing of the region that a story names, and how often it is seen here."""

    what: What
    name: str
    number: int


@dataclass(slots=True)
class Matcher:
    """Everything that is looked for, made ready once for many stories.

    ``ordinary`` are words that are also in common use: they count only beside a word that says
    what they mean there.
    """

    cves: Mapping[str, int]
    terms: Mapping[str, tuple[Match, ...]]
    ordinary: Collection[str] = frozenset()
    _longest: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        self._longest = max((term.count(" ") + 1 for term in self.terms), default=1)

    @classmethod
    def of(cls, here: Here, *, ordinary: Collection[str] = frozenset()) -> "Matcher":
        """Return what makes a story match, from what is known of the region."""
        terms: dict[str, list[Match]] = {}
        for what, names in ((What.FAMILY, here.families()), (What.PRODUCT, here.products())):
            for name, number in names.items():
                match = Match(what=what, name=name, number=number)
                terms.setdefault(_plain(name), []).append(match)
        for brand, (names_of, number) in here.brands().items():
            match = Match(what=What.BRAND, name=brand, number=number)
            for name in names_of:
                if match not in terms.setdefault(_plain(name), []):
                    terms[_plain(name)].append(match)
        return cls(
            cves=here.cves(),
            terms={
                term: tuple(some)
                for term, some in terms.items()
                if len(term) >= (SHORTEST if term.isascii() else 2)
            },
            ordinary=ordinary,
        )

    def match(self, *, cves: Iterable[str], texts: Iterable[str]) -> tuple[Match, ...]:
        """Return what of the region some texts and CVE numbers name, the most frequent first."""
        found: dict[tuple[What, str], Match] = {}
        for cve in cves:
            if cve in self.cves:
                match = Match(what=What.CVE, name=cve, number=self.cves[cve])
                found[match.what, match.name] = match
        for text in texts:
            for match in self._in(text):
                found[match.what, match.name] = match
        return tuple(sorted(found.values(), key=lambda each: (-each.number, each.what, each.name)))

    def _in(self, text: str) -> Iterator[Match]:
        plain = _plain(text)
        words = plain.split()
        telling = _TELLING & set(words)
        for at in range(len(words)):
            for length in range(1, self._longest + 1):
                term = " ".join(words[at : at + length])
                if at + length > len(words) or term not in self.terms:
                    continue
                if term in self.ordinary and not telling:
                    continue
                yield from self.terms[term]
        for term, matches in self.terms.items():
            if not term.isascii() and term in plain:  # no spaces between words there
                yield from matches


_TELLING: Final = frozenset(
    [
        "malware",
        "botnet",
        "trojan",
        "ransomware",
        "stealer",
        "infostealer",
        "backdoor",
        "worm",
        "loader",
        "rat",
        "phishing",
    ]
)
_SIGNS: Final = re.compile(r"[^\w+]+", re.UNICODE)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_SIGNS.sub(" ", folded).replace("_", " ").split())

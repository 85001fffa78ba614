"""A security alert or bulletin as it is drafted, evaluated and published: sentences with what each rests on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lionrock.core.tlp import Tlp

LANGUAGES: Final = ("en", "zh-Hant", "zh-Hans")
"""The languages of everything that is published; the first prevails."""

_CITE: Final = re.compile(
    r"(figure|episode|suspect|trend|case|source|fact):[A-Za-z0-9][A-Za-z0-9._:@/-]*"
)


class Kind(StrEnum):
    """What an alert is about."""

    PHISHING = "phishing"
    MALWARE = "malware"
    BOTNET = "botnet"
    VULNERABILITY = "vulnerability"
    ANTICIPATORY = "anticipatory"
    """Of something public that attackers will use, before anything was counted."""


class Risk(StrEnum):
    """How bad it is; only a person sets it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    EXTREME = "extreme"


class Impact(StrEnum):
    """What an attacker gains from a vulnerability."""

    REMOTE_CODE_EXECUTION = "remote-code-execution"
    ELEVATION_OF_PRIVILEGE = "elevation-of-privilege"
    INFORMATION_DISCLOSURE = "information-disclosure"
    DENIAL_OF_SERVICE = "denial-of-service"
    SECURITY_RESTRICTION_BYPASS = "security-restriction-bypass"
    DATA_MANIPULATION = "data-manipulation"
    SPOOFING = "spoofing"
    CROSS_SITE_SCRIPTING = "cross-site-scripting"


class Part(StrEnum):
    """Where in an alert a sentence stands, in the order of the page."""

    LEAD = "lead"
    LURES = "lures"
    STEPS = "steps"
    SIGNS = "signs"
    VARIANTS = "variants"
    TREND = "trend"
    AFFECTED = "affected"
    SOLUTIONS = "solutions"
    ADVICE = "advice"
    VICTIMS = "victims"


CITED: Final = frozenset({Part.LEAD, Part.LURES, Part.VARIANTS, Part.TREND, Part.AFFECTED})
"""The parts in which every sentence must say what it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence in all languages, and what it rests on.

    ``text`` maps each of ``LANGUAGES`` to plain text: no markup, indicators defanged. ``cites`` are
    references ``kind:id`` (figure, episode, suspect, trend, case, source, fact).
    """

    part: Part
    text: dict[str, str]
    cites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a reference that could not be resolved, and a language left out."""
        wrong = [cite for cite in self.cites if not _CITE.fullmatch(cite)]
        if wrong:
            raise ValueError(f"not a reference: {wrong[0]!r}")
        if set(self.text) != set(LANGUAGES):
            raise ValueError(f"a sentence is told in {', '.join(LANGUAGES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A host, URL, address or hash (``kind``: host, url, ipv4, ipv6, md5, sha1, sha256) in its live form.

    It is defanged wherever a person reads it; only machine formats carry ``value``.
    """

    kind: str
    value: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page that may be opened: of the vendor, of a partner, of an authority. Always https."""

    title: dict[str, str]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What a vulnerability bulletin has beside its sentences."""

    vendor: str
    products: tuple[str, ...]
    cves: tuple[str, ...]
    impacts: tuple[Impact, ...]
    exploited: bool
    proof_public: bool
    patched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as a reader gets it; times are aware.

    ``id`` is the public number (``LR-2026-0012``), ``slug`` the last part of its address. ``log`` are
    (when, text by language) of every update after publication, oldest first. A ``withdrawn`` alert
    keeps its address and says why in the last entry of its log.
    """

    id: str
    slug: str
    kind: Kind
    title: dict[str, str]
    risk: Risk
    tlp: Tlp
    version: int
    published: datetime
    updated: datetime
    sentences: tuple[Sentence, ...]
    indicators: tuple[Indicator, ...] = ()
    brands: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    bulletin: Bulletin | None = None
    log: tuple[tuple[datetime, dict[str, str]], ...] = ()
    withdrawn: bool = False

    def of(self, part: Part) -> Iterator[Sentence]:
        """Yield the sentences of one part, in order."""
        return (sentence for sentence in self.sentences if sentence.part is part)

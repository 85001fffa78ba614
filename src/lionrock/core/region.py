"""The region pack's types: what a region is, whose brands it watches, which words lure there."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lure:
    """A word that lures: ``kind`` is what for (login, bank, parcel, toll, tax, prize ...)."""

    word: str
    kind: str


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

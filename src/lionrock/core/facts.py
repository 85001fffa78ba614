"""What our own tables say about an asset at a time, and whether that makes it ours."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about one address or host as of a time; ``None`` means no table knows.

    ``registered`` and ``located`` are two facts: the country (ISO 3166-1, upper case) in whose
    registry the network stands, and the one where it is used. ``tables`` names the tables that
    answered, with their dates: ``("routing 2026-11-01", "registry 2026-11-20")``.
    """

    network: str | None = None
    asn: int | None = None
    holder: str | None = None
    registered: str | None = None
    located: str | None = None
    registrable: str | None = None
    tables: tuple[str, ...] = ()


class Why(StrEnum):
    """The fact by which an event is in scope, the first that holds in this order, or why it is not."""

    LOCATED = "located"
    """The network is used in the region."""
    REPORTED = "reported"
    """No table knows where the network is used; the source says in the region."""
    DOMAIN = "domain"
    """The host stands under one of the region's top-level domains."""
    CONSTITUENT = "constituent"
    """A registered constituent's asset, wherever it is: notified, not counted as the region's."""
    OWN = "own"
    """We found it ourselves, wherever it is: somebody is told, not counted as the region's."""
    ELSEWHERE = "elsewhere"
    """Known to be somebody else's region."""
    UNKNOWN = "unknown"
    """No fact places it anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whether an event is ours, by which fact, and what that fact was.

    ``fact`` is the words shown beside the reason: ``192.0.2.0/24 is used in HK (geolocation
    2026-11-20)``. ``constituents`` are the ids of those responsible, the most specific first.
    """

    why: Why
    fact: str
    constituents: tuple[int, ...] = ()

    @property
    def counted(self) -> bool:
        """It counts as the region's own."""
        return self.why in {Why.LOCATED, Why.REPORTED, Why.DOMAIN}

    @property
    def kept(self) -> bool:
        """It is stored and, where somebody is responsible, told."""
        return self.counted or self.why in {Why.CONSTITUENT, Why.OWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAge:
    """One dated table: which fact it tells, whose it is, of which day, how many rows.

    ``licence`` is the condition on which it may be used, empty where nobody said.
    """

    fact: str
    source: str
    day: date
    rows: int
    licence: str = ""

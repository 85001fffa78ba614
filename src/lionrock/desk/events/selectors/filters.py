"""What a reader may narrow events and episodes to, and how the words they type are understood."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

PAGE: Final = 50
COUNTED: Final = 5_000
"""Rows counted at most: a page must not count ten million to say "many"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader narrowed the list to; an empty value narrows nothing.

    ``kind`` is a type of the taxonomy or a whole class (``vulnerable``); ``country`` is where the
    asset is located; ``constituent`` its id. ``text`` finds what begins with it: addresses, host
    names (from any label on), URLs' hosts, families, CVE ids, services; several words must all hold.
    ``standing`` and ``opened`` (at or after which the delivery came that opened it) narrow episodes
    alone. ``since`` and ``before`` bound an event's time, and the
    time at which an episode was last seen.
    """

    since: datetime | None = None
    before: datetime | None = None
    kind: str = ""
    feed: str = ""
    asn: int | None = None
    constituent: int | None = None
    country: str = ""
    severity: str = ""
    text: str = ""
    standing: str = ""
    opened: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a list that runs from the latest to the earliest: behind this time and id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many rows match; ``more`` when counting stopped at ``number``.

    ``back_to`` is how far the count got, where its time was up before it had met as many as are
    counted at most: then ``number`` match at least, and nobody knows whether there are others.
    """

    number: int
    more: bool
    back_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One value of a column and how many of the matching rows hold it."""

    value: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The most frequent values per column among the latest ``of`` matching rows.

    ``partial`` when there are more matching rows than were looked at. ``by`` is keyed by column:
    kind, feed (events alone), asn, constituent, country, severity, standing (episodes alone).
    """

    by: dict[str, tuple[Facet, ...]]
    of: int
    partial: bool

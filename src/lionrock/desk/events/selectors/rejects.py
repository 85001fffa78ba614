"""What could not be read: the lines themselves page by page, and how often for which reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from lionrock.desk.events.models import Reject

PAGE: Final = 50
LOOKED_AT: Final = 20_000
"""Rejects whose reasons are counted, the latest: a broken feed makes millions, all alike."""
REASONS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which rejects: of one feed, of one delivery, for one reason; empty means all."""

    feed: str = ""
    blob: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the list: behind the reject read then, with that id and line."""

    at: datetime
    id: int
    line: int
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, and for how many of the lines looked at it holds."""

    why: str
    number: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Reasons, the most frequent first, of the latest ``of`` rejects; ``partial`` when there are more."""

    rows: tuple[Reason, ...]
    of: int
    partial: bool


def reasons(which: Which) -> Reasons:
    """Count the reasons of the latest ``LOOKED_AT`` rejects, whichever reason is asked for."""
    counted = (
        Reject.objects.filter(id__in=_latest(which).values("id"))
        .values("why")
        .annotate(number=Count("id"), last=Max("at"))
        .order_by("-number", "why")
    )
    rows = [Reason(why=r["why"], number=r["number"], last=r["last"]) for r in counted]
    of = sum(row.number for row in rows)
    return Reasons(rows=tuple(rows[:REASONS]), of=of, partial=of == LOOKED_AT)


def rejects(
    which: Which, *, after: Place | None = None, size: int = PAGE
) -> tuple[list[Reject], bool]:
    """Return rejects and whether there are more: a delivery's in its order, others the latest first.

    For one reason they are sought among the latest ``LOOKED_AT``, as many as were counted.
    """
    rows = _ordered(which)
    if which.why:
        rows = rows.filter(why=which.why, id__in=_latest(which).values("id"))
    if after is not None:
        rows = rows.filter(_behind(which, after))
    found = list(rows[: size + 1])
    return found[:size], len(found) > size


def _latest(which: Which) -> QuerySet[Reject]:
    return _ordered(which)[:LOOKED_AT]


def _ordered(which: Which) -> QuerySet[Reject]:
    """Return them in the order that an index holds them in."""
    if which.blob is not None:
        return Reject.objects.filter(blob_id=which.blob).order_by("line", "nth")
    if which.feed:
        return Reject.objects.filter(feed=which.feed).order_by("-at", "-id")
    return Reject.objects.order_by("-id")


def _behind(which: Which, place: Place) -> Q:
    if which.blob is not None:
        return Q(line__gte=place.line) & (Q(line__gt=place.line) | Q(nth__gt=place.nth))
    if which.feed:
        return Q(at__lte=place.at) & (Q(at__lt=place.at) | Q(id__lt=place.id))
    return Q(id__lt=place.id)

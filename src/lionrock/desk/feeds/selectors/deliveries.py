"""The lists of deliveries, page by page, the latest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, Sum

from lionrock.desk.feeds.models import ANSWERS, Blob, BlobState

PAGE: Final = 50
READING_FOR: Final = timedelta(minutes=10)
"""Without a sign of life for so long, a reading has been abandoned; another worker takes it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What the list of deliveries is narrowed to; an empty value narrows nothing."""

    feed: str = ""
    state: str = ""
    rejects: bool = False
    """Only those with lines that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the list: behind what was received then, with that number."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The deliveries since a time: how many came, what became of them."""

    deliveries: int
    events: int
    ours: int
    fresh: int
    """Episodes that they opened."""
    rejects: int
    failed: int
    waiting: int
    """Kept and not read to their end yet, whenever they came."""


def deliveries(
    narrowed: Narrowed, *, after: Place | None = None, size: int = PAGE
) -> tuple[list[Blob], bool]:
    """Return deliveries, the latest first, and whether there are more behind them."""
    rows = Blob.objects.exclude(feed=ANSWERS).order_by("-received_at", "-id")
    if narrowed.feed:
        rows = rows.filter(feed=narrowed.feed)
    if narrowed.state:
        rows = rows.filter(state=narrowed.state)
    if narrowed.rejects:
        rows = rows.filter(rejects__gt=0)
    if after is not None:
        rows = rows.filter(received_at__lte=after.at).filter(
            Q(received_at__lt=after.at) | Q(id__lt=after.id)
        )
    found = list(rows[: size + 1])
    return found[:size], len(found) > size


def since(midnight: datetime) -> Today:
    """Return what came since the day began."""
    came = Blob.objects.filter(received_at__gte=midnight).exclude(feed=ANSWERS)
    sums = came.aggregate(
        n_events=Sum("events"), n_ours=Sum("ours"), n_fresh=Sum("fresh"), n_rejects=Sum("rejects")
    )
    return Today(
        deliveries=came.count(),
        events=sums["n_events"] or 0,
        ours=sums["n_ours"] or 0,
        fresh=sums["n_fresh"] or 0,
        rejects=sums["n_rejects"] or 0,
        failed=came.filter(state=BlobState.FAILED).count(),
        waiting=Blob.objects.filter(state__in=[BlobState.KEPT, BlobState.READING]).count(),
    )

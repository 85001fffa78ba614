"""How every feed fares: what the list of feeds and a feed's page say in one look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, Sum

from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services.sources import SAMPLE
from lionrock.feeds import catalogue

DAY: Final = timedelta(days=1)


class Health(StrEnum):
    """How a feed fares; the worst first, which is the order of the list."""

    FAILING = "failing"
    """The last attempts to collect it failed."""
    SILENT = "silent"
    """Its alarm rings: nothing came within what is expected."""
    LATE = "late"
    """More than one interval went by since its last delivery."""
    MUTED = "muted"
    """It is silent or late, and a person said not to ring."""
    WAITING = "waiting"
    """Switched on, and nothing came yet."""
    OK = "ok"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What came of a feed in the last 24 hours."""

    deliveries: int = 0
    lines: int = 0
    events: int = 0
    ours: int = 0
    rejects: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed as the team runs it. ``feed`` is ``None`` when its module is no longer installed."""

    id: str
    feed: Feed | None
    source: Source
    used: bool
    """A Source row or a delivery exists."""
    last: Blob | None
    day: Day
    health: Health
    lag: timedelta | None
    """Time since the last delivery."""

    @property
    def title(self) -> str:
        """The feed's title, its id when it is gone."""
        return self.feed.title if self.feed else self.id

    @property
    def carrier(self) -> str:
        """How it comes: what the administrator chose, else the feed's default."""
        return self.source.carrier or (self.feed.carrier if self.feed else Carrier.DROP).value

    @property
    def address(self) -> str:
        """Where it is collected."""
        return self.source.address or (self.feed.address if self.feed else "")

    @property
    def tlp(self) -> str:
        """Its label; the narrowest where neither feed nor administrator says one."""
        return self.source.tlp or (self.feed.tlp if self.feed else Tlp.RED).value

    @property
    def every(self) -> timedelta | None:
        """How often a delivery is expected."""
        return expected_every(self.source, self.feed)

    @property
    def is_sample(self) -> bool:
        """Whether only the made-up sample came by it."""
        return SAMPLE in self.source.options

    @property
    def overdue(self) -> timedelta | None:
        """By how much the next delivery is late; ``None`` while it is not."""
        if self.every is None or self.lag is None or self.lag <= self.every:
            return None
        return self.lag - self.every


def expected_every(source: Source, feed: Feed | None) -> timedelta | None:
    """Return how often a delivery is expected; ``None`` when no silence means anything."""
    if source.every_seconds is None:
        return feed.every if feed else None
    return timedelta(seconds=source.every_seconds) if source.every_seconds else None


def feed_rows(*, now: datetime) -> list[FeedRow]:
    """Return every feed there is, those in use first and of them the worst first."""
    feeds = catalogue()
    sources = {source.feed: source for source in Source.objects.all()}
    lasts = _last_deliveries([*feeds, *(name for name in sources if name not in feeds)])
    days = _days(now=now)
    names = {*feeds, *sources, *lasts, *days}
    rows = [
        _row(
            name,
            feeds=feeds,
            source=sources.get(name),
            last=lasts.get(name),
            day=days.get(name, Day()),
            now=now,
        )
        for name in names
    ]
    order = list(Health)
    return sorted(
        rows, key=lambda row: (not row.used, order.index(row.health), row.title.casefold(), row.id)
    )


def feed_row(name: str, *, now: datetime) -> FeedRow | None:
    """Return one feed; ``None`` when there is neither such a feed nor anything kept of it."""
    feeds = catalogue()
    source = Source.objects.filter(pk=name).first()
    last = _last_deliveries([name]).get(name)
    if name not in feeds and source is None and last is None:
        return None
    return _row(
        name,
        feeds=feeds,
        source=source,
        last=last,
        day=_days(now=now, feed=name).get(name, Day()),
        now=now,
    )


def health_of(
    source: Source, *, feed: Feed | None, last_at: datetime | None, now: datetime
) -> Health:
    """Tell how a feed fares, from what collecting wrote down and from when it last delivered."""
    if not source.enabled:
        return Health.OFF
    if source.failures:
        return Health.FAILING
    every = expected_every(source, feed)
    heard = last_at or source.enabled_at
    late = every is not None and heard is not None and now - heard > every
    if source.silent_since is not None or late:
        if source.muted_until is not None and source.muted_until > now:
            return Health.MUTED
        return Health.SILENT if source.silent_since is not None else Health.LATE
    return Health.WAITING if last_at is None else Health.OK


def _row(
    name: str,
    *,
    feeds: Mapping[str, Feed],
    source: Source | None,
    last: Blob | None,
    day: Day,
    now: datetime,
) -> FeedRow:
    feed = feeds.get(name)
    kept = source or Source(feed=name)
    at = max((when for when in (kept.delivered_at, last and last.last_at) if when), default=None)
    return FeedRow(
        id=name,
        feed=feed,
        source=kept,
        used=last is not None or (source is not None and source.enabled),
        last=last,
        day=day,
        health=health_of(kept, feed=feed, last_at=at, now=now),
        lag=now - at if at else None,
    )


def _last_deliveries(names: list[str]) -> dict[str, Blob]:
    """Return the last delivery of each feed: one step into the index for each, no walk over it."""
    lasts = (
        Blob.objects.filter(feed=name).order_by("-received_at", "-id").first() for name in names
    )
    return {blob.feed: blob for blob in lasts if blob is not None}


def _days(*, now: datetime, feed: str = "") -> dict[str, Day]:
    recent = Blob.objects.filter(received_at__gte=now - DAY)
    if feed:
        recent = recent.filter(feed=feed)
    counted = recent.values("feed").annotate(
        deliveries=Count("id"),
        n_lines=Sum("lines"),
        n_events=Sum("events"),
        n_ours=Sum("ours"),
        n_rejects=Sum("rejects"),
    )
    failed = dict(
        recent.filter(state=BlobState.FAILED)
        .values("feed")
        .annotate(n=Count("id"))
        .values_list("feed", "n")
    )
    return {
        row["feed"]: Day(
            deliveries=row["deliveries"],
            lines=row["n_lines"],
            events=row["n_events"],
            ours=row["n_ours"],
            rejects=row["n_rejects"],
            failed=failed.get(row["feed"], 0),
        )
        for row in counted
    }

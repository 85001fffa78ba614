"""What the first page says of the road: new, open, late, waiting; each a number that leads somewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from lionrock.core.events import Severity
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.models import Blob, Source
from lionrock.desk.feeds.selectors.deliveries import Today, since
from lionrock.desk.feeds.selectors.health import Health, health_of
from lionrock.desk.notices.models import (
    Answer,
    AnswerKind,
    Letter,
    LetterState,
    Mailing,
    Notice,
    NoticeState,
)
from lionrock.feeds import catalogue

LOOKED_AT: Final = 20_000
"""New episodes whose severity is counted, the latest."""
COUNTED: Final = 1000
"""Letters and answers counted at most."""
KEPT_FOR: Final = 600
"""Seconds that the count of all open episodes is kept: it walks over a whole index."""
OPEN_EPISODES: Final = "open-episodes"
TROUBLES: Final = frozenset({Health.FAILING, Health.SILENT, Health.LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClass:
    """Open episodes of one class of the taxonomy."""

    name: str
    episodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """A feed that is late, silent or failing."""

    feed: str
    title: str
    health: Health


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadToday:
    """The road's figures of one day.

    ``critical`` and ``high`` count open episodes that today's deliveries opened; ``capped`` when
    only the latest of them were looked at.
    """

    deliveries: Today
    fresh: int
    critical: int
    high: int
    capped: bool
    open_classes: tuple[OpenClass, ...]
    troubled: tuple[Troubled, ...]
    feeds_on: int
    waiting: int
    unknown: int
    answers: int
    stopped: bool

    @property
    def is_broken(self) -> bool:
        """Something of the road needs a person."""
        return bool(self.stopped or self.troubled or self.deliveries.failed)

    @property
    def open(self) -> int:
        """All open episodes."""
        return sum(one.episodes for one in self.open_classes)

    @property
    def quiet(self) -> bool:
        """Nothing ever came and nothing is switched on: there is no road to speak of."""
        return not (self.open or self.feeds_on or self.deliveries.deliveries or self.waiting)


def road_today(*, midnight: datetime, now: datetime) -> RoadToday:
    """Return the figures of the day that began at ``midnight``."""
    came = since(midnight)
    severities = _by_severity(came.fresh, midnight)
    on = list(Source.objects.filter(enabled=True))
    mailing = Mailing.objects.first()
    return RoadToday(
        deliveries=came,
        fresh=came.fresh,
        critical=severities.get(Severity.CRITICAL, 0),
        high=severities.get(Severity.HIGH, 0),
        capped=4 * came.fresh > LOOKED_AT,
        open_classes=_open_classes(),
        troubled=tuple(_troubled(on, now)),
        feeds_on=len(on),
        waiting=Notice.objects.filter(state=NoticeState.WAITING)[:COUNTED].count(),
        unknown=Letter.objects.filter(state=LetterState.UNKNOWN)[:COUNTED].count(),
        answers=_answers()[:COUNTED].count(),
        stopped=bool(mailing and mailing.stopped),
    )


def _answers() -> QuerySet[Answer]:
    """Return what the page of what needs a person lists: mails of no ticket, proposals, and what is
    said to be nobody's of those told."""
    proposed = Q(
        notice__isnull=False,
        accepted=None,
        by=None,
        kind__in=[
            *(AnswerKind.FIXED, AnswerKind.NOT_OURS, AnswerKind.WORKING, AnswerKind.HUMAN),
        ],
    )
    disowned = Q(notice__isnull=False, by__isnull=False, kind=AnswerKind.NOT_OURS)
    return Answer.objects.filter(seen_at=None).filter(Q(notice=None) | proposed | disowned)


def _by_severity(fresh: int, midnight: datetime) -> dict[str, int]:
    """Count what today's deliveries opened, by severity: it stands near the end of the table."""
    latest = Episode.objects.order_by("-id").values("id")[: min(4 * fresh, LOOKED_AT)]
    today = Blob.objects.filter(received_at__gte=midnight).values("id")
    opened = (
        Episode.objects.filter(id__in=latest, blob_id__in=today, standing=Standing.OPEN)
        .values_list("severity")
        .annotate(n=Count("id"))
        .order_by()
    )
    return dict(opened)


def _open_classes() -> tuple[OpenClass, ...]:
    kinds: dict[str, int] | None = cache.get(OPEN_EPISODES)
    if kinds is None:
        counted = Episode.objects.filter(standing=Standing.OPEN)
        kinds = dict(counted.values_list("kind").annotate(n=Count("pk")).order_by())
        cache.set(OPEN_EPISODES, kinds, KEPT_FOR)
    by_class: dict[str, int] = {}
    for kind, number in kinds.items():
        name = kind.partition(".")[0]
        by_class[name] = by_class.get(name, 0) + number
    ordered = sorted(by_class.items(), key=lambda one: (-one[1], one[0]))
    return tuple(OpenClass(name=name, episodes=number) for name, number in ordered)


def _troubled(on: list[Source], now: datetime) -> list[Troubled]:
    feeds = catalogue()
    found = []
    for source in on:
        feed = feeds.get(source.feed)
        health = health_of(source, feed=feed, last_at=source.delivered_at, now=now)
        if health in TROUBLES:
            title = feed.title if feed else source.feed
            found.append(Troubled(feed=source.feed, title=title, health=health))
    order = list(Health)
    return sorted(found, key=lambda one: (order.index(one.health), one.title.casefold()))

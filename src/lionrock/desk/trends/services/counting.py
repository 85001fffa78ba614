"""Keeps what was counted by day, and counts again what late events may have changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Min

from lionrock.briefing.trends import cells
from lionrock.briefing.trends.panel import (
    Cell as CellValue,
)
from lionrock.briefing.trends.panel import (
    Heard as HeardValue,
)
from lionrock.briefing.trends.panel import (
    Panel,
    Presence,
    Series,
    panel,
    presence,
)
from lionrock.core.figures import Period
from lionrock.desk.events.models import Event
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.trends.models import Beginning, Cell, Heard

HISTORY: Final = 182
"""Days that are compared: half a year."""
LATE: Final = 7
"""Days that are counted again each time: events come late."""
KEPT: Final = 400
_BATCH: Final = 2000
_PER_QUERY: Final = 300


def gather(*, day: date, zone: ZoneInfo, now: datetime, history: int = HISTORY) -> int:
    """Count the days up to ``day`` that were not counted yet, or may have changed; return how many."""
    first = max(day - timedelta(days=history - 1), _earliest(zone) or day)
    counted = dict(Heard.objects.filter(day__gte=first, source="").values_list("day", "counted_at"))
    done = 0
    for back in range((day - first).days + 1):
        each = day - timedelta(days=back)
        if each in counted and back >= LATE:
            continue
        count_day(day=each, zone=zone, now=now)
        done += 1
    forget(before=day - timedelta(days=KEPT))
    return done


def _earliest(zone: ZoneInfo) -> date | None:
    """Return the first day of which anything is kept."""
    times = [
        Event.objects.aggregate(at=Min("at"))["at"],
        Suspect.objects.aggregate(at=Min("first_read_at"))["at"],
    ]
    return min((at.astimezone(zone).date() for at in times if at is not None), default=None)


@transaction.atomic
def count_day(*, day: date, zone: ZoneInfo, now: datetime) -> None:
    """Count one day of the region, in place of what was counted of it before."""
    begin, end = Period.of(day.isoformat()).bounds(zone)
    counted = cells.cells_of(connection, day, begin, end)
    heard = cells.heard_of(connection, day, begin, end)
    Cell.objects.filter(day=day).delete()
    Heard.objects.filter(day=day).delete()
    Cell.objects.bulk_create(
        [
            Cell(
                day=day,
                source=each.source,
                dimension=each.series.dimension,
                value=each.series.value,
                count=each.count,
            )
            for each in counted
        ],
        batch_size=_BATCH,
    )
    Heard.objects.bulk_create(
        [
            Heard(day=day, source="", counted_at=now),
            *(Heard(day=day, source=h.source, count=h.count, counted_at=now) for h in heard),
        ],
        batch_size=_BATCH,
    )
    _begin({each.series for each in counted}, day)


def _begin(series: set[Series], day: date) -> None:
    """Remember since when each series is counted."""
    for dimension in {each.dimension for each in series}:
        values = sorted(each.value for each in series if each.dimension == dimension)
        for start in range(0, len(values), _PER_QUERY):
            some = values[start : start + _PER_QUERY]
            known = Beginning.objects.filter(dimension=dimension, value__in=some)
            known.filter(day__gt=day).update(day=day)
            there = set(known.values_list("value", flat=True))
            Beginning.objects.bulk_create(
                [
                    Beginning(dimension=dimension, value=value, day=day)
                    for value in some
                    if value not in there
                ]
            )


def forget(*, before: date) -> None:
    """Remove what was counted of days before; since when a series is known stays."""
    Cell.objects.filter(day__lt=before).delete()
    Heard.objects.filter(day__lt=before).delete()


def compared(*, day: date, history: int = HISTORY) -> Panel:
    """Return the series up to a day that may be compared with it."""
    earliest = Heard.objects.exclude(source="").aggregate(day=Min("day"))["day"] or day
    first = max(day - timedelta(days=history - 1), earliest)
    days = (day - first).days + 1
    counted = [
        CellValue(day=on, source=source, series=Series(dimension=dimension, value=value), count=n)
        for on, source, dimension, value, n in Cell.objects.filter(
            day__gte=first, day__lte=day
        ).values_list("day", "source", "dimension", "value", "count")
    ]
    return panel(counted, _present(first, day, days), first=first, days=days)


def _present(first: date, day: date, days: int) -> Presence:
    heard = [
        HeardValue(day=on, source=source, count=count)
        for on, source, count in Heard.objects.filter(day__gte=first, day__lte=day)
        .exclude(source="")
        .values_list("day", "source", "count")
    ]
    return presence(heard, first=first, days=days, silences=_silences(first, day, days))


def _silences(first: date, day: date, days: int) -> Sequence[tuple[str, date, date]]:
    """Return the days on which a feed as a whole was silent, by all it says in and outside the region."""
    feeds = presence(cells.feeds_of(connection, first, day), first=first, days=days)
    return [
        (feed, first + timedelta(days=place), first + timedelta(days=place))
        for number, feed in enumerate(feeds.sources)
        for place in range(int(feeds.began[number]), days)
        if not feeds.heard[number, place]
    ]


def beginnings() -> dict[Series, date]:
    """Return since when each series is counted."""
    return {
        Series(dimension=dimension, value=value): day
        for dimension, value, day in Beginning.objects.values_list("dimension", "value", "day")
    }

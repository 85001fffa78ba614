"""Counts a day's events into Presence, and again whenever something of the day changed.

A day is read whole and compared with what stands of it; only the difference is written, in one
transaction with the note of what was counted. So a day may be counted by anybody, at any time, as
often as they like. Late deliveries, deliveries read again and deliveries taken back all touch their
days (``TouchedDay``), which are then due; deliveries of today are in within the hour.

Once retention may have removed events of a day, a count of it only adds: what is gone from the
events was not taken back, and stays counted. A day of which events are gone that were never counted
is lost: it is not counted at all, and no period it lies in can be kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from lionrock.core.events import AssetKind, Part
from lionrock.core.figures import Period
from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import DayCount, Event, TouchedDay
from lionrock.desk.events.services.retention import Ages
from lionrock.desk.figures.models import CountedDay, Heading, Presence
from lionrock.desk.figures.services.key import numbers
from lionrock.desk.figures.views import OURS

SETTLES: Final = timedelta(minutes=10)
"""A day that changed is not counted again before so much time is over: deliveries come in batches."""
TODAY: Final = timedelta(hours=1)
"""The same for a day that is not over."""
LOST: Final = -1
"""What a counted day's ``touched`` says where events were removed before it was counted."""
AT_ONCE: Final = 32
"""Days of one round."""
PAGES: Final = frozenset(
    kind.value
    for kind in (
        *(Rsit.PHISHING, Rsit.MASQUERADE, Rsit.UNAUTHORISED_MODIFICATION, Rsit.COPYRIGHT),
        *(Rsit.MALWARE_DISTRIBUTION, Rsit.HARMFUL_SPEECH, Rsit.APPLICATION_COMPROMISE),
    )
)
"""Kinds of which a host stands for the page, where the source names no URL."""
CHUNK: Final = 500
"""Rows of one statement."""

_COLUMNS: Final = (
    *("kind", "variant", "family", "feed", "part", "asset_kind", "asset", "address", "host", "url"),
    *("asn", "other_kind", "other", "other_asn", "other_country"),
)

HeadingKey = tuple[Any, ...]  # Any: text and a number, in the order of Heading's columns
_HEADING: Final = (
    *("kind", "variant", "family", "feed", "part", "asset_kind", "unit", "asn", "country"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A day to be counted, the days in UTC that it lies in, and how much these were touched by now."""

    day: date
    first: date
    last: date
    touched: int


def count_due(*, now: datetime, most: int = AT_ONCE) -> list[date]:
    """Count the days that changed since they were counted, the latest first; return them."""
    zone = ZoneInfo(settings.TIME_ZONE)
    due = (one for one in due_days(now=now) if _is_settled(one, now, zone))
    return [one.day for one in islice(due, most) if _count(one, zone=zone, now=now)]


def count_period(*, period: Period, now: datetime) -> list[date]:
    """Count every day of a period that changed since it was counted, however lately; return them."""
    zone = ZoneInfo(settings.TIME_ZONE)
    due = [one for one in due_days(now=now) if period.first <= one.day <= period.last]
    return [one.day for one in due if _count(one, zone=zone, now=now)]


def due_days(*, now: datetime) -> list[Due]:
    """Return the days up to today that are not counted as they are, the latest first."""
    zone = ZoneInfo(settings.TIME_ZONE)
    touched = dict(TouchedDay.objects.values_list("day", "events"))
    today, forgotten = now.astimezone(zone).date(), _forgotten(now)
    days = {day for utc in touched for day in _days_of(utc, zone) if forgotten <= day <= today}
    known = dict(CountedDay.objects.values_list("day", "touched"))
    found = []
    for day in sorted(days, reverse=True):
        first, last = _utc_days(day, zone)
        span = (last - first).days
        total = sum(touched.get(first + timedelta(days=n), 0) for n in range(span + 1))
        if known.get(day) not in {total, LOST}:
            found.append(Due(day=day, first=first, last=last, touched=total))
    return found


def lost_days(*, period: Period) -> list[date]:
    """Return the days of a period of which events were removed before they were counted."""
    lost = CountedDay.objects.filter(day__gte=period.first, day__lte=period.last, touched=LOST)
    return sorted(lost.values_list("day", flat=True))


def reaches_back_too_far(*, period: Period, now: datetime) -> bool:
    """Tell whether what stands of a period's first days was removed (``forget``)."""
    return period.first < _forgotten(now)


def forget(*, now: datetime) -> int:
    """Remove what stands of months that ended longer ago than episodes are kept; return how many rows."""
    first = _forgotten(now)
    with transaction.atomic():
        removed, _ = Presence.objects.filter(month__lt=first.year * 100 + first.month).delete()
        CountedDay.objects.filter(day__lt=first).delete()
    return removed


def _forgotten(now: datetime) -> date:
    """Return the first day that is not forgotten: a month's first."""
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return (day - timedelta(days=Ages.current().episodes)).replace(day=1)


def _is_lost(due: Due, now: datetime) -> bool:
    """Tell whether a day that was never counted has fewer events by now than it once had."""
    begin = datetime.combine(due.first, time(), UTC)
    if not due.touched or begin >= now - timedelta(days=_shortest()):
        return False
    end = datetime.combine(due.last, time(), UTC) + timedelta(days=1)
    there = Event.objects.filter(at__gte=begin, at__lt=end, why__in=OURS).count()
    told = DayCount.objects.filter(day__gte=due.first, day__lte=due.last, why__in=OURS)
    return there < (told.aggregate(n=Sum("events"))["n"] or 0)


def _is_settled(due: Due, now: datetime, zone: ZoneInfo) -> bool:
    counted = CountedDay.objects.filter(pk=due.day).values_list("counted_at", flat=True).first()
    waits = TODAY if due.day == now.astimezone(zone).date() else SETTLES
    return counted is None or now - counted >= waits


def _count(due: Due, *, zone: ZoneInfo, now: datetime) -> bool:
    """Count one day: read it outside any transaction, write what differs in one; false if it is lost."""
    if not _was_counted(due.day) and _is_lost(due, now):
        _note(due, touched=LOST, things=0, now=now)
        return False
    begin, end = Period.of(due.day.isoformat()).bounds(zone)
    number = numbers(Path(settings.LIONROCK_DATA))
    found = Found()
    for row in _rows(begin, end):
        for key, thing in things_of(row):
            found.add(key, number(thing))
    month, bit = due.day.year * 100 + due.day.month, 1 << (due.day.day - 1)
    with transaction.atomic():
        _one_at_a_time()
        headings = _headings(found.things)
        before = _present(month, bit) if _was_counted(due.day) else {}
        now_there = {headings[key]: things for key, things in found.things.items()}
        _set(month, bit, _less(now_there, before))
        if begin >= now - timedelta(days=_shortest()):
            _clear(month, bit, _less(before, now_there))
        _note(due, touched=due.touched, things=sum(map(len, found.things.values())), now=now)
    return True


def _was_counted(day: date) -> bool:
    return CountedDay.objects.filter(pk=day).exists()


def _note(due: Due, *, touched: int, things: int, now: datetime) -> None:
    CountedDay.objects.update_or_create(
        day=due.day,
        defaults={
            "first": due.first,
            "last": due.last,
            "touched": touched,
            "things": things,
            "counted_at": now,
        },
    )


@dataclass(slots=True)
class Found:
    """The things of a day under their headings."""

    things: dict[HeadingKey, set[int]] = field(default_factory=dict)

    def add(self, key: HeadingKey, thing: int) -> None:
        """Note a thing, however often it is told of."""
        there = self.things.get(key)
        if there is None:
            there = self.things[key] = set()
        there.add(thing)


def things_of(row: Sequence[Any]) -> Iterator[tuple[HeadingKey, str]]:  # Any: columns, as _COLUMNS
    """Yield under which headings an event names which things: its URL, its address, who attacked it."""
    kind, variant, family, feed, part, asset_kind, asset, address, host, url, asn, *other = row
    other_kind, other_value, other_asn, other_country = other
    shared = (kind, variant, family, feed, part, asset_kind)
    page = url
    if not page and asset_kind in {AssetKind.URL.value, AssetKind.HOST.value}:
        page = asset
    if not page and kind in PAGES:
        page = host
    if page:
        yield (*shared, "url", asn or 0, ""), page
    if address:
        yield (*shared, "address", asn or 0, ""), address
    if part == Part.TARGET.value and other_kind == AssetKind.ADDRESS.value and other_value:
        yield (*shared, "source", other_asn or 0, other_country), other_value


def _rows(begin: datetime, end: datetime) -> Iterable[Sequence[Any]]:  # Any: as above
    rows = Event.objects.filter(at__gte=begin, at__lt=end, why__in=OURS)
    return rows.values_list(*_COLUMNS).iterator(chunk_size=10_000)


def _headings(keys: Iterable[HeadingKey]) -> dict[HeadingKey, int]:
    """Return the id of every heading, making those that are new."""
    wanted = set(keys)
    kinds = {key[0] for key in wanted}
    known = _known(kinds)
    missing = sorted(wanted - known.keys())
    if missing:
        Heading.objects.bulk_create(
            (Heading(**dict(zip(_HEADING, key, strict=True))) for key in missing),
            batch_size=CHUNK,
            ignore_conflicts=True,
        )
        known = _known(kinds)
    return {key: known[key] for key in wanted}


def _known(kinds: Iterable[str]) -> dict[HeadingKey, int]:
    rows = Heading.objects.filter(kind__in=kinds).values_list(*_HEADING, "id")
    return {tuple(row[:-1]): row[-1] for row in rows.iterator(chunk_size=10_000)}


def _present(month: int, bit: int) -> dict[int, set[int]]:
    """Return what stands of a day: things by heading."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT heading_id, thing FROM figures_presence WHERE month = %s AND (days & %s) <> 0",
            [month, bit],
        )
        for heading, thing in cursor.fetchall():
            found.setdefault(heading, set()).add(thing)
    return found


def _less(some: dict[int, set[int]], others: dict[int, set[int]]) -> list[tuple[int, int]]:
    """Return what is in the first and not in the second, in the order of the index."""
    return sorted(
        (heading, thing)
        for heading, things in some.items()
        for thing in things - others.get(heading, set())
    )


def _set(month: int, bit: int, rows: Sequence[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        for some in _chunks(rows):
            values = ", ".join([f"({month}, %s, %s, {bit})"] * len(some))
            cursor.execute(
                f"INSERT INTO figures_presence (month, heading_id, thing, days) VALUES {values} "  # noqa: S608  # numbers
                "ON CONFLICT (month, heading_id, thing) "
                "DO UPDATE SET days = figures_presence.days | excluded.days",
                [value for row in some for value in row],
            )


def _clear(month: int, bit: int, rows: Sequence[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        for some in _chunks(rows):
            values = ", ".join(["(%s, %s)"] * len(some))
            params = [month, *(value for row in some for value in row)]
            where = f"month = %s AND (heading_id, thing) IN (VALUES {values})"
            cursor.execute(
                f"UPDATE figures_presence SET days = days & ~{bit} WHERE {where}",  # noqa: S608  # as above
                params,
            )
            cursor.execute(f"DELETE FROM figures_presence WHERE {where} AND days = 0", params)  # noqa: S608


def _chunks(rows: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    left = iter(rows)
    while some := list(islice(left, CHUNK)):
        yield some


def _one_at_a_time() -> None:
    """Wait until nobody else counts a day; SQLite's transaction took the write lock when it began."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTER])


COUNTER: Final = 0x6C696F63
"""The number of that lock."""


def _shortest() -> int:
    ages = Ages.current()
    return min(ages.events, ages.secret)


def _days_of(utc: date, zone: ZoneInfo) -> Iterator[date]:
    """Yield the region's days that a day in UTC lies in."""
    begin = datetime.combine(utc, time(), UTC)
    first = begin.astimezone(zone).date()
    last = (begin + timedelta(days=1, microseconds=-1)).astimezone(zone).date()
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _utc_days(day: date, zone: ZoneInfo) -> tuple[date, date]:
    begin, end = Period.of(day.isoformat()).bounds(zone)
    return begin.date(), (end - timedelta(microseconds=1)).date()

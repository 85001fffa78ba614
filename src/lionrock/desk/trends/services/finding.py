"""Looks at a day: what is new or rising, told once, continued where it was told before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from lionrock.briefing.trends import cells
from lionrock.briefing.trends.calibration import (
    BUDGET,
    Calibration,
    as_json,
    calibrate,
    from_json,
)
from lionrock.briefing.trends.campaigns import Campaign, campaigns
from lionrock.briefing.trends.methods import CHOSEN
from lionrock.briefing.trends.noticing import (
    HANDFUL,
    SAME,
    Noticed,
    What,
    Why,
    firsts,
    growing,
    overlap,
    rises,
    told_once,
)
from lionrock.briefing.trends.panel import DIMENSIONS, Panel, Series, weekdays
from lionrock.core.figures import Period
from lionrock.desk.audit.services import record
from lionrock.desk.trends.models import Look, Measured, Standing, Trend, Wish
from lionrock.desk.trends.services.counting import beginnings, compared, gather
from lionrock.desk.trends.services.figures import figures_of, kept
from lionrock.desk.trends.services.names import names_seen

LEAST_DAYS: Final = 35
"""Days of history below which no count is judged."""
MEASURED_FOR: Final = timedelta(days=7)
"""How long a measured calibration holds."""
WATCHED: Final = 4.0
"""Times the budget at which a watched series is told."""
REPEATS: Final = timedelta(days=14)
"""How long after its last day a trend goes on when it is noticed again."""
LOOKED_AT: Final = 80
"""Candidates whose members are looked up, the most unusual first."""
CAMPAIGN_DAYS: Final = 28
PAST_DAYS: Final = 180
SEED: Final = 20
_BEFORE: Final = 28
_KEPT_MEMBERS: Final = 200

Refs = dict[str, tuple[str, str]]
"""What an asset is kept as (``suspect:7``), and its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one look gave: rows that are new, rows that went on, and how many were muted."""

    day: date
    series: int
    fresh: tuple[Trend, ...]
    continued: tuple[Trend, ...]
    muted: int


def find(*, day: date, now: datetime) -> Found:
    """Count what is to be counted, look at the day, and keep what is unusual on it.

    Looking again at the same day, as late events come in, adds what they brought and counts nothing
    twice. Earlier days than the last that was looked at are not continued from.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    gather(day=day, zone=zone, now=now)
    panel = compared(day=day)
    noticed, members = _noticed(panel, day=day, zone=zone, now=now)
    return _keep(noticed, members, panel=panel, day=day, zone=zone, now=now)


def _noticed(
    panel: Panel, *, day: date, zone: ZoneInfo, now: datetime
) -> tuple[list[Noticed], Refs]:
    """Return what is unusual, members filled in and folded, with the reference of each member."""
    watched = set(_wished(Standing.WATCHED, day))
    found: list[Noticed] = []
    if panel.counts.shape[1] >= LEAST_DAYS and len(panel.series):
        known = beginnings()
        calibration = _calibration(panel, now=now)
        found += firsts(panel, known)
        found += [
            one
            for one in rises(panel, calibration, budget=WATCHED * BUDGET)
            if one.yearly <= BUDGET or one.series.key in watched
        ]
    refs: Refs = {}
    filled = []
    for one in found[:LOOKED_AT]:
        begin, end = _span(one, zone)
        rows = cells.members_of(connection, one.series, begin, end)
        refs.update({asset: (f"{what}:{pk}", kind) for what, pk, kind, asset in rows})
        hosts = frozenset(str(row[3]) for row in rows)
        filled.append(replace(one, members=hosts, why=(*one.why, *_share(one, day))))
    filled += _campaigns(day, zone, refs)
    return told_once(filled, most=len(filled) or 1), refs


def _campaigns(day: date, zone: ZoneInfo, refs: Refs) -> list[Noticed]:
    recent_from = _begin(day - timedelta(days=CAMPAIGN_DAYS), zone)
    past_from = _begin(day - timedelta(days=PAST_DAYS), zone)
    names = names_seen(since=recent_from, until=_begin(day + timedelta(days=1), zone), zone=zone)
    refs.update({name.host: (name.ref, "host") for name in names})
    found = campaigns(names)
    if not found:
        return []
    past: list[Campaign] = campaigns(names_seen(since=past_from, until=recent_from, zone=zone))
    sizes = [len(one.names) for one in past]
    return growing(found, day=day, past=sizes, past_days=PAST_DAYS - CAMPAIGN_DAYS)


def _share(one: Noticed, day: date) -> tuple[Why, ...]:
    """Say whether the world outside the region saw the same rise, where feeds tell of it."""
    if one.series.dimension not in {"kind", "family"} or one.what is What.CAMPAIGN:
        return ()
    length = (day - one.since).days + 1
    before = one.since - timedelta(days=1)
    ours, world = cells.shares_of(connection, one.series, one.since, day)
    ours_before, world_before = cells.shares_of(
        connection, one.series, before - timedelta(days=_BEFORE - 1), before
    )
    outside, outside_before = world - ours, world_before - ours_before
    if outside_before < 50 or not ours_before:
        return ()
    here = (ours / length) / (ours_before / _BEFORE)
    there = (outside / length) / (outside_before / _BEFORE)
    if there >= 0.7 * here:
        return (Why(code="world-too", about=f"{there:.1f}"),)
    return (Why(code="here-more", about=f"{there:.1f}"),) if here >= 2 * there else ()


def _calibration(panel: Panel, *, now: datetime) -> Calibration:
    """Return what scores mean here, measured anew once a week or when there are many more series."""
    last = Measured.objects.order_by("-at").first()
    if last is not None and now - last.at < MEASURED_FOR:
        before = from_json(last.calibration)
        if before.method == CHOSEN.name:
            return replace(before, series=max(len(panel.series), 1))
    measured = calibrate(
        CHOSEN, panel.counts, weekdays(panel.first, panel.counts.shape[1]), seed=SEED
    )
    with transaction.atomic():
        Measured.objects.all().delete()
        Measured.objects.create(at=now, day=panel.last, calibration=as_json(measured))
    return measured


@transaction.atomic
def _keep(
    noticed: Sequence[Noticed],
    refs: Refs,
    *,
    panel: Panel,
    day: date,
    zone: ZoneInfo,
    now: datetime,
) -> Found:
    muted_keys = set(_wished(Standing.MUTED, day))
    recent = list(
        Trend.objects.select_for_update()
        .filter(last_day__gte=day - REPEATS, last_day__lte=day)
        .order_by("-last_day", "pk")
    )
    room = HANDFUL - Trend.objects.filter(last_day=day, days=1).count()
    fresh, continued, muted = [], [], 0
    for one in noticed:
        before = next((row for row in recent if _goes_on(one, row)), None)
        if muted_keys & ({one.series.key, before.key} if before else {one.series.key}):
            muted += 1
        elif before is not None:
            continued.append(_continue(before, one, refs, zone=zone, now=now))
        elif room > 0:
            room -= 1
            row = _fill(Trend(noticed_at=now, days=0), one, refs, zone=zone, now=now)
            record(
                by=None,
                action="trend.noticed",
                subject=row.ref,
                details={"key": row.key, "what": row.what, "day": day.isoformat()},
                now=now,
            )
            fresh.append(row)
    Look.objects.update_or_create(
        day=day,
        defaults={
            "at": now,
            "series": len(panel.series),
            "days": panel.counts.shape[1],
            "left_out": dict(panel.left_out),
            "noticed": len(fresh) + len(continued),
            "muted": muted,
        },
    )
    return Found(
        day=day,
        series=len(panel.series),
        fresh=tuple(fresh),
        continued=tuple(continued),
        muted=muted,
    )


def _goes_on(one: Noticed, row: Trend) -> bool:
    if one.series.key == row.key:
        return True
    members = [asset for _ref, _kind, asset in row.members]
    if not members or not one.members:
        return False
    # Either side may have grown past the other.
    return max(overlap(one.members, members), overlap(members, one.members)) >= SAME


def _continue(row: Trend, one: Noticed, refs: Refs, *, zone: ZoneInfo, now: datetime) -> Trend:
    order = list(DIMENSIONS)
    if order.index(one.series.dimension) > order.index(row.dimension):
        # What is more telling stays the trend's name; what it raises besides is noted.
        also = [
            list(each) for each in {*map(tuple, row.also), (one.series.dimension, one.series.value)}
        ]
        row.also = sorted(also)
        one = replace(one, series=Series(dimension=row.dimension, value=row.value))
    one = replace(one, since=min(one.since, row.since), yearly=min(one.yearly, row.yearly))
    if row.what == What.FIRST.value:
        one = replace(one, what=What.FIRST)
    return _fill(row, one, refs, zone=zone, now=now)


def _fill(row: Trend, one: Noticed, refs: Refs, *, zone: ZoneInfo, now: datetime) -> Trend:
    """Write onto a row what was noticed."""
    if row.last_day is None or row.last_day < one.day:
        row.days += 1
    row.key = one.series.key[:300]
    row.what, row.dimension, row.value = one.what.value, one.series.dimension, one.series.value
    row.since, row.last_day = one.since, one.day
    row.counted, row.usual, row.yearly = one.counted, one.usual, one.yearly
    row.course = list(one.course)
    row.why = [[each.code, each.about] for each in one.why]
    also = {(each.dimension, each.value) for each in one.also} | set(map(tuple, row.also))
    row.also = sorted(list(each) for each in also)
    row.members = _members(one, refs)
    row.figures = [kept(figure) for figure in figures_of(one, zone=zone)]
    row.updated_at = now
    row.save()
    return row


def _members(one: Noticed, refs: Refs) -> list[list[str]]:
    return [[*refs.get(asset, ("", "")), asset] for asset in sorted(one.members)[:_KEPT_MEMBERS]]


def _wished(standing: Standing, day: date) -> Iterable[str]:
    wishes = Wish.objects.filter(standing=standing)
    return [wish.key for wish in wishes if wish.until is None or wish.until >= day]


def _span(one: Noticed, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return _begin(one.since, zone), _begin(one.day + timedelta(days=1), zone)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return Period.of(day.isoformat()).bounds(zone)[0]

"""Counted figures: by day, by constituent, and what the first page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Sum

from lionrock.core.facts import Why
from lionrock.desk.events.models import ConstituentDay, DayCount, Episode, Standing

OURS = (Why.LOCATED.value, Why.REPORTED.value, Why.DOMAIN.value)
"""The reasons for which an event counts as the region's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """How many events of a kind and family a day (UTC) had, and how many episodes opened."""

    day: date
    kind: str
    family: str
    events: int
    episodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKind:
    """Open episodes of one kind: how many, and since when the oldest is open."""

    kind: str
    episodes: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a front page shows: the region's own events, or one constituent's.

    ``standing`` counts episodes by where they stand (for the region: the open ones alone);
    ``today`` and ``week`` count events of the day of ``now`` (UTC) and of the seven days up to it;
    ``opened`` the episodes opened in these seven days; ``days`` has one entry per day, oldest first.
    """

    standing: dict[str, int]
    open_kinds: tuple[OpenKind, ...]
    today: int
    week: int
    opened: int
    days: tuple[tuple[date, int], ...]


def daily(
    *, since: date, before: date, feed: str = "", country: str | None = None, ours: bool = True
) -> Sequence[Daily]:
    """Return the counts by day, kind and family; ``ours`` leaves out what is not the region's own."""
    rows = DayCount.objects.filter(day__gte=since, day__lt=before)
    if ours:
        rows = rows.filter(why__in=OURS)
    if feed:
        rows = rows.filter(feed=feed)
    if country is not None:
        rows = rows.filter(country=country)
    summed = (
        rows.values_list("day", "kind", "family")
        .annotate(e=Sum("events"), o=Sum("episodes"))
        .order_by("day", "kind", "family")
    )
    return [
        Daily(day=day, kind=kind, family=family, events=e, episodes=o)
        for day, kind, family, e, o in summed
    ]


def outside_by_country(*, since: date, before: date) -> Sequence[tuple[str, int]]:
    """Return how many events outside the region each country had, the most first."""
    rows = (
        DayCount.objects.filter(day__gte=since, day__lt=before)
        .filter(why__in=[Why.ELSEWHERE.value, Why.UNKNOWN.value])
        .values_list("country")
        .annotate(e=Sum("events"))
        .order_by("-e", "country")
    )
    return [(country, number) for country, number in rows]


def region_figures(*, now: datetime, days: int = 30) -> Figures:
    """Return what the first page shows of the region's own events."""
    counts = DayCount.objects.filter(why__in=OURS, day__gt=now.date() - timedelta(days=days))
    by_day = {
        day: (events, opened)
        for day, events, opened in counts.filter(day__lte=now.date())
        .values_list("day")
        .annotate(e=Sum("events"), o=Sum("episodes"))
    }
    opened = Episode.objects.filter(standing=Standing.OPEN)
    return _figures(
        standing={Standing.OPEN.value: opened.count()},
        open_kinds=(),
        by_day=by_day,
        now=now,
        days=days,
    )


def constituent_figures(constituent_id: int, *, now: datetime, days: int = 30) -> Figures:
    """Return what a constituent's page shows of its events, wherever its assets are."""
    episodes = Episode.objects.filter(constituent_id=constituent_id)
    standing = dict(episodes.values_list("standing").annotate(n=Count("id")).order_by())
    kinds = (
        episodes.filter(standing=Standing.OPEN)
        .values_list("kind")
        .annotate(n=Count("id"))
        .order_by("-n")
    )
    oldest = {
        kind: Episode.objects.filter(constituent_id=constituent_id, kind=kind, standing="open")
        for kind, _ in kinds
    }
    by_day = {
        day: (events, opened)
        for day, events, opened in ConstituentDay.objects.filter(
            constituent_id=constituent_id,
            day__gt=now.date() - timedelta(days=days),
            day__lte=now.date(),
        )
        .values_list("day")
        .annotate(e=Sum("events"), o=Sum("episodes"))
    }
    return _figures(
        standing=standing,
        open_kinds=tuple(
            OpenKind(
                kind=kind,
                episodes=number,
                since=oldest[kind].aggregate(since=Min("first_seen"))["since"],
            )
            for kind, number in kinds
        ),
        by_day=by_day,
        now=now,
        days=days,
    )


def _figures(
    *,
    standing: dict[str, int],
    open_kinds: tuple[OpenKind, ...],
    by_day: dict[date, tuple[int, int]],
    now: datetime,
    days: int,
) -> Figures:
    each = [now.date() - timedelta(days=days - 1 - number) for number in range(days)]
    week = each[-7:]
    return Figures(
        standing=standing,
        open_kinds=open_kinds,
        today=by_day.get(now.date(), (0, 0))[0],
        week=sum(by_day.get(day, (0, 0))[0] for day in week),
        opened=sum(by_day.get(day, (0, 0))[1] for day in week),
        days=tuple((day, by_day.get(day, (0, 0))[0]) for day in each),
    )

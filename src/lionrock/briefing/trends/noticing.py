"""Says what is new or rising on a day: rises beyond chance, first appearances, campaigns; each told once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.briefing.trends.baseline import GUARD, LEAST_DAYS, expected
from lionrock.briefing.trends.calibration import BUDGET, Calibration, levels_of
from lionrock.briefing.trends.campaigns import Campaign, yearly
from lionrock.briefing.trends.methods import CHOSEN
from lionrock.briefing.trends.panel import DIMENSIONS, Panel, Series, weekdays

LEAST_EXTRA: Final = 3.0
"""More than expected by at least so many, however unusual: fewer are nobody's matter."""
LEAST_RATIO: Final = 1.3
FRESH: Final = 3
"""Days for which a first appearance is fresh."""
FIRST_OF: Final = frozenset({"family", "brand", "cve", "product"})
"""Dimensions whose first appearance is told; a new port or network is only unusual by its count."""
FIRSTS: Final = 26.0
"""How often a year as large first appearances may come, at most, for one to be told."""
CAMPAIGNS: Final = 104.0
"""The same of campaigns."""
HANDFUL: Final = 7
"""Trends a day at most; the others wait for the next day, when they are judged again."""
SAME: Final = 0.5
"""The part of a trend's members in another one from which on both are the same."""
AMONG: Final = 0.8
"""The part of the more telling trend's members that must be the other's for it to explain that one."""
SHOWN: Final = 56
"""Days of a trend's course."""


class What(StrEnum):
    """What is unusual."""

    RISE = "rise"
    FIRST = "first"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason, by a code the page has words for, and what it is about (a number, a name)."""

    code: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """One thing that is unusual on a day.

    ``counted`` and ``usual`` are over the days from ``since`` to ``day``. ``yearly`` is how often a
    year chance (of first appearances and campaigns: the region's past) gives as unusual a thing
    somewhere among all series. ``course`` are the days before, ``None`` where a feed was silent.
    ``members`` are the assets it is made of, by which repeats and doubles are known.
    """

    what: What
    series: Series
    day: date
    since: date
    counted: int
    usual: float
    yearly: float
    course: tuple[int | None, ...]
    members: frozenset[str] = frozenset()
    why: tuple[Why, ...] = ()
    also: tuple[Series, ...] = ()
    """Other series that tell the same."""


def rises(panel: Panel, calibration: Calibration, *, budget: float = BUDGET) -> list[Noticed]:
    """Return the series whose last days are higher than chance allows, the most unusual first."""
    counts = panel.counts
    days = counts.shape[1]
    if not len(counts) or days < GUARD + LEAST_DAYS:
        return []
    of_week = weekdays(panel.first, days)
    scores = CHOSEN.score(counts, of_week, days - 1)
    levels = levels_of(counts)
    rates = calibration.rates(scores, levels)[:, 0]
    model, _beta = expected(counts, of_week, days - 1)
    found = []
    for row in np.flatnonzero(rates <= budget).tolist():
        begin = _since(counts[row], model.mean[row], GUARD)
        known = ~np.isnan(counts[row, begin:])
        counted = float(np.where(known, counts[row, begin:], 0.0).sum())
        usual = float(np.where(known, model.mean[row, begin - days :], 0.0).sum())
        if counted - usual < LEAST_EXTRA or counted < LEAST_RATIO * usual:
            continue
        found.append(
            Noticed(
                what=What.RISE,
                series=panel.series[row],
                day=panel.last,
                since=panel.day(begin),
                counted=int(counted),
                usual=usual,
                yearly=float(rates[row]),
                course=course(counts[row]),
                why=_why(counts[row], usual, counted, days - begin),
            )
        )
    return sorted(found, key=lambda one: (one.yearly, one.series))


def _since(row: NDArray[np.float64], mean: NDArray[np.float64], guard: int) -> int:
    """Return the place from which on the days add up to the most unusual stretch of the last ones."""
    days = len(row)
    extra = np.where(np.isnan(row[-guard - 1 :]), 0.0, row[-guard - 1 :] - mean)
    weights = np.sqrt(np.maximum(mean, 0.05))
    best, place = -np.inf, days - 1
    for length in range(1, guard + 2):
        gained = float(extra[-length:].sum() / np.sqrt((weights[-length:] ** 2).sum()))
        if gained > best + 1e-9:
            best, place = gained, days - length
    return place


def _why(row: NDArray[np.float64], usual: float, counted: float, length: int) -> tuple[Why, ...]:
    reasons = []
    if usual >= 1:
        reasons.append(Why(code="times", about=f"{counted / usual:.1f}"))
    else:
        reasons.append(Why(code="hardly-before", about=""))
    before = row[: len(row) - length]
    highest = np.nanmax(before) if (~np.isnan(before)).any() else 0.0
    last = row[-length:]
    if np.nanmax(last) > highest:
        reasons.append(Why(code="highest", about=str(len(row))))
    if length >= 4:
        reasons.append(Why(code="for-days", about=str(length)))
    return tuple(reasons)


def course(row: NDArray[np.float64]) -> tuple[int | None, ...]:
    """Return the last days of a series for a chart."""
    return tuple(None if np.isnan(each) else int(each) for each in row[-SHOWN:])


def firsts(
    panel: Panel, known: Mapping[Series, date], *, least: int = 2, most: float = FIRSTS
) -> list[Noticed]:
    """Return families, brands, vulnerabilities and products that the region never had before.

    ``known`` says when each series was first counted at all, over settled sources, also long before
    the panel; by how many others were as large in their first days it is known how rare this is.
    """
    days = panel.counts.shape[1]
    filled = np.where(np.isnan(panel.counts), 0.0, panel.counts)
    begun: dict[str, list[float]] = {}
    fresh = []
    for row, series in enumerate(panel.series):
        if series.dimension not in FIRST_OF:
            continue
        first = known.get(series)
        at = days if first is None else (first - panel.first).days
        if at < GUARD + LEAST_DAYS or at >= days:  # before that, everything was new
            continue
        size = float(filled[row, at : at + FRESH].sum())
        if at >= days - FRESH:
            fresh.append((row, at, size))
        else:
            begun.setdefault(series.dimension, []).append(size)
    watched = days - FRESH - GUARD - LEAST_DAYS
    found = []
    for row, at, size in fresh:
        series = panel.series[row]
        past = [int(each) for each in begun.get(series.dimension, [])]
        rate = yearly(int(size), past, days=max(watched, 1))
        if size >= least and rate <= most:
            found.append(
                Noticed(
                    what=What.FIRST,
                    series=series,
                    day=panel.last,
                    since=panel.day(at),
                    counted=int(size),
                    usual=0.0,
                    yearly=rate,
                    course=course(panel.counts[row]),
                    why=(Why(code="never-before", about=str(days)),),
                )
            )
    return sorted(found, key=lambda one: (one.yearly, one.series))


def growing(
    found: Iterable[Campaign], *, day: date, past: Sequence[int], past_days: int, recent: int = 7
) -> list[Noticed]:
    """Return the campaigns that began or grew in the last days, the rarest first.

    ``past`` are the sizes of campaigns that began in the ``past_days`` before.
    """
    noticed = []
    for campaign in found:
        names = [name for name in campaign.names if name.day <= day]
        grown = sum(name.day > day - timedelta(days=recent) for name in names)
        if grown < 2 or len(names) < 4:
            continue
        rate = yearly(len(names), past, days=past_days)
        if rate > CAMPAIGNS:
            continue
        by_day = Counter(name.day for name in names)
        first = day - timedelta(days=SHOWN - 1)
        noticed.append(
            Noticed(
                what=What.CAMPAIGN,
                series=Series(dimension="campaign", value=campaign.key),
                day=day,
                since=campaign.since,
                counted=len(names),
                usual=0.0,
                yearly=rate,
                course=tuple(by_day[first + timedelta(days=place)] for place in range(SHOWN)),
                members=frozenset(name.host for name in names),
                why=(
                    Why(code="names", about=str(len(names))),
                    *(Why(code=f"share-{what}") for what in campaign.shared),
                    *((Why(code="imitates", about=campaign.brand),) if campaign.brand else ()),
                    *((Why(code="grown", about=str(grown)),) if grown < len(names) else ()),
                ),
            )
        )
    return sorted(noticed, key=lambda one: (one.yearly, one.series))


def told_once(noticed: Iterable[Noticed], *, most: int = HANDFUL) -> list[Noticed]:
    """Fold what tells the same into the most telling one, and keep the most unusual few.

    Two tell the same when half of the one's members are the other's: a campaign raises its brand, the
    brand's sector and the kind as well. The same series told twice (new and rising) is one, too.
    """
    order = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
    ranked = sorted(
        noticed,
        key=lambda one: (order[one.series.dimension], one.what is not What.FIRST, one.yearly),
    )
    kept: list[Noticed] = []
    for one in ranked:
        place = next((i for i, other in enumerate(kept) if same(one, other)), None)
        if place is None:
            kept.append(one)
            continue
        other = kept[place]
        also = (*other.also, *(() if one.series == other.series else (one.series,)))
        kept[place] = replace(other, yearly=min(other.yearly, one.yearly), also=also)
    return sorted(kept, key=lambda one: (one.yearly, one.series))[:most]


def same(one: Noticed, other: Noticed) -> bool:
    """Tell whether a trend tells nothing beside a more telling one.

    Either half of its members are the other's, or the other's are among them and explain at least half
    of what it has more than usual: a new family raises its kind, whose other members are as before.
    """
    if one.series == other.series or overlap(one.members, other.members) >= SAME:
        return True
    explained = other.counted - other.usual >= SAME * (one.counted - one.usual)
    return explained and overlap(other.members, one.members) >= AMONG


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Return the part of the one's members that are the other's."""
    members = set(other)
    return sum(each in members for each in one) / len(one) if one else 0.0

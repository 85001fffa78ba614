"""How long problems stay open: Kaplan-Meier curves, because most are still open when we look."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import exp, log, sqrt
from typing import Final

from lionrock.desk.events.models import Episode, FixedBy, Standing

_DAY: Final = 86_400.0
_Z: Final = 1.959964
"""The normal distribution's 97.5 % quantile: limits hold 95 %."""
MOST: Final = 200_000


class Since(StrEnum):
    """From when the time runs."""

    SEEN = "seen"
    """From when it was first seen."""
    TOLD = "told"
    """From when a letter about it last left; what was never told is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The curve at a day on which something was fixed; limits are 95 % (log-log, Greenwood)."""

    days: float
    at_risk: int
    fixed: int
    open_share: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How long it takes: the share still open after so many days."""

    points: tuple[Point, ...]
    episodes: int
    fixed: int
    censored: int

    @property
    def median(self) -> float | None:
        """The days after which half are fixed; None while more than half are open."""
        return next((one.days for one in self.points if one.open_share <= 0.5), None)

    def open_after(self, days: float) -> float:
        """Return the share still open after ``days``."""
        share = 1.0
        for point in self.points:
            if point.days > days:
                break
            share = point.open_share
        return share


def survival(spans: Iterable[tuple[float, bool]]) -> Curve:
    """Return the Kaplan-Meier estimate of spans in days, each with whether it ended in a fix.

    A span that did not is censored at its end: it counts as at risk until then. Censored and fixed on
    the same day, the fix comes first (Kaplan and Meier 1958). Variance by Greenwood's formula.
    """
    ordered = sorted(spans, key=lambda one: (one[0], not one[1]))
    at_risk, share, variance = len(ordered), 1.0, 0.0
    points: list[Point] = []
    place = 0
    while place < len(ordered):
        days = ordered[place][0]
        end = place
        while end < len(ordered) and ordered[end][0] == days:
            end += 1
        fixed = sum(1 for one in ordered[place:end] if one[1])
        if fixed:
            share *= 1 - fixed / at_risk
            if at_risk > fixed:
                variance += fixed / (at_risk * (at_risk - fixed))
            lower, upper = _limits(share, variance)
            points.append(
                Point(
                    days=days,
                    at_risk=at_risk,
                    fixed=fixed,
                    open_share=share,
                    lower=lower,
                    upper=upper,
                )
            )
        at_risk -= end - place
        place = end
    total_fixed = sum(one.fixed for one in points)
    return Curve(
        points=tuple(points),
        episodes=len(ordered),
        fixed=total_fixed,
        censored=len(ordered) - total_fixed,
    )


def time_to_fix(
    *,
    now: datetime,
    constituent: int | None = None,
    kind: str = "",
    since: Since = Since.SEEN,
    after: datetime | None = None,
    most: int = MOST,
) -> Curve:
    """Return how long episodes stay open, of one constituent or all, of one kind (a type or a class).

    Fixed by scans counts as fixed when it was last seen (the fix lies between that and the first
    scan that missed it); by word, probe or an analyst, when that was said. Open ones are censored
    now, unseen ones when they were last seen; “not theirs” is left out. ``after`` leaves out what
    was first seen before; at most the latest ``most`` episodes are counted.
    """
    rows = Episode.objects.exclude(standing=Standing.NOT_OURS)
    if constituent is not None:
        rows = rows.filter(constituent_id=constituent)
    if "." in kind:
        rows = rows.filter(kind=kind)
    elif kind:
        rows = rows.filter(kind__startswith=f"{kind}.")
    if after is not None:
        rows = rows.filter(first_seen__gte=after)
    if since is Since.TOLD:
        rows = rows.filter(told_at__isnull=False)
    values = rows.order_by("-pk").values_list(
        "first_seen", "told_at", "last_seen", "standing", "standing_since", "fixed_by"
    )[:most]
    spans: list[tuple[float, bool]] = []
    for first, told, last, standing, settled, fixed_by in values:
        begin = told if since is Since.TOLD and told is not None else first
        fixed = standing == Standing.FIXED
        if fixed:
            end = last if fixed_by == FixedBy.SCANS or settled is None else settled
        else:
            end = last if standing == Standing.UNSEEN else now
        spans.append((max((end - begin).total_seconds() / _DAY, 0.0), fixed))
    return survival(spans)


def _limits(share: float, variance: float) -> tuple[float, float]:
    """Return 95 % limits on the log-log scale, which never leave 0 to 1."""
    if share <= 0.0 or share >= 1.0:
        return share, share
    width = _Z * sqrt(variance) / log(share)
    return share ** exp(-width), share ** exp(width)

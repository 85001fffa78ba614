"""Finds when a feed was silent where it usually reports: a silent feed must not look like a fall."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import Final

from lionrock.core.figures import Gap, Period

SILENT: Final = 3
"""Days in a row that any feed may say nothing."""
INTERVALS: Final = 2
"""Of its usual intervals, as many may go by."""
USUAL: Final = 0.9
"""The share of a feed's intervals that its usual one is not exceeded by."""
RHYTHM: Final = 5
"""On how many days a feed must have been heard before it has a rhythm at all."""
BEFORE: Final = timedelta(days=400)
"""How far back its rhythm is looked for; what was silent for longer is no feed any more."""


def gaps_in(
    heard: Mapping[str, Iterable[date]], period: Period, *, upto: date, silent: int = SILENT
) -> tuple[Gap, ...]:
    """Return every silence of a feed that reaches into the period, cut to it, by feed and day.

    ``heard`` are the days on which each feed was heard, ``BEFORE`` the period and in it; ``upto`` is the
    last day on which something could be heard. A feed may be silent for ``silent`` days, or for
    ``INTERVALS`` of its usual interval where that is longer. Before a feed was first heard it owes
    nothing.
    """
    found: list[Gap] = []
    last = min(period.last, upto)
    for feed in sorted(heard):
        days = sorted({day for day in heard[feed] if period.first - BEFORE <= day <= last})
        if len(days) < RHYTHM:
            continue
        allowed = max(silent, allowed_days(days))
        for before, after in pairwise([*days, last + timedelta(days=1)]):
            first, end = before + timedelta(days=1), after - timedelta(days=1)
            if (end - first).days + 1 > allowed and end >= period.first:
                found.append(Gap(feed=feed, first=max(first, period.first), last=end))
    return tuple(found)


def allowed_days(days: Sequence[date]) -> int:
    """Return for how many days in a row a feed heard on these days may be silent, by its own rhythm.

    Its usual interval is the one that nine of ten do not exceed: of a feed that comes in bursts, or
    whenever something happens, that is a long one; a single outage does not make it longer.
    """
    intervals = sorted((after - before).days for before, after in pairwise(days))
    usual = intervals[ceil(len(intervals) * USUAL) - 1]
    return usual * INTERVALS - 1

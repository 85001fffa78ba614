"""Lays out an episode's timeline: how many events when, and what else happened, as plain shapes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 96
LEAST: Final = 14
"""Days shown at least, so that a bar is never as wide as the page."""
MOST: Final = 60
"""Bars at most; longer spans are counted by the week, then by more of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The events of the days from ``first`` to ``last``, and the bar that shows them."""

    first: date
    last: date
    events: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened on a day; ``what`` is a code the page has words for."""

    day: date
    what: str
    x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Bars and marks on one line of days; ``most`` is the highest bar's count."""

    first: date
    last: date
    days_a_bar: int
    most: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT


def timeline(counts: Mapping[date, int], *, marks: Iterable[tuple[date, str]] = ()) -> Timeline:
    """Return the layout of events per day, with marks; ``counts`` must not be empty."""
    marked = sorted(marks)
    days = [*counts, *(day for day, _what in marked)]
    last = max(days)
    first = min(*days, last - timedelta(days=LEAST - 1))
    span = (last - first).days + 1
    each = 1 if span <= MOST else -(-span // (MOST * 7)) * 7
    number = -(-span // each)
    totals = [0] * number
    for day, events in counts.items():
        totals[(day - first).days // each] += events
    most = max(totals)
    step = WIDTH / number
    return Timeline(
        first=first,
        last=last,
        days_a_bar=each,
        most=most,
        bars=tuple(
            Bar(
                first=first + timedelta(days=place * each),
                last=min(first + timedelta(days=(place + 1) * each - 1), last),
                events=events,
                x=round(place * step + 1, 1),
                y=round(HEIGHT - max(HEIGHT * events / most, 2), 1),
                width=round(max(step - 2, 1), 1),
                height=round(max(HEIGHT * events / most, 2), 1),
            )
            for place, events in enumerate(totals)
            if events
        ),
        marks=tuple(
            Mark(day=day, what=what, x=round(((day - first).days // each + 0.5) * step, 1))
            for day, what in marked
        ),
    )

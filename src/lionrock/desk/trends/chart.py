"""Lays a trend's course out as bars: days that a feed was silent are marked, not drawn as zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 560
HEIGHT: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day: its count (``None``: not known), and where its bar stands; ``told`` days are the trend's."""

    day: date
    count: int | None
    told: bool
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The bars of a course, the height of what is usual, and what the words beside it need."""

    bars: tuple[Bar, ...]
    usual: float
    usual_y: float
    most: int
    missing: int
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT


def chart(course: Sequence[int | None], *, last: date, since: date, usual: float) -> Chart:
    """Return the layout of a course that ends on ``last``; ``usual`` is what a day should count."""
    counts = list(course) or [None]
    first = last - timedelta(days=len(counts) - 1)
    most = max([each for each in counts if each is not None] or [0])
    top = max(most, usual, 1)
    step = WIDTH / len(counts)
    bars = []
    for place, count in enumerate(counts):
        day = first + timedelta(days=place)
        tall = HEIGHT if count is None else max(HEIGHT * count / top, 1 if count else 0)
        bars.append(
            Bar(
                day=day,
                count=count,
                told=day >= since,
                x=round(place * step + 0.5, 1),
                y=round(HEIGHT - tall, 1),
                width=round(max(step - 1, 1), 1),
                height=round(tall, 1),
            )
        )
    return Chart(
        bars=tuple(bars),
        usual=usual,
        usual_y=round(HEIGHT - HEIGHT * usual / top, 1),
        most=most,
        missing=sum(each is None for each in counts),
        first=first,
        last=last,
    )

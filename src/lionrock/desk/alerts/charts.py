"""Draws the small chart beside a figure: bars of its series, the last one marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 240
HEIGHT: Final = 56
WIDEST: Final = 28
"""A bar of a short series is no wider than this."""
MOST: Final = 60
"""Bars that fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar in the chart's own coordinates; ``height`` is 0 for zero, None where nothing was counted."""

    label: str
    value: int | float | None
    x: float
    y: float
    width: float
    height: float
    last: bool


def bars(data: Mapping[str, Any]) -> list[Bar]:  # Any: JSON of ``Evidence.data``
    """Return the bars of a figure's ``series``, pairs of label and value; none where there are none."""
    series = _series(data.get("series"))
    top = max((value for _, value in series if value), default=0)
    if not series or top <= 0:
        return []
    step = min(WIDTH / len(series), WIDEST)
    return [
        Bar(
            label=label,
            value=value,
            x=round(place * step, 1),
            y=round(HEIGHT - (value or 0) / top * HEIGHT, 1),
            width=round(max(step - 2, 1), 1),
            height=round((value or 0) / top * HEIGHT, 1),
            last=place == len(series) - 1,
        )
        for place, (label, value) in enumerate(series)
    ]


def _series(value: object) -> Sequence[tuple[str, int | float | None]]:
    if not isinstance(value, list):
        return ()
    pairs = [pair for pair in value if isinstance(pair, list) and len(pair) == 2]
    return [
        (str(label), number if isinstance(number, int | float) and number >= 0 else None)
        for label, number in pairs[-MOST:]
    ]

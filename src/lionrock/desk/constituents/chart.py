"""Draws how long problems stay open as a picture made of steps, and says the same as a table."""

from dataclasses import dataclass
from typing import Final

from lionrock.desk.notices.selectors.fixing import Curve, Point

WIDTH: Final = 640
HEIGHT: Final = 210
LEFT: Final = 48
RIGHT: Final = 16
TOP: Final = 10
BOTTOM: Final = 30
LONGEST: Final = 365.0
SHORTEST: Final = 7.0
_TICKS: Final = (1, 2, 3, 5, 7, 14, 21, 30, 60, 90, 120, 180, 270, 365)
_ROWS: Final = (1, 3, 7, 14, 30, 90, 180, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line of the grid: where it lies, and what stands beside it."""

    at: float
    label: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What of the curve stands in the table: the share in per cent still open after some days."""

    days: int
    open: float
    fixed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn curve; lengths are in the picture's own units."""

    line: str
    band: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    median: float | None
    """Where half were fixed, along the time."""
    median_days: float | None
    rows: tuple[Row, ...]
    episodes: int
    fixed: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw(curve: Curve) -> Chart | None:
    """Return the curve as a picture; None while nothing was fixed, for then there is no curve."""
    if not curve.points:
        return None
    reach = min(max(curve.points[-1].days * 1.1, SHORTEST), LONGEST)
    points = _apart([point for point in curve.points if point.days <= reach], reach)
    line = [(0.0, 1.0)]
    above, below = [(0.0, 1.0)], [(0.0, 1.0)]
    for point in points:
        for steps, share in (
            (line, point.open_share),
            (above, point.upper),
            (below, point.lower),
        ):
            steps += [(point.days, steps[-1][1]), (point.days, share)]
    for steps in (line, above, below):
        steps.append((reach, steps[-1][1]))
    median = curve.median
    return Chart(
        line=_path(line, reach),
        band=_path([*above, *reversed(below)], reach),
        across=tuple(Tick(at=_x(days, reach), label=days) for days in _spaced(reach)),
        up=tuple(Tick(at=_y(share / 100), label=share) for share in (0, 25, 50, 75, 100)),
        median=_x(median, reach) if median is not None and median <= reach else None,
        median_days=median,
        rows=tuple(
            Row(
                days=days,
                open=100 * curve.open_after(days),
                fixed=100 - 100 * curve.open_after(days),
            )
            for days in _ROWS
            if days <= reach or days == _ROWS[0]
        ),
        episodes=curve.episodes,
        fixed=curve.fixed,
    )


def _apart(points: list[Point], reach: float) -> list[Point]:
    """Return the last point of each half unit along the time: what the eye can tell apart."""
    by_place = {round(2 * _x(point.days, reach)): point for point in points}
    return list(by_place.values())


def _spaced(reach: float) -> list[int]:
    """Return the days to write under the picture, far enough apart to be read."""
    chosen: list[int] = []
    for days in _TICKS:
        room = not chosen or _x(days, reach) - _x(chosen[-1], reach) >= 40
        if days <= reach and room:
            chosen.append(days)
    return chosen


def _path(points: list[tuple[float, float]], reach: float) -> str:
    return " ".join(f"{_x(days, reach):.1f},{_y(share):.1f}" for days, share in points)


def _x(days: float, reach: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * min(days, reach) / reach, 1)


def _y(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

"""What a chart is made of: rectangles, lines and words on a plane, drawn as SVG or as pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lionrock.briefing.report.runs import Run


class Ink(StrEnum):
    """The few colours of charts. They differ in lightness, so that print in grey tells them apart."""

    TEXT = "#16211f"
    SOFT = "#51605c"
    LINE = "#c3ccc8"
    NOW = "#0d5c58"
    EARLIER = "#8fbdb5"
    PAPER = "#ffffff"


class Anchor(StrEnum):
    """Which end of the words lies at their place."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A bar. ``hatched`` bars are incomplete: outlined, with stripes."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink
    hatched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    ink: Ink = Ink.LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words at a place; ``y`` is their base line."""

    x: float
    y: float
    run: Run
    size: float = 14
    anchor: Anchor = Anchor.START
    ink: Ink = Ink.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture of ``width`` x ``height`` units; what comes later lies above."""

    width: int
    height: int
    shapes: tuple[Rect | Line | Words, ...]

    def words(self) -> Iterator[Run]:
        """Yield every run in it."""
        return (shape.run for shape in self.shapes if isinstance(shape, Words))

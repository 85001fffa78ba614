"""Draws the charts of a report and says in words all they show, both from the same Figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from lionrock.briefing.report.content import Family
from lionrock.briefing.report.document import Chart
from lionrock.briefing.report.runs import Run, Runs
from lionrock.briefing.report.shapes import Anchor, Drawing, Ink, Line, Rect, Words
from lionrock.briefing.report.words import Words as Language
from lionrock.briefing.report.words import name as proper
from lionrock.core.figures import Figure

WIDTH: Final = 480
"""Units across. At 400 pixels the smallest words are 11 pixels high, on paper 9 points."""
_MARGIN: Final = 8
_GAP: Final = 0.28
"""Of the room of a column, what stays empty."""
_LEAST: Final = 2.0
"""So high is the column of the smallest count above zero, that it is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A row of columns: what they count, and the counts, oldest first."""

    name: Run
    counted: tuple[Figure, ...]


def columns(
    id: str, caption: Runs, series: Sequence[Series], words: Language, *, height: int = 150
) -> Chart:
    """Return panels of columns below each other, one per series, each with its own scale.

    Every column bears its number; the last is darker. A column of an incomplete count is striped.
    """
    shapes: list[Rect | Line | Words] = []
    told: list[Runs] = []
    top = 0.0
    several = len(series) > 1
    for one in series:
        if several:
            head = replace(one.name, strong=True)
            shapes.append(Words(x=_MARGIN, y=top + 18, run=head, size=15))
            top += 26
        bottom = top + height
        shapes += _panel(one.counted, top=top + 20, bottom=bottom, words=words)
        values = words.joined([_column_told(figure, words) for figure in one.counted])
        told.append(
            words.say("charts.series", name=one.name, values=values) if several else (*values,)
        )
        top = bottom + 10
    for place, figure in enumerate(series[0].counted):
        shapes.append(
            Words(
                x=_middle(place, len(series[0].counted)),
                y=top + 8,
                run=words.quarter_short(figure.period),
                size=13,
                anchor=Anchor.MIDDLE,
                ink=Ink.SOFT,
            )
        )
    incomplete = any(figure.gaps for one in series for figure in one.counted)
    return Chart(
        id=id,
        caption=caption,
        drawing=Drawing(width=WIDTH, height=round(top + 18), shapes=tuple(shapes)),
        alternative=_alternative(caption, told, words, incomplete=incomplete, ends=not several),
    )


def bars(id: str, caption: Runs, families: Sequence[Family], words: Language) -> Chart:
    """Return a bar for each family, in the order given, with its size and how that changed."""
    each, height, left = 38, 14, float(_MARGIN)
    values = [words.shown(family.now.value) for family in families]
    room = WIDTH - 2 * _MARGIN - 9.0 * max((len(value) for value in values), default=1) - 6
    most = max((Decimal(family.now.value or 0) for family in families), default=Decimal(1)) or 1
    shapes: list[Rect | Line | Words] = []
    told: list[Runs] = []
    for place, family in enumerate(families):
        top = place * each
        size = Decimal(family.now.value or 0)
        wide = max(float(size / most) * room, _LEAST) if size else 0.0
        called = proper(family.name)
        shapes += [
            Words(x=left, y=top + 14, run=called, size=14),
            Rect(
                x=left,
                y=top + 19,
                width=round(wide, 1),
                height=height,
                ink=Ink.NOW,
                hatched=bool(family.now.gaps),
            ),
            Words(x=left + wide + 6, y=top + 31, run=words.number(family.now, strong=True)),
        ]
        told.append(
            words.say(
                "charts.bar",
                family=called,
                value=words.number(family.now),
                change=change_told(words, family.now, family.before, places=1),
            )
        )
    incomplete = any(family.now.gaps for family in families)
    return Chart(
        id=id,
        caption=caption,
        drawing=Drawing(width=WIDTH, height=max(each * len(families), each), shapes=tuple(shapes)),
        alternative=_alternative(
            caption, [words.joined(told)], words, incomplete=incomplete, ends=True
        ),
    )


def change_told(words: Language, now: Figure, before: Figure, *, places: int = 0) -> Run:
    """Return a change, or the dash where a silent source may be all there is to it."""
    if misleading(now, before):
        return Run(text=words.raw("none"))
    return words.change(now, before, places=places)


def misleading(now: Figure, before: Figure) -> bool:
    """Tell whether a change may come from a source's silence alone: a fall into an incomplete count, or
    a rise out of one."""
    if now.value is None or before.value is None:
        return False
    return bool(
        (now.gaps and now.value <= before.value) or (before.gaps and now.value > before.value)
    )


def _panel(
    counted: Sequence[Figure], *, top: float, bottom: float, words: Language
) -> list[Rect | Line | Words]:
    most = max((Decimal(figure.value or 0) for figure in counted), default=Decimal(0)) or 1
    step = (WIDTH - 2 * _MARGIN) / len(counted)
    shapes: list[Rect | Line | Words] = []
    for place, figure in enumerate(counted):
        size = Decimal(figure.value or 0)
        high = max(float(size / most) * (bottom - top), _LEAST) if size else 0.0
        last = place == len(counted) - 1
        shapes.append(
            Rect(
                x=round(_MARGIN + step * (place + _GAP / 2), 1),
                y=round(bottom - high, 1),
                width=round(step * (1 - _GAP), 1),
                height=round(high, 1),
                ink=Ink.NOW if last else Ink.EARLIER,
                hatched=bool(figure.gaps),
            )
        )
        shapes.append(
            Words(
                x=_middle(place, len(counted)),
                y=round(bottom - high - 6, 1),
                run=words.number(figure, strong=last),
                size=14,
                anchor=Anchor.MIDDLE,
            )
        )
    shapes.append(Line(x1=_MARGIN, y1=bottom, x2=WIDTH - _MARGIN, y2=bottom, ink=Ink.SOFT))
    return shapes


def _middle(place: int, of: int) -> float:
    return round(_MARGIN + (WIDTH - 2 * _MARGIN) / of * (place + 0.5), 1)


def _column_told(figure: Figure, words: Language) -> Runs:
    period = words.quarter(figure.period)
    if figure.value is None:
        return words.say("charts.column_none", period=period)
    key = "charts.column_gap" if figure.gaps else "charts.column"
    return words.say(key, period=period, value=words.number(figure))


def _alternative(
    caption: Runs, told: Sequence[Runs], words: Language, *, incomplete: bool, ends: bool
) -> Runs:
    space = () if words.language.startswith("zh") else (Run(text=" "),)
    stop = (Run(text="。" if words.language.startswith("zh") else "."),)
    found = [*words.say("charts.title", caption=caption)]
    for part in told:
        found += [*space, *part, *(stop if ends else ())]
    if incomplete:
        found += [*space, *words.say("charts.incomplete")]
    return tuple(found)

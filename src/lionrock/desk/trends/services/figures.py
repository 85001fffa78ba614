"""Makes the figures of a trend: its days, as many days before, and what was usual."""

from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from lionrock.briefing.trends import cells
from lionrock.briefing.trends.noticing import Noticed, What
from lionrock.briefing.trends.panel import Series
from lionrock.core.figures import Figure, Period, Stream, Unit

ASSETS: Final = "trend.assets"
"""Distinct assets of one series over the period, events of all feeds."""
NAMES: Final = "trend.names"
"""Names that were put forward, or seen on phishing pages, over the period."""
USUAL: Final = "trend.usual"
"""How many the baseline expected over the period, each source and day counted."""


def figures_of(one: Noticed, *, zone: ZoneInfo) -> tuple[Figure, ...]:
    """Return the figures of what was noticed: now, before, and what was usual where that is known."""
    now = _period(one)
    before = now.previous()
    figures = [_counted(one, period, zone) for period in (now, before)]
    if one.what is What.RISE:
        figures.append(
            Figure(
                id=f"{now.key}.{USUAL}.{_name(one.series)}",
                stream=figures[0].stream,
                definition=USUAL,
                period=now,
                unit=figures[0].unit,
                value=Decimal(str(round(one.usual, 1))),
                filters=((one.series.dimension, one.series.value),),
                query=USUAL,
            )
        )
    return tuple(figures)


def _period(one: Noticed) -> Period:
    if one.since == one.day:
        return Period.of(one.day.isoformat())
    return Period.of(f"{one.since}..{one.day}")


def _counted(one: Noticed, period: Period, zone: ZoneInfo) -> Figure:
    names = one.series.dimension in {"campaign", "sector"}
    definition = NAMES if names else ASSETS
    if one.what is What.CAMPAIGN:
        value: int | None = one.counted if period.last == one.day else 0
    else:
        value = cells.distinct_of(connection, one.series, *period.bounds(zone))
    return Figure(
        id=f"{period.key}.{definition}.{_name(one.series)}",
        stream=Stream.SUSPECTS if names else Stream.EVENTS,
        definition=definition,
        period=period,
        unit=_unit(one.series),
        value=value,
        filters=((one.series.dimension, one.series.value),),
        query=definition,
    )


def _unit(series: Series) -> Unit:
    if series.dimension in {"campaign", "brand", "sector"}:
        return Unit.NAME
    if series.dimension == "kind" and series.value.startswith("fraud."):
        return Unit.URL
    return Unit.HOST if series.dimension == "network" else Unit.ADDRESS


def _name(series: Series) -> str:
    """Return a series as part of a figure's id, which references can hold."""
    safe = "".join(
        char if char.isascii() and (char.isalnum() or char in "._-") else "-"
        for char in series.value
    )
    return f"{series.dimension}.{safe[:100]}"


def kept(figure: Figure) -> dict[str, Any]:  # Any: what JSON can hold
    """Return a figure as it is stored."""
    return {
        "id": figure.id,
        "stream": figure.stream.value,
        "definition": figure.definition,
        "period": figure.period.key,
        "unit": figure.unit.value,
        "value": None if figure.value is None else str(figure.value),
        "filters": [list(each) for each in figure.filters],
        "query": figure.query,
    }


def figure_of(stored: dict[str, Any]) -> Figure:  # Any: as above
    """Return the figure that was stored."""
    value = stored["value"]
    number = None if value is None else Decimal(value)
    whole = number is not None and number == number.to_integral_value() and "." not in value
    return Figure(
        id=stored["id"],
        stream=Stream(stored["stream"]),
        definition=stored["definition"],
        period=Period.of(stored["period"]),
        unit=Unit(stored["unit"]),
        value=int(number) if whole and number is not None else number,
        filters=tuple((name, of) for name, of in stored["filters"]),
        query=stored["query"],
    )

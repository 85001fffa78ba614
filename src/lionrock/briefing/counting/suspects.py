"""Figures over suspects: names put forward and names confirmed, by imitated brand and its sector."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from lionrock.briefing.counting.asking import Connection, ask, moment
from lionrock.briefing.counting.counted import slug
from lionrock.core.figures import Figure, Period, Stream, Unit

NEW: Final = "suspects.new"
CONFIRMED: Final = "suspects.confirmed"

_WHERE: Final = {
    NEW: "first_read_at >= %s AND first_read_at < %s",
    CONFIRMED: "state = 'confirmed' AND decided_at >= %s AND decided_at < %s",
}


def suspect_figures(connection: Connection, period: Period, zone: ZoneInfo) -> Iterator[Figure]:
    """Yield how many names were put forward, and how many confirmed, in all and by brand and sector."""
    bounds = period.bounds(zone)
    for definition, where in _WHERE.items():
        yield from _of(connection, period, bounds, definition, where)


def _of(
    connection: Connection,
    period: Period,
    bounds: tuple[datetime, datetime],
    definition: str,
    where: str,
) -> Iterator[Figure]:
    sql = (
        "SELECT sector, brand, COUNT(*) FROM figure_suspect "  # noqa: S608  # our own words
        f"WHERE {where} GROUP BY sector, brand"
    )
    rows = ask(connection, sql, [moment(connection, at) for at in bounds])
    yield _figure(period, definition, sum(number for _, _, number in rows))
    for by, place in (("sector", 0), ("brand", 1)):
        counts: dict[str, int] = {}
        for row in rows:
            counts[row[place]] = counts.get(row[place], 0) + int(row[2])
        for value, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
            yield _figure(period, definition, number, (by, value))


def _figure(
    period: Period, definition: str, value: int, part: tuple[str, str] | None = None
) -> Figure:
    tail = "" if part is None else f".{part[0]}.{slug(*part)}"
    return Figure(
        id=f"{period.key}.{definition}{tail}",
        stream=Stream.SUSPECTS,
        definition=definition,
        period=period,
        unit=Unit.NAME,
        value=value,
        filters=() if part is None else (part,),
        query=definition,
    )

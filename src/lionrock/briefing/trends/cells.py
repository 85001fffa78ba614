"""Counts one day's events and suspects into cells: one statement for each dimension.

Read are the tables of events, episodes and suspects themselves, since ports, vulnerabilities, reports
and constituents stand in no roll-up. A day is counted once and kept; the desk counts it again while
late events may still come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lionrock.briefing.counting.asking import Connection, Row, ask, marks, moment
from lionrock.briefing.trends.panel import Cell, Heard, Series

OURS: Final = ("located", "reported", "domain")
"""Why an event counts as the region's own (``lionrock.core.facts.Why``)."""
MOST_MEMBERS: Final = 400
_SUSPECTS: Final = "triage"

_PLACE: Final = "CASE WHEN e.part = 'source' THEN e.other_port ELSE e.port END"
_PRODUCT: Final = "e.service"
_ATTACK: Final = "(e.kind = 'information-gathering.scanner' OR e.kind LIKE 'intrusion-attempts.%%')"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dimension:
    """How a series is read off an event: the value's expression, what else must hold, a join."""

    value: str
    where: str
    join: str = ""


_DIMENSIONS: Final = {
    "kind": _Dimension(value="e.kind", where="e.kind <> 'test.test'"),
    "family": _Dimension(
        value="e.family", where="e.family <> '' AND e.kind LIKE 'malicious-code.%%'"
    ),
    "port": _Dimension(value=_PLACE, where=f"{_ATTACK} AND {_PLACE} IS NOT NULL"),
    "product": _Dimension(value=_PRODUCT, where="e.service <> '' AND e.kind LIKE 'vulnerable.%%'"),
    "cve": _Dimension(value="e.cves", where="e.cves <> ''"),
    "network": _Dimension(
        value="e.asn",
        where="e.asn IS NOT NULL AND e.part = 'host' AND e.kind IN "
        "('fraud.phishing', 'malicious-code.malware-distribution', 'malicious-code.c2-server')",
    ),
    "constituent": _Dimension(value="e.constituent_id", where="e.constituent_id IS NOT NULL"),
    "brand": _Dimension(
        value="p.brand",
        where="p.brand <> ''",
        join="JOIN events_episode p ON p.id = e.episode_id",
    ),
}


def cells_of(connection: Connection, day: date, begin: datetime, end: datetime) -> list[Cell]:
    """Return the cells of the day that begins at ``begin`` and has ended at ``end``."""
    span = (moment(connection, begin), moment(connection, end))
    found: dict[tuple[str, Series], int] = {}
    for dimension, each in _DIMENSIONS.items():
        rows = ask(
            connection,
            f"SELECT e.feed, e.report, {each.value}, COUNT(DISTINCT e.asset) FROM events_event e "  # noqa: S608  # our own constants
            f"{each.join} WHERE e.at >= %s AND e.at < %s AND e.why IN ({marks(OURS)}) "
            f"AND {each.where} GROUP BY 1, 2, 3",
            (*span, *OURS),
        )
        for feed, report, value, number in rows:
            for one in _values(dimension, value):
                key = (source_of(feed, report), Series(dimension=dimension, value=one))
                found[key] = found.get(key, 0) + int(number)
    for dimension in ("brand", "sector"):
        rows = ask(
            connection,
            f"SELECT source, {dimension}, COUNT(*) FROM suspects_suspect "  # noqa: S608  # as above
            f"WHERE first_read_at >= %s AND first_read_at < %s AND {dimension} <> '' GROUP BY 1, 2",
            span,
        )
        for source, value, number in rows:
            key = (source_of(_SUSPECTS, source), Series(dimension=dimension, value=value))
            found[key] = found.get(key, 0) + int(number)
    return [
        Cell(day=day, source=source, series=series, count=number)
        for (source, series), number in sorted(found.items())
    ]


def _values(dimension: str, value: object) -> Iterator[str]:
    text = str(value)
    if dimension == "cve":
        yield from sorted({one.strip()[:20] for one in text.split(",") if one.strip()})
    else:
        yield text[:253]


def source_of(feed: str, report: str) -> str:
    """Return a source's name: the feed and which of its reports."""
    return f"{feed}/{report}"[:200]


def heard_of(connection: Connection, day: date, begin: datetime, end: datetime) -> list[Heard]:
    """Return how much each source said on a day, of the region."""
    span = (moment(connection, begin), moment(connection, end))
    events = ask(
        connection,
        "SELECT feed, report, COUNT(*) FROM events_event WHERE at >= %s AND at < %s GROUP BY 1, 2",
        span,
    )
    suspects = ask(
        connection,
        "SELECT source, COUNT(*) FROM suspects_suspect "
        "WHERE first_read_at >= %s AND first_read_at < %s GROUP BY 1",
        span,
    )
    return [
        *(Heard(day=day, source=source_of(f, r), count=int(n)) for f, r, n in events),
        *(Heard(day=day, source=source_of(_SUSPECTS, s), count=int(n)) for s, n in suspects),
    ]


def feeds_of(connection: Connection, first: date, last: date) -> list[Heard]:
    """Return how much each feed said by day (UTC), in and outside the region."""
    rows = ask(
        connection,
        "SELECT day, feed, SUM(events) FROM events_daycount WHERE day >= %s AND day <= %s "
        "GROUP BY 1, 2",
        (first.isoformat(), last.isoformat()),
    )
    return [
        Heard(day=_day(day), source=feed, count=int(number)) for day, feed, number in rows if number
    ]


def shares_of(connection: Connection, series: Series, first: date, last: date) -> tuple[int, int]:
    """Return how many events of a kind or family feeds told of: of the region, and of all the world."""
    if series.dimension not in {"kind", "family"}:
        raise ValueError(f"{series.dimension} is not counted outside the region")
    rows = ask(
        connection,
        "SELECT CASE WHEN why IN ('located', 'reported', 'domain') THEN 1 ELSE 0 END, SUM(events) "  # noqa: S608  # as above
        f"FROM events_daycount WHERE day >= %s AND day <= %s AND {series.dimension} = %s GROUP BY 1",
        (first.isoformat(), last.isoformat(), series.value),
    )
    by = {int(ours): int(number) for ours, number in rows}
    return by.get(1, 0), by.get(0, 0) + by.get(1, 0)


def members_of(
    connection: Connection,
    series: Series,
    begin: datetime,
    end: datetime,
    *,
    most: int = MOST_MEMBERS,
) -> list[Row]:
    """Return (reference kind, row's number, asset kind, asset) of what a series is made of, new first.

    For events these are episodes, the last to open first; for suspects the suspects.
    """
    span = (moment(connection, begin), moment(connection, end))
    found: list[Row] = []
    if series.dimension in {"brand", "sector"}:
        rows = ask(
            connection,
            "SELECT id, host FROM suspects_suspect WHERE first_read_at >= %s AND first_read_at < %s "  # noqa: S608  # as above
            f"AND {series.dimension} = %s ORDER BY first_read_at DESC, id DESC LIMIT {int(most)}",
            (*span, series.value),
        )
        found += [("suspect", number, "host", host) for number, host in rows]
    each = _DIMENSIONS.get(series.dimension)
    if each is not None:
        matches, value = _matching(series)
        rows = ask(
            connection,
            f"SELECT MAX(e.episode_id), e.asset_kind, e.asset FROM events_event e {each.join} "  # noqa: S608  # as above
            f"WHERE e.at >= %s AND e.at < %s AND e.why IN ({marks(OURS)}) AND {each.where} "
            f"AND {matches} GROUP BY 2, 3 ORDER BY 1 DESC LIMIT {int(most)}",
            (*span, *OURS, value),
        )
        found += [("episode", *row) for row in rows]
    return found[:most]


def distinct_of(
    connection: Connection, series: Series, begin: datetime, end: datetime
) -> int | None:
    """Return how many distinct assets (suspects, of brands and sectors) a series had in a span."""
    span = (moment(connection, begin), moment(connection, end))
    if series.dimension in {"brand", "sector"}:
        ((number,),) = ask(
            connection,
            "SELECT COUNT(*) FROM suspects_suspect WHERE first_read_at >= %s AND first_read_at < %s "  # noqa: S608  # as above
            f"AND {series.dimension} = %s",
            (*span, series.value),
        )
        if number or series.dimension == "sector":
            return int(number)
    each = _DIMENSIONS.get(series.dimension)
    if each is None:
        return None
    matches, value = _matching(series)
    ((number,),) = ask(
        connection,
        f"SELECT COUNT(DISTINCT e.asset) FROM events_event e {each.join} WHERE e.at >= %s "  # noqa: S608  # as above
        f"AND e.at < %s AND e.why IN ({marks(OURS)}) AND {each.where} AND {matches}",
        (*span, *OURS, value),
    )
    return int(number)


def _matching(series: Series) -> tuple[str, object]:
    """Return the condition under which an event belongs to a series, and what it is compared with."""
    if series.dimension == "cve":
        return "e.cves LIKE %s", f"%{series.value}%"
    number = series.dimension in {"port", "network", "constituent"}
    value: object = int(series.value) if number else series.value
    return f"{_DIMENSIONS[series.dimension].value} = %s", value


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])

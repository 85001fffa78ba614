"""The views that figures are counted from, as tables that a test fills: SQLite, in memory."""

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import blake2b

from lionrock.briefing.counting.views import VIEWS
from lionrock.core.rsit import Rsit

_TYPES = {"integer": "INTEGER", "text": "TEXT", "date": "TEXT", "time": "TEXT"}


def standing_views() -> sqlite3.Connection:
    """Return a database whose tables have the names and columns of the views."""
    connection = sqlite3.connect(":memory:")
    for view in VIEWS:
        columns = ", ".join(f"{column.name} {_TYPES[column.type]}" for column in view.columns)
        connection.execute(f"CREATE TABLE {view.name} ({columns})")
    return connection


def number_of(thing: str) -> int:
    """Return a number that stands for a thing."""
    return int.from_bytes(blake2b(thing.encode(), digest_size=8).digest(), "big", signed=True)


def report(
    connection: sqlite3.Connection,
    kind: Rsit,
    things: Iterable[str],
    *days: date,
    unit: str = "address",
    family: str = "",
    variant: str = "",
    feed: str = "made-up",
    part: str = "host",
    asset_kind: str = "address",
    asn: int = 64496,
    country: str = "",
) -> None:
    """Have a feed report things on some days, each once a day, and be heard on these days."""
    months: dict[int, int] = {}
    for day in days:
        month = day.year * 100 + day.month
        months[month] = months.get(month, 0) | 1 << (day.day - 1)
    some = list(things)
    connection.executemany(
        "INSERT INTO figure_presence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(month, kind.value, variant, family, feed, part, asset_kind, unit),
                *(number_of(thing), asn, country, bits),
            )
            for month, bits in months.items()
            for thing in some
        ],
    )
    connection.executemany(
        "INSERT INTO figure_told VALUES (?, ?, ?, ?, 1, 'HK', ?)",
        [(day.isoformat(), feed, kind.value, family, len(some)) for day in days],
    )


def heard(
    connection: sqlite3.Connection, feed: str, first: date, last: date, every: int = 1
) -> None:
    """Have a feed deliver something that holds nothing, every so many days."""
    days = range(0, (last - first).days + 1, every)
    connection.executemany(
        "INSERT INTO figure_delivery VALUES (?, ?, ?, 1)",
        [(feed, *[(first + timedelta(days=day)).isoformat()] * 2) for day in days],
    )

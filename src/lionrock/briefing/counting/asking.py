"""Asks a database at hand, SQLite or PostgreSQL, through any DB-API connection or Django's."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

Row = tuple[Any, ...]  # Any: what a column holds

AT_ONCE: Final = 20_000
"""Rows that are handed over at once."""


class Cursor(Protocol):
    """What is needed of a cursor."""

    def execute(self, sql: str, params: Sequence[object] = ..., /) -> object:
        """Run one statement."""

    def fetchmany(self, size: int = ..., /) -> Sequence[Any]:  # Any: rows as the driver gives them
        """Return the next rows of what it gave."""


class Connection(Protocol):
    """What is needed of a connection: psycopg's, Django's, or sqlite3's own."""

    def cursor(self) -> Any:  # Any: a Cursor, under as many names as there are drivers
        """Return a cursor."""


def ask(connection: Connection, sql: str, params: Sequence[object] = ()) -> list[Row]:
    """Return the rows of a query whose places are written ``%s`` (and a per cent sign ``%%``)."""
    return [tuple(row) for rows in ask_many(connection, sql, params) for row in rows]


def ask_many(
    connection: Connection, sql: str, params: Sequence[object] = ()
) -> Iterator[Sequence[Row]]:
    """Yield the rows of a query as they come, some thousands at a time."""
    cursor = connection.cursor()
    try:
        if isinstance(connection, sqlite3.Connection):
            sql = sql.replace("%s", "?").replace("%%", "%")
        cursor.execute(sql, tuple(params))
        while rows := cursor.fetchmany(AT_ONCE):
            yield rows
    finally:
        cursor.close()


def is_sqlite(connection: Connection) -> bool:
    """Tell whether it is SQLite that answers."""
    if isinstance(connection, sqlite3.Connection):
        return True
    return getattr(connection, "vendor", "postgresql") == "sqlite"


def moment(connection: Connection, at: datetime) -> object:
    """Return a time as it can be compared with a stored one: SQLite holds text in UTC, without a zone."""
    utc = at.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(" ") if is_sqlite(connection) else utc


def marks(values: Sequence[object]) -> str:
    """Return as many places as there are values."""
    return ", ".join(["%s"] * len(values))


def day_of(value: object) -> date:
    """Return a day as a driver gives it: a date, or SQLite's text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))

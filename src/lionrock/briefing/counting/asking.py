"""Asks a database at hand, SQLite or PostgreSQL, through any DB-API connection or Django's."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol

Row = tuple[Any, ...]  # Any: what a column holds


class Cursor(Protocol):
    """What is needed of a cursor."""

    def execute(self, sql: str, params: Sequence[object] = ..., /) -> object:
        """Run one statement."""

    def fetchall(self) -> Sequence[Any]:  # Any: rows as the driver gives them
        """Return what it gave."""


class Connection(Protocol):
    """What is needed of a connection: psycopg's, Django's, or sqlite3's own."""

    def cursor(self) -> Any:  # Any: a Cursor, under as many names as there are drivers
        """Return a cursor."""


def ask(connection: Connection, sql: str, params: Sequence[object] = ()) -> list[Row]:
    """Return the rows of a query whose places are written ``%s`` (and a per cent sign ``%%``)."""
    cursor = connection.cursor()
    try:
        if isinstance(connection, sqlite3.Connection):
            sql = sql.replace("%s", "?").replace("%%", "%")
        cursor.execute(sql, tuple(params))
        return [tuple(row) for row in cursor.fetchall()]
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

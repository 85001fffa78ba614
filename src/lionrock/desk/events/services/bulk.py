"""Writes and finds many rows at once: the one place where SQLite and PostgreSQL take different roads.

Times go in and come out as text in UTC, as ``rows.text_of`` writes them. Everything runs within the
caller's transaction.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import chain
from typing import Any, Final, Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from lionrock.desk.events.models import Episode, Event

Values = tuple[Any, ...]  # Any: a row's columns
Key = tuple[str, str, str]
"""An episode's asset, problem and kind of asset."""

KNOWN: Final = (
    *("asset", "problem", "asset_kind", "id", "number", "first_seen", "last_seen", "events"),
    *("severity", "tlp", "standing", "standing_since", "misses", "feeds", "many"),
    *("address", "host", "url", "network", "asn", "located", "registered", "why"),
    *("constituent_id", "holder", "fact", "last_blob_id"),
)
"""What is fetched of an episode before events are added to it."""
CHANGED: Final = KNOWN[5:]
"""What events may change of an episode."""
MOVED: Final = ("last_seen", "events", "misses", "last_blob_id")
"""What most events change of an episode."""
TOLD_MORE: Final = ("first_seen", *MOVED, "feeds", "many", "address", "host", "url")
"""What most of the rest change; in no index but the one of time, so that only that is written."""
TWIN: Final = ("episode_id", "at", "feed", "report", "other_kind", "other")
"""What makes two events of one episode the same observation."""

WRITER: Final = 0x6C696F6E
"""The number of the lock that lets one writer at a time keep what it read, as SQLite does."""


BOUND: Final = 4_000
"""Values of one statement that inserts; SQLite takes at least 32,766."""
COPIED: Final = 1_000
"""Rows that are handed to PostgreSQL at once."""
LOOKED_UP: Final = 200
"""Keys of one statement that looks up; the same statement always, so that it is prepared once."""


class Bulk(Protocol):
    """What keeping a batch asks of a database."""

    def begin(self) -> None:
        """Wait until nobody else keeps a batch."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """Insert rows that are known to be new."""

    def add(self, table: str, keys: Sequence[str], rows: Iterable[Values]) -> None:
        """Add to the counts ``events`` and ``episodes`` (a row's last two values) under ``keys``."""

    def words(self, rows: Sequence[tuple[str, int]]) -> None:
        """Insert words of episodes, those that are there already excepted."""

    def ids(self, table: str, count: int) -> Sequence[int]:
        """Return that many ids that no row of the table has."""

    def episodes(self, keys: Sequence[Key]) -> Sequence[Values]:
        """Return ``KNOWN`` of every episode with one of the keys."""

    def twins(self, places: Sequence[tuple[int, str]]) -> Sequence[Values]:
        """Return ``TWIN`` of every event of an episode at a time."""

    def update(self, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """Set columns of episodes; a row's last value is the id."""


def bulk() -> Bulk:
    """Return the writer for the database at hand, within a transaction."""
    if connection.vendor == "postgresql":
        return _Postgres(connection)
    return _Sqlite(connection)


class _Sqlite:
    """SQLite: prepared statements, run for each row without leaving C."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self._raw: Any = wrapper.connection  # Any: sqlite3's connection, which Django hides

    def begin(self) -> None:
        """The transaction took the write lock when it began."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        self._insert(f"INSERT INTO {table} ({_names(columns)}) VALUES", len(columns), rows)

    def add(self, table: str, keys: Sequence[str], rows: Iterable[Values]) -> None:
        self._raw.executemany(_upsert(table, keys, "?"), rows)

    def words(self, rows: Sequence[tuple[str, int]]) -> None:
        self._insert(
            "INSERT INTO events_word (word, episode_id) VALUES", 2, rows, "ON CONFLICT DO NOTHING"
        )

    def _insert(self, into: str, width: int, rows: Sequence[Values], otherwise: str = "") -> None:
        """Insert many rows with each statement: its end, where the last id is noted, is not free."""
        many = BOUND // width
        row = f"({_marks(width)})"
        whole = len(rows) // many * many
        statement = f"{into} {', '.join([row] * many)} {otherwise}"
        for start in range(0, whole, many):
            some = rows[start : start + many]
            self._raw.execute(statement, list(chain.from_iterable(some)))
        self._raw.executemany(f"{into} {row} {otherwise}", rows[whole:])

    def ids(self, table: str, count: int) -> Sequence[int]:
        used = self._raw.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", [table]
        ).fetchone()
        first = (used[0] if used else 0) + 1
        return range(first, first + count)

    def episodes(self, keys: Sequence[Key]) -> Sequence[Values]:
        return self._joined(
            f"SELECT {_plain(KNOWN)} FROM w CROSS JOIN events_episode e "  # noqa: S608  # our names
            "ON e.asset = w.a AND e.problem = w.b AND e.asset_kind = w.c",
            keys,
            width=3,
        )

    def twins(self, places: Sequence[tuple[int, str]]) -> Sequence[Values]:
        return self._joined(
            f"SELECT {_plain(TWIN)} FROM w CROSS JOIN events_event e "  # noqa: S608  # our names
            "ON e.episode_id = w.a AND e.at = w.b",
            places,
            width=2,
        )

    def _joined(self, select: str, wanted: Sequence[Values], *, width: int) -> list[Values]:
        """Return what is found of ``wanted``, named ``w`` with columns a, b, c, in its order."""
        row = f"({_marks(width)})"
        names = "a, b, c"[: 3 * width - 2]
        statement = f"WITH w({names}) AS (VALUES {', '.join([row] * LOOKED_UP)}) {select}"
        none = [(None,) * width]
        found: list[Values] = []
        for start in range(0, len(wanted), LOOKED_UP):
            some = wanted[start : start + LOOKED_UP]
            flat = chain.from_iterable(chain(some, none * (LOOKED_UP - len(some))))
            found += self._raw.execute(statement, list(flat)).fetchall()
        return found

    def update(self, columns: Sequence[str], rows: Sequence[Values]) -> None:
        settings = ", ".join(f"{_names([column])} = ?" for column in columns)
        self._raw.executemany(
            f"UPDATE events_episode SET {settings} WHERE id = ?",  # noqa: S608  # our names
            rows,
        )


def _plain(columns: Sequence[str]) -> str:
    """Name the columns such that times stay the text they are: SQLite's would become objects."""
    return ", ".join(
        f"e.\"{name}\" || ''" if _TYPES.get(name) == "timestamptz" else f'e."{name}"'
        for name in columns
    )


_TYPES: Final = {
    "at": "timestamptz",
    "id": "bigint",
    "asn": "bigint",
    "constituent_id": "bigint",
    "events": "bigint",
    "last_blob_id": "bigint",
    "misses": "integer",
    "first_seen": "timestamptz",
    "last_seen": "timestamptz",
    "standing_since": "timestamptz",
    "feeds": "jsonb",
    "many": "jsonb",
}


_NULLABLE: Final = frozenset(
    field.column
    for model in (Episode, Event)
    for field in model._meta.concrete_fields
    if field.null
)


def _as_text(columns: Sequence[str]) -> str:
    """Name the columns such that times come as ``rows.text_of`` writes them, and JSON as text."""
    utc = "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
    forms = {"timestamptz": utc, "jsonb": "{}::text"}
    return ", ".join(
        forms.get(_TYPES.get(name, ""), "{}").format(f'e."{name}"') for name in columns
    )


class _Postgres:
    """PostgreSQL: COPY into the table, or into one of this transaction that is joined."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self._cursor: Any = wrapper.connection.cursor()  # Any: psycopg's cursor, as above

    def begin(self) -> None:
        self._cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER])
        # The tables joined below are small and unknown to the planner, which would rather read all.
        self._cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off"
        )

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        # The writer quotes all but numbers, None as an empty text: no column may have both.
        nulls = _names([column for column in columns if column in _NULLABLE])
        null = f", FORCE_NULL ({nulls})" if nulls else ""
        some = StringIO()
        writer = csv.writer(some, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        with self._cursor.copy(
            f"COPY {table} ({_names(columns)}) FROM STDIN WITH (FORMAT csv{null})"
        ) as copy:
            for start in range(0, len(rows), COPIED):
                writer.writerows(rows[start : start + COPIED])
                copy.write(some.getvalue())
                some.seek(0)
                some.truncate()

    def add(self, table: str, keys: Sequence[str], rows: Iterable[Values]) -> None:
        self._cursor.executemany(_upsert(table, keys, "%s"), list(rows))

    def words(self, rows: Sequence[tuple[str, int]]) -> None:
        if not rows:
            return
        self._temporary("wanted_word", "word text, episode_id bigint")
        self.insert("wanted_word", ("word", "episode_id"), rows)
        self._cursor.execute(
            "INSERT INTO events_word (word, episode_id) "
            "SELECT word, episode_id FROM wanted_word ON CONFLICT DO NOTHING"
        )

    def ids(self, table: str, count: int) -> Sequence[int]:
        self._cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in self._cursor.fetchall()]

    def episodes(self, keys: Sequence[Key]) -> Sequence[Values]:
        self._temporary("wanted_episode", "asset text, problem text, asset_kind text")
        self.insert("wanted_episode", ("asset", "problem", "asset_kind"), keys)
        self._cursor.execute(
            f"SELECT {_as_text(KNOWN)} FROM wanted_episode w JOIN events_episode e "  # noqa: S608  # ours
            "ON e.asset = w.asset AND e.problem = w.problem AND e.asset_kind = w.asset_kind"
        )
        found: Sequence[Values] = self._cursor.fetchall()
        return found

    def twins(self, places: Sequence[tuple[int, str]]) -> Sequence[Values]:
        self._temporary("wanted_event", "episode_id bigint, at timestamptz")
        self.insert("wanted_event", ("episode_id", "at"), places)
        self._cursor.execute(
            f"SELECT {_as_text(TWIN)} FROM wanted_event w JOIN events_event e "  # noqa: S608  # ours
            "ON e.episode_id = w.episode_id AND e.at = w.at"
        )
        found: Sequence[Values] = self._cursor.fetchall()
        return found

    def update(self, columns: Sequence[str], rows: Sequence[Values]) -> None:
        if not rows:
            return
        name = f"changed_episode_{len(columns)}"
        all_ = (*columns, "id")
        self._temporary(name, ", ".join(f'"{c}" {_TYPES.get(c, "text")}' for c in all_))
        self.insert(name, all_, rows)
        settings = ", ".join(f'"{column}" = c."{column}"' for column in columns)
        self._cursor.execute(
            f"UPDATE events_episode e SET {settings} FROM {name} c WHERE e.id = c.id"  # noqa: S608  # ours
        )

    def _temporary(self, name: str, columns: str) -> None:
        self._cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns})")
        self._cursor.execute(f"TRUNCATE {name}")


def _upsert(table: str, keys: Sequence[str], mark: str) -> str:
    columns = (*keys, "events", "episodes")
    return (
        f"INSERT INTO {table} ({_names(columns)}) VALUES ({', '.join([mark] * len(columns))}) "  # noqa: S608  # our names
        f"ON CONFLICT ({_names(keys)}) DO UPDATE SET "
        f"events = {table}.events + excluded.events, "
        f"episodes = {table}.episodes + excluded.episodes"
    )


def _marks(width: int) -> str:
    return ",".join("?" * width)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)

"""Keeps much at once: what SQLite and Python are told while a delivery is being written."""

import gc
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

from django.db import connection

GATHERED: Final = 100_000
"""Pages (of 4 KiB) of SQLite's log at which the writer itself carries them back into the file; it need
not, as long as the sweeper keeps pace."""
SWEPT: Final = 16 * 2**20
"""Bytes of the log from which on a thread carries it back, beside the next batch."""
HELD: Final = 80
"""MiB of SQLite's file in its own memory meanwhile, instead of a map of the file: what a batch needs
lies all over the file, and the map would only count twice."""
SAMPLED: Final = 1_000
MANY_ROWS: Final = 10_000


@contextmanager
def swiftly() -> Iterator[Callable[[], None]]:
    """Keep much at once, and call what this yields after each transaction.

    SQLite's log is carried back into its file by another thread, and Python does not search the rows
    at hand, which are no cycles, for cycles. PostgreSQL does its part by itself.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        if connection.vendor == "sqlite":
            with _gathering() as sweep:
                yield sweep
        else:
            yield lambda: None
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _gathering() -> Iterator[Callable[[], None]]:
    wanted = {"wal_autocheckpoint": GATHERED, "mmap_size": 0, "cache_size": -HELD * 1024}
    before = _pragmas(wanted)
    sweeper = _Sweeper(Path(connection.settings_dict["NAME"]))
    try:
        yield sweeper.sweep
    finally:
        sweeper.stop()
        _pragmas(before)
        look_around()


class _Sweeper:
    """A thread that carries SQLite's log back into its file as far as nobody still reads there.

    Where it is done before the next transaction writes, the log begins anew, and stays as short as a
    transaction. It never makes the writer wait.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(f"{database.name}-wal")
        self._asked = Event()
        self._stopped = False
        self._thread: Thread | None = None

    def sweep(self) -> None:
        """Begin, where there is enough to be carried back."""
        with suppress(FileNotFoundError):
            if self._thread is None and self._log.stat().st_size >= SWEPT:
                self._thread = Thread(target=self._run, name="sweeper", daemon=True)
                self._thread.start()
        self._asked.set()

    def stop(self) -> None:
        """End the thread once it has done what it was asked for."""
        self._stopped = True
        self._asked.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        own = sqlite3.connect(self._database, isolation_level=None)
        try:
            while self._asked.wait():
                self._asked.clear()
                # What it cannot do, because of another one at it, the writer does some time.
                with suppress(sqlite3.OperationalError):
                    own.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                if self._stopped:
                    return
        finally:
            own.close()


def _pragmas(wanted: Mapping[str, int]) -> dict[str, int]:
    """Set what SQLite is told of its memory, and return what it was before."""
    before: dict[str, int] = {}
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"PRAGMA {name}")
            before[name] = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA {name}={value}")
    return before


def look_around() -> None:
    """Have SQLite look at samples of its tables again once they are half as large again as when it
    last did: it chooses indexes by what it saw. PostgreSQL does so by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events_event'")
        now = (cursor.fetchone() or (0,))[0]
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        seen = 0
        if cursor.fetchone()[0]:
            cursor.execute("SELECT max(stat + 0) FROM sqlite_stat1 WHERE tbl = 'events_event'")
            seen = cursor.fetchone()[0] or 0
        if now > seen * 1.5 + MANY_ROWS:
            cursor.execute(f"PRAGMA analysis_limit={SAMPLED}")
            for table in ("events_event", "events_episode", "events_word"):
                cursor.execute(f"ANALYZE {table}")

"""While much is kept, SQLite's log is carried back beside the work, and is short again afterwards."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from lionrock.desk.events.services import swift


@pytest.fixture
def writer(tmp_path: Path) -> sqlite3.Connection:
    """A database of which nothing but the log was written, as large as ``SWEPT`` asks for."""
    writer = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    writer.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (x)")
    writer.execute("INSERT INTO t VALUES (zeroblob(?))", [swift.SWEPT])
    return writer


def rows_without_log(database: Path) -> int:
    """Count what the file holds without its log."""
    alone = database.with_name("alone.sqlite3")
    shutil.copy(database, alone)
    with sqlite3.connect(alone) as copy:
        there = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return int(copy.execute("SELECT count(*) FROM t").fetchone()[0]) if there else 0


def test_a_long_log_is_carried_back_and_begins_anew(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    database = tmp_path / "some.sqlite3"
    log = tmp_path / "some.sqlite3-wal"
    assert rows_without_log(database) == 0
    sweeper = swift._Sweeper(database)
    sweeper.sweep()
    sweeper.stop()
    assert rows_without_log(database) == 1
    before = log.stat().st_size
    writer.execute("INSERT INTO t VALUES (zeroblob(?))", [swift.SWEPT // 2])
    assert log.stat().st_size == before
    writer.close()


def test_a_sweeper_makes_nobody_wait_who_still_reads_the_log(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    reader = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM t").fetchall()
    writer.execute("INSERT INTO t VALUES (1)")
    sweeper = swift._Sweeper(tmp_path / "some.sqlite3")
    sweeper.sweep()
    sweeper.stop()
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (1,)
    reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (2,)
    reader.close()
    writer.close()


def test_a_short_log_is_left_to_the_writer(tmp_path: Path) -> None:
    writer = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    writer.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (x)")
    sweeper = swift._Sweeper(tmp_path / "some.sqlite3")
    sweeper.sweep()
    sweeper.stop()
    assert sweeper._thread is None
    writer.close()

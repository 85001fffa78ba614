"""Measures the whole road of a delivery: kept raw, read, enriched, scoped, deduplicated, stored with indexes.

A Shadowserver report of BENCH_ROWS rows and 39 columns, nine tenths of its addresses in the region, one
tenth repeated, goes into the database of ten million events that ``bench.events`` makes (a copy of it
is not taken: each run adds its rows). LIONROCK_DATABASE in BENCH_DATABASE measures PostgreSQL, from an
empty database. Prints rows per second and processor time per row; asserts nothing.
"""

# Django is pointed at the database before what needs it is imported, in each function.
# ruff: noqa: PLC0415
import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import events

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
DATABASE = os.environ.get("BENCH_DATABASE", "")


def main() -> None:
    """Read one delivery into the database and print how fast."""
    if DATABASE:
        prepare_postgres()
    elif not events.ready():
        return
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        measure(Path(folder) / "report.csv")


def prepare_postgres() -> None:
    """Make the tables in the database that BENCH_DATABASE names."""
    os.environ["LIONROCK_DATABASE"] = DATABASE
    os.environ["LIONROCK_DATA"] = tempfile.mkdtemp(prefix="lionrock-bench-data-")
    from lionrock.jobs.django import migrate, start

    start()
    migrate()


def measure(report: Path) -> None:
    """Write a delivery, keep it, read it; print rates of both and of each process."""
    from lionrock.core.feeds import Carrier
    from lionrock.desk.feeds.services.blobs import keep_blob
    from lionrock.feeds.sample import big
    from lionrock.jobs.road import read_blob

    big.write(report, rows=ROWS, seed=int(time.time()))

    def now() -> datetime:
        return datetime.now(UTC)

    began = time.monotonic()
    with report.open("rb") as content:
        blob = keep_blob(
            feed=big.FEED,
            content=content,
            name=big.name(datetime(2026, 11, 20, tzinfo=UTC)),
            carrier=Carrier.DROP,
            now=now(),
        ).blob
    raw = time.monotonic() - began
    own = time.process_time()
    read_blob(blob.pk, worker="bench", clock=now)
    took = time.monotonic() - began
    writing = time.process_time() - own
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    reading = children.ru_utime + children.ru_stime
    blob.refresh_from_db()
    print(
        f"{ROWS:,} rows ({report.stat().st_size / 2**20:.0f} MiB): {ROWS / took:,.0f} rows/s "
        f"({took:.1f} s, of these {raw:.1f} s to keep the bytes)"
    )
    print(
        f"processor time: reading {reading / ROWS * 1e6:.1f} µs, writing {writing / ROWS * 1e6:.1f} µs a row; "
        f"memory at the most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB writing "
        f"(SQLite's map of its file included), {children.ru_maxrss / 1024:.0f} MiB reading"
    )
    print(
        f"{blob.ours:,} events stored, {blob.fresh:,} episodes opened, {blob.duplicates:,} duplicates, "
        f"{blob.outside:,} outside the region, {blob.rejects:,} rejects: {blob.state}"
    )

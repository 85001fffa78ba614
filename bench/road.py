"""Measures the whole road of deliveries: kept raw, read, enriched, scoped, deduplicated, stored with indexes.

Shadowserver reports of BENCH_ROWS rows together and 39 columns each, of four types (two of events with
two ends, two of scans), nine tenths of their addresses in the region, one tenth of their lines repeated,
go into the database of ten million events that ``bench.events`` makes (a copy of it is not taken: each
run adds its rows). Most addresses are those of episodes that are open there, as they are when the same
machines are listed every day. Routing, registry and geolocation tables are as large as real ones.
LIONROCK_DATABASE in BENCH_DATABASE measures PostgreSQL, from an empty database. Prints the shares of
what came, rows per second and processor time per row; asserts nothing.
"""

# Django is pointed at the database before what needs it is imported, in each function.
# ruff: noqa: PLC0415
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import events, facts

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
DATABASE = os.environ.get("BENCH_DATABASE", "")
DAY = datetime.combine(events.LAST + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
ELSEWHERE = ("60.0.0.0/8", "150.0.0.0/8")
MOST_FAMILIAR = 50_000
PROBLEMS = {"event4_honeypot_brute_force": "sshpwauth"}
"""The report of ``bench.events`` whose machines a type lists; otherwise the one of its own name."""


def main() -> None:
    """Read deliveries into the database and print how fast."""
    if DATABASE:
        prepare_postgres()
    elif not events.ready():
        return
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        measure(Path(folder))


def prepare_postgres() -> None:
    """Make the tables in the database that BENCH_DATABASE names."""
    os.environ["LIONROCK_DATABASE"] = DATABASE
    os.environ["LIONROCK_DATA"] = tempfile.mkdtemp(prefix="lionrock-bench-data-")
    from lionrock.jobs.django import migrate, start

    start()
    migrate()


def measure(folder: Path) -> None:
    """Write deliveries, keep them, read them; print rates of both and of each process."""
    from django.conf import settings

    from lionrock import regions
    from lionrock.core.feeds import Carrier
    from lionrock.desk.feeds.services.blobs import keep_blob
    from lionrock.feeds.sample import big
    from lionrock.jobs.road import read_blob

    country = regions.load(settings.LIONROCK_REGION).countries[0]
    tables = Path(settings.LIONROCK_DATA) / "tables"
    if not tables.is_dir():
        facts.lay(tables, country=country, day=DAY.date() - timedelta(days=5))
    reports = []
    for report in big.REPORTS:
        path = folder / big.name(DAY, report)
        big.write(
            path,
            rows=ROWS // len(big.REPORTS),
            seed=time.time_ns(),
            day=DAY,
            country=country,
            home=facts.HOME,
            elsewhere=ELSEWHERE,
            report=report,
            familiar=familiar(PROBLEMS.get(report, report)),
        )
        reports.append(path)
    size = sum(path.stat().st_size for path in reports)

    def now() -> datetime:
        return datetime.now(UTC)

    began, own = time.monotonic(), time.process_time()
    blobs = []
    for path in reports:
        with path.open("rb") as content:
            kept = keep_blob(
                feed=big.FEED, content=content, name=path.name, carrier=Carrier.DROP, now=now()
            )
            blobs.append(kept.blob)
    raw = time.monotonic() - began
    for blob in blobs:
        read_blob(blob.pk, worker="bench", clock=now)
    took = time.monotonic() - began
    writing = time.process_time() - own
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    reading = children.ru_utime + children.ru_stime
    rows = ROWS // len(big.REPORTS) * len(big.REPORTS)
    print(
        f"{rows:,} rows ({size / 2**20:.0f} MiB): {rows / took:,.0f} rows/s "
        f"({took:.1f} s, of these {raw:.1f} s to keep the bytes; load {os.getloadavg()[0]:.1f})"
    )
    print(
        f"processor time: reading {reading / rows * 1e6:.1f} µs, "
        f"keeping and writing {writing / rows * 1e6:.1f} µs a row; "
        f"memory at the most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB writing "
        f"(SQLite's map of its file included), {children.ru_maxrss / 1024:.0f} MiB reading"
    )
    for blob in blobs:
        blob.refresh_from_db()
        shares(blob.name, rows // len(blobs), [blob])
    shares("together", rows, blobs)


def familiar(report: str) -> list[str]:
    """Return addresses of which a report told within the last days, those of few networks."""
    from lionrock.desk.events.models import Episode

    problems = {r.problem for r in events.REPORTS if r.name == report}
    recent = Episode.objects.filter(
        problem__in=problems, last_seen__gte=events.NOW - timedelta(days=6)
    )
    return list(recent.order_by("id").values_list("asset", flat=True)[:MOST_FAMILIAR])


def shares(name: str, rows: int, blobs: Sequence[Any]) -> None:  # Any: Django's models come later
    """Print what share of the rows became what."""
    total = {
        field: sum(getattr(blob, field) for blob in blobs)
        for field in ("ours", "fresh", "duplicates", "outside", "rejects")
    }
    states = {str(blob.state) for blob in blobs}
    print(
        f"{name}: {total['ours']:,} events stored, {total['fresh'] / max(total['ours'], 1):.0%} of them open "
        f"an episode; of all rows {total['duplicates'] / rows:.0%} duplicates, "
        f"{total['outside'] / rows:.0%} outside the region, {total['rejects']:,} rejects: "
        f"{', '.join(sorted(states))}"
    )

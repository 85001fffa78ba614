"""Measures the whole road of deliveries: kept raw, read, enriched, scoped, deduplicated, stored with indexes.

Shadowserver reports of BENCH_ROWS rows together and 39 columns each, of four types (two of events with
two ends, two of scans), nine tenths of their addresses in the region, one tenth of their lines repeated,
go into the database of ten million events that ``bench.events`` makes (a copy of it is not taken: each
run adds its rows). Most addresses are those of episodes that are open there, as they are when the same
machines are listed every day. Routing, registry and geolocation tables are as large as real ones.
LIONROCK_DATABASE in BENCH_DATABASE measures PostgreSQL, first into an empty database, then with the same
machines a day later (``BENCH_DATABASE=given python -m scripts.with_postgres python -m bench road``: a
private one). Prints the shares of
what came, rows per second and processor time per row; asserts nothing.
"""

# Django is pointed at the database before what needs it is imported, in each function.
# ruff: noqa: PLC0415
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import events, facts

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
DATABASE = os.environ.get("BENCH_DATABASE", "")
"""A PostgreSQL's URL, or ``given`` for the one in LIONROCK_DATABASE (as scripts.with_postgres sets it)."""
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
        if DATABASE:
            print("the day before, into an empty database:")
            measure(Path(folder), day=DAY - timedelta(days=1))
            print("the day itself:")
        measure(Path(folder))


def prepare_postgres() -> None:
    """Make the tables in the database that BENCH_DATABASE names."""
    if DATABASE != "given":
        os.environ["LIONROCK_DATABASE"] = DATABASE
    os.environ["LIONROCK_DATA"] = tempfile.mkdtemp(prefix="lionrock-bench-data-")
    from lionrock.jobs.django import migrate, start

    start()
    migrate()


def measure(folder: Path, *, day: datetime = DAY) -> None:
    """Write deliveries, keep them, read them; print rates of both and of each process."""
    from django.conf import settings

    from lionrock import regions
    from lionrock.feeds.sample import big

    country = regions.load(settings.LIONROCK_REGION).countries[0]
    tables = Path(settings.LIONROCK_DATA) / "tables"
    if not tables.is_dir():
        facts.lay(tables, country=country, day=DAY.date() - timedelta(days=5))
    reports = []
    for report in big.REPORTS:
        path = folder / big.name(day, report)
        big.write(
            path,
            rows=ROWS // len(big.REPORTS),
            seed=time.time_ns(),
            day=day,
            country=country,
            home=facts.HOME,
            elsewhere=ELSEWHERE,
            report=report,
            familiar=familiar(PROBLEMS.get(report, report)),
        )
        reports.append(path)
    size = sum(path.stat().st_size for path in reports)

    taken = read_all(reports)
    rows = ROWS // len(big.REPORTS) * len(big.REPORTS)
    print(
        f"{rows:,} rows ({size / 2**20:.0f} MiB): {rows / taken.seconds:,.0f} rows/s "
        f"({taken.seconds:.1f} s, of these {taken.raw:.1f} s to keep the bytes; "
        f"load {os.getloadavg()[0]:.1f})"
    )
    print(
        f"processor time: reading {taken.reading / rows * 1e6:.1f} µs, "
        f"keeping and writing {taken.writing / rows * 1e6:.1f} µs a row; memory at the most: "
        f"{taken.memory:.0f} MiB writing, "
        f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB reading"
    )
    for blob in taken.blobs:
        shares(blob.name, rows // len(taken.blobs), [blob])
    shares("together", rows, taken.blobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What deliveries took: seconds in all and to keep the bytes, of processors to write and to read;
    ``memory`` is what writing held at the most, in MiB."""

    seconds: float
    raw: float
    writing: float
    reading: float
    memory: float
    blobs: tuple[Any, ...]  # Any: Django's models come later


def read_all(reports: Sequence[Path]) -> Taken:
    """Keep and read deliveries, one after the other."""
    from lionrock.core.feeds import Carrier
    from lionrock.desk.feeds.services.blobs import keep_blob
    from lionrock.feeds.sample import big
    from lionrock.jobs.road import read_blob

    def now() -> datetime:
        return datetime.now(UTC)

    def of_children() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    Path("/proc/self/clear_refs").write_text("5")  # what was held before does not count
    began, own, children = time.monotonic(), time.process_time(), of_children()
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
    seconds = time.monotonic() - began
    writing = time.process_time() - own
    for blob in blobs:
        blob.refresh_from_db()
    return Taken(
        seconds=seconds,
        raw=raw,
        writing=writing,
        reading=of_children() - children,
        memory=most_memory(),
        blobs=tuple(blobs),
    )


def most_memory() -> float:
    """Return the MiB that this process held at the most since it last began to count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


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

"""Measures what memory the road of one large delivery takes: kept raw, read, enriched, scoped, stored.

One Shadowserver report of BENCH_BYTES bytes (by default 1 GB) and 39 columns goes into an empty SQLite
database, nine tenths of its addresses in the region; routing, registry and geolocation tables are as large as real ones. Reading runs in a process
of its own. Prints the most that each of the two held at any time (their sum is never less than what
both held together) and the processor time of a row; asserts nothing. BENCH_STORE=no reads only.
"""

# Django is pointed at the folder before what needs it is imported, in each function.
# ruff: noqa: PLC0415
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import facts
from bench.road import DAY, ELSEWHERE, most_memory

BYTES = int(os.environ.get("BENCH_BYTES", "1000000000"))
STORE = os.environ.get("BENCH_STORE", "yes") != "no"
_ROW = 382
"""Bytes of a row of the report that is written, on the average."""


def main() -> None:
    """Write the delivery, read it, and print what that took."""
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        os.environ["LIONROCK_DATA"] = folder
        os.environ.pop("LIONROCK_DATABASE", None)
        measure(Path(folder))


def measure(folder: Path) -> None:
    """Write and keep a delivery in ``folder`` and take it along the road."""
    from lionrock.jobs.django import migrate, start

    start()
    migrate()

    from django.conf import settings

    from lionrock import regions
    from lionrock.core.feeds import Carrier
    from lionrock.desk.feeds.services.blobs import keep_blob
    from lionrock.feeds.sample import big

    country = regions.load(settings.LIONROCK_REGION).countries[0]
    facts.lay(folder / "tables", country=country, day=DAY.date() - timedelta(days=5))
    path = folder / big.name(DAY)
    size = big.write(
        path,
        rows=max(1, BYTES // _ROW),
        day=DAY,
        country=country,
        home=big.HOME,
        elsewhere=ELSEWHERE,
    )
    Path("/proc/self/clear_refs").write_text("5")  # what was held before does not count
    with path.open("rb") as content:
        blob = keep_blob(
            feed=big.FEED,
            content=content,
            name=path.name,
            carrier=Carrier.DROP,
            now=datetime.now(UTC),
        ).blob
    path.unlink()
    print(f"{size / 1e9:.2f} GB kept, holding {most_memory():.0f} MiB at the most", flush=True)
    with _told("read"):
        rows = _read(blob.pk)
    print(f"{rows[0]:,} rows read, of them {rows[1]:,} in the region")
    if STORE:
        from lionrock.jobs.road import read_blob

        with _told("read and stored"):
            read_blob(blob.pk, worker="bench", clock=lambda: datetime.now(UTC))


def _read(blob_id: int) -> tuple[int, int]:
    """Read the delivery as the road does, keep nothing; return how many rows came and how many are ours."""
    from lionrock.desk.feeds.models import Blob
    from lionrock.jobs.reading import read_elsewhere
    from lionrock.jobs.road import plan_of

    with read_elsewhere(plan_of(Blob.objects.get(pk=blob_id))) as found:
        came = ours = 0
        for batch in found.batches:
            came += batch.events + len(batch.rejects)
            ours += len(batch.rows)
        return came, ours


@contextmanager
def _told(what: str) -> Iterator[None]:
    Path("/proc/self/clear_refs").write_text("5")
    began, own, children = time.monotonic(), time.process_time(), _of_children()
    yield
    reading = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{what} in {time.monotonic() - began:.0f} s (processor time: reading "
        f"{_of_children() - children:.0f} s, here {time.process_time() - own:.0f} s); memory at the "
        f"most: {reading:.0f} MiB reading, {most_memory():.0f} MiB here",
        flush=True,
    )


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

"""A process that reads deliveries, for the tests that kill it: python -m tests.jobs.reading_process WHAT."""

# ruff: noqa: T201 - what it prints is how the test follows it

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lionrock.jobs.django import start

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SIZE = 100
"""Rows of a transaction: many transactions to be killed between."""


def prepare(content: str) -> None:
    """Keep a delivery."""
    from lionrock.core.feeds import Carrier
    from lionrock.desk.feeds.services.blobs import keep_blob

    keep_blob(
        feed="shadowserver",
        content=Path(content).read_bytes(),
        name="2026-11-19-scan_telnet-hk.csv",
        carrier=Carrier.DROP,
        now=NOW,
    )


def read(worker: str = "one") -> None:
    """Read the delivery in small transactions, in a process of its own."""
    from lionrock.desk.feeds.models import Blob
    from lionrock.jobs import reading, road

    planned = road.plan_of

    def small(blob: Blob, *, after: tuple[int, int] = (0, 0)) -> reading.Plan:
        return replace(planned(blob, after=after), batch=SIZE)

    road.plan_of = small
    reading.LARGE = 0  # type: ignore[misc]  # a process of its own however small it is
    blob = Blob.objects.get()
    print("ready", flush=True)
    road.read_blob(blob.pk, worker=worker, clock=lambda: NOW)


def expected(content: str) -> None:
    """Print what a reading that nothing disturbs would report, from the reader alone."""
    from lionrock.desk.feeds.models import Blob
    from lionrock.jobs import reading, road

    whole = list(reading.read_here(replace(road.plan_of(Blob.objects.get()), batch=10**6)).batches)
    (batch,) = whole
    told = sorted({(row[0], row[1], row[9]) for row in batch.rows})
    print(_written(told, [(line, text) for line, _, text, _, _ in batch.rejects], batch.events))


def report() -> None:
    """Print what the tables hold."""
    from lionrock.desk.events.models import DayCount, Episode, Event, Reject
    from lionrock.desk.feeds.models import Blob

    blob = Blob.objects.get()
    stored = sorted(Event.objects.values_list("line", "nth", "asset"))
    rejects = sorted(Reject.objects.values_list("line", "text"))
    assert blob.state == "complete", blob.state
    assert blob.ours == len(stored) == sum(Episode.objects.values_list("events", flat=True))
    assert blob.rejects == len(rejects)
    assert sum(DayCount.objects.values_list("events", flat=True)) == blob.events - blob.duplicates
    assert blob.fresh == Episode.objects.count()
    print(_written(stored, rejects, blob.events))


def _written(events: object, rejects: object, number: int) -> str:
    return json.dumps([events, rejects, number])


WORDS: dict[str, Callable[..., None]] = {
    "prepare": prepare,
    "read": read,
    "expected": expected,
    "report": report,
}

if __name__ == "__main__":
    start()
    WORDS[sys.argv[1]](*sys.argv[2:])

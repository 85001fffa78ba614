"""A process that reads a stream, for the tests that kill it: python -m tests.jobs.streaming_process WHAT."""

# ruff: noqa: T201 - what it prints is how the test follows it

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

from lionrock.jobs.django import start
from lionrock.net.ct.following import Manners

NAME = "a-log"
EAGER = Manners(per_second=1000, patience=0, poll=0.05, at_once=2)
SECONDS = 120.0


def prepare(url: str, key: str, protocol: str, submission: str) -> None:
    """Add a log and start it, from its beginning."""
    from lionrock.core.streams import StreamKind
    from lionrock.desk.streams.services import setting_up

    now = datetime.now(UTC)
    options = {"key": key, "protocol": protocol, "submission": submission, "from": "beginning"}
    setting_up.add(
        name=NAME, kind=StreamKind.CT_LOG, address=url, by=None, now=now, options=options
    )
    setting_up.start(name=NAME, by=None, now=now)


def read(worker: str = "one") -> None:
    """Read the log in small transactions until its end, telling of each."""
    from django.conf import settings

    from lionrock.desk.streams.models import Stream
    from lionrock.jobs import clock, stream_pump, streaming

    settings.LIONROCK_INTERNAL = (ip_network("127.0.0.0/8"),)
    stream_pump.MOST_ENTRIES = stream_pump.AHEAD = 1  # type: ignore[misc]  # many transactions
    ran = streaming.run_stream(
        Stream.objects.get(name=NAME).pk,
        worker=worker,
        around=replace(streaming.here_around(), manners=EAGER),
        clock=clock.utc_now,
        stay=SECONDS,
        until_caught_up=True,
        show=tell,
    )
    print(ran, flush=True)


def tell(ran: object) -> None:
    """Say that a portion is kept, and give whoever kills a moment to do so."""
    print("kept", ran, flush=True)
    time.sleep(0.2)


def free() -> None:
    """Give back what the dead had: what a worker does under the name it had before, or after a while."""
    from lionrock.desk.streams.services import running

    running.release_all(worker="one")


def report() -> None:
    """Print what the tables hold."""
    from django.db.models import Sum

    from lionrock.desk.streams.models import Stream, StreamGap, StreamHour
    from lionrock.desk.suspects.models import Reading, Suspect

    stream = Stream.objects.get(name=NAME)
    judged = Reading.objects.aggregate(n=Sum("names"))["n"]
    fresh = Reading.objects.aggregate(n=Sum("fresh"))["n"]
    hours = StreamHour.objects.aggregate(entries=Sum("entries"), names=Sum("names"))
    print(
        json.dumps(
            {
                "entries": stream.entries,
                "index": stream.index,
                "judged": judged,
                "names": stream.names - stream.repeated,
                "suspects": sorted(Suspect.objects.values_list("host", flat=True)),
                "fresh": [fresh, stream.fresh],
                "rejects": stream.rejects,
                "hours": hours["entries"],
                "gaps": StreamGap.objects.count(),
            }
        )
    )


WORDS: dict[str, Callable[..., None]] = {
    "prepare": prepare,
    "read": read,
    "free": free,
    "report": report,
}

if __name__ == "__main__":
    start()
    WORDS[sys.argv[1]](*sys.argv[2:])

"""Reads one delivery into batches of rows: here, or in a process of its own that knows no database.

A large delivery is read on one processor while the batch before is written on another. What the
processes hand each other are plain values, by ``marshal``: text, numbers and None.
"""

import gc
import marshal
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Final

from lionrock import regions
from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.events import Event, Reject
from lionrock.core.facts import Facts, Scope
from lionrock.core.feeds import Delivery
from lionrock.core.tlp import Tlp
from lionrock.desk.events.services.rows import BATCH, Batch, Source, batches
from lionrock.desk.feeds.services.packed import open_file
from lionrock.enrich.directory import Directory, Held
from lionrock.enrich.nobody import placeable
from lionrock.enrich.passing import Pass, Passing
from lionrock.enrich.scope import Scoper, own_finding
from lionrock.enrich.tables import Tables
from lionrock.feeds import declare, feed_of
from lionrock.feeds.declared import survey
from lionrock.feeds.own import FEED as OWN
from lionrock.feeds.reading import read_delivery

Meanwhile = Callable[[], None]
"""What a caller does while it waits: it says that it lives."""

Frames = queue.Queue[tuple[str, Any] | None]  # Any: plain values
"""What came from the process: what it is and what it says; None when it ended."""

LARGE: Final = 4 * 2**20
"""Bytes from which on a delivery is worth a process of its own."""
AHEAD: Final = 1
"""Batches that lie read and packed while one is being written."""
PULSE: Final = 20.0
"""Seconds; far fewer than those after which a silent reader is taken for dead."""
_LENGTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything reading a delivery needs, so that it can be done anywhere on this machine.

    ``path`` is where the kept bytes lie and ``size`` how many they are; ``after`` the last line that
    is committed and how much of it; ``pulse`` after how many seconds of waiting for a batch the
    caller may say that it lives.
    """

    feed: str
    path: Path
    size: int
    name: str
    received: datetime
    headers: Mapping[str, str]
    aids: Mapping[str, bytes]
    tlp: Tlp
    tables: Path
    region: str
    holdings: tuple[tuple[int, str, str], ...]
    passing: tuple[Pass, ...] = ()
    """Who gets what is outside the region."""
    after: tuple[int, int] = (0, 0)
    batch: int = BATCH
    pulse: float = PULSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A reading under way: the version of code and tables that read, and the batches as they come."""

    version: str
    batches: Iterator[Batch]


@contextmanager
def reading(plan: Plan, *, meanwhile: Meanwhile | None = None) -> Iterator[Reading]:
    """Read a delivery: a large one in a process of its own, which ends when the caller is done.

    ``meanwhile`` is called every ``plan.pulse`` seconds while a batch takes longer; what it raises
    ends the reading.
    """
    if plan.size < LARGE:
        yield read_here(plan, meanwhile=meanwhile)
    else:
        with read_elsewhere(plan, meanwhile=meanwhile) as found:
            yield found


def read_here(plan: Plan, *, meanwhile: Meanwhile | None = None) -> Reading:
    """Read a delivery in this process."""
    tables, scoper = _knowledge(plan)
    source = Source(feed=plan.feed, tlp=plan.tlp, seen=feed_of(plan.feed).seen)

    def enrich(events: Sequence[Event]) -> list[tuple[Facts, Scope]]:
        facts = tables.places_of(events)
        scopes = scoper.scope_many(events, facts)
        if plan.feed == OWN.id:
            scopes = [own_finding(scope) for scope in scopes]
        return list(zip(facts, scopes, strict=True))

    items: Iterator[Event | Reject] = (
        placeable(item) if isinstance(item, Event) else item for item in items_of(plan)
    )
    if meanwhile is not None:
        items = _pulsing(items, meanwhile, plan.pulse)
    return Reading(
        version=version_of(tables),
        batches=batches(
            items,
            source=source,
            enrich=enrich,
            pass_on=Passing(plan.passing, tlp=plan.tlp).partners if plan.passing else None,
            after=plan.after,
            size=plan.batch,
        ),
    )


def _pulsing(
    items: Iterator[Event | Reject], meanwhile: Meanwhile, pulse: float
) -> Iterator[Event | Reject]:
    last = time.monotonic()
    for item in items:
        yield item
        if time.monotonic() - last >= pulse:
            meanwhile()
            last = time.monotonic()


def items_of(plan: Plan) -> Iterator[Event | Reject]:
    """Read a delivery into Events and Rejects, without asking where anything is."""
    delivery = Delivery(
        name=plan.name,
        received=plan.received,
        open=lambda: open_file(plan.path, size=plan.size),
        headers=plan.headers,
        aids=plan.aids,
    )
    return read_delivery(feed_of(plan.feed), delivery)


def version_of(tables: Tables) -> str:
    """Name the code and the tables that read."""
    return f"{version('lionrock')} {tables.version}"


@contextmanager
def read_elsewhere(plan: Plan, *, meanwhile: Meanwhile | None = None) -> Iterator[Reading]:
    """Read a delivery in a new process; leaving the block ends it."""
    child = subprocess.Popen(
        [sys.executable, "-m", "lionrock.jobs.reading"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin  # noqa: S101  # as asked for
    assert child.stdout  # noqa: S101  # as asked for
    frames: Frames = queue.Queue(AHEAD)
    stopped = threading.Event()
    pump = threading.Thread(target=_pump, args=(child.stdout, frames, stopped), daemon=True)
    try:
        with suppress(BrokenPipeError), child.stdin as stdin:
            stdin.write(pickle.dumps(plan))
        pump.start()
        receive = partial(_received, frames, meanwhile, plan.pulse)
        yield Reading(version=str(receive()), batches=_unpacked(receive))
    finally:
        stopped.set()
        child.kill()
        child.wait()
        if pump.ident is not None:
            pump.join()
        child.stdout.close()


def _pump(stream: BinaryIO, frames: Frames, stopped: threading.Event) -> None:
    """Carry frames from the process as they come, so that it works while the writer writes; and
    unpack them here, while the writer waits for its database."""
    while not stopped.is_set():
        frame = _next_frame(stream)
        while not stopped.is_set():
            try:
                frames.put(frame, timeout=0.2)
                break
            except queue.Full:
                continue
        if frame is None:
            return
        del frame  # it is the writer's now


def _next_frame(stream: BinaryIO) -> tuple[str, Any] | None:  # Any: plain values
    """Return what the process sent next; None where it ended, be it amid a frame."""
    head = stream.read(_LENGTH)
    length = int.from_bytes(head, "big")
    body = stream.read(length) if len(head) == _LENGTH else b""
    if not length or len(body) < length:
        return None
    kind, value = marshal.loads(body)  # noqa: S302  # our own process wrote it
    return kind, value


def _unpacked(receive: Callable[[], Any]) -> Iterator[Batch]:  # Any: what was sent
    last = False
    while not last:
        batch = Batch.unpacked(receive())
        last = batch.last
        yield batch
        del batch  # so that no two are held while the next is waited for


def _received(
    frames: Frames, meanwhile: Meanwhile | None, pulse: float
) -> Any:  # Any: what was sent
    while True:
        with suppress(queue.Empty):
            frame = frames.get(timeout=pulse)
            break
        if meanwhile is not None:
            meanwhile()
    if frame is None:
        raise TryLater("the process that read the delivery ended early")
    kind, value = frame
    if kind == "give up":
        raise GiveUp(value)
    if kind == "try later":
        raise TryLater(value)
    return value


def main() -> None:
    """Read the delivery planned on standard input and write its batches to standard output."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whoever prints, prints to standard error
    gc.set_threshold(200_000, 20, 100)  # rows are no cycles; readers' may be few
    plan: Plan = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process wrote it
    with suppress(GiveUp):  # an id that is taken: the process that asked us has said so
        declare(survey(plan.tables.parent / "feeds")[0])
    try:
        found = read_here(plan)
        _send(out, "version", found.version)
        for batch in found.batches:
            _send(out, "batch", batch.packed())
            del batch  # or it would lie in memory beside the next
    except BrokenPipeError:
        os._exit(1)  # the writer is gone, and with it the need for this
    except TryLater as error:
        _send(out, "try later", str(error))
    except GiveUp as error:
        _send(out, "give up", str(error))


def _send(out: BinaryIO, kind: str, value: Any) -> None:  # Any: plain values
    frame = marshal.dumps((kind, value))
    for part in (len(frame).to_bytes(_LENGTH, "big"), frame):
        view = memoryview(part)
        while view:
            view = view[out.write(view) :]


def _knowledge(plan: Plan) -> tuple[Tables, Scoper]:
    return _loaded(plan.tables, _marks(plan.tables), plan.region, plan.holdings)


def _marks(folder: Path) -> tuple[tuple[str, int], ...]:
    """Say which tables lie there, so that new ones are loaded and old ones are not loaded again."""
    if not folder.is_dir():
        return ()
    return tuple(sorted((p.name, p.stat().st_mtime_ns) for p in folder.iterdir()))


@lru_cache(maxsize=1)
def _loaded(
    folder: Path,
    _now: tuple[tuple[str, int], ...],
    region: str,
    holdings: tuple[tuple[int, str, str], ...],
) -> tuple[Tables, Scoper]:
    found = regions.load(region)
    directory = Directory(
        Held(constituent=constituent, kind=kind, value=value)  # type: ignore[arg-type]  # of three words
        for constituent, kind, value in holdings
    )
    return Tables.load(folder, found), Scoper(found, directory)


if __name__ == "__main__":
    main()

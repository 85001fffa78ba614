"""Reads streams for as long as they are wanted: one thread brings, one judges and keeps, nothing is lost.

The place in a stream moves in the transaction that keeps what was found before it.
"""

import os
import socket
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import connections

from lionrock.core.errors import LionrockError
from lionrock.core.streams import Head, Portion, StreamKind
from lionrock.desk.feeds.services import secrets
from lionrock.desk.streams.models import Stream
from lionrock.desk.streams.services import running
from lionrock.desk.streams.services.keeping import Here, Lost, keep
from lionrock.desk.streams.services.setting_up import secret_name
from lionrock.jobs.stream_judging import Judge, shared_judge
from lionrock.jobs.stream_pump import Pump, merged
from lionrock.jobs.stream_sources import Order, Taken, open_stream
from lionrock.net.carrying import Busy
from lionrock.net.ct.following import Manners
from lionrock.net.ct.states import Evidence, Lied

log: Final = structlog.get_logger()

Clock = Callable[[], datetime]
Open = Callable[[Order], Iterator[Taken]]
PULSE: Final = 5.0
"""Seconds after which whoever waits for a portion says that it lives, and looks whether to stop."""
WAITS_HERE: Final = 10.0
"""Seconds of back-off that are waited out without giving the stream back."""
FOLDER: Final = "streams"

_ending = threading.Event()
"""The worker ends: whoever reads a stream gives it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What reading streams needs to know of this machine."""

    data: Path
    judge: Judge
    open: Open = open_stream
    manners: Manners = field(default_factory=Manners)
    wait_most: float = WAITS_HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How it went: ``busy`` where somebody else reads the stream; ``failure`` what went wrong last."""

    entries: int = 0
    names: int = 0
    suspects: int = 0
    fresh: int = 0
    rejects: int = 0
    failure: str = ""
    busy: bool = False
    caught_up: bool = False


Show = Callable[[Ran], None]


def end_all() -> None:
    """Have every stream that this process reads given back: the process ends."""
    _ending.set()


def run_stream(
    stream_id: int,
    *,
    worker: str,
    around: Around,
    clock: Clock,
    stay: float,
    until_caught_up: bool = False,
    show: Show | None = None,
    over: threading.Event | None = None,
) -> Ran:
    """Read the stream for ``stay`` seconds, or until it is stopped; write how that went to its row.

    A failure of the other side is written down and tried again, here while the waits are short, else
    when ``next_at`` has come. With ``until_caught_up`` it ends when there is nothing new for now.
    ``over`` is this caller's own wish to end.
    """
    claimant = f"{worker}/{uuid.uuid4().hex[:12]}"
    if not running.claim(stream_id=stream_id, claimant=claimant, now=clock()):
        return Ran(busy=True)
    here = Here(claimant=claimant, machine=socket.gethostname(), process=os.getpid())
    running.adopt(stream_id=stream_id, machine=here.machine, process=here.process, now=clock())
    reader = _Reader(
        stream_id=stream_id,
        here=here,
        around=around,
        clock=clock,
        ends=time.monotonic() + stay,
        until_caught_up=until_caught_up,
        show=show,
        over=over or threading.Event(),
    )
    settled = False
    try:
        reader.run()
        settled = True
    finally:
        if not settled:  # a fault of ours: it must not be tried again at once, and again
            why = "a fault in Lionrock; the worker's log says where"
            running.fail(stream_id=stream_id, claimant=claimant, why=why, asked=None, now=clock())
        running.let_go(stream_id=stream_id, claimant=claimant)
    return reader.ran


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One claim on one stream."""

    stream_id: int
    here: Here
    around: Around
    clock: Clock
    ends: float
    until_caught_up: bool
    show: Show | None
    over: threading.Event
    ran: Ran = field(default_factory=Ran)

    def run(self) -> None:
        """Read, and try again after failures, until there is a reason to give the stream back."""
        while True:
            try:
                finished = self._read()
            except Lost:
                return
            except Lied as error:
                self._ring(error)
                return
            except (LionrockError, OSError) as error:
                wait = self._fail(error)
                if wait is None or wait > self.around.wait_most or self.until_caught_up:
                    return
                if not self._wait(wait):
                    return
            else:
                running.release(
                    stream_id=self.stream_id,
                    claimant=self.here.claimant,
                    now=self.clock(),
                    over=finished,
                )
                return

    def _read(self) -> bool:
        """Read until something ends it; True when for now there was no more."""
        stream = Stream.objects.get(pk=self.stream_id)
        _give_back()
        with _pumped(stream, self.around, self.clock) as pump:
            while not self._should_end():
                some = pump.some(min(PULSE, max(self.ends - time.monotonic(), 0.01)))
                if some is None:
                    return True
                if not some:
                    self._hold()
                    _give_back()
                    continue
                self._keep(some)
                _give_back()
                if self.until_caught_up and not some[-1] and _at_head(some[-1].portion):
                    self.ran = replace(self.ran, caught_up=True)
                    return True
        return False

    def _keep(self, some: Sequence[Taken]) -> None:
        portion = merged(some)
        judge = self.around.judge
        with judge.judging(some) as judged:
            fresh = keep(
                stream_id=self.stream_id,
                portion=portion,
                found=judged.found,
                here=self.here,
                book=judge.book,
                now=self.clock(),
            )
        found = judged.found
        self.ran = replace(
            self.ran,
            entries=self.ran.entries + portion.entries,
            names=self.ran.names + found.judged + found.repeated,
            suspects=self.ran.suspects + len(found.judgements),
            fresh=self.ran.fresh + fresh,
            rejects=self.ran.rejects + len(portion.unread) + len(found.rejects),
            failure="",
        )
        if self.show is not None:
            self.show(self.ran)

    def _hold(self) -> None:
        if not running.hold(
            stream_id=self.stream_id, claimant=self.here.claimant, now=self.clock()
        ):
            raise Lost

    def _wait(self, seconds: float) -> bool:
        """Wait with the stream in hand; False when it was lost or we are to end."""
        _give_back()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._should_end():
                return False
            self.over.wait(min(left, 0.2))
        with suppress(Lost):
            self._hold()
            return True
        return False

    def _should_end(self) -> bool:
        return _ending.is_set() or self.over.is_set() or time.monotonic() >= self.ends

    def _fail(self, error: Exception) -> float | None:
        why = str(error) or type(error).__name__
        stream = Stream.objects.get(pk=self.stream_id)
        secret = _secret(stream, self.around.data)
        if secret:
            why = why.replace(secret, "…")
        self.ran = replace(self.ran, failure=why)
        wait = running.fail(
            stream_id=self.stream_id,
            claimant=self.here.claimant,
            why=why,
            asked=error.seconds if isinstance(error, Busy) else None,
            now=self.clock(),
        )
        return None if wait is None else wait.total_seconds()

    def _ring(self, error: Lied) -> None:
        self.ran = replace(self.ran, failure=str(error))
        log.error("stream.lied", stream=self.stream_id, lie=error.evidence.lie.value)
        running.ring(
            stream_id=self.stream_id,
            claimant=self.here.claimant,
            why=str(error),
            evidence=_written(error.evidence),
            now=self.clock(),
        )


def _give_back() -> None:
    """Let others have this thread's connection to the database: streams mostly wait, and are many."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def _at_head(portion: Portion) -> bool:
    """Say whether a log had nothing more; other kinds end by themselves, or never."""
    return portion.head is not None and (portion.index or 0) >= portion.head.size


def _written(evidence: Evidence) -> dict[str, str | int]:
    """Return what proves a lie as plain values, within bounds."""
    told: dict[str, str | int] = {
        "lie": evidence.lie.value,
        "log": b64encode(evidence.log_id).decode(),
        "url": evidence.url[:2000],
        "at": evidence.at.isoformat(),
        "offered": b64encode(evidence.offered[: 64 * 1024]).decode(),
    }
    if evidence.held is not None:
        told["held-size"] = evidence.held.size
        told["held-root"] = evidence.held.root.hex()
        told["held"] = b64encode(evidence.held.note[: 64 * 1024]).decode()
    return told


# Bringing ---------------------------------------------------------------------------------------


@contextmanager
def _pumped(stream: Stream, around: Around, clock: Clock) -> Iterator[Pump]:
    pump = Pump(lambda stopped: around.open(order_of(stream, around, stopped, clock)))
    try:
        yield pump
    finally:
        pump.stop()


def order_of(
    stream: Stream, around: Around, stopped: Callable[[float], bool], clock: Clock
) -> Order:
    """Return what opening the stream needs to know."""
    head = None
    if stream.head_size is not None:
        head = Head(
            size=stream.head_size,
            root=stream.head_root,
            at=stream.head_at,
            note=stream.head_note,
        )
    return Order(
        name=stream.name,
        kind=StreamKind(stream.kind),
        address=stream.address,
        options=stream.options,
        position=stream.position,
        index=stream.index,
        head=head,
        folder=around.data / FOLDER / stream.name,
        stopped=stopped,
        clock=clock,
        account=stream.account,
        secret=_secret(stream, around.data),
        manners=around.manners,
        allow=settings.LIONROCK_INTERNAL,
    )


def _secret(stream: Stream, data: Path) -> str:
    kind = secrets.Kind.PASSWORD
    found = secrets.secret_of(data=data, feed=secret_name(stream.name), kind=kind)
    return (found or b"").decode("utf-8", "replace")


def here_around() -> Around:
    """Return what reading streams needs to know of this machine."""
    return Around(
        data=Path(settings.LIONROCK_DATA),
        judge=shared_judge(),
        manners=Manners(contact=settings.LIONROCK_CONTACT),
    )

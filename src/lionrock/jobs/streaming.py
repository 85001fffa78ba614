"""Reads streams for as long as they are wanted: one thread brings, one judges and keeps, nothing is lost.

The place in a stream moves in the transaction that keeps what was found before it. The set of names
seen is written after that: whoever is killed between the two judges a name that another stream
brings a second time, and stores nothing twice.
"""

import os
import queue
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
from typing import Final, TypeVar

import structlog
from django.conf import settings
from django.db import connections

from lionrock import regions
from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.core.streams import Head, Portion, StreamKind, Unread
from lionrock.desk.feeds.services import secrets
from lionrock.desk.models.current import current_triage
from lionrock.desk.streams.models import Stream, StreamReject
from lionrock.desk.streams.services import running
from lionrock.desk.streams.services.keeping import Found, Here, Lost, keep
from lionrock.desk.streams.services.replaying import keep_replayed
from lionrock.desk.streams.services.setting_up import secret_name
from lionrock.desk.suspects.brands import BrandBook, book_of
from lionrock.jobs.stream_sources import (
    NAME,
    Order,
    Taken,
    joined,
    open_stream,
    read_again,
)
from lionrock.names.blocks import Hosts, Lines, Reject
from lionrock.names.certificates import Recent
from lionrock.names.normalise import normalise
from lionrock.names.seen import InUse, SeenSet
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage
from lionrock.net.carrying import Busy
from lionrock.net.ct.following import Manners
from lionrock.net.ct.states import Evidence, Lied

log: Final = structlog.get_logger()

Clock = Callable[[], datetime]
Open = Callable[[Order], Iterator[Taken]]
AHEAD: Final = 32
"""Portions that lie read while others are judged."""
MOST_NAMES: Final = 30_000
MOST_ENTRIES: Final = 16_384
"""What one transaction keeps, about."""
PULSE: Final = 5.0
"""Seconds after which whoever waits for a portion says that it lives, and looks whether to stop."""
WAITS_HERE: Final = 10.0
"""Seconds of back-off that are waited out without giving the stream back."""
SEEN_SECONDS: Final = 60.0
"""How long to wait for another process that has the set of names seen."""
FOLDER: Final = "streams"

_ending = threading.Event()
"""The worker ends: whoever reads a stream gives it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What reading streams needs to know of this machine."""

    data: Path
    judge: "Judge"
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


class _Pump:
    """Reads a source in a thread of its own, some portions ahead of whoever keeps them."""

    def __init__(self, source: Callable[[Callable[[float], bool]], Iterator[Taken]]) -> None:
        self._source = source
        self._queue: queue.Queue[Taken | BaseException | None] = queue.Queue(AHEAD)
        self._stop = threading.Event()
        self._ended: BaseException | None = None
        self._over = False
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    def some(self, timeout: float) -> list[Taken] | None:
        """Return what has come, at least one portion; none within ``timeout`` seconds: empty. None
        when the source ended; raise what it raised, after all that came before it."""
        if self._over:
            if self._ended is not None:
                raise self._ended
            return None
        found: list[Taken] = []
        names = entries = 0
        try:
            while names < MOST_NAMES and entries < MOST_ENTRIES:
                item = self._queue.get(timeout=0 if found else timeout)
                if not isinstance(item, Taken):
                    self._over, self._ended = True, item
                    return found or self.some(0)
                found.append(item)
                names += len(item)
                entries += item.portion.entries
        except queue.Empty:
            pass
        return found

    def stop(self) -> None:
        """Have the source end; what it brought and nobody took is thrown away."""
        self._stop.set()
        while self._thread.is_alive():
            with suppress(queue.Empty):
                self._queue.get(timeout=0.1)
            self._thread.join(0.1)
            if not self._queue.qsize():
                break  # it waits for its network, and ends when that does

    def _run(self) -> None:
        end: BaseException | None = None
        try:
            for taken in self._source(self._stop.wait):
                if not self._put(taken):
                    return
        except BaseException as error:  # noqa: BLE001  # handed to who waits, who raises it
            end = error
        finally:
            self._put(end)
            connections.close_all()

    def _put(self, item: Taken | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False


@contextmanager
def _pumped(stream: Stream, around: Around, clock: Clock) -> Iterator[_Pump]:
    pump = _Pump(lambda stopped: around.open(order_of(stream, around, stopped, clock)))
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


def merged(some: Sequence[Taken]) -> Portion:
    """Return portions that came one after the other as one, without their names."""
    last = some[-1].portion
    places = [taken.portion for taken in some]
    newest = [portion.newest for portion in places if portion.newest is not None]
    return replace(
        last,
        names=(),
        places=(),
        entries=sum(portion.entries for portion in places),
        position=_latest([portion.position for portion in places]),
        index=_latest([portion.index for portion in places]),
        head=_latest([portion.head for portion in places]),
        newest=max(newest, default=None),
        unread=tuple(each for portion in places for each in portion.unread),
        gaps=tuple(gap for portion in places for gap in portion.gaps),
    )


T = TypeVar("T")


def _latest(values: Sequence[T | None]) -> T | None:
    return next((value for value in reversed(values) if value is not None), None)


# Judging ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    found: Found
    hosts: Hosts


class Judge:
    """Judges what all streams of this process bring, one portion at a time.

    One at a time, so that a certificate which several logs bring at once is judged once: whoever
    comes second finds it among the names seen. The set is opened for each portion alone, so that
    other processes (a scan of new names only, a second worker) have it in between.
    """

    def __init__(self, *, region: str, seen: Path, triage: Callable[[], Triage] | None = None):
        self._region = regions.load(region)
        self._make = triage or (lambda: current_triage(region))
        self._suffixes = Suffixes.bundled()
        self._seen = seen
        self._lock = threading.Lock()
        self._recent: Recent | None = None
        self.book: BrandBook = book_of(self._region)

    @contextmanager
    def judging(self, some: Sequence[Taken]) -> Iterator[_Judged]:
        """Judge the names of ``some`` that are new to us; leaving the block without an error, they
        are new no more. Keep what was found within it."""
        with self._lock:
            try:
                lines = joined([self._lines(taken) for taken in some])
                if not len(lines) and not lines.rejects:
                    yield _Judged(found=self._nothing(), hosts=_no_hosts())
                    return
                with opened(self._seen) as seen:
                    judged = self.judge(lines, seen)
                    yield judged
                    # Only now: what is in the set is never judged again, so it must be safe first.
                    seen.add(judged.hosts)
                    seen.flush()
            except BaseException:
                # Of certificates remembered and not kept another log's copy must count as new.
                self._recent = None
                raise

    def judge(self, lines: Lines, seen: SeenSet | None) -> _Judged:
        """Return what judging ``lines`` comes to; without ``seen`` every name is judged."""
        triage = self.triage
        hosts, rejects = normalise(lines)
        read = len(hosts)
        if seen is not None:
            hosts = hosts.only(seen.unseen(hosts))
        splits = self._suffixes.split(hosts)
        scored = triage.score(hosts, splits)
        return _Judged(
            found=Found(
                judgements=triage.judgements(lines, hosts, splits, scored),
                judged=len(hosts),
                repeated=read - len(hosts),
                official=int(scored.official.sum()),
                rejects=[_unread(each) for each in rejects],
                model_version=triage.model.version,
            ),
            hosts=hosts,
        )

    @property
    def triage(self) -> Triage:
        """The triage with the model that an administrator switched to, asked anew each time."""
        return self._make()

    def _lines(self, taken: Taken) -> Lines:
        if taken.certificates is not None:
            if self._recent is None:
                self._recent = Recent()
            return taken.certificates.only(self._recent.unseen(taken.certificates)).names
        return taken.lines if taken.lines is not None else joined([])

    def _nothing(self) -> Found:
        return Found(model_version=self.triage.model.version)


def _no_hosts() -> Hosts:
    return normalise(joined([]))[0]


def _unread(reject: Reject) -> Unread:
    return Unread(
        place=str(reject.line),
        text=reject.text,
        why=reject.why,
        raw=NAME + reject.text.encode("utf-8", "replace"),
    )


@contextmanager
def opened(folder: Path) -> Iterator[SeenSet]:
    """Open the set of names seen, waiting while another process has it; raise TryLater at last."""
    try:
        seen = SeenSet.open(folder, wait=SEEN_SECONDS)
    except InUse as error:
        raise TryLater(str(error)) from error
    with seen:
        yield seen


_judge: Judge | None = None
_making = threading.Lock()


def shared_judge() -> Judge:
    """Return the judge of this process: every stream it reads is judged by the one."""
    global _judge  # noqa: PLW0603  # a model and its tables are loaded once
    with _making:
        if _judge is None:
            seen = Path(settings.LIONROCK_DATA) / "seen"
            _judge = Judge(region=settings.LIONROCK_REGION, seen=seen)
        return _judge


def here_around() -> Around:
    """Return what reading streams needs to know of this machine."""
    return Around(data=Path(settings.LIONROCK_DATA), judge=shared_judge())


# Reading rejects again --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How reading rejects again went."""

    read: int = 0
    still: int = 0
    names: int = 0
    fresh: int = 0


def replay(stream: Stream, *, around: Around, clock: Clock, most: int = 20_000) -> Replayed:
    """Read a stream's rejects again with today's reader, the oldest first; keep what they say now."""
    read: list[int] = []
    blocks: list[Lines] = []
    still = 0
    rows = StreamReject.objects.filter(stream=stream, replayed_at=None).order_by("pk")[:most]
    for row in rows.iterator(chunk_size=500):
        try:
            lines = read_again(bytes(row.raw or b""), place=row.place)
            hosts, rejects = normalise(lines)
        except GiveUp:
            still += 1
            continue
        if rejects or not len(hosts):
            still += 1
            continue
        read.append(row.pk)
        blocks.append(lines)
    if not read:
        return Replayed(still=still)
    judged = around.judge.judge(joined(blocks), None)
    fresh = keep_replayed(
        stream=stream,
        read=read,
        found=judged.found,
        here=Here(claimant="", machine=socket.gethostname(), process=os.getpid()),
        book=around.judge.book,
        by=None,
        now=clock(),
    )
    return Replayed(read=len(read), still=still, names=judged.found.judged, fresh=fresh)

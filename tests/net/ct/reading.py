"""Follows a log in a test without waiting for anything, and says what came."""

import threading
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from lionrock.net.ct.following import Manners, follow
from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.logs import Log
from lionrock.net.ct.states import SignedState
from tests.net.ct.localog import LocalLog, Taken, some_entries
from tests.net.serving import LOOPBACK

POLL = 1000.0
QUICK = Manners(per_second=100_000, patience=0, poll=POLL, attempts=3, timeout=20)


@dataclass(slots=True)
class Watch:
    """Waits for nothing, keeps how long it was asked to, and ends at the ``polls``-th look for news.

    By its clock it did wait.
    """

    polls: int = 1
    waits: list[float] = field(default_factory=list)
    now: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def clock(self) -> float:
        """Return the seconds waited so far."""
        return self.now

    def __call__(self, seconds: float) -> bool:
        with self._lock:
            self.now += seconds
        if seconds > POLL / 2:
            self.polls -= 1
        elif seconds > 0.01:
            self.waits.append(seconds)
        return self.polls <= 0


def batches(
    log: Log,
    *,
    start: int | None = 0,
    held: SignedState | None = None,
    watch: Watch | None = None,
    manners: Manners = QUICK,
    names_only: bool = False,
) -> Generator[Leaves | NameLines, None, None]:
    """Follow ``log`` until it has nothing new."""
    watch = watch or Watch()
    return follow(
        log,
        start=start,
        held=held,
        manners=manners,
        names_only=names_only,
        allow=LOOPBACK,
        stopped=watch,
        clock=watch.clock,
    )


def held_by(batch: Leaves | NameLines) -> list[tuple[int, int, bool, bytes]]:
    """Return index, timestamp, kind and certificate of every entry of a batch."""
    if isinstance(batch, NameLines):
        raise TypeError("it holds names only")
    return [
        (
            batch.first + i,
            int(batch.timestamps[i]),
            bool(batch.precertificate[i]),
            batch.text[batch.starts[i] : batch.ends[i]].tobytes(),
        )
        for i in range(len(batch))
    ]


def put_in(entries: list[Taken], *, start: int = 0) -> list[tuple[int, int, bool, bytes]]:
    """Return the same of what was put into a log."""
    return [
        (i, entry.stamp, entry.entry[9] == 1, entry.entry[13 + 32 * entry.entry[9] : -10])
        for i, entry in enumerate(entries[start:], start=start)
    ]


def many_entries(count: int) -> list[Taken]:
    """Return very many entries, all of one certificate at different times, quickly."""
    one = some_entries(2)[1]
    return [
        replace(one, stamp=one.stamp + i, entry=(one.stamp + i).to_bytes(8, "big") + one.entry[8:])
        for i in range(count)
    ]


def log_of(count: int) -> LocalLog:
    """Return a log with so many entries of certificates that differ."""
    log = LocalLog()
    log.grow(some_entries(count))
    return log

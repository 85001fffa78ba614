"""Reads a stream in a thread of its own, some portions ahead of whoever keeps them."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeVar

from django.db import connections

from lionrock.core.streams import Portion
from lionrock.jobs.stream_sources import Taken

AHEAD: Final = 32
"""Portions that lie read while others are judged."""
MOST_NAMES: Final = 30_000
MOST_ENTRIES: Final = 16_384
"""What one transaction keeps, about."""


class Pump:
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

"""Asks one log for things, politely: few at a time, not too fast, patient when it is told to wait."""

import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from random import Random
from typing import Final, TypeVar

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Busy
from lionrock.net.fetch import Answered, AskedToWait, Line
from lionrock.net.guard import Network, Resolve

_GONE: Final = frozenset({403, 404, 410})
"""Stores of files say 403 of a file they do not have when they do not list files to strangers."""
_FIRST_WAIT: Final = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How politely a log is asked.

    ``contact`` is a mail address or page that our user agent names. At most ``at_once`` requests
    run at a time and ``per_second`` are begun a second; a log that has nothing new is asked again
    after ``poll`` seconds; entries that do not fill a tile wait at most ``patience`` seconds for
    others. One answer gets ``timeout`` seconds; what fails is tried ``attempts`` times with growing
    waits, or the wait that the log asks for when that is at most ``longest_wait`` seconds.
    """

    contact: str = ""
    at_once: int = 2
    per_second: float = 8.0
    poll: float = 10.0
    patience: float = 30.0
    timeout: float = 60.0
    attempts: int = 6
    longest_wait: float = 300.0


POLITE: Final = Manners()


class Missing(GiveUp):
    """The log has no such thing."""


class Stopped(Exception):
    """We were told to end while we waited."""


class Asker:
    """Who asks one log. Threads may share it; each has its own connection.

    ``stopped(seconds)`` waits so long and tells whether to end.
    """

    def __init__(
        self,
        url: str,
        *,
        manners: Manners,
        stopped: Callable[[float], bool],
        allow: Sequence[str | Network] = (),
        resolve: Resolve | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._manners = manners
        self._stopped = stopped
        self._allow = allow
        self._resolve = resolve
        self._clock = clock
        self._at_once = threading.Semaphore(manners.at_once)
        self._lock = threading.Lock()
        self._next = clock()
        self._random = Random(url)  # noqa: S311  # only so that not everybody returns at once
        self._own = threading.local()
        self._lines: list[Line] = []
        self._headers = {"user-agent": user_agent(manners.contact)}

    def close(self) -> None:
        """Hang up; nobody may be asking any more."""
        for line in self._lines:
            line.close()

    def get(self, path: str, *, limit: int, read: Callable[[bytes], T], again: bool = False) -> T:
        """Return what ``read`` makes of what is at ``path``, at most ``limit`` bytes of it.

        Where ``read`` raises ValueError the content is broken, and asked for again like what did not
        come at all. ``again`` asks past everybody's caches. Raises Missing, Stopped, GiveUp, or
        TryLater after all attempts (Busy, where the log says how long to stay away).
        """
        wait = _FIRST_WAIT
        for attempt in range(1, self._manners.attempts + 1):
            try:
                return self._once(path, limit, read, again)
            except TryLater as error:
                asked = error.seconds if isinstance(error, AskedToWait) else None
                if attempt == self._manners.attempts or (asked or 0) > self._manners.longest_wait:
                    if asked is None:
                        raise
                    raise Busy(f"{error}: wait {asked:.0f} s", seconds=asked) from error
                self._hold_back(max(asked or 0, wait * self._random.uniform(0.5, 1.0)))
                wait = min(wait * 2, self._manners.longest_wait)
        raise AssertionError  # the last attempt returns or raises

    def _once(self, path: str, limit: int, read: Callable[[bytes], T], again: bool) -> T:
        self._await_turn()
        into = io.BytesIO()
        try:
            with self._at_once:
                self._line().fetch(
                    self.url + path,
                    into=into,
                    limit=limit,
                    timeout=self._manners.timeout,
                    headers=self._headers | ({"cache-control": "no-cache"} if again else {}),
                )
        except Answered as error:
            if error.status in _GONE:
                raise Missing(str(error)) from error
            # One of several servers behind an address may not know yet what another signed.
            raise TryLater(str(error)) from error
        try:
            return read(into.getvalue())
        except ValueError as error:
            raise TryLater(f"{self.url}{path} is broken: {error}") from error

    def _await_turn(self) -> None:
        with self._lock:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + 1 / self._manners.per_second
        if self._stopped(turn - now):
            raise Stopped

    def _hold_back(self, seconds: float) -> None:
        """Let nobody ask for so long: who is told to wait speaks for all of us."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)

    def _line(self) -> Line:
        line: Line | None = getattr(self._own, "line", None)
        if line is None:
            line = self._own.line = Line(allow=self._allow, resolve=self._resolve)
            with self._lock:
                self._lines.append(line)
        return line


def user_agent(contact: str) -> str:
    """Return by what name a log knows us, and whom it can write to."""
    # A header is one line of plain letters, and the comment in it ends at its bracket.
    plain = "".join(letter for letter in contact if " " <= letter <= "~" and letter not in "()\\")
    about = "; ".join(("certificate transparency monitor", *filter(None, (plain.strip(),))))
    return f"Lionrock/{version('lionrock')} ({about})"

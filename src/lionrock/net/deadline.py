"""A moment by which something must be over, handed down to everything that waits on the way."""

import time
from collections.abc import Callable
from typing import Self

from lionrock.core.errors import TryLater


class Late(TryLater):
    """The time allowed for the whole is over."""


class Deadline:
    """A moment on a clock that never jumps."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart(seconds)

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the moment ``seconds`` from now."""
        return cls(seconds)

    def restart(self, seconds: float) -> None:
        """Put the moment ``seconds`` from now: what waits for it does something new."""
        self._end = self._clock() + seconds
        self._seconds = seconds

    def left(self, at_most: float | None = None) -> float:
        """Return the seconds left, or ``at_most`` when that is less; raise Late when none are."""
        left = self._end - self._clock()
        if left <= 0:
            raise Late(f"it took longer than the {self._seconds:g} seconds allowed")
        return left if at_most is None else min(left, at_most)

"""Fetches ahead what will be needed next, in order, a few at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")


def ahead(
    pool: Executor, work: Callable[[A], T], over: Iterable[A], *, most: int
) -> Iterator[tuple[A, T]]:
    """Yield each of ``over`` with ``work`` of it, in order, at most ``most`` begun before it is asked for.

    An error is raised where its turn comes. Whoever stops listening leaves nothing waiting.
    """
    waiting: deque[tuple[A, Future[T]]] = deque()
    rest = iter(over)
    try:
        while True:
            while len(waiting) < most and (one := next(rest, None)) is not None:
                waiting.append((one, pool.submit(work, one)))
            if not waiting:
                return
            one, done = waiting.popleft()
            yield one, done.result()
    finally:
        for _, begun in waiting:
            begun.cancel()

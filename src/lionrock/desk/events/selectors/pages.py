"""Pages of a walk: what the lists of events and of episodes have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic

from lionrock.desk.events.selectors.filters import Filters, Place
from lionrock.desk.events.selectors.walk import Course, Row, Way, find

EXPORTED: Final = 100_000
"""Rows of an export at most."""
TAKEN: Final = 1_000
"""Rows that an export looks up at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, the latest first, and whether there are any before and behind them.

    ``searched`` is how far the search got when it stopped early: there may be more behind it.
    """

    rows: tuple[Row, ...]
    has_before: bool
    has_after: bool
    searched: Place | None = None


def page_of(
    ways: Sequence[Way[Row]],
    *,
    down: Course,
    up: Course,
    after: Place | None,
    before: Place | None,
    size: int,
    until: float | None,
) -> Page[Row]:
    """Return the rows after (earlier than) or before (later than) a place, or the latest ones.

    The search ends when the page is full, nothing is left, or ``until`` (``monotonic``) is past.
    """
    if before is not None:
        above = find(ways, up, start=before, until=until, size=size)
        return Page(
            rows=above.rows[::-1], has_before=above.more, has_after=True, searched=above.searched
        )
    below = find(ways, down, start=after, until=until, size=size)
    return Page(
        rows=below.rows, has_before=after is not None, has_after=below.more, searched=below.searched
    )


def each_of(ways: Sequence[Way[Row]], course: Course, *, limit: int) -> Iterator[Row]:
    """Yield at most ``limit`` rows along the course, to its end; memory stays flat."""
    place: Place | None = None
    while limit > 0:
        some = find(ways, course, start=place, until=None, size=min(TAKEN, limit))
        yield from some.rows
        if not some.more:
            return
        limit -= len(some.rows)
        place = course.place(some.rows[-1])


def within(course: Course, filters: Filters) -> Course:
    """Return the course within the filters' time."""
    return replace(course, since=filters.since, before=filters.before)

"""Walks over millions of rows in order of time, a slice at a time, so that no question takes for ever.

A slice is bounded by how many entries of an index it holds, not by how many of them match: its cost
is known beforehand, whatever is asked. Who waits stops between two slices and says how far it got.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat

from lionrock.desk.events.selectors.facets import facets_of
from lionrock.desk.events.selectors.filters import Counted, Facets, Place

FIRST: Final = 1_000
"""Entries of the first slice; each behind it is twice as long while these are quick."""
QUICK: Final = 0.05
SLOW: Final = 0.2
"""Seconds of a slice, below which the next one is longer, and above which it is shorter."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """In which order a list is walked: by a column of time and the id, down or up, within a time.

    ``longest`` is how many entries a slice has at most: few where each is a row to be looked up.
    """

    time: str
    sign: str
    ahead: str
    behind: str
    longest: int
    since: datetime | None = None
    before: datetime | None = None

    @property
    def order(self) -> tuple[str, str]:
        """The order as a query takes it."""
        return f"{self.sign}{self.time}", f"{self.sign}id"

    def beyond(self, rows: QuerySet[Row], place: Place | None) -> QuerySet[Row]:
        """Return the rows that follow a place."""
        if place is None:
            return rows
        # The first condition follows from the second; it is what lets an index begin at the place.
        return rows.filter(**{f"{self.time}__{self.ahead}e": place.at}).filter(
            Q(**{f"{self.time}__{self.ahead}": place.at})
            | Q(**{self.time: place.at, f"id__{self.ahead}": place.id})
        )

    def up_to(self, rows: QuerySet[Row], place: Place | None) -> QuerySet[Row]:
        """Return the rows down (or up) to a place, with the one that stands there."""
        if place is None:
            return rows
        return rows.filter(**{f"{self.time}__{self.behind}e": place.at}).filter(
            Q(**{f"{self.time}__{self.behind}": place.at})
            | Q(**{self.time: place.at, f"id__{self.behind}e": place.id})
        )

    def between(self, rows: QuerySet[Row], start: Place | None, end: Place | None) -> QuerySet[Row]:
        """Return the rows behind ``start`` down (or up) to ``end``; without these, to the time's ends.

        A database takes one bound from each side to its index, so that none may get a second one.
        """
        first, last = (start, end) if self.sign else (end, start)
        since, before = self.since, self.before
        if self.sign:
            if first is not None and before is not None and first.at >= before:
                start = first = None
        elif last is not None and since is not None and last.at < since:
            start = last = None
        if last is None and since is not None:
            rows = rows.filter(**{f"{self.time}__gte": since})
        if first is None and before is not None:
            rows = rows.filter(**{f"{self.time}__lt": before})
        return self.up_to(self.beyond(rows, start), end)

    def reached(self, place: Place) -> tuple[float, int]:
        """Return what is the greater the further a place is along the walk."""
        way = -1 if self.sign else 1
        return way * place.at.timestamp(), way * place.id

    def passed(self, row: Model) -> tuple[float, int]:
        """Return the same of a row."""
        return self.reached(self.place(row))

    def place(self, row: Model) -> Place:
        """Return where a row stands."""
        return Place(at=getattr(row, self.time), id=row.pk)


def latest_first(time: str, *, longest: int) -> Course:
    """Return the course from the latest to the earliest."""
    return Course(time=time, sign="-", ahead="lt", behind="gt", longest=longest)


def earliest_first(time: str, *, longest: int) -> Course:
    """Return the course from the earliest to the latest."""
    return Course(time=time, sign="", ahead="gt", behind="lt", longest=longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Generic[Row]):
    """One way to meet every matching row: sets that no row is in two of.

    ``all`` are the sets as one index holds them, in order of time; ``matching`` the same, each
    narrowed by all that is asked, in such a form that no other index takes part.
    """

    all: tuple[QuerySet[Row], ...]
    matching: tuple[QuerySet[Row], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[Row]):
    """The matching rows of one stretch, in several sets; ``end`` is where it ends, None at the end."""

    parts: tuple[QuerySet[Row], ...]
    end: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Row]):
    """The rows found, in order; ``more`` when there are others, or may be.

    ``searched`` is how far the search got when it stopped before it had found enough.
    """

    rows: tuple[Row, ...]
    more: bool
    searched: Place | None = None


def walk(
    ways: Sequence[Way[Row]], course: Course, *, start: Place | None, until: float | None
) -> Iterator[Slice[Row]]:
    """Yield the slices behind ``start``, one after the other, until ``until`` (``monotonic``).

    At least one slice comes, so that whoever goes on where a search stopped gets to the end. Each
    takes the way on which the same number of entries reaches furthest: the most telling index here.
    """
    length = min(FIRST, course.longest)
    while True:
        began = monotonic()
        way, end = _furthest(ways, course, start, length)
        yield Slice(parts=tuple(course.between(part, start, end) for part in way.matching), end=end)
        now = monotonic()
        if end is None or (until is not None and now >= until):
            return
        if now - began < QUICK:
            length = min(2 * length, course.longest)
        elif now - began > SLOW:
            length = max(length // 2, FIRST)
        start = end


def find(
    ways: Sequence[Way[Row]],
    course: Course,
    *,
    start: Place | None,
    until: float | None,
    size: int,
) -> Found[Row]:
    """Return the first ``size`` rows behind ``start``, or those that were found in time."""
    rows: list[Row] = []
    end: Place | None = None
    for piece in walk(ways, course, start=start, until=until):
        wanted = size + 1 - len(rows)
        parts = [list(part.order_by(*course.order)[:wanted]) for part in piece.parts]
        rows += list(heapq.merge(*parts, key=course.passed))[:wanted]
        if len(rows) > size:
            return Found(rows=tuple(rows[:size]), more=True)
        end = piece.end
    return Found(rows=tuple(rows), more=end is not None, searched=end)


def survey(
    ways: Sequence[Way[Row]],
    course: Course,
    *,
    until: float | None,
    columns: Sequence[str],
    cap: int,
) -> tuple[Counted, Facets]:
    """Count the matching rows and what their columns hold, up to ``cap`` of them, or in time."""
    rows: list[tuple[Any, ...]] = []  # Any: columns of several types
    more = False
    back_to: datetime | None = None
    for piece in walk(ways, course, start=None, until=until):
        for part in piece.parts:
            wanted = cap + 1 - len(rows)
            rows += list(part.order_by(*course.order).values_list(*columns)[:wanted])
        more = piece.end is not None
        back_to = piece.end.at if piece.end else None
        if len(rows) > cap:
            more, back_to = True, None
            break
    number = min(len(rows), cap)
    return Counted(number=number, more=more, back_to=back_to), facets_of(
        rows, columns, cap, more=more
    )


def plainly(
    rows: QuerySet[Row], column: str, values: Sequence[str] | Sequence[int]
) -> QuerySet[Row]:
    """Narrow by a column without its index."""
    if isinstance(values[0], int):
        plain: Combinable = F(column) + 0
    else:
        plain = Concat(F(column), Value(""))
    narrowed: QuerySet[Row] = rows.alias(**{f"plain_{column}": plain})
    return narrowed.filter(**{f"plain_{column}__in": values})


def _furthest(
    ways: Sequence[Way[Row]], course: Course, start: Place | None, length: int
) -> tuple[Way[Row], Place | None]:
    """Return the way on which ``length`` entries reach furthest, and how far; None is to the end."""
    ends: list[tuple[Way[Row], Place]] = []
    for way in ways:
        end = _end(way, course, start, length)
        if end is None:
            return way, None
        ends.append((way, end))
    return max(ends, key=lambda one: course.reached(one[1]))


def _end(way: Way[Row], course: Course, start: Place | None, length: int) -> Place | None:
    """Return the place that no set of a way has more than ``length`` entries down to."""
    ends: list[Place] = []
    for part in way.all:
        entries = course.between(part, start, None).order_by(*course.order)
        for at, number in entries.values_list(course.time, "id")[length - 1 : length]:
            ends.append(Place(at=at, id=number))
    return min(ends, key=course.reached, default=None)

"""The queue: waiting names in order of score, each series one row, cut to what a day can hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from lionrock.desk.suspects.models import State, Suspect, TeamSettings

PAGE: Final = 50
COUNTED: Final = 1000
"""Rows counted at most: a page must not count two hundred thousand to say "many"."""

_BRANDS: Final = """
    WITH RECURSIVE walk(brand) AS (
        SELECT (
            SELECT brand FROM suspects_suspect
            WHERE state = %s AND brand > '' ORDER BY brand LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT brand FROM suspects_suspect
            WHERE state = %s AND brand > walk.brand ORDER BY brand LIMIT 1
        ) FROM walk WHERE walk.brand IS NOT NULL
    )
    SELECT brand FROM walk WHERE brand IS NOT NULL
"""
"""Steps from each brand to the next along an index; DISTINCT would walk over every name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader narrowed the list to; an empty value narrows nothing."""

    state: State = State.WAITING
    brand: str = ""
    sector: str = ""
    source: str = ""
    tld: str = ""
    search: str = ""
    min_score: float | None = None
    max_score: float | None = None
    read_since: datetime | None = None
    read_before: datetime | None = None
    assigned_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the queue: after a higher score, and after a lower id of the same score."""

    score: float
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the queue: the best name of its series and how many of the series wait."""

    suspect: Suspect
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of the queue, and whether there are any before and behind them."""

    rows: tuple[Row, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What the team works through in a day.

    ``cut`` is the last place that is still today's work; ``None`` when everything waiting is.
    """

    daily: int
    decided: int
    cut: Position | None

    @property
    def left(self) -> int:
        """How many rows are still to be decided today."""
        return max(self.daily - self.decided, 0)


def team() -> TeamSettings:
    """Return the team's settings, the defaults while nobody has set any."""
    return TeamSettings.objects.filter(pk=1).first() or TeamSettings()


def todays_budget(*, midnight: datetime) -> Budget:
    """Return the budget of the day that began at ``midnight``; a series decided at once counts one."""
    daily = team().daily_budget
    decided_today = Suspect.objects.filter(
        state__in=[State.CONFIRMED, State.DISMISSED], decided_at__gte=midnight
    )
    # Made distinct here: asked to do so, SQLite would rather walk through every series there is.
    decided = len(set(decided_today.values_list("series", flat=True)))
    left = max(daily - decided, 0)
    if left == 0:
        return Budget(daily=daily, decided=decided, cut=Position(score=float("inf"), id=0))
    place = _folded(Filters()).values_list("score", "id")[left - 1 : left].first()
    cut = Position(score=place[0], id=place[1]) if place else None
    return Budget(daily=daily, decided=decided, cut=cut)


def queue_page(
    filters: Filters,
    *,
    cut: Position | None = None,
    after: Position | None = None,
    before: Position | None = None,
    size: int = PAGE,
) -> Page:
    """Return the rows after (or before) a place, or the first ones; ``cut`` ends the queue."""
    rows = _within(_folded(filters), cut)
    if before is not None:
        backwards = rows.filter(_ahead_of(before)).order_by("score", "-id")[: size + 1]
        found = list(backwards)
        suspects = found[:size][::-1]
        return Page(rows=_with_counts(suspects), has_before=len(found) > size, has_after=True)
    if after is not None:
        rows = rows.filter(_behind(after))
    found = list(rows[: size + 1])
    return Page(
        rows=_with_counts(found[:size]), has_before=after is not None, has_after=len(found) > size
    )


def neighbours(
    suspect: Suspect, filters: Filters, *, cut: Position | None
) -> tuple[Suspect | None, Suspect | None]:
    """Return the rows before and after a suspect in the queue; its own series is left out."""
    here = Position(score=suspect.score, id=suspect.pk)
    rows = _within(_folded(filters), cut).exclude(series=suspect.series)
    before = rows.filter(_ahead_of(here)).order_by("score", "-id").first()
    return before, rows.filter(_behind(here)).first()


def following(suspect: Suspect, filters: Filters, *, cut: Position | None) -> Suspect | None:
    """Return the row that follows a suspect just decided, the rest of its series included."""
    here = Position(score=suspect.score, id=suspect.pk)
    return _within(_folded(filters), cut).filter(_behind(here)).first()


def count(filters: Filters, *, page: Page, cut: Position | None = None) -> int:
    """Count the matching waiting names of the list that ``page`` is of, at most ``COUNTED + 1``."""
    names = _within(matching(filters), cut)
    if not page.has_before and not page.has_after:
        # The whole list is on the page: its series are looked up, not every name searched again.
        names = names.filter(series__in=[row.suspect.series for row in page.rows])
    return names.order_by()[: COUNTED + 1].count()


def decided_page(
    filters: Filters, *, after: tuple[datetime, int] | None = None, size: int = PAGE
) -> tuple[list[Suspect], bool]:
    """Return decided names, the latest decision first, and whether there are more."""
    rows = matching(filters).select_related("decided_by").order_by("-decided_at", "id")
    if after is not None:
        at, seen = after
        rows = rows.filter(Q(decided_at__lt=at) | Q(decided_at=at, id__gt=seen))
    found = list(rows[: size + 1])
    return found[:size], len(found) > size


def brands_of(state: State) -> list[str]:
    """Return the ids of the brands that names of a state imitate."""
    with connection.cursor() as cursor:
        cursor.execute(_BRANDS, [state.value, state.value])
        return [brand for (brand,) in cursor.fetchall()]


def matching(filters: Filters) -> QuerySet[Suspect]:
    """Return the names that the filters let through, in no order."""
    names = Suspect.objects.filter(state=filters.state)
    for column in ("brand", "sector", "source", "tld"):
        if value := getattr(filters, column):
            names = names.filter(**{column: value})
    if filters.search:
        # "contains", not "icontains": hosts are lower case, and so is what the form hands over. An
        # A-label holds the ASCII letters of its name, so only foreign letters need the other form.
        column = "host" if filters.search.isascii() else "unicode"
        names = names.filter(**{f"{column}__contains": filters.search})
    if filters.min_score is not None:
        names = names.filter(score__gte=filters.min_score)
    if filters.max_score is not None:
        names = names.filter(score__lte=filters.max_score)
    if filters.read_since is not None:
        names = names.filter(first_read_at__gte=filters.read_since)
    if filters.read_before is not None:
        names = names.filter(first_read_at__lt=filters.read_before)
    if filters.assigned_to is not None:
        names = names.filter(assigned_to=filters.assigned_to)
    return names


def _folded(filters: Filters) -> QuerySet[Suspect]:
    """Return the best matching name of each series, in the queue's order."""
    # A series is one brand's, so within it brand and sector need not be asked again.
    inside = replace(filters, brand="", sector="")
    best = matching(inside).filter(series=OuterRef("series")).order_by("-score", "id")
    return matching(filters).filter(id=Subquery(best.values("id")[:1])).order_by("-score", "id")


def _within(rows: QuerySet[Suspect], cut: Position | None) -> QuerySet[Suspect]:
    if cut is None:
        return rows
    return rows.filter(score__gte=cut.score).filter(Q(score__gt=cut.score) | Q(id__lte=cut.id))


def _behind(place: Position) -> Q:
    # The first condition follows from the second; it is what lets the index begin at the place.
    return Q(score__lte=place.score) & (Q(score__lt=place.score) | Q(id__gt=place.id))


def _ahead_of(place: Position) -> Q:
    return Q(score__gte=place.score) & (Q(score__gt=place.score) | Q(id__lt=place.id))


def _with_counts(suspects: Sequence[Suspect]) -> tuple[Row, ...]:
    counts = dict(
        Suspect.objects.filter(
            series__in=[suspect.series for suspect in suspects], state=State.WAITING
        )
        .values_list("series")
        .annotate(waiting=Count("id"))
    )
    return tuple(Row(suspect=s, waiting=counts.get(s.series, 1)) for s in suspects)

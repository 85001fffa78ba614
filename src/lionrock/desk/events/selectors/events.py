"""The list of events: any filters, page by page from the latest, surveyed up to a cap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Sum

from lionrock.desk.events.models import Episode, Event
from lionrock.desk.events.selectors.filters import COUNTED, PAGE, Counted, Facets, Filters, Place
from lionrock.desk.events.selectors.search import kinds_of, sought
from lionrock.desk.events.selectors.walk import (
    Course,
    Way,
    earliest_first,
    find,
    latest_first,
    plainly,
    survey,
)

FACETS: Final = ("kind", "feed", "asn", "constituent_id", "located", "severity")
EXPORTED: Final = 100_000
"""Rows of an export at most."""
TAKEN: Final = 1_000
MANY: Final = 50_000
"""Events of several episodes that may be put in order at once."""
INDEXED: Final = tuple(
    index.fields[0] for index in Event._meta.indexes if list(index.fields[1:]) == ["at"]
)
"""The columns of which an index knows the rows in order of time."""
DOWN: Final = latest_first("at", longest=4_096)
UP: Final = earliest_first("at", longest=4_096)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some events, the latest first, and whether there are any before and behind them.

    ``searched`` is how far the search got when it stopped early: there may be more behind it.
    """

    rows: tuple[Event, ...]
    has_before: bool
    has_after: bool
    searched: Place | None = None


def events_page(
    filters: Filters,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE,
    until: float | None = None,
) -> EventPage:
    """Return the events after (earlier than) or before (later than) a place, or the latest ones.

    The search ends when the page is full, nothing is left, or ``until`` (``monotonic``) is past.
    """
    ways = _ways(filters)
    if before is not None:
        up = find(ways, _within(UP, filters), start=before, until=until, size=size)
        return EventPage(
            rows=up.rows[::-1], has_before=up.more, has_after=True, searched=up.searched
        )
    down = find(ways, _within(DOWN, filters), start=after, until=until, size=size)
    return EventPage(
        rows=down.rows, has_before=after is not None, has_after=down.more, searched=down.searched
    )


def survey_events(
    filters: Filters, *, cap: int = COUNTED, until: float | None = None
) -> tuple[Counted, Facets]:
    """Count the matching events and their frequent values per column, up to the latest ``cap``."""
    return survey(_ways(filters), _within(DOWN, filters), until=until, columns=FACETS, cap=cap)


def each_event(filters: Filters, *, limit: int = EXPORTED) -> Iterator[Event]:
    """Yield matching events from the latest, for exports; memory stays flat."""
    ways = _ways(filters)
    place: Place | None = None
    while limit > 0:
        page = find(ways, _within(DOWN, filters), start=place, until=None, size=min(TAKEN, limit))
        yield from page.rows
        if not page.more:
            return
        limit -= len(page.rows)
        place = DOWN.place(page.rows[-1])


def events_of(
    episode: Episode, *, after: Place | None = None, size: int = PAGE
) -> tuple[Sequence[Event], bool]:
    """Return an episode's events from the latest, and whether there are more."""
    rows = DOWN.beyond(Event.objects.filter(episode_id=episode.pk), after)
    found = list(rows.order_by(*DOWN.order)[: size + 1])
    return found[:size], len(found) > size


def _within(course: Course, filters: Filters) -> Course:
    return replace(course, since=filters.since, before=filters.before)


def _ways(filters: Filters) -> list[Way[Event]]:
    """Return the ways to meet what matches: one for each index that knows something of it."""
    events = Event.objects.all()
    words = sought(filters, feed=False)
    asked: dict[str, Sequence[str] | Sequence[int]] = {
        "episode_id": words.ids or [],
        "constituent_id": [] if filters.constituent is None else [filters.constituent],
        "asn": [] if filters.asn is None else [filters.asn],
        "feed": [filters.feed] if filters.feed else [],
        "kind": kinds_of(filters.kind) if filters.kind else [],
        "located": [filters.country] if filters.country else [],
        "severity": [filters.severity] if filters.severity else [],
    }
    asked = {column: values for column, values in asked.items() if values}

    def way(parts: Sequence[QuerySet[Event]], *, but: str) -> Way[Event]:
        narrow = list(parts)
        for column, values in asked.items():
            if column != but:
                narrow = [plainly(part, column, values) for part in narrow]
        if words.frequent:
            about = words.holding(Episode.objects.filter(id=OuterRef("episode_id")))
            narrow = [part.filter(Exists(about)) for part in narrow]
        return Way(all=tuple(parts), matching=tuple(narrow))

    if words.ids is not None and _is_ordered_at_once(words.ids):
        return [way([events.filter(episode_id__in=words.ids)], but="episode_id")]
    ways = [
        way([events.filter(**{column: value}) for value in values], but=column)
        for column, values in asked.items()
        if column in INDEXED and column != "episode_id"
    ]
    return [*ways, way([events], but="")]


def _is_ordered_at_once(ids: Sequence[int]) -> bool:
    """One episode's events stand in order; those of several have to be put so."""
    if len(ids) <= 1:
        return True
    total = Episode.objects.filter(id__in=ids).aggregate(n=Sum("events"))["n"] or 0
    return bool(total <= MANY)

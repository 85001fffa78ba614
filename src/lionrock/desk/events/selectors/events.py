"""The list of events: any filters, page by page from the latest, surveyed up to a cap."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Sum

from lionrock.desk.events.models import Episode, Event
from lionrock.desk.events.selectors.filters import COUNTED, PAGE, Counted, Facets, Filters, Place
from lionrock.desk.events.selectors.pages import EXPORTED, Page, each_of, page_of, within
from lionrock.desk.events.selectors.search import kinds_of, sought
from lionrock.desk.events.selectors.walk import (
    Way,
    earliest_first,
    latest_first,
    plainly,
    survey,
)

FACETS: Final = ("kind", "feed", "asn", "constituent_id", "located", "severity")
MANY: Final = 50_000
"""Events of several episodes that may be put in order at once."""
INDEXED: Final = tuple(
    index.fields[0] for index in Event._meta.indexes if list(index.fields[1:]) == ["at"]
)
"""The columns of which an index knows the rows in order of time."""
DOWN: Final = latest_first("at", longest=4_096)
UP: Final = earliest_first("at", longest=4_096)


def events_page(
    filters: Filters,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE,
    until: float | None = None,
) -> Page[Event]:
    """Return the events after (earlier than) or before (later than) a place, or the latest ones.

    The search ends when the page is full, nothing is left, or ``until`` (``monotonic``) is past.
    """
    return page_of(
        _ways(filters),
        down=within(DOWN, filters),
        up=within(UP, filters),
        after=after,
        before=before,
        size=size,
        until=until,
    )


def survey_events(
    filters: Filters, *, cap: int = COUNTED, until: float | None = None
) -> tuple[Counted, Facets]:
    """Count the matching events and their frequent values per column, up to the latest ``cap``."""
    return survey(_ways(filters), within(DOWN, filters), until=until, columns=FACETS, cap=cap)


def each_event(filters: Filters, *, limit: int = EXPORTED) -> Iterator[Event]:
    """Yield matching events from the latest, for exports; memory stays flat."""
    return each_of(_ways(filters), within(DOWN, filters), limit=limit)


def events_of(
    episode: Episode, *, after: Place | None = None, size: int = PAGE
) -> tuple[Sequence[Event], bool]:
    """Return an episode's events from the latest, and whether there are more."""
    rows = DOWN.beyond(Event.objects.filter(episode_id=episode.pk), after)
    found = list(rows.order_by(*DOWN.order)[: size + 1])
    return found[:size], len(found) > size


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

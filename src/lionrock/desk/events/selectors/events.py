"""The list of events: any filters, page by page from the latest, surveyed up to a cap."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from lionrock.core.facts import Why
from lionrock.desk.events.models import DayCount, Episode, Event
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
from lionrock.desk.feeds.models import Blob

FACETS: Final = ("kind", "feed", "asn", "constituent_id", "located", "severity")
MANY: Final = 10_000
"""Events that may be put in order at once: what has more of them is met on a walk before long."""
BLOBS: Final = 1_000
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
    """Return the way to meet what matches: what is rare at once, everything else on a walk."""
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

    def way(part: QuerySet[Event], *, but: str = "") -> Way[Event]:
        narrow = part
        for column, values in asked.items():
            if column != but:
                narrow = plainly(narrow, column, values)
        if words.frequent:
            about = words.holding(Episode.objects.filter(id=OuterRef("episode_id")))
            narrow = narrow.filter(Exists(about))
        return Way(all=(part,), matching=(narrow,))

    if words.ids is not None and _stand_at_once(words.ids):
        return [way(events.filter(episode_id__in=words.ids), but="episode_id")]
    for column, values in asked.items():
        rare = _RARE[column](values) if column in _RARE else None
        if rare is not None:
            return [way(rare, but=column)]
    return [way(events)]


def _stand_at_once(ids: Sequence[int]) -> bool:
    """One episode's events stand in order; those of several have to be put so."""
    if len(ids) <= 1:
        return True
    total = Episode.objects.filter(id__in=ids).aggregate(n=Sum("events"))["n"] or 0
    return bool(total <= MANY)


def _rare_at(column: str, values: Sequence[Any]) -> QuerySet[Event] | None:  # Any: of the column
    return _if_few(Event.objects.filter(**{f"{column}__in": values}))


def _rare_country(countries: Sequence[Any]) -> QuerySet[Event] | None:  # Any: as above
    """Return the events in a country that is not the region's: few, since these were not kept."""
    if DayCount.objects.filter(why=Why.LOCATED.value, country__in=countries).exists():
        return None
    return _if_few(Event.objects.filter(~Q(why=Why.LOCATED.value), located__in=countries))


def _rare_feed(feeds: Sequence[Any]) -> QuerySet[Event] | None:  # Any: as above
    """Return the events of a feed by its deliveries, each of which is found by the first column of a
    key: an index of feeds would be another to be written for each event."""
    blobs = list(Blob.objects.filter(feed__in=feeds).values_list("pk", "ours")[: BLOBS + 1])
    if len(blobs) > BLOBS or sum(ours for _, ours in blobs) > MANY:
        return None
    return Event.objects.filter(blob_id__in=[pk for pk, ours in blobs if ours])


_RARE: Final[dict[str, Callable[[Sequence[Any]], QuerySet[Event] | None]]] = {  # Any: as above
    "constituent_id": partial(_rare_at, "constituent_id"),
    "asn": partial(_rare_at, "asn"),
    "feed": _rare_feed,
    "kind": partial(_rare_at, "kind"),
    "located": _rare_country,
}


def _if_few(events: QuerySet[Event]) -> QuerySet[Event] | None:
    found = events.order_by().values("pk")[: MANY + 1].count()
    return events if found <= MANY else None

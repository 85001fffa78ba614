"""The list of events: any filters, page by page from the latest, counted up to a cap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat

from lionrock.desk.events.models import Episode, Event
from lionrock.desk.events.selectors.episodes import latest_episodes
from lionrock.desk.events.selectors.facets import facets_of
from lionrock.desk.events.selectors.filters import COUNTED, PAGE, Counted, Facets, Filters, Place
from lionrock.desk.events.selectors.search import few, holding, kinds_of, words_of

FACETS: Final = ("kind", "feed", "asn", "constituent_id", "located", "severity")
EXPORTED: Final = 100_000
"""Rows of an export at most."""
TAKEN: Final = 1_000
LATEST: Final = (300, 3_000)
"""Episodes, from the one seen last, whose events are looked at for one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some events, the latest first, and whether there are any before and behind them."""

    rows: tuple[Event, ...]
    has_before: bool
    has_after: bool


def events_page(
    filters: Filters, *, after: Place | None = None, before: Place | None = None, size: int = PAGE
) -> EventPage:
    """Return the events after (earlier than) or before (later than) a place, or the latest ones."""
    rows = matching(filters)
    if before is not None:
        upwards = rows.filter(at__gte=before.at).filter(
            Q(at__gt=before.at) | Q(at=before.at, id__gt=before.id)
        )
        found = list(upwards.order_by("at", "id")[: size + 1])
        return EventPage(
            rows=tuple(found[:size][::-1]), has_before=len(found) > size, has_after=True
        )
    latest = _of_the_latest(filters, after, size + 1)
    if latest is not None:
        found = latest
    else:
        if after is not None:
            rows = _behind(rows, after)
        found = list(rows.order_by("-at", "-id")[: size + 1])
    return EventPage(
        rows=tuple(found[:size]), has_before=after is not None, has_after=len(found) > size
    )


def _of_the_latest(filters: Filters, after: Place | None, size: int) -> list[Event] | None:
    """Return a page of events that hold a frequent word, or None where a walk has to find it.

    What is later than a time belongs to episodes last seen later than that: the events of the
    episodes seen last are all there are down to when the last of these was last seen.
    """
    if filters.before is not None or not words_of(filters, feed=False):
        return None
    if few(filters) is not None:
        return None
    anytime = replace(filters, since=None)
    for number in LATEST:
        episodes = latest_episodes(anytime, number)
        events = Event.objects.filter(episode_id__in=[episode.pk for episode in episodes])
        if len(episodes) == number:
            events = events.filter(at__gte=episodes[-1].last_seen)
        if filters.since is not None:
            events = events.filter(at__gte=filters.since)
        if after is not None:
            events = _behind(events, after)
        found = list(_by_column(events, filters, found=True).order_by("-at", "-id")[:size])
        if len(found) == size or len(episodes) < number:
            return found
    return None


def count_events(filters: Filters, *, cap: int = COUNTED) -> Counted:
    """Count the matching events, up to ``cap``."""
    number = matching(filters).order_by()[: cap + 1].count()
    return Counted(number=min(number, cap), more=number > cap)


def event_facets(filters: Filters, *, cap: int = COUNTED) -> Facets:
    """Return the frequent values per column among the latest ``cap`` matching events."""
    rows = matching(filters).order_by("-at", "-id").values_list(*FACETS)[: cap + 1]
    return facets_of(list(rows), FACETS, cap)


def each_event(filters: Filters, *, limit: int = EXPORTED) -> Iterator[Event]:
    """Yield matching events from the latest, for exports; memory stays flat."""
    place: Place | None = None
    while limit > 0:
        page = events_page(filters, after=place, size=min(TAKEN, limit))
        yield from page.rows
        if not page.has_after or not page.rows:
            return
        limit -= len(page.rows)
        last = page.rows[-1]
        place = Place(at=last.at, id=last.pk)


def events_of(
    episode: Episode, *, after: Place | None = None, size: int = PAGE
) -> tuple[Sequence[Event], bool]:
    """Return an episode's events from the latest, and whether there are more."""
    rows = Event.objects.filter(episode_id=episode.pk)
    if after is not None:
        rows = _behind(rows, after)
    found = list(rows.order_by("-at", "-id")[: size + 1])
    return found[:size], len(found) > size


def matching(filters: Filters) -> QuerySet[Event]:
    """Return the events that the filters let through, in no order."""
    events = Event.objects.all()
    if filters.since is not None:
        events = events.filter(at__gte=filters.since)
    if filters.before is not None:
        events = events.filter(at__lt=filters.before)
    if _one_column_at_most(filters):
        return _by_column(events, filters)  # an index in order of time answers
    ids = few(filters)
    if ids is not None:
        return _by_column(events.filter(episode_id__in=ids), filters, found=True)
    if words_of(filters, feed=False):
        held = holding(Episode.objects.filter(id=OuterRef("episode_id")), filters, feed=False)
        events = events.filter(Exists(held))
    return _by_column(events, filters)


def _by_column(
    events: QuerySet[Event], filters: Filters, *, found: bool = False
) -> QuerySet[Event]:
    """Narrow by columns such that one index alone can answer: the most telling column's, or, where
    the episodes are ``found`` already, theirs. Left the choice, SQLite takes one that happens to be
    in order of time, though every row matches it."""
    kinds = kinds_of(filters.kind) if filters.kind else []
    choices: list[tuple[str, Sequence[str | int]]] = [
        ("constituent_id", [] if filters.constituent is None else [filters.constituent]),
        ("asn", [] if filters.asn is None else [filters.asn]),
        ("feed", [filters.feed] if filters.feed else []),
        ("kind", kinds),
        ("located", [filters.country] if filters.country else []),
        ("severity", [filters.severity] if filters.severity else []),
    ]
    for column, values in choices:
        if not values:
            continue
        if found:
            events = _plainly(events, column, values)
        elif len(values) == 1:
            events = events.filter(**{column: values[0]})
            found = True
        else:
            events = events.filter(**{f"{column}__in": values})
            found = True
    return events


def _plainly(events: QuerySet[Event], column: str, values: Sequence[str | int]) -> QuerySet[Event]:
    """Narrow by a column without its index."""
    if isinstance(values[0], int):
        plain: Combinable = F(column) + 0
    else:
        plain = Concat(F(column), Value(""))
    return events.alias(**{f"plain_{column}": plain}).filter(**{f"plain_{column}__in": values})


def _one_column_at_most(filters: Filters) -> bool:
    columns = (
        bool(filters.feed),
        bool(filters.kind),
        filters.asn is not None,
        filters.constituent is not None,
        bool(filters.country),
    )
    return sum(columns) <= 1 and not filters.severity and not filters.text


def _behind(rows: QuerySet[Event], place: Place) -> QuerySet[Event]:
    # The first condition follows from the second; it is what lets the index begin at the place.
    return rows.filter(at__lte=place.at).filter(
        Q(at__lt=place.at) | Q(at=place.at, id__lt=place.id)
    )

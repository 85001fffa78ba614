"""The list of episodes: any filters, page by page from the one seen last, counted up to a cap."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.events.selectors.facets import facets_of
from lionrock.desk.events.selectors.filters import COUNTED, PAGE, Counted, Facets, Filters, Place
from lionrock.desk.events.selectors.search import few, holding, narrowed, within

FACETS: Final = ("kind", "asn", "constituent_id", "located", "severity", "standing")
EXPORTED: Final = 100_000
TAKEN: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePage:
    """Some episodes, the one seen last first, and whether there are any before and behind them."""

    rows: tuple[Episode, ...]
    has_before: bool
    has_after: bool


def episodes_page(
    filters: Filters, *, after: Place | None = None, before: Place | None = None, size: int = PAGE
) -> EpisodePage:
    """Return the episodes after or before a place (``last_seen`` and id), or those seen last."""
    if before is not None:
        found = _upwards(filters, before, size + 1)
        return EpisodePage(
            rows=tuple(found[:size][::-1]), has_before=len(found) > size, has_after=True
        )
    found = _downwards(filters, after, size + 1)
    return EpisodePage(
        rows=tuple(found[:size]), has_before=after is not None, has_after=len(found) > size
    )


def latest_episodes(filters: Filters, number: int) -> list[Episode]:
    """Return the episodes seen last, in order."""
    return _downwards(filters, None, number)


def count_episodes(filters: Filters, *, cap: int = COUNTED) -> Counted:
    """Count the matching episodes, up to ``cap``."""
    number = matching(filters).order_by()[: cap + 1].count()
    return Counted(number=min(number, cap), more=number > cap)


def episode_facets(filters: Filters, *, cap: int = COUNTED) -> Facets:
    """Return the frequent values per column among ``cap`` matching episodes."""
    rows = matching(filters).order_by().values_list(*FACETS)[: cap + 1]
    return facets_of(list(rows), FACETS, cap)


def each_episode(filters: Filters, *, limit: int = EXPORTED) -> Iterator[Episode]:
    """Yield matching episodes from the one seen last, for exports; memory stays flat."""
    place: Place | None = None
    while limit > 0:
        page = episodes_page(filters, after=place, size=min(TAKEN, limit))
        yield from page.rows
        if not page.has_after or not page.rows:
            return
        limit -= len(page.rows)
        last = page.rows[-1]
        place = Place(at=last.last_seen, id=last.pk)


def matching(filters: Filters) -> QuerySet[Episode]:
    """Return the episodes that the filters let through, in no order."""
    ids = few(filters, feed=True)
    if ids is not None:
        return within(Episode.objects.filter(id__in=ids), filters.since, filters.before)
    rows = within(narrowed(filters), filters.since, filters.before)
    return holding(rows, filters, feed=True)


def _downwards(filters: Filters, after: Place | None, size: int) -> list[Episode]:
    def rows(narrow: QuerySet[Episode]) -> Iterable[Episode]:
        if after is not None:
            narrow = narrow.filter(last_seen__lte=after.at).filter(
                Q(last_seen__lt=after.at) | Q(last_seen=after.at, id__lt=after.id)
            )
        return narrow.order_by("-last_seen", "-id")[:size]

    several = [list(rows(part)) for part in _parts(filters)]
    return list(heapq.merge(*several, key=_place, reverse=True))[:size]


def _upwards(filters: Filters, before: Place, size: int) -> list[Episode]:
    def rows(narrow: QuerySet[Episode]) -> Iterable[Episode]:
        return (
            narrow.filter(last_seen__gte=before.at)
            .filter(Q(last_seen__gt=before.at) | Q(last_seen=before.at, id__gt=before.id))
            .order_by("last_seen", "id")[:size]
        )

    several = [list(rows(part)) for part in _parts(filters)]
    return list(heapq.merge(*several, key=_place))[:size]


def _parts(filters: Filters) -> list[QuerySet[Episode]]:
    """Return the matching episodes, by standing: the index in order of time begins with it."""
    rows = matching(filters)
    if filters.standing:
        return [rows]
    return [rows.filter(standing=standing) for standing in Standing.values]


def _place(episode: Episode) -> tuple[float, int]:
    return episode.last_seen.timestamp(), episode.pk

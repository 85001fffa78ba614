"""The list of episodes: any filters, page by page from the one seen last, surveyed up to a cap."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.models import QuerySet

from lionrock.desk.events.models import Episode, Standing
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

FACETS: Final = ("kind", "asn", "constituent_id", "located", "severity", "standing")
LATEST: Final = 20_000
"""Episodes opened last, among which those of a day are looked for."""
DOWN: Final = latest_first("last_seen", longest=32_768)
UP: Final = earliest_first("last_seen", longest=32_768)


def episodes_page(
    filters: Filters,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE,
    until: float | None = None,
) -> Page[Episode]:
    """Return the episodes after or before a place (``last_seen`` and id), or those seen last.

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


def survey_episodes(
    filters: Filters, *, cap: int = COUNTED, until: float | None = None
) -> tuple[Counted, Facets]:
    """Count the matching episodes and their frequent values per column, up to ``cap`` of them."""
    return survey(_ways(filters), within(DOWN, filters), until=until, columns=FACETS, cap=cap)


def each_episode(filters: Filters, *, limit: int = EXPORTED) -> Iterator[Episode]:
    """Yield matching episodes from the one seen last, for exports; memory stays flat."""
    return each_of(_ways(filters), within(DOWN, filters), limit=limit)


def _ways(filters: Filters) -> list[Way[Episode]]:
    """Return the ways to meet what matches; every index in order of time begins with standing."""
    episodes = Episode.objects.all()
    words = sought(filters, feed=True)

    def way(parts: Sequence[QuerySet[Episode]], *, but: Sequence[str] = ()) -> Way[Episode]:
        narrow = [words.holding(_narrowed(part, filters, but=but)) for part in parts]
        return Way(all=tuple(parts), matching=tuple(narrow))

    if words.ids is not None:
        named = episodes.filter(id__in=words.ids)
        return [way([_opened(named, filters)])]
    if filters.opened is not None:
        return [way([_opened(episodes, filters)])]
    standings = [filters.standing] if filters.standing else list(Standing.values)
    by_standing = [episodes.filter(standing=standing) for standing in standings]
    if filters.constituent is None:
        return [way(by_standing, but=["standing"])]
    own = [part.filter(constituent_id=filters.constituent) for part in by_standing]
    return [
        way(own, but=["standing", "constituent_id"]),
        way(by_standing, but=["standing"]),
    ]


def _opened(episodes: QuerySet[Episode], filters: Filters) -> QuerySet[Episode]:
    """Narrow to what deliveries of a time opened: it stands near the end of the table."""
    if filters.opened is None:
        return episodes
    latest = Episode.objects.order_by("-id").values("id")[:LATEST]
    came = Blob.objects.filter(received_at__gte=filters.opened).values("id")
    return episodes.filter(id__in=latest, blob_id__in=came)


def _narrowed(
    episodes: QuerySet[Episode], filters: Filters, *, but: Sequence[str]
) -> QuerySet[Episode]:
    """Narrow by every column ``but`` those that the way itself is narrowed by."""
    asked: dict[str, Sequence[str] | Sequence[int]] = {
        "constituent_id": [] if filters.constituent is None else [filters.constituent],
        "asn": [] if filters.asn is None else [filters.asn],
        "kind": kinds_of(filters.kind) if filters.kind else [],
        "located": [filters.country] if filters.country else [],
        "severity": [filters.severity] if filters.severity else [],
        "standing": [filters.standing] if filters.standing else [],
    }
    for column, values in asked.items():
        if values and column not in but:
            episodes = plainly(episodes, column, values)
    return episodes

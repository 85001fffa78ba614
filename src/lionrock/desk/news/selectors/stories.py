"""Stories page by page, one story with its items, and how the sources fare."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from lionrock.briefing.news.items import NewsSource
from lionrock.desk.news.known import known_sources
from lionrock.desk.news.models import Item, Source, Story, Unread, UnreadState

PAGE: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader narrowed the list to."""

    search: str = ""
    which: str = "matched"
    """``matched`` what names something of the region, ``exploited``, ``all``, or ``away``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source, followed or not; ``row`` is None for one that nobody ever followed."""

    name: str
    known: NewsSource | None
    row: Source | None
    broken: int


def stories(filters: Filters, *, page: int = 1) -> tuple[list[Story], bool]:
    """Return stories that match, the latest first, and whether there are more."""
    rows = Story.objects.all()
    if filters.which == "away":
        rows = rows.exclude(put_away_at=None)
    else:
        rows = rows.filter(put_away_at=None)
    if filters.which == "matched":
        rows = rows.filter(matched=True)
    if filters.which == "exploited":
        rows = rows.filter(exploited=True)
    if filters.search:
        told = Item.objects.filter(
            Q(title__icontains=filters.search) | Q(summary__icontains=filters.search)
        )
        rows = rows.filter(pk__in=told.values("story"))
    start = (page - 1) * PAGE
    found = list(rows.order_by("-latest_at", "-id")[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def story(*, story_id: int) -> Story | None:
    """Return a story."""
    return Story.objects.select_related("put_away_by").filter(pk=story_id).first()


def items_of(found: Story) -> list[Item]:
    """Return a story's items, the oldest first."""
    return list(found.items.select_related("source").order_by("published_at", "id")[:500])


def sources() -> list[SourceRow]:
    """Return every source that is known, those that fail first, then those that are followed."""
    rows = {row.name: row for row in Source.objects.select_related("wanted_by")}
    broken: Mapping[int, int] = dict(
        Unread.objects.filter(state=UnreadState.OPEN)
        .order_by()
        .values_list("source_id")
        .annotate(Count("id"))
    )
    known = known_sources()
    found = [
        SourceRow(
            name=name,
            known=known.get(name),
            row=rows.get(name),
            broken=broken.get(rows[name].pk, 0) if name in rows else 0,
        )
        for name in sorted({*known, *rows})
    ]

    def place(each: SourceRow) -> tuple[bool, bool, str]:
        row = each.row
        return (not (row and row.failures), not (row and row.wanted), each.name)

    return sorted(found, key=place)


def unread_of(source: Source, *, size: int = 50) -> list[Unread]:
    """Return what of a source could not be read, the latest first."""
    return list(source.rejects.defer("raw").order_by("-last_at", "-id")[:size])

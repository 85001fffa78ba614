"""Follows and leaves sources, and says when each is next asked."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from lionrock.briefing.news.items import NewsSource
from lionrock.core.errors import GiveUp
from lionrock.desk.audit.services import record
from lionrock.desk.news.known import known_sources
from lionrock.desk.news.models import Source

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person

FIRST_WAIT: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=24)
AT_ONCE: Final = 20
"""Sources that are asked in one go."""


@transaction.atomic
def follow(*, name: str, wanted: bool, by: "Person | None", now: datetime) -> Source:
    """Begin to follow a source, or leave it; raise GiveUp for one that nobody knows."""
    row = Source.objects.select_for_update().filter(name=name).first()
    if row is None:
        row = _row(name)
    if row.wanted == wanted and row.pk:
        return row
    row.wanted, row.wanted_at, row.wanted_by = wanted, now, by
    row.next_at = now if wanted else None
    row.failures, row.failure = 0, ""
    row.save()
    record(
        by=by,
        action="news.followed" if wanted else "news.left",
        subject=row.name,
        details={"address": row.address},
        now=now,
    )
    return row


@transaction.atomic
def add(*, source: NewsSource, by: "Person | None", now: datetime) -> Source:
    """Add a source that is not shipped, or change it; it is not followed by this."""
    row = Source.objects.select_for_update().filter(name=source.name).first() or Source()
    _write(row, source)
    # Another address says nothing of what the former one had.
    row.etag, row.last_modified, row.read_upto = "", "", None
    row.save()
    record(
        by=by,
        action="news.added",
        subject=row.name,
        details={"address": row.address},
        now=now,
    )
    return row


def due(*, now: datetime) -> list[Source]:
    """Return the sources to ask now, the longest waiting first."""
    rows = Source.objects.filter(Q(next_at=None) | Q(next_at__lte=now), wanted=True)
    return list(rows.order_by("next_at", "pk")[:AT_ONCE])


def refresh_known() -> None:
    """Give sources what the lists say of them now: addresses move, terms change."""
    every = known_sources()
    for row in Source.objects.filter(name__in=every):
        known = every[row.name]
        moved = row.address != known.address
        if moved or row.terms != known.terms or row.title != known.title:
            _write(row, known)
            if moved:
                row.etag, row.last_modified, row.read_upto = "", "", None
            row.save()


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    return min(FIRST_WAIT * (1 << min(failures - 1, 12)), LONGEST_WAIT)


def _row(name: str) -> Source:
    found = known_sources().get(name)
    if found is None:
        raise GiveUp(f"there is no source called {name}; see: lionrock news list")
    row = Source()
    _write(row, found)
    return row


def _write(row: Source, source: NewsSource) -> None:
    row.name, row.title, row.kind = source.name, source.title[:200], source.kind.value
    row.address, row.page, row.publisher = source.address, source.page, source.publisher[:100]
    row.origin, row.language, row.terms = source.origin.value, source.language, source.terms[:500]
    row.every_hours = source.every_hours

"""Rings when a feed falls silent and stops when it is heard again: a silent feed looks like a safe region.

What counts as silence follows from what an answer means:

- Where the provider's own server answers (HTTP, Shadowserver, TAXII, MISP, n6), "nothing new" is an
  answer. The feed rings when no attempt was answered for one interval and a quarter, or when three
  intervals went by with answers but without a delivery, unless the feed may be empty.
- A drop folder, a mailbox and our own endpoint always answer; they say nothing about the source.
  There only a delivery counts: the feed rings after one interval and a quarter without one.

So a delivery that does not come is told within one interval of when it was due. A feed that never
delivered is counted from when it was switched on. A feed with no expected interval, and
one that a person muted, does not ring.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from lionrock.core.feeds import Carrier
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import Source
from lionrock.desk.feeds.services.sources import running
from lionrock.feeds import catalogue

ANSWERS_FOR_ITSELF: Final = frozenset(
    {Carrier.HTTP, Carrier.SHADOWSERVER, Carrier.TAXII, Carrier.MISP, Carrier.N6}
)
"""Carriers whose answer comes from the provider."""
GRACE: Final = 1.25
"""Intervals without a sign of life until the alarm rings."""
PATIENCE: Final = 3
"""Intervals without a delivery, the provider answering, until the alarm rings."""


def ring(*, now: datetime) -> list[str]:
    """Let every feed's alarm say what is so; return the feeds that ring since this moment."""
    known = set(catalogue())
    rang = []
    for feed in Source.objects.filter(enabled=True).order_by("feed").values_list("feed", flat=True):
        if feed in known and settle(feed=feed, now=now):
            rang.append(feed)
    return rang


@transaction.atomic
def settle(*, feed: str, now: datetime) -> bool:
    """Set or clear the feed's alarm and record the change; True when it rings since this moment."""
    source = Source.objects.select_for_update().get(pk=feed)
    since = silent_since(source, now=now)
    if since is not None and source.silent_since is None:
        source.silent_since = since
        source.save(update_fields=["silent_since"])
        record(
            by=None,
            action="feed.silent",
            subject=feed,
            details={"since": since.isoformat()},
            now=now,
        )
        return True
    if since is None and source.silent_since is not None:
        before = source.silent_since
        source.silent_since = None
        source.save(update_fields=["silent_since"])
        record(
            by=None,
            action="feed.heard",
            subject=feed,
            details={"since": before.isoformat()},
            now=now,
        )
    return False


def silent_since(source: Source, *, now: datetime) -> datetime | None:
    """Return since when the source owes a sign of life, ``None`` while it owes none."""
    runs = running(source)
    muted = source.muted_until is not None and source.muted_until > now
    if not source.enabled or runs.every is None or muted:
        return None
    begun = source.enabled_at or source.tried_at
    delivered = _latest(begun, source.delivered_at)
    if runs.carrier not in ANSWERS_FOR_ITSELF:
        return _overdue(delivered, runs.every * GRACE, now)
    unheard = _overdue(
        _latest(begun, source.heard_at, source.delivered_at), runs.every * GRACE, now
    )
    if unheard is not None or runs.feed.may_be_empty:
        return unheard
    return _overdue(delivered, runs.every * PATIENCE, now)


def _overdue(last: datetime | None, allowed: timedelta, now: datetime) -> datetime | None:
    """Return ``last`` when more than ``allowed`` went by since."""
    return last if last is not None and now - last > allowed else None


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)

"""What a person may ask of a feed beside its settings: collect it now, and stop ringing."""

from datetime import datetime, timedelta

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import Source
from lionrock.desk.feeds.services.sources import source_of
from lionrock.desk.people.models import Person


@transaction.atomic
def collect_now(*, feed: str, by: Person, now: datetime) -> Source:
    """Make the feed due at once, whatever its back-off; the next free worker collects it."""
    source = source_of(feed)
    source.next_at = now
    source.save(update_fields=["next_at"])
    record(by=by, action="feed.collect", subject=feed, details={}, now=now)
    return source


@transaction.atomic
def mute(*, feed: str, days: int, by: Person, now: datetime) -> Source:
    """Keep the feed's alarm quiet for so many days; with 0 it may ring again."""
    source = source_of(feed)
    source.muted_until = now + timedelta(days=days) if days else None
    source.save(update_fields=["muted_until"])
    record(by=by, action="feed.mute", subject=feed, details={"days": days}, now=now)
    return source

"""Whether an episode is too old to tell anybody of: last year's reports, handed in today, are no news."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from lionrock.desk.events.models import Episode
from lionrock.feeds.own import FEED as OWN

_DAY: Final = timedelta(days=1)


def too_old(episode: Episode, *, now: datetime) -> bool:
    """Return whether an episode was last seen too long before ``now`` for somebody to hear of it first.

    Findings of our own never are, since a person just decided them, and neither is what a letter
    told of before: whoever knows of it is told how it went on.
    """
    if episode.told_at is not None or OWN.id in episode.feeds:
        return False
    return long_past(episode.last_seen, now=now)


def long_past(at: datetime, *, now: datetime) -> bool:
    """Return whether what was seen at that time, and not since, is no news any more."""
    limit: int = settings.LIONROCK_TELL_DAYS
    return bool(limit) and (now - at) / _DAY > limit

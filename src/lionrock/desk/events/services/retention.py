"""Removes what was kept long enough: deliveries' bytes, rejects, events, and at last episodes.

Counts stay for ever: they name nobody. What may travel least far (TLP:RED and TLP:AMBER+STRICT) goes
first. Rows go in small transactions, so that everybody else can write in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction

from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.desk.events.models import Episode, Event, Passed, Reject, Word
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services.blobs import erase_blob
from lionrock.feeds import feed_of

SECRET: Final = (Tlp.AMBER_STRICT.value, Tlp.RED.value)
CHUNK: Final = 5_000
"""Rows of one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """After how many days what is removed."""

    blobs: int
    events: int
    secret: int
    """What bears TLP:RED or TLP:AMBER+STRICT: deliveries' bytes and events."""
    episodes: int

    @classmethod
    def current(cls) -> "Ages":
        """Return what the settings say."""
        return cls(
            blobs=settings.LIONROCK_KEEP_DELIVERIES,
            events=settings.LIONROCK_KEEP_EVENTS,
            secret=settings.LIONROCK_KEEP_SECRET,
            episodes=settings.LIONROCK_KEEP_EPISODES,
        )

    def oldest(self, tlp: str, *, now: datetime) -> datetime:
        """Return the time before which an event with that label is not kept."""
        days = min(self.events, self.secret) if tlp in SECRET else self.events
        return now - timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How many of each were removed."""

    blobs: int
    rejects: int
    events: int
    episodes: int


def retain(*, now: datetime) -> Removed:
    """Remove everything whose time is over; killed in between, the next run does the rest."""
    ages = Ages.current()
    secret = Event.objects.filter(tlp__in=SECRET, at__lt=ages.oldest(Tlp.RED.value, now=now))
    old = Event.objects.filter(at__lt=ages.oldest(Tlp.CLEAR.value, now=now))
    events = _remove(secret, "at") + _remove(old, "at")
    passed = Passed.objects.filter(at__lt=ages.oldest(Tlp.CLEAR.value, now=now))
    events += _remove(passed, "at")
    before = now - timedelta(days=ages.episodes)
    episodes = sum(
        _remove_episodes(Episode.objects.filter(standing=standing, last_seen__lt=before))
        for standing in ("unseen", "fixed", "not_ours", "open")
    )
    return Removed(
        blobs=sum(1 for blob in _blobs(ages, now) if _erase(blob, now)),
        rejects=_remove(Reject.objects.filter(at__lt=now - timedelta(days=ages.blobs)), "id"),
        events=events,
        episodes=episodes,
    )


def _blobs(ages: Ages, now: datetime) -> Iterator[Blob]:
    """Yield the deliveries whose bytes go; what waits to be read stays."""
    before = {False: ages.blobs, True: min(ages.blobs, ages.secret)}
    labels = dict(Source.objects.exclude(tlp="").values_list("feed", "tlp"))
    done = Blob.objects.filter(erased_at=None, state__in=[BlobState.COMPLETE, BlobState.FAILED])
    shortest = now - timedelta(days=min(before.values()))
    for blob in done.filter(last_at__lt=shortest).order_by("id").iterator():
        secret = (labels.get(blob.feed) or _label(blob.feed)) in SECRET
        if blob.last_at < now - timedelta(days=before[secret]):
            yield blob


def _label(feed: str) -> str:
    try:
        return feed_of(feed).tlp.value
    except GiveUp:
        return Tlp.RED.value  # a feed nobody knows any more: as if it were the most secret


def _erase(blob: Blob, now: datetime) -> bool:
    erase_blob(blob, now=now)
    return True


def _remove(
    rows: "models.QuerySet[Event] | models.QuerySet[Passed] | models.QuerySet[Reject]", column: str
) -> int:
    """Delete the rows in order of a column, so that no walk begins again at the oldest."""
    removed = 0
    behind: object = None
    while True:
        left = rows if behind is None else rows.filter(**{f"{column}__gte": behind})
        found = list(left.order_by(column).values_list("pk", column)[:CHUNK])
        if not found:
            return removed
        with transaction.atomic():
            left.model._base_manager.filter(pk__in=[pk for pk, _ in found]).delete()
        removed += len(found)
        behind = found[-1][1]


def _remove_episodes(rows: "models.QuerySet[Episode]") -> int:
    removed = 0
    while found := list(rows.order_by("last_seen").values_list("pk", flat=True)[: CHUNK // 5]):
        with transaction.atomic():
            _with_events(found)
        removed += len(found)
    return removed


def _with_events(ids: Sequence[int]) -> None:
    Word.objects.filter(episode_id__in=ids).delete()
    Event.objects.filter(episode_id__in=ids).delete()
    Episode.objects.filter(pk__in=ids).delete()

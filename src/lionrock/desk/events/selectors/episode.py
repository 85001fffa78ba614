"""What one episode's page shows beside the episode itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate

from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.selectors.responsible import Told, keys_of, ladders
from lionrock.desk.events.models import Episode, Event, Standing
from lionrock.desk.events.services.stand import subject_of
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import NoticeItem
from lionrock.desk.notices.services.age import too_old

LOOKED_AT: Final = 50_000
"""Events counted for the timeline, the latest: an episode of a busy scanner may have millions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a person said of an episode."""

    at: datetime
    who: str
    action: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """Nobody was told of an episode: it was last seen ``days`` before it came in, beyond the ``limit``."""

    days: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saw:
    """One source of an episode: how often it saw it, first and last."""

    feed: str
    report: str
    events: int
    first: datetime
    last: datetime


def events_by_day(episode: Episode) -> dict[date, int]:
    """Return how many events each day had, in the region's days; the latest ``LOOKED_AT`` of them."""
    latest = Event.objects.filter(episode_id=episode.pk).order_by("-at").values("id")[:LOOKED_AT]
    counted = (
        Event.objects.filter(id__in=latest)
        .annotate(day=TruncDate("at"))
        .values_list("day")
        .annotate(n=Count("id"))
        .order_by("day")
    )
    return dict(counted)


def sources_of(episode: Episode) -> list[Saw]:
    """Return the feeds and reports that saw it, the most diligent first."""
    latest = Event.objects.filter(episode_id=episode.pk).order_by("-at").values("id")[:LOOKED_AT]
    rows = (
        Event.objects.filter(id__in=latest)
        .values("feed", "report")
        .annotate(n=Count("id"), first=Min("at"), last=Max("at"))
        .order_by("-n", "feed", "report")
    )
    return [
        Saw(feed=r["feed"], report=r["report"], events=r["n"], first=r["first"], last=r["last"])
        for r in rows
    ]


def notices_of(episode: Episode) -> Sequence[NoticeItem]:
    """Return in which notices it was told, the latest first."""
    return list(
        NoticeItem.objects.filter(episode_id=episode.pk)
        .select_related("notice", "notice__constituent")
        .order_by("-notice__made_at")[:20]
    )


def aged(episode: Episode) -> Aged | None:
    """Return why nobody was told, where that is its age; None where somebody was, or may still be.

    The delivery that brought it last keeps when it was routed, and so when this was decided.
    """
    if episode.standing not in (Standing.OPEN, Standing.UNSEEN):
        return None
    routed = (
        Blob.objects.filter(pk=episode.last_blob_id).values_list("routed_at", flat=True).first()
    )
    if (
        routed is None
        or not too_old(episode, now=routed)
        or NoticeItem.objects.filter(episode_id=episode.pk).exists()
    ):
        return None
    return Aged(days=(routed - episode.last_seen).days, limit=settings.LIONROCK_TELL_DAYS)


def ladder_of(episode: Episode) -> list[Told]:
    """Return who would be told about it now, in their order, by the facts the episode holds."""
    return ladders().of(
        address=episode.address or None,
        asn=episode.asn,
        host=episode.host or None,
        sought=keys_of(network=episode.network, asn=episode.asn, host=episode.host),
    )


def said_of(episode: Episode) -> list[Said]:
    """Return what people said of it, the latest first; who and why stand in the audit log."""
    entries = Entry.objects.filter(subject=subject_of(episode.pk)).order_by("-number")[:50]
    return [
        Said(
            at=entry.at,
            who=entry.actor,
            action=entry.action,
            note=str(entry.details.get("note", "")),
        )
        for entry in entries
    ]


def others_of(episode: Episode) -> Sequence[Episode]:
    """Return other episodes on the same asset, the latest first."""
    return list(
        Episode.objects.filter(asset=episode.asset, asset_kind=episode.asset_kind)
        .exclude(pk=episode.pk)
        .order_by("-last_seen")[:10]
    )

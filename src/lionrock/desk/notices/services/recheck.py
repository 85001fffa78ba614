"""Was it fixed? Complete scans that no longer list it say so, or its recipient; silence never does.

An episode is fixed when the ``scans_to_fix`` latest complete scans of a report that listed it, each of
another day after it was last seen, do not list it. Had one of them listed it, it would have been seen
later; so days are all that has to be counted. What was not looked at by a scan becomes “not seen
since” once its kind's gap has passed, and no more than that.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from django.db import transaction
from django.db.models import Max, Min

from lionrock.core.events import Seen
from lionrock.core.problems import gap_of
from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Episode, Event, FixedBy, Standing
from lionrock.desk.notices.models import Notice, NoticeItem, NoticeState, Scan
from lionrock.desk.notices.services.mailing import mailing
from lionrock.desk.notices.services.stale import cancel_letters, changed

CHUNK: Final = 1000
_STILL: Final = [Standing.OPEN, Standing.UNSEEN]
_SETTLED: Final = [Standing.FIXED, Standing.NOT_OURS]


class Probe(Protocol):
    """Looks at an asset ourselves; only where its owner agreed to it."""

    def __call__(self, episode: Episode, /) -> bool | None:
        """Tell whether the problem is still there; None where the probe cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What one recheck changed: episodes fixed and unseen, notices closed."""

    fixed: int = 0
    unseen: int = 0
    closed: int = 0


def recheck(*, now: datetime, probe: Probe | None = None) -> Rechecked:
    """Settle what scans or a probe say is fixed, note what was not seen, close what is done.

    Every step asks the tables anew: run twice, or again after a crash, it gives the same.
    """
    fixed = _by_scans(now=now)
    if probe is not None:
        fixed += _by_probe(probe, now=now)
    return Rechecked(fixed=fixed, unseen=_unseen(now=now), closed=close_done(now=now))


def _by_scans(*, now: datetime) -> int:
    needed = mailing().scans_to_fix
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for feed, report, day in (
        Scan.objects.filter(complete=True)
        .order_by("feed", "report", "day")
        .values_list("feed", "report", "day")
        .distinct()
    ):
        days[feed, report].append(day)
    if not days:
        return 0
    latest = max(found[-1] for found in days.values())
    before = datetime(latest.year, latest.month, latest.day, tzinfo=UTC)
    count, last = 0, 0
    while True:
        chunk = list(
            Episode.objects.filter(
                pk__gt=last, standing__in=_STILL, seen=Seen.SCAN.value, last_seen__lt=before
            )
            .order_by("pk")
            .values_list("pk", flat=True)[:CHUNK]
        )
        if not chunk:
            return count
        last = chunk[-1]
        count += _settle(chunk, days, needed, now)


@transaction.atomic
def _settle(
    ids: Sequence[int],
    days: dict[tuple[str, str], list[date]],
    needed: int,
    now: datetime,
) -> int:
    """Settle one chunk, its rows locked: whoever sees one again meanwhile comes before or after."""
    chunk = list(
        Episode.objects.select_for_update()
        .filter(pk__in=ids, standing__in=_STILL)
        .order_by("pk")
        .only("pk", "last_seen", "misses")
    )
    reports: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for pk, feed, report in (
        Event.objects.filter(episode_id__in=[one.pk for one in chunk])
        .values_list("episode_id", "feed", "report")
        .distinct()
    ):
        reports[pk].add((feed, report))
    missed: dict[int, list[int]] = defaultdict(list)
    for episode in chunk:
        seen = episode.last_seen.astimezone(UTC).date()
        misses = max((_later(days.get(one, ()), seen) for one in reports[episode.pk]), default=0)
        if misses != episode.misses or misses >= needed:
            missed[misses].append(episode.pk)
    fixed = 0
    for misses, rows in missed.items():
        chosen = Episode.objects.filter(pk__in=rows)
        if misses >= needed:
            fixed += chosen.update(
                standing=Standing.FIXED,
                fixed_by=FixedBy.SCANS,
                standing_since=now,
                misses=misses,
            )
        else:
            chosen.update(misses=misses)
    return fixed


def _later(days: Iterable[date], seen: date) -> int:
    return sum(1 for day in days if day > seen)


def _by_probe(probe: Probe, *, now: datetime) -> int:
    told = NoticeItem.objects.filter(settled_at=None).values("episode_id")
    fixed = 0
    for episode in Episode.objects.filter(pk__in=told, standing__in=_STILL).order_by("pk"):
        if probe(episode) is False:
            fixed += Episode.objects.filter(
                pk=episode.pk, last_seen=episode.last_seen, standing__in=_STILL
            ).update(standing=Standing.FIXED, fixed_by=FixedBy.PROBE, standing_since=now)
    return fixed


def _unseen(*, now: datetime) -> int:
    """Mark what no source has seen for longer than its kind's gap."""
    count = 0
    kinds = Episode.objects.filter(standing=Standing.OPEN).values_list("kind", flat=True)
    for kind in list(kinds.order_by("kind").distinct()):
        gap = gap_of(Rsit(kind)) if kind in set(Rsit) else timedelta(days=7)
        count += Episode.objects.filter(
            standing=Standing.OPEN, kind=kind, last_seen__lt=now - gap
        ).update(standing=Standing.UNSEEN, standing_since=now)
    return count


def close_done(*, now: datetime) -> int:
    """Note which told episodes are settled, and close the notices that have no other left."""
    items = NoticeItem.objects.filter(settled_at=None)
    settled = Episode.objects.filter(standing__in=_SETTLED)
    touched = list(
        items.filter(episode_id__in=settled.values("pk"))
        .order_by("notice_id")
        .values_list("notice_id", flat=True)
        .distinct()
    )
    return sum(_close(pk, now) for pk in touched)


@transaction.atomic
def _close(notice_id: int, now: datetime) -> int:
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    settled = Episode.objects.filter(
        pk__in=notice.items.values("episode_id"), standing__in=_SETTLED
    )
    notice.items.filter(settled_at=None, episode_id__in=settled.values("pk")).update(settled_at=now)
    if notice.state == NoticeState.CLOSED or notice.items.filter(settled_at=None).exists():
        return 0
    if notice.letters.filter(state="sending").exists():
        return 0  # its letter is leaving: closed at the next recheck
    cancel_letters(notice)
    notice.state = NoticeState.CLOSED
    notice.closed_at = now
    notice.escalate_at = None
    changed(notice, "state", "closed_at", "escalate_at")
    return 1


def span_of_scans() -> dict[tuple[str, str], tuple[date, date]]:
    """Return for each feed and report the first and the last day of its complete scans."""
    rows = (
        Scan.objects.filter(complete=True)
        .values_list("feed", "report")
        .annotate(first=Min("day"), last=Max("day"))
        .order_by("feed", "report")
    )
    return {(feed, report): (first, last) for feed, report, first, last in rows}

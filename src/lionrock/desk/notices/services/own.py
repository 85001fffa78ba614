"""What confirmed suspects become: handed to the road once per decision, called back when it is undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from lionrock.core.feeds import Carrier
from lionrock.desk.audit.services import record
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.notices.models import (
    Handed,
    Letter,
    LetterState,
    Notice,
    NoticeItem,
    NoticeState,
)
from lionrock.desk.notices.services.stale import cancel_letters, changed
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.models import Decision, Kind, State, Suspect
from lionrock.feeds.own import FEED, Confirmed, line_of

AT_ONCE: Final = 200
RECENT: Final = timedelta(days=30)
"""Decisions that are older when Lionrock first looks are history, not news."""
_UNSENT: Final = [NoticeState.WAITING, NoticeState.HELD, NoticeState.READY, NoticeState.FAILED]

Resolve = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one run did: suspects handed over, decisions taken back, notices cancelled."""

    handed: int = 0
    undone: int = 0
    cancelled: int = 0


def deliver_confirmed(*, resolve: Resolve, now: datetime) -> Delivered:
    """Hand newly confirmed suspects to the road, and call back those whose decision was undone.

    ``resolve`` returns a name's addresses, none where it has none. Each decision is handed over once
    by however many workers: its row and its delivery's row stand or fall together.
    """
    undone, cancelled = _call_back(now=now)
    handed, book = 0, brands.current()
    while fresh := _fresh(now=now):
        lines = {
            decision.pk: line_of(
                Confirmed(
                    host=decision.suspect.host,
                    confirmed_at=decision.at,
                    ref=f"decision {decision.pk}",
                    brand=book.name(decision.suspect.brand),
                    address=next(iter(resolve(decision.suspect.host)), None),
                )
            )
            for decision in fresh
        }
        done = _hand_over(fresh, lines, now=now)
        if not done:
            break
        handed += done
    return Delivered(handed=handed, undone=undone, cancelled=cancelled)


def is_taken_back(host: str) -> bool:
    """Tell whether every decision about a host that was handed over was undone since."""
    handed = Handed.objects.filter(host=host)
    return handed.exists() and not handed.filter(undone_at=None).exists()


def _fresh(*, now: datetime) -> list[Decision]:
    """Return the latest confirmations that still hold and were not handed over, oldest first."""
    latest = (
        Decision.objects.filter(kind__in=[Kind.CONFIRM, Kind.DISMISS, Kind.UNDO])
        .filter(suspect__state=State.CONFIRMED, at__gte=now - RECENT)
        .values("suspect_id")
        .annotate(last=Max("pk"))
        .values("last")
    )
    return list(
        Decision.objects.filter(pk__in=latest, kind=Kind.CONFIRM)
        .exclude(pk__in=Handed.objects.values("decision_id"))
        .select_related("suspect")
        .order_by("pk")[:AT_ONCE]
    )


@transaction.atomic
def _hand_over(fresh: Sequence[Decision], lines: dict[int, bytes], *, now: datetime) -> int:
    """Keep a delivery of those decisions that nobody handed over meanwhile."""
    suspects = {
        one.pk: one
        for one in Suspect.objects.select_for_update()
        .filter(pk__in=[decision.suspect_id for decision in fresh])
        .order_by("pk")
    }
    known = set(
        Handed.objects.filter(pk__in=[one.pk for one in fresh]).values_list("pk", flat=True)
    )
    still = [
        one
        for one in fresh
        if one.pk not in known and suspects[one.suspect_id].state == State.CONFIRMED
    ]
    if not still:
        return 0
    kept = keep_blob(
        feed=FEED.id,
        content=b"".join(lines[one.pk] for one in still),
        name=f"confirmed-{still[0].pk}-{still[-1].pk}.jsonl",
        carrier=Carrier.PUSH,
        origin="console",
        now=now,
    )
    Handed.objects.bulk_create(
        Handed(
            decision_id=one.pk,
            suspect_id=one.suspect_id,
            host=one.suspect.host,
            blob_id=kept.blob.pk,
            handed_at=now,
        )
        for one in still
    )
    # Confirmed anew after it was taken back: the episode that was put aside is open again.
    Episode.objects.filter(
        asset_kind="host",
        asset__in=[one.suspect.host for one in still],
        feeds=[FEED.id],
        standing=Standing.NOT_OURS,
    ).update(standing=Standing.OPEN, standing_since=now)
    return len(still)


def _call_back(*, now: datetime) -> tuple[int, int]:
    confirmed = Suspect.objects.filter(state=State.CONFIRMED)
    gone = list(
        Handed.objects.filter(undone_at=None)
        .exclude(suspect_id__in=confirmed.values("pk"))
        .values_list("pk", flat=True)
    )
    cancelled = sum(_undo(pk, now=now) for pk in gone)
    return len(gone), cancelled


@transaction.atomic
def _undo(decision_id: int, *, now: datetime) -> int:
    """Put the finding's episodes aside and take them out of every notice that has not left."""
    handed = Handed.objects.select_for_update().get(pk=decision_id)
    if handed.undone_at is not None:
        return 0
    handed.undone_at = now
    handed.save(update_fields=["undone_at"])
    episodes = Episode.objects.filter(asset_kind="host", asset=handed.host, feeds=[FEED.id])
    ids = list(episodes.values_list("pk", flat=True))
    episodes.filter(standing__in=[Standing.OPEN, Standing.UNSEEN]).update(
        standing=Standing.NOT_OURS, standing_since=now
    )
    notices = NoticeItem.objects.filter(episode_id__in=ids).values("notice_id")
    return sum(
        _take_out(notice, ids, handed, now=now)
        for notice in Notice.objects.select_for_update()
        .filter(pk__in=notices, state__in=_UNSENT)
        .order_by("pk")
    )


def _take_out(notice: Notice, episode_ids: Sequence[int], handed: Handed, *, now: datetime) -> int:
    if Letter.objects.filter(notice=notice, state=LetterState.SENDING).exists():
        return 0  # it is leaving this moment: nothing calls it back
    cancel_letters(notice)
    notice.items.filter(episode_id__in=episode_ids).update(settled_at=now)
    if notice.items.filter(settled_at=None).exists():
        changed(notice)
        return 0
    notice.state = NoticeState.CLOSED
    notice.closed_at = now
    changed(notice, "state", "closed_at")
    record(
        by=None,
        action="notice.undone",
        subject=notice.ticket,
        details={"name": handed.host},
        now=now,
    )
    return 1

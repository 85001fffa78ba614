"""What recipients say about their episodes: in the portal at once, by mail once a person accepts it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from lionrock.core.errors import NotOurs
from lionrock.desk.audit.services import record
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.notices.models import Answer, AnswerKind, Notice, NoticeState
from lionrock.desk.notices.services.stale import Stale, changed
from lionrock.desk.people.models import Person

WORDS: Final = frozenset({AnswerKind.FIXED, AnswerKind.NOT_OURS, AnswerKind.WORKING})
"""The answers that say something about an episode."""

_ANSWERABLE: Final = frozenset(
    {NoticeState.SENT, NoticeState.ANSWERED, NoticeState.UNKNOWN, NoticeState.FAILED}
)


@transaction.atomic
def answer_in_portal(
    *,
    notice_id: int,
    seen_version: int,
    by: Person,
    kind: AnswerKind,
    text: str = "",
    episode_ids: Sequence[int] = (),
    now: datetime,
) -> Answer:
    """Keep a signed-in recipient's word about these episodes (none: all of the notice); it counts at once.

    Raises Stale when the notice changed since it was seen, and NotOurs when it, or an episode, is
    not one the person signs in for.
    """
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.constituent is None or not notice.constituent.people.filter(pk=by.pk).exists():
        raise NotOurs(f"{notice.ticket} is addressed to somebody else")
    if notice.version != seen_version or notice.state not in _ANSWERABLE:
        raise Stale(notice)
    if kind not in WORDS:
        raise ValueError(kind)
    own = set(notice.items.values_list("episode_id", flat=True))
    if not set(episode_ids) <= own:
        raise NotOurs("an episode is not part of this notice")
    answer = Answer.objects.create(
        notice=notice,
        kind=kind,
        sender=by.email,
        text=text[:20_000],
        episode_ids=sorted(set(episode_ids)),
        by=by,
        received_at=now,
        trusted=True,
        accepted=True,
    )
    take_word(answer, notice, now=now)
    record(
        by=by,
        action="notice.answer",
        subject=notice.ticket,
        details={"kind": kind.value, "episodes": len(episode_ids) or len(own)},
        now=now,
    )
    return answer


@transaction.atomic
def accept_answer(
    *, answer_id: int, seen_version: int, by: Person, kind: AnswerKind, now: datetime
) -> Answer:
    """Say that a mail means ``kind`` (fixed, not ours, working on it, or just a person's answer).

    ``seen_version`` is its notice's. What was accepted once is not accepted again.
    """
    answer = Answer.objects.get(pk=answer_id)
    if answer.notice_id is None:
        raise NotOurs("this mail belongs to no ticket")
    notice = Notice.objects.select_for_update().get(pk=answer.notice_id)
    answer.refresh_from_db()
    if notice.version != seen_version or answer.accepted is not None:
        raise Stale(notice)
    if kind not in WORDS and kind is not AnswerKind.HUMAN:
        raise ValueError(kind)
    proposed = answer.kind
    answer.kind = kind
    answer.accepted = kind in WORDS
    answer.seen_by = by
    answer.seen_at = now
    answer.save(update_fields=["kind", "accepted", "seen_by", "seen_at"])
    take_word(answer, notice, now=now)
    record(
        by=by,
        action="notice.accept-answer",
        subject=notice.ticket,
        details={"proposed": proposed, "kind": kind.value, "sender": answer.sender},
        now=now,
    )
    return answer


@transaction.atomic
def see_answer(*, answer_id: int, by: Person, now: datetime) -> Answer:
    """Note that somebody has read a mail that needs no decision (a bounce, an automatic reply)."""
    answer = Answer.objects.select_for_update().get(pk=answer_id)
    if answer.seen_at is None:
        answer.seen_by = by
        answer.seen_at = now
        answer.save(update_fields=["seen_by", "seen_at"])
        record(
            by=by,
            action="notice.see-answer",
            subject=answer.notice.ticket if answer.notice else answer.sender,
            details={"kind": answer.kind},
            now=now,
        )
    return answer


@transaction.atomic
def attach_answer(*, answer_id: int, ticket: str, by: Person, now: datetime) -> Answer:
    """Attach a mail that belonged to no ticket to one."""
    answer = Answer.objects.select_for_update().get(pk=answer_id)
    notice = Notice.objects.select_for_update().get(ticket=ticket)
    if answer.notice_id is not None:
        raise Stale(notice)
    answer.notice = notice
    if answer.kind == AnswerKind.UNKNOWN:
        answer.kind = AnswerKind.HUMAN
    answer.save(update_fields=["notice", "kind"])
    heard(notice, at=answer.received_at)
    record(
        by=by,
        action="notice.attach-answer",
        subject=notice.ticket,
        details={"sender": answer.sender},
        now=now,
    )
    return answer


def take_word(answer: Answer, notice: Notice, *, now: datetime) -> None:
    """Let a counting word change its episodes and its locked notice."""
    ids = answer.episode_ids or list(notice.items.values_list("episode_id", flat=True))
    open_ones = Episode.objects.filter(pk__in=ids, standing__in=[Standing.OPEN, Standing.UNSEEN])
    if answer.kind == AnswerKind.FIXED:
        open_ones.update(standing=Standing.FIXED, fixed_by=FixedBy.WORD, standing_since=now)
    elif answer.kind == AnswerKind.NOT_OURS:
        open_ones.update(standing=Standing.NOT_OURS, fixed_by="", standing_since=now)
    heard(notice, at=now)
    if answer.kind == AnswerKind.WORKING and not notice.passes:
        # They asked for time, not for silence: the same wait again, then the next one is told.
        notice.escalate_at = now + timedelta(days=notice.escalate_days)
        notice.save(update_fields=["escalate_at"])


def heard(notice: Notice, *, at: datetime) -> None:
    """Mark a locked notice answered by a person: it is not escalated for silence any more."""
    if notice.state in {NoticeState.SENT, NoticeState.UNKNOWN, NoticeState.FAILED}:
        notice.state = NoticeState.ANSWERED
    notice.answered_at = notice.answered_at or at
    notice.escalate_at = None
    changed(notice, "state", "answered_at", "escalate_at")

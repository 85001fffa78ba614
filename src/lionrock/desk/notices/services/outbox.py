"""Sends what is ready: claimed in one transaction, sent outside it, its receipt written in another.

A letter is marked as leaving before its first byte leaves. Whoever finds it so after its worker died
knows only that it may have left: its outcome is unknown, and a person decides. Nothing else sends.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import zstandard
from django.db import connection, transaction
from django.db.models import F

from lionrock.core.errors import GiveUp
from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import Contact
from lionrock.desk.constituents.selectors.responsible import living
from lionrock.desk.notices.models import Letter, LetterState, Notice, NoticeItem, NoticeState
from lionrock.desk.notices.services.compose import (
    Composed,
    KeyUnusable,
    NothingLeft,
    compose,
    message_id_of,
    references,
    sender_of,
    signing_key,
    wrap,
)
from lionrock.desk.notices.services.mailing import mailing, mailing_locked
from lionrock.desk.notices.services.stale import changed
from lionrock.desk.notices.services.told import mark_sent
from lionrock.net.smtp import NotNow, OutcomeUnknown, Receipt, Refused

ABANDONED: Final = timedelta(minutes=30)
"""Since when a leaving letter's worker counts as dead: longer than any run and sending may take."""
LONGEST_RUN: Final = timedelta(minutes=10)
BACK_OFF: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240, 480))
GIVE_UP_AFTER: Final = timedelta(days=5)
"""How long a recipient's server may say “later” (RFC 5321, 4.5.4.1)."""
CANDIDATES: Final = 200
"""Letters looked at for one that may leave; those at their address's limit are put off meanwhile."""
AN_HOUR: Final = timedelta(hours=1)
PORTION: Final = 20
"""Letters built before those are sent."""
PER_HOUR: Final = 20
"""Letters an hour to an address that belongs to no constituent."""
_COUNTED: Final = [
    LetterState.SENDING,
    LetterState.SENT,
    LetterState.UNKNOWN,
    LetterState.BOUNCED,
]
_DEAD: Final = {550, 551, 553, 556}
"""Replies to a recipient that say the address does not take mail at all."""


class Transport(Protocol):
    """What hands a mail to a server: ``net.smtp.send`` with its server, or a test's stand-in."""

    def __call__(self, message: bytes, *, sender: str, to: str) -> Receipt:
        """Return the server's receipt; raise NotNow, Refused or OutcomeUnknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What one run of the outbox did, in letters."""

    built: int = 0
    sent: int = 0
    later: int = 0
    refused: int = 0
    unknown: int = 0
    abandoned: int = 0


def send_due(*, transport: Transport, worker: str, now: datetime, limit: int = 1000) -> Sending:
    """Build, claim and send what is due, one letter at a time; return what was done.

    Safe to run by many workers at once and again after any crash. Ends after ``LONGEST_RUN``: the
    moment a letter was claimed is the run's, and who looks at it calls its worker dead by it. Letters
    are built a portion at a time, when none is left to send: a run that is cut short again and again
    still sends.
    """
    begun = time.monotonic()
    # A run of this worker that ended in the middle, the database being busy for too long, say, will
    # not write its receipt any more: a person need not wait for that as for a worker that may live.
    abandoned = settle_own(worker=worker, now=now) + settle_abandoned(now=now)
    built = 0
    counts = {"sent": 0, "later": 0, "refused": 0, "unknown": 0}
    passed: set[int] = set()
    tried: set[int] = set()
    for _ in range(limit):
        if time.monotonic() - begun > LONGEST_RUN.total_seconds():
            break
        letter = claim(worker=worker, now=now, passed=passed)
        if letter is None:
            portion = build_ready(now=now, limit=PORTION, apart_from=tried)
            if not portion:
                break
            tried.update(portion)
            built += sum(portion.values())
            continue
        passed.add(letter.pk)
        tried.add(letter.notice_id)  # whoever is next in its place is told by the next run
        counts[_send(letter, transport=transport, worker=worker, now=now)] += 1
    return Sending(built=built, abandoned=abandoned, **counts)


@transaction.atomic(durable=True)
def claim(*, worker: str, now: datetime, passed: set[int]) -> Letter | None:
    """Mark the next due letter as leaving and return it; None when nothing may leave now.

    The stop switch is read in the same transaction, under the lock that stopping takes: what is not
    claimed when somebody stops does not leave. An address at its hourly limit has to wait.
    """
    if mailing_locked().stopped:
        return None
    due = (
        Letter.objects.filter(
            state=LetterState.READY, next_at__lte=now, notice__state=NoticeState.READY
        )
        .exclude(pk__in=passed)
        .order_by("next_at", "pk")
    )
    skip = connection.features.has_select_for_update_skip_locked
    # Candidates without their bodies, and one row locked at a time: other senders take the next.
    for pk in list(due.values_list("pk", flat=True)[:CANDIDATES]):
        letter = (
            due.filter(pk=pk)
            .select_related("notice__constituent")
            .select_for_update(skip_locked=skip, of=("self",) if skip else ())
            .first()
        )
        if letter is None:
            continue
        free_at = _free_at(letter, now=now)
        if free_at > now:
            Letter.objects.filter(pk=letter.pk).update(next_at=free_at)
            continue
        letter.state = LetterState.SENDING
        letter.claimed_by = worker
        letter.claimed_at = now
        letter.attempts += 1
        letter.first_tried_at = letter.first_tried_at or now
        letter.save(
            update_fields=["state", "claimed_by", "claimed_at", "attempts", "first_tried_at"]
        )
        return letter
    return None


def _send(letter: Letter, *, transport: Transport, worker: str, now: datetime) -> str:
    message = zstandard.ZstdDecompressor().decompress(bytes(letter.body))
    try:
        receipt = transport(message, sender=sender_of(mailing()), to=letter.to)
    except NotNow as error:
        return _later(letter, error, worker=worker, now=now)
    except Refused as error:
        _refused(letter, error, worker=worker, now=now)
        return "refused"
    except OutcomeUnknown as error:
        with transaction.atomic():
            if held := _held(letter, worker):
                _unknown(held, str(error))
        return "unknown"
    with transaction.atomic():
        # A receipt that comes after the letter was taken for abandoned settles it.
        held = _held(letter, worker, LetterState.UNKNOWN)
        if held and held.settled_by_id is None:
            held.state = LetterState.SENT
            held.sent_at = now
            held.server = receipt.server
            held.receipt = receipt.text
            held.save(update_fields=["state", "sent_at", "server", "receipt"])
            notice = Notice.objects.select_for_update().get(pk=held.notice_id)
            mark_sent(notice, at=now)
    return "sent"


@transaction.atomic
def _later(letter: Letter, error: NotNow, *, worker: str, now: datetime) -> str:
    """Put the letter back as it is, later; give up when its recipient has said “later” for days."""
    held = _held(letter, worker)
    if held is None:
        return "later"
    held.receipt = str(error)
    too_long = held.first_tried_at is not None and now - held.first_tried_at > GIVE_UP_AFTER
    if too_long and not error.ours:
        held.state = LetterState.REFUSED
        held.save(update_fields=["state", "receipt"])
        fall_back(held, now=now)
        return "refused"
    held.state = LetterState.READY
    held.next_at = now + BACK_OFF[min(held.attempts, len(BACK_OFF)) - 1]
    held.save(update_fields=["state", "next_at", "receipt"])
    return "later"


@transaction.atomic
def _refused(letter: Letter, error: Refused, *, worker: str, now: datetime) -> None:
    held = _held(letter, worker)
    if held is None:
        return
    held.state = LetterState.REFUSED
    held.receipt = str(error)
    held.save(update_fields=["state", "receipt"])
    if error.stage == "sender":
        # Our own address is refused: no other recipient would fare better.
        notice = Notice.objects.select_for_update().get(pk=held.notice_id)
        notice.state = NoticeState.FAILED
        changed(notice, "state")
        return
    if error.stage == "recipient" and error.code in _DEAD:
        mark_dead(held, why=str(error), now=now)
    fall_back(held, now=now)


def mark_dead(letter: Letter, *, why: str, now: datetime) -> None:
    """Mark the letter's contact as one that mail does not reach, on every row with its address."""
    if letter.notice.constituent_id is None:
        return
    dead = Contact.objects.filter(
        constituent=letter.notice.constituent_id, email__iexact=letter.to, dead_since=None
    )
    if dead.update(dead_since=now, dead_why=why[:300]):
        record(
            by=None,
            action="contact.dead",
            subject=letter.to,
            details={"reason": why[:300], "ticket": letter.notice.ticket},
            now=now,
        )


def fall_back(letter: Letter, *, now: datetime) -> bool:
    """Let the notice leave to its next address; without one it has failed, and a person sees it."""
    notice = Notice.objects.select_for_update().get(pk=letter.notice_id)
    if notice.state in {NoticeState.CLOSED, NoticeState.ANSWERED}:
        return False
    notice.state = NoticeState.READY if next_address(notice) else NoticeState.FAILED
    notice.not_before = min(notice.not_before, now)
    notice.escalate_at = None
    changed(notice, "state", "not_before", "escalate_at")
    return notice.state == NoticeState.READY


def settle_abandoned(*, now: datetime) -> int:
    """Call the outcome of letters unknown whose worker has been silent for too long."""
    count = 0
    stuck = Letter.objects.filter(state=LetterState.SENDING, claimed_at__lt=now - ABANDONED)
    for pk in list(stuck.values_list("pk", flat=True)):
        count += _abandon(pk, now - ABANDONED)
    return count


def settle_own(*, worker: str, now: datetime) -> int:
    """Call the outcome of letters unknown that were leaving when this worker's last run ended."""
    count = 0
    own = Letter.objects.filter(state=LetterState.SENDING, claimed_by=worker)
    for pk in list(own.values_list("pk", flat=True)):
        count += _abandon(pk, now)
    return count


@transaction.atomic
def _abandon(letter_id: int, before: datetime) -> int:
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    if letter.state != LetterState.SENDING or (letter.claimed_at or before) > before:
        return 0
    _unknown(letter, "the worker died while the letter was leaving")
    return 1


def _unknown(letter: Letter, why: str) -> None:
    letter.state = LetterState.UNKNOWN
    letter.receipt = why
    letter.save(update_fields=["state", "receipt"])
    notice = Notice.objects.select_for_update().get(pk=letter.notice_id)
    if notice.state == NoticeState.READY:
        notice.state = NoticeState.UNKNOWN
        changed(notice, "state")


def build_ready(
    *, now: datetime, limit: int = 500, apart_from: Collection[int] = ()
) -> dict[int, int]:
    """Build the letters of ready notices whose time has come and that have none under way.

    Return how many were built, by the notices' ids: of each that was tried, be it in vain.
    """
    busy = Letter.objects.filter(
        state__in=[LetterState.READY, LetterState.SENDING, LetterState.UNKNOWN]
    )
    waiting = list(
        Notice.objects.filter(state=NoticeState.READY, not_before__lte=now)
        .exclude(pk__in=busy.values("notice_id"))
        .exclude(pk__in=apart_from)
        .order_by("not_before", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    return {pk: _build(pk, now) for pk in waiting}


def _build(notice_id: int, now: datetime) -> int:
    """Build a notice's letter without holding up other writers; keep it if nothing changed meanwhile."""
    notice = Notice.objects.select_related("constituent", "escalates").get(pk=notice_id)
    found = next_address(notice)
    if found is None:
        return _unbuilt(notice, NoticeState.FAILED, None, now)
    to, contact = found
    attempt = 1 + notice.letters.filter(to__iexact=to).count()
    message_id = message_id_of(notice, to=to, attempt=attempt)
    try:
        composed = compose(notice, contact=contact)
        body = wrap(
            composed,
            to=to,
            contact=contact,
            message_id=message_id,
            answers=references(notice),
            key=signing_key(),
            now=now,
        )
    except NothingLeft:
        return _unbuilt(notice, NoticeState.CLOSED, {"code": "settled"}, now)
    except KeyUnusable as error:
        return _unbuilt(notice, NoticeState.WAITING, error.reason, now)
    except GiveUp as error:
        reason = {"code": "unbuilt", "value": str(error)}
        return _unbuilt(notice, NoticeState.WAITING, reason, now)
    letter = Letter(
        notice=notice,
        contact=contact,
        to=to,
        attempt=attempt,
        message_id=message_id,
        subject=composed.text.subject[:500],
        body=zstandard.ZstdCompressor().compress(body),
        next_at=now,
    )
    return keep_built(letter, composed)


@transaction.atomic
def keep_built(letter: Letter, composed: Composed) -> int:
    """Keep a letter that was built of a notice, unless the notice changed meanwhile; return how many."""
    if _unchanged(letter.notice) is None:
        return 0
    told = {item.episode: item for item in composed.items}
    grown: list[NoticeItem] = []
    for row in letter.notice.items.all():
        item = told.get(row.episode_id)
        if item and (row.events, row.last_seen) != (item.events, item.last_seen):
            row.events, row.last_seen = item.events, item.last_seen
            grown.append(row)
    NoticeItem.objects.bulk_update(grown, ["events", "last_seen"], batch_size=500)
    letter.save(force_insert=True)
    return 1


@transaction.atomic
def _unbuilt(notice: Notice, state: NoticeState, why: dict[str, str] | None, now: datetime) -> int:
    """Write why no letter was built; a person sees it, or nothing is left to do."""
    held = _unchanged(notice)
    if held is None:
        return 0
    held.state = state
    if why is not None:  # the last attempt's reason takes the place of an earlier one's
        held.why = [*(one for one in held.why if one.get("code") != why["code"]), why]
    held.closed_at = now if state == NoticeState.CLOSED else None
    changed(held, "state", "why", "closed_at")
    return 0


def _unchanged(notice: Notice) -> Notice | None:
    """Return the notice locked, if it still waits for the letter that was built of it."""
    held = Notice.objects.select_for_update().get(pk=notice.pk)
    busy = [LetterState.READY, LetterState.SENDING, LetterState.UNKNOWN]
    stands = held.state == NoticeState.READY and held.version == notice.version
    return held if stands and not held.letters.filter(state__in=busy).exists() else None


def next_address(notice: Notice) -> tuple[str, Contact | None] | None:
    """Return where the notice's next letter goes: its own addresses first, then its constituent's
    contacts; not one that refused it since a person last said that it shall leave."""
    failed = Letter.objects.filter(
        notice=notice, state__in=[LetterState.REFUSED, LetterState.BOUNCED]
    )
    if notice.approved_at is not None:
        failed = failed.filter(claimed_at__gte=notice.approved_at)
    spent = {to.lower() for to in failed.values_list("to", flat=True)}
    contacts: Sequence[Contact] = living(notice.constituent) if notice.constituent else ()
    by_address = {one.email.lower(): one for one in reversed(contacts)}
    for address in [*notice.addresses, *(one.email for one in contacts)]:
        if address.lower() not in spent:
            return address, by_address.get(address.lower())
    return None


def _held(letter: Letter, worker: str, *also: str) -> Letter | None:
    """Return the letter locked, if it is still this worker's."""
    held = Letter.objects.select_for_update().get(pk=letter.pk)
    own = held.claimed_by == worker and held.attempts == letter.attempts
    return held if own and held.state in {LetterState.SENDING, *also} else None


def _free_at(letter: Letter, *, now: datetime) -> datetime:
    """Return from when the address may get one more letter within its limit."""
    constituent = letter.notice.constituent
    limit = max(constituent.per_hour if constituent else PER_HOUR, 1)
    recent = list(
        Letter.objects.filter(
            to__iexact=letter.to, state__in=_COUNTED, claimed_at__gt=now - AN_HOUR
        )
        .order_by(F("claimed_at").desc())
        .values_list("claimed_at", flat=True)[:limit]
    )
    oldest = recent[-1] if len(recent) >= limit else None
    return oldest + AN_HOUR if oldest is not None else now

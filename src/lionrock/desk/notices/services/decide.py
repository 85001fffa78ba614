"""What people do with one notice: approve, hold, release, resend, cancel, settle, close it."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.desk.audit.services import record
from lionrock.desk.notices.models import Letter, LetterState, Notice, NoticeState
from lionrock.desk.notices.services.outbox import next_address
from lionrock.desk.notices.services.stale import NoRecipient, Stale, cancel_letters, changed, locked
from lionrock.desk.notices.services.told import mark_sent
from lionrock.desk.people.models import Person

_UNSENT: Final = frozenset({NoticeState.WAITING, NoticeState.HELD, NoticeState.READY})
_GONE: Final = frozenset({NoticeState.SENT, NoticeState.FAILED, NoticeState.ANSWERED})


class Outcome(StrEnum):
    """What a person found out about a letter whose outcome is unknown."""

    WAS_SENT = "was_sent"
    SEND_AGAIN = "send_again"


@transaction.atomic
def approve(
    *, notice_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Notice:
    """Let the notice leave; raise Stale when it changed since it was seen, NoRecipient when nobody
    is known to send it to."""
    notice = locked(notice_id=notice_id, seen_version=seen_version, states={NoticeState.WAITING})
    if notice.constituent_id is None and not notice.addresses:
        raise NoRecipient(f"{notice.ticket} has nobody to go to: give it an address first")
    notice.state = NoticeState.READY
    notice.approved_by = by
    notice.approved_at = now
    notice.note = note or notice.note
    changed(notice, "state", "approved_by", "approved_at", "note")
    _record(by, "notice.approve", notice, {"note": note, "tlp": notice.tlp}, now)
    return notice


@transaction.atomic
def let_leave_unsealed(
    *, notice_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Notice:
    """Let a notice leave unencrypted; that is approving it, knowing so.

    Up to TLP:AMBER although its contact's key cannot be used; what is narrower only to somebody who
    never gave a key. Raises GiveUp otherwise: whoever gave one waits for one that works.
    """
    states = {NoticeState.WAITING}
    notice = locked(notice_id=notice_id, seen_version=seen_version, states=states)
    _, contact = next_address(notice) or ("", None)
    if contact is not None and contact.pgp_key and not Tlp(notice.tlp).allows(Tlp.AMBER):
        raise GiveUp(f"{notice.tlp} never leaves unsealed where a key was given")
    notice.unsealed = True
    notice.save(update_fields=["unsealed"])
    _record(by, "notice.unsealed", notice, {"tlp": notice.tlp}, now)
    return approve(notice_id=notice_id, seen_version=seen_version, by=by, note=note, now=now)


@transaction.atomic
def hold(*, notice_id: int, seen_version: int, by: Person, note: str = "", now: datetime) -> Notice:
    """Keep a notice that has not left from leaving until it is released."""
    notice = locked(
        notice_id=notice_id,
        seen_version=seen_version,
        states={NoticeState.WAITING, NoticeState.READY},
    )
    _none_is_leaving(notice)
    cancel_letters(notice)
    notice.state = NoticeState.HELD
    notice.note = note or notice.note
    changed(notice, "state", "note")
    _record(by, "notice.hold", notice, {"note": note}, now)
    return notice


@transaction.atomic
def release(
    *, notice_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Notice:
    """Put a held notice back: among the waiting, where somebody approves it again."""
    notice = locked(notice_id=notice_id, seen_version=seen_version, states={NoticeState.HELD})
    notice.state = NoticeState.WAITING
    notice.approved_by = None
    notice.approved_at = None
    notice.unsealed = False
    notice.note = note or notice.note
    changed(notice, "state", "approved_by", "approved_at", "unsealed", "note")
    _record(by, "notice.release", notice, {"note": note}, now)
    return notice


@transaction.atomic
def resend(
    *,
    notice_id: int,
    seen_version: int,
    by: Person,
    to: str = "",
    note: str = "",
    now: datetime,
) -> Notice:
    """Send a notice that left, or could not be delivered, once more: a new letter of its own.

    ``to`` is another address to try first; it is kept on the notice, not on the constituent.
    """
    notice = locked(notice_id=notice_id, seen_version=seen_version, states=_GONE)
    if to:
        _put_first(notice, to)
        notice.unsealed = False
    elif notice.letters.exists():
        # The same address again, although it had its letter: that is what the person asked for.
        last = notice.letters.order_by("-pk")[0]
        _put_first(notice, last.to)
    notice.state = NoticeState.READY
    notice.approved_by = by
    notice.approved_at = now
    notice.not_before = now
    notice.note = note or notice.note
    changed(
        notice,
        *("state", "addresses", "approved_by", "approved_at", "unsealed", "not_before", "note"),
    )
    _record(by, "notice.resend", notice, {"to": to, "note": note}, now)
    return notice


@transaction.atomic
def cancel(
    *, notice_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Notice:
    """Close a notice that has not left, for good."""
    notice = locked(notice_id=notice_id, seen_version=seen_version, states=_UNSENT)
    _none_is_leaving(notice)
    cancel_letters(notice)
    notice.state = NoticeState.CLOSED
    notice.closed_at = now
    notice.note = note or notice.note
    changed(notice, "state", "closed_at", "note")
    _record(by, "notice.cancel", notice, {"note": note}, now)
    return notice


@transaction.atomic
def close(
    *, notice_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Notice:
    """Close the ticket of a notice that left or failed: it is escalated no more."""
    notice = locked(notice_id=notice_id, seen_version=seen_version, states=_GONE)
    notice.state = NoticeState.CLOSED
    notice.closed_at = now
    notice.escalate_at = None
    notice.note = note or notice.note
    changed(notice, "state", "closed_at", "escalate_at", "note")
    _record(by, "notice.close", notice, {"note": note}, now)
    return notice


@transaction.atomic
def set_address(*, notice_id: int, seen_version: int, by: Person, to: str, now: datetime) -> Notice:
    """Give a notice that has not left an address that is tried first."""
    notice = locked(
        notice_id=notice_id,
        seen_version=seen_version,
        states={NoticeState.WAITING, NoticeState.HELD},
    )
    _put_first(notice, to)
    notice.unsealed = False
    changed(notice, "addresses", "unsealed")
    _record(by, "notice.address", notice, {"to": to}, now)
    return notice


@transaction.atomic
def settle_unknown(
    *,
    letter_id: int,
    seen_version: int,
    outcome: Outcome,
    by: Person,
    note: str = "",
    now: datetime,
) -> Notice:
    """Say what became of a letter whose outcome is unknown; ``seen_version`` is its notice's.

    Sending again makes a new letter with a Message-ID of its own: the recipient may then hold two,
    which is why a person decides.
    """
    letter = Letter.objects.select_related("notice").get(pk=letter_id)
    notice = Notice.objects.select_for_update().get(pk=letter.notice_id)
    letter.refresh_from_db()
    if notice.version != seen_version or letter.state != LetterState.UNKNOWN:
        raise Stale(notice)
    letter.settled_by = by
    notice.note = note or notice.note
    if outcome is Outcome.WAS_SENT:
        letter.state = LetterState.SENT
        letter.sent_at = letter.claimed_at or now
        mark_sent(notice, at=letter.sent_at)
        changed(notice, "note")
    else:
        letter.state = LetterState.CANCELLED
        notice.state = NoticeState.READY
        notice.not_before = now
        changed(notice, "state", "not_before", "note")
    letter.save(update_fields=["state", "settled_by", "sent_at"])
    _record(by, "notice.settle", notice, {"outcome": outcome.value, "note": note}, now)
    return notice


def _put_first(notice: Notice, to: str) -> None:
    try:
        validate_email(to)
    except ValidationError as error:
        raise GiveUp(f"“{to}” is no mail address") from error
    notice.addresses = [to, *(one for one in notice.addresses if one != to)]


def _none_is_leaving(notice: Notice) -> None:
    if notice.letters.filter(state=LetterState.SENDING).exists():
        raise Stale(notice)


def _record(
    by: Person, action: str, notice: Notice, details: dict[str, object], now: datetime
) -> None:
    record(by=by, action=action, subject=notice.ticket, details=details, now=now)

"""Takes mail that came back: attaches it to its ticket, and does what may be done without a person."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from lionrock.desk.notices.models import Answer, AnswerKind, Letter, LetterState, Notice
from lionrock.desk.notices.services.outbox import fall_back, mark_dead
from lionrock.desk.notices.services.words import heard
from lionrock.letters.incoming import Incoming, Sort, read
from lionrock.letters.reply import Says, says

SOFT_LIMIT: Final = 3
"""Soft bounces of one contact within ``SOFT_SPAN`` that count like a hard one."""
SOFT_SPAN: Final = timedelta(days=30)
_LINK: Final = re.compile(r"\b(h)tt(ps?://)", re.IGNORECASE)
_KINDS: Final = {
    Says.FIXED: AnswerKind.FIXED,
    Says.NOT_OURS: AnswerKind.NOT_OURS,
    Says.WORKING: AnswerKind.WORKING,
}


def take(mail: bytes, *, now: datetime) -> Answer:
    """Keep a mail as an Answer and return it; the same mail taken twice is one Answer.

    It belongs to the letter whose Message-ID it names, else to the ticket in its subject; to none, it
    is kept for a person. What a mail says about a problem is a proposal: a sender can be forged.
    Nothing is ever sent in return.
    """
    incoming = read(mail)
    message_id = incoming.message_id[:300] or f"sha256:{hashlib.sha256(mail).hexdigest()}"
    known = Answer.objects.filter(message_id=message_id, sender=incoming.sender).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _take(incoming, message_id, now)
    except IntegrityError:  # another worker took the same mail meanwhile
        return Answer.objects.get(message_id=message_id, sender=incoming.sender)


def _take(incoming: Incoming, message_id: str, now: datetime) -> Answer:
    letter = (
        Letter.objects.filter(message_id__in=incoming.references).order_by("-pk").first()
        if incoming.references
        else None
    )
    notice = _notice(letter, incoming)
    trusted = notice is not None and _is_known(incoming.sender, notice)
    answer = Answer.objects.create(
        notice=notice,
        letter=letter,
        kind=_kind(incoming, notice, trusted=trusted),
        sender=incoming.sender,
        subject=incoming.subject,
        text=_LINK.sub(r"\1xx\2", incoming.text),
        status=incoming.bounce.status if incoming.bounce else "",
        message_id=message_id,
        received_at=now,
        trusted=trusted,
    )
    if notice is None:
        return answer
    if incoming.sort is Sort.BOUNCE and letter is not None:
        _bounced(letter, incoming, now)
    elif incoming.sort is Sort.HUMAN and trusted:
        heard(notice, at=now)
    return answer


def _notice(letter: Letter | None, incoming: Incoming) -> Notice | None:
    locked = Notice.objects.select_for_update()
    if letter is not None:
        return locked.get(pk=letter.notice_id)
    return locked.filter(ticket__in=incoming.tickets).order_by("-pk").first()


def _kind(incoming: Incoming, notice: Notice | None, *, trusted: bool) -> AnswerKind:
    if notice is None:
        return AnswerKind.UNKNOWN
    if incoming.sort is Sort.HUMAN:
        meant = says(incoming.text) if trusted else None
        return _KINDS[meant] if meant else AnswerKind.HUMAN
    return AnswerKind(incoming.sort.value)


def _is_known(sender: str, notice: Notice) -> bool:
    """Tell whether the sender's address, or its domain, is one that the notice was sent to."""
    domain = sender.rpartition("@")[2]
    told = {to.lower() for to in notice.letters.values_list("to", flat=True)}
    if notice.constituent is not None:
        told |= {
            email.lower() for email in notice.constituent.contacts.values_list("email", flat=True)
        }
    return sender in told or (
        bool(domain) and domain in {one.rpartition("@")[2] for one in told} - _SHARED
    )


_SHARED: Final = frozenset(
    {
        "126.com",
        "163.com",
        "aol.com",
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "yahoo.com",
    }
)
"""Domains where anybody gets an address: there the address itself has to be known."""


def _bounced(letter: Letter, incoming: Incoming, now: datetime) -> None:
    """Do what a bounce that names our own letter's Message-ID asks for; it cannot be guessed."""
    bounce = incoming.bounce
    held = Letter.objects.select_for_update().get(pk=letter.pk)
    if bounce is None or held.state not in {LetterState.SENT, LetterState.UNKNOWN}:
        return
    if bounce.recipients and held.to.lower() not in bounce.recipients:
        return  # somebody behind the address was not reached; the address itself was
    held.state = LetterState.BOUNCED
    held.receipt = f"{held.receipt}\n{bounce.status} {bounce.text}".strip()[:4000]
    held.save(update_fields=["state", "receipt"])
    if bounce.nobody or _soft(held, now) >= SOFT_LIMIT:
        mark_dead(held, why=f"{bounce.status} {bounce.text}".strip(), now=now)
    fall_back(held, now=now)


def _soft(letter: Letter, now: datetime) -> int:
    return Answer.objects.filter(
        kind=AnswerKind.BOUNCE, letter__to__iexact=letter.to, received_at__gt=now - SOFT_SPAN
    ).count()

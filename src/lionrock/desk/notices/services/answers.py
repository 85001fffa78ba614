"""Takes mail that came back: attaches it to its ticket, and does what may be done without a person."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from lionrock.core.errors import GiveUp, NotOurs
from lionrock.core.feeds import Carrier
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import ANSWERS, Blob
from lionrock.desk.feeds.services.blobs import keep_blob, open_blob
from lionrock.desk.notices.models import Answer, AnswerKind, Letter, LetterState, Notice
from lionrock.desk.notices.services.compose import KEY_FILE
from lionrock.desk.notices.services.key import read_private
from lionrock.desk.notices.services.outbox import fall_back, mark_dead
from lionrock.desk.notices.services.returns import letter_of
from lionrock.desk.notices.services.stale import Stale
from lionrock.desk.notices.services.words import heard
from lionrock.desk.people.models import Person
from lionrock.letters.incoming import LARGEST, Incoming, Sort, read
from lionrock.letters.reply import Says, says
from lionrock.net.pgp import is_encrypted, opened

FEED: Final = ANSWERS
HEADERS: Final = 2**16
"""Bytes of a mail's beginning in which its own headers stand."""
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
    """Keep a mail as a Blob, then take it as an Answer and return that; taken twice it is one."""
    return take_kept(keep(mail, now=now), now=now)


def keep(
    mail: bytes,
    *,
    name: str = "",
    origin: str = "",
    headers: Mapping[str, str] | None = None,
    carrier: Carrier = Carrier.DROP,
    now: datetime,
) -> Blob:
    """Keep a mail as it came, before anybody looks at it; the same bytes are one Blob.

    It is no delivery: no reader and no router ever takes it. While its ``completed_at`` is empty it
    waits to be taken.
    """
    return keep_blob(
        feed=FEED,
        content=mail,
        name=name or "answer.eml",
        carrier=carrier,
        origin=origin,
        headers=headers,
        now=now,
        to_read=False,
    ).blob


def take_waiting(*, now: datetime, limit: int = 1000) -> int:
    """Take what was kept and not taken; return how many that were.

    A mail that cannot be taken (our own mistake) goes behind the others: it holds up none of them.
    """
    waiting = Blob.objects.filter(feed=FEED, completed_at=None, erased_at=None)
    taken = 0
    for blob in list(waiting.order_by("attempts", "pk")[:limit]):
        take_kept(blob, now=now)
        taken += 1
    return taken


def take_kept(blob: Blob, *, now: datetime) -> Answer:
    """Take a kept mail as an Answer and return it; the same mail taken twice is one Answer.

    It belongs to the letter whose Message-ID or return address it names, else to the ticket in its
    subject; to none, it is kept for a person. What it says about a problem is a proposal: a sender can
    be forged. Nothing is ever sent in return.
    """
    Blob.objects.filter(pk=blob.pk).update(attempts=F("attempts") + 1)
    with open_blob(blob) as stream:
        mail = stream.read(LARGEST)
    incoming, why = _opened(mail)
    message_id = incoming.message_id[:300] or f"sha256:{blob.sha256}"
    try:
        answer = _known(message_id, incoming) or _take(incoming, why, message_id, blob, now)
    except IntegrityError:  # another worker took the same mail meanwhile
        answer = Answer.objects.get(message_id=message_id, sender=incoming.sender)
    Blob.objects.filter(pk=blob.pk, completed_at=None).update(completed_at=now)
    return answer


def _opened(mail: bytes) -> tuple[Incoming, str]:
    """Read a mail, decrypted where it was encrypted to us; say why where it could not be.

    A bounce brings our own letter back, sealed for somebody else: that is no mail to us.
    """
    incoming = read(mail)
    if incoming.sort in {Sort.BOUNCE, Sort.DELAY} or not _is_for_us(mail, incoming):
        return incoming, ""
    key = read_private(KEY_FILE)
    if key is None:
        return incoming, "no-key"
    try:
        inside = opened(mail, key=key)
    except GiveUp as error:
        return incoming, f"undecryptable: {error}"[:300]
    if inside is None:
        return incoming, "another-key"
    # Who wrote it, and what it answers, stands outside; inside it could say anything.
    return replace(read(inside), message_id=incoming.message_id, sender=incoming.sender), ""


def _is_for_us(mail: bytes, incoming: Incoming) -> bool:
    """Tell whether what its writer wrote is encrypted, rather than something that hangs on it."""
    if not is_encrypted(mail):
        return False
    head = BytesHeaderParser(policy=compat32).parsebytes(mail[:HEADERS])
    return (
        head.get_content_type() == "multipart/encrypted"
        or "-----BEGIN PGP MESSAGE-----" in incoming.text
        or not incoming.text.strip()
    )


def _known(message_id: str, incoming: Incoming) -> Answer | None:
    return Answer.objects.filter(message_id=message_id, sender=incoming.sender).first()


@transaction.atomic
def _take(incoming: Incoming, why: str, message_id: str, blob: Blob, now: datetime) -> Answer:
    letter, why_not = _letter(incoming)
    notice = _notice(letter, incoming)
    bounced = incoming.sort is Sort.BOUNCE
    if bounced:
        trusted = letter is not None and not why_not
    else:
        trusted = notice is not None and _is_known(incoming.sender, notice)
    answer = Answer.objects.create(
        notice=notice,
        letter=letter,
        kind=AnswerKind.UNKNOWN if why else _kind(incoming, notice, trusted=trusted),
        sender=incoming.sender,
        subject=incoming.subject,
        text=_LINK.sub(r"\1xx\2", incoming.text),
        status=incoming.bounce.status if incoming.bounce else "",
        message_id=message_id,
        blob_id=blob.pk,
        received_at=now,
        trusted=trusted,
        accepted=True if bounced and trusted else None,
        why=why or (why_not if bounced and notice is not None else ""),
    )
    if notice is None:
        return answer
    if bounced and trusted and letter is not None and incoming.bounce is not None:
        bounced_back(letter, answer, nobody=incoming.bounce.nobody, now=now)
    elif incoming.sort is Sort.HUMAN and trusted:
        heard(notice, at=now)
    return answer


def _letter(incoming: Incoming) -> tuple[Letter | None, str]:
    """Return the letter that a mail belongs to, and why, as a bounce, it counts as a proposal alone.

    A bounce counts where it comes to the letter's own return address, or brings its Message-ID back
    and names its recipient; and where that letter was sent. Whoever else writes one has forged it, or
    speaks of somebody behind the address.
    """
    letter = letter_of(incoming.recipients)
    by_token = letter is not None
    if letter is None and incoming.references:
        named = Letter.objects.filter(message_id__in=incoming.references).defer("body")
        letter = named.order_by("-pk").first()
    bounce = incoming.bounce
    if bounce is None or letter is None:
        return letter, "no-letter" if bounce else ""
    to = letter.to.lower()
    if letter.state not in {LetterState.SENT, LetterState.UNKNOWN, LetterState.BOUNCED}:
        return letter, "not-sent"
    if bounce.recipients and to not in bounce.recipients:
        return letter, "another-address"
    if not by_token and letter.message_id not in bounce.returned:
        return letter, "no-letter"
    if not by_token and not bounce.recipients and to not in bounce.text.lower():
        return letter, "no-address"
    return letter, ""


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


def bounced_back(letter: Letter, answer: Answer, *, nobody: bool, now: datetime) -> None:
    """Do what a real bounce asks for: the next contact is told; a dead address is marked as one."""
    held = Letter.objects.select_for_update().get(pk=letter.pk)
    if held.state not in {LetterState.SENT, LetterState.UNKNOWN}:
        return
    said = f"{answer.status} {answer.text}".strip()
    held.state = LetterState.BOUNCED
    held.receipt = f"{held.receipt}\n{said}".strip()[:4000]
    held.save(update_fields=["state", "receipt"])
    if nobody or _soft(held, now) >= SOFT_LIMIT:
        mark_dead(held, why=said, now=now)
    fall_back(held, now=now)


@transaction.atomic
def accept_bounce(*, answer_id: int, seen_version: int, by: Person, now: datetime) -> Answer:
    """Say that a bounce which proved nothing by itself is real: its letter did not arrive.

    Raises Stale when its notice changed since it was seen, or somebody said so before.
    """
    answer = Answer.objects.get(pk=answer_id)
    if answer.notice_id is None or answer.kind != AnswerKind.BOUNCE:
        raise NotOurs("this mail is no bounce of a ticket")
    notice = Notice.objects.select_for_update().get(pk=answer.notice_id)
    answer.refresh_from_db()
    if notice.version != seen_version or answer.accepted is not None:
        raise Stale(notice)
    sent = notice.letters.filter(state__in=[LetterState.SENT, LetterState.UNKNOWN])
    letter = answer.letter or sent.order_by("-pk").first()
    answer.letter = letter
    answer.accepted = True
    answer.seen_by = by
    answer.seen_at = now
    answer.save(update_fields=["letter", "accepted", "seen_by", "seen_at"])
    record(
        by=by,
        action="notice.accept-bounce",
        subject=notice.ticket,
        details={"sender": answer.sender, "to": letter.to if letter else ""},
        now=now,
    )
    if letter is not None:
        bounced_back(letter, answer, nobody=answer.status.startswith("5.1."), now=now)
    return answer


def _soft(letter: Letter, now: datetime) -> int:
    return Answer.objects.filter(
        kind=AnswerKind.BOUNCE,
        accepted=True,
        letter__to__iexact=letter.to,
        received_at__gt=now - SOFT_SPAN,
    ).count()

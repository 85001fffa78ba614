"""A notice as its recipient gets it, before it leaves: the same building as the letter's."""

from dataclasses import dataclass, replace
from datetime import datetime

from lionrock.desk.constituents.models import Contact
from lionrock.desk.notices.models import Notice
from lionrock.desk.notices.services.compose import (
    Composed,
    KeyUnusable,
    compose,
    message_id_of,
    references,
    sealed_for,
    wrap,
)
from lionrock.desk.notices.services.outbox import next_address
from lionrock.letters.mail import Attachment

NOWHERE = "nobody@lionrock.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would leave now. ``to`` is empty while nobody is known; ``raw`` is the mail, unsigned."""

    to: str
    subject: str
    text: str
    language: str
    attachments: tuple[Attachment, ...]
    sealed: bool
    raw: bytes


def preview(notice: Notice, *, now: datetime) -> Preview:
    """Return what would leave now; raise NothingLeft where all its episodes are settled."""
    to, contact = next_address(notice) or ("", None)
    composed = compose(notice, contact=contact)
    attempt = 1 + notice.letters.filter(to__iexact=to).count()
    raw = wrap(
        replace(composed, unsealed=True),
        to=to or NOWHERE,
        contact=None,
        message_id=message_id_of(notice, to=to, attempt=attempt),
        answers=references(notice),
        key=None,
        now=now,
    )
    return Preview(
        to=to,
        subject=composed.text.subject,
        text=composed.text.body,
        language=composed.language,
        attachments=composed.attachments,
        sealed=_sealed(composed, contact, to, now),
        raw=raw,
    )


def _sealed(composed: Composed, contact: Contact | None, to: str, now: datetime) -> bool:
    try:
        return sealed_for(composed, contact, to=to, now=now) is not None
    except KeyUnusable:
        return False

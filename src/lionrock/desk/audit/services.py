"""Adding to the audit log and checking it: the only two things one can do with it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from lionrock.desk.audit.models import GENESIS, Entry, Head

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person

SYSTEM = "lionrock"
"""The actor of what the product did by itself."""


@transaction.atomic
def record(
    *,
    by: "Person | None",
    action: str,
    subject: str,
    details: dict[str, Any],  # Any: JSON values, different for every action
    now: datetime,
) -> Entry:
    """Append one entry and return it; it stands or falls with the transaction it is called in.

    ``by`` is ``None`` when the product acted by itself or nobody is known (a failed sign-in).
    Writers queue up on the one Head row: PostgreSQL locks the row, SQLite has taken the write lock
    when the transaction began.
    """
    Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    number = head.number + 1
    actor = by.email if by is not None else SYSTEM
    subject = subject[:300]
    body = canonical(
        number=number,
        at=now,
        by=by.pk if by is not None else None,
        actor=actor,
        action=action,
        subject=subject,
        details=details,
        previous=head.digest,
    )
    entry = Entry(
        number=number,
        at=now,
        by=by,
        actor=actor,
        action=action,
        subject=subject,
        body=body,
        digest=digest_of(body),
    )
    entry.save(force_insert=True)
    head.number, head.digest = number, entry.digest
    head.save(update_fields=["number", "digest"])
    return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first place where the log does not hold: the entry's number and what is wrong there."""

    number: int
    why: str


def verify() -> Broken | None:
    """Walk the whole chain from its beginning; return where it first breaks, or ``None``.

    Whoever can rewrite the database can also compute a fresh chain; keep the digest that
    ``lionrock audit verify`` prints somewhere else to notice that, too.
    """
    # Entries and head change together: a head read after the last entry cannot lag behind it.
    # What is appended after that is left to the next run.
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    head = Head.objects.filter(pk=1).first() or Head()
    if head.number < last:
        return Broken(number=head.number + 1, why="the log goes on where its end was recorded")
    previous = GENESIS
    number = 0
    entries = Entry.objects.filter(number__lte=head.number).order_by("number")
    for entry in entries.iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            return Broken(number=number, why="this entry is missing")
        if digest_of(entry.body) != entry.digest:
            return Broken(number=number, why="its text does not match its digest")
        if not hangs_together(entry, previous=previous):
            return Broken(
                number=number, why="it does not hang on the entry before, or a column was changed"
            )
        previous = entry.digest
    if (head.number, head.digest) != (number, previous):
        return Broken(number=number + 1, why="the log ends earlier than it should")
    return None


def hangs_together(entry: Entry, *, previous: str) -> bool:
    """Tell whether the searchable columns say what the body says, and the body names ``previous``."""
    return entry.body == canonical(
        number=entry.number,
        at=entry.at,
        by=entry.by_id,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        details=entry.details,
        previous=previous,
    )


def canonical(
    *,
    number: int,
    at: datetime,
    by: int | None,
    actor: str,
    action: str,
    subject: str,
    details: dict[str, Any],  # Any: JSON values, different for every action
    previous: str,
) -> str:
    """Return the entry as JSON with one spelling: sorted keys, no spaces, UTC to the microsecond."""
    return json.dumps(
        {
            "number": number,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "by": by,
            "actor": actor,
            "action": action,
            "subject": subject,
            "details": details,
            "previous": previous,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )


def digest_of(body: str) -> str:
    """Return the SHA-256 of the text, in hex."""
    return hashlib.sha256(body.encode("ascii")).hexdigest()

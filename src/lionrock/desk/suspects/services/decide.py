"""One suspect, one decision: confirm it, dismiss it, or take the decision back."""

from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.models import Decision, Dismissal, Kind, State, Suspect
from lionrock.desk.suspects.services.proposals import propose, withdraw_proposals
from lionrock.desk.suspects.services.stale import locked

_OPEN: Final = frozenset({State.WAITING})
_DECIDED: Final = frozenset({State.CONFIRMED, State.DISMISSED})
_CHANGED: Final = ["state", "dismissal", "note", "decided_by", "decided_at", "version"]


@transaction.atomic
def confirm(
    *, suspect_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Suspect:
    """Mark the suspect confirmed; raise Stale when somebody changed it since it was seen."""
    suspect = locked(suspect_id=suspect_id, seen_version=seen_version, states=_OPEN)
    decide(suspect, Kind.CONFIRM, dismissal="", by=by, note=note, now=now)
    record(
        by=by,
        action="suspect.confirm",
        subject=suspect.host,
        details={"note": note, "score": suspect.score, "brand": suspect.brand},
        now=now,
    )
    return suspect


@transaction.atomic
def dismiss(
    *,
    suspect_id: int,
    seen_version: int,
    by: Person,
    reason: Dismissal,
    note: str = "",
    now: datetime,
) -> Suspect:
    """Dismiss the suspect for ``reason``; raise Stale when somebody changed it since it was seen.

    "Brand's own" also proposes the registrable domain for the region pack.
    """
    suspect = locked(suspect_id=suspect_id, seen_version=seen_version, states=_OPEN)
    decide(suspect, Kind.DISMISS, dismissal=reason, by=by, note=note, now=now)
    record(
        by=by,
        action="suspect.dismiss",
        subject=suspect.host,
        details={"reason": reason.value, "note": note, "score": suspect.score},
        now=now,
    )
    return suspect


@transaction.atomic
def undo(
    *, suspect_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Suspect:
    """Put a decided suspect back among the waiting; raise Stale when it changed since it was seen."""
    suspect = locked(suspect_id=suspect_id, seen_version=seen_version, states=_DECIDED)
    before = state_in_short(suspect)
    withdraw_proposals(suspect=suspect, by=by, now=now)
    suspect.state = State.WAITING
    suspect.dismissal = ""
    suspect.note = ""
    suspect.decided_by = None
    suspect.decided_at = None
    suspect.version += 1
    suspect.save(update_fields=_CHANGED)
    Decision.objects.create(
        suspect=suspect,
        by=by,
        at=now,
        kind=Kind.UNDO,
        before=before,
        after=suspect.state,
        note=note,
    )
    record(
        by=by,
        action="suspect.undo",
        subject=suspect.host,
        details={"before": before, "note": note},
        now=now,
    )
    return suspect


def decide(
    suspect: Suspect,
    kind: Kind,
    *,
    dismissal: str,
    by: Person,
    note: str,
    now: datetime,
) -> None:
    """Write the decision on a suspect that the caller holds locked; the caller audits it."""
    before = state_in_short(suspect)
    suspect.state = State.CONFIRMED if kind is Kind.CONFIRM else State.DISMISSED
    suspect.dismissal = dismissal
    suspect.note = note
    suspect.decided_by = by
    suspect.decided_at = now
    suspect.version += 1
    suspect.save(update_fields=_CHANGED)
    Decision.objects.create(
        suspect=suspect,
        by=by,
        at=now,
        kind=kind,
        before=before,
        after=state_in_short(suspect),
        note=note,
    )
    if dismissal == Dismissal.BRAND_OWN:
        propose(suspect=suspect, by=by, now=now)


def state_in_short(suspect: Suspect) -> str:
    """Return ``waiting``, ``confirmed`` or ``dismissed:reason``, as the history keeps it."""
    return f"{suspect.state}:{suspect.dismissal}" if suspect.dismissal else suspect.state

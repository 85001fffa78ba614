"""What colleagues tell each other about a suspect: whose work it is, and what they noticed."""

from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.models import Decision, Kind, State, Suspect
from lionrock.desk.suspects.services.stale import locked

_ANY: Final = frozenset(State)


@transaction.atomic
def assign(
    *, suspect_id: int, seen_version: int, by: Person, to: Person | None, now: datetime
) -> Suspect:
    """Make the suspect ``to``'s work (nobody's when None); raise Stale when it changed meanwhile."""
    suspect = locked(suspect_id=suspect_id, seen_version=seen_version, states=_ANY)
    before = str(suspect.assigned_to) if suspect.assigned_to else ""
    after = str(to) if to else ""
    suspect.assigned_to = to
    suspect.version += 1
    suspect.save(update_fields=["assigned_to", "version"])
    Decision.objects.create(
        suspect=suspect, by=by, at=now, kind=Kind.ASSIGN, before=before[:200], after=after[:200]
    )
    record(
        by=by,
        action="suspect.assign",
        subject=suspect.host,
        details={"before": before, "after": after},
        now=now,
    )
    return suspect


@transaction.atomic
def comment(*, suspect_id: int, by: Person, note: str, now: datetime) -> Suspect:
    """Add a comment.

    It overwrites nothing, so it needs no seen version; but it raises the version, so that a
    colleague who decides without having read it is asked to look again.
    """
    suspect = Suspect.objects.select_for_update().get(pk=suspect_id)
    suspect.version += 1
    suspect.save(update_fields=["version"])
    Decision.objects.create(suspect=suspect, by=by, at=now, kind=Kind.COMMENT, note=note)
    record(by=by, action="suspect.comment", subject=suspect.host, details={"note": note}, now=now)
    return suspect

"""Decides a whole series at once, or none of it when a colleague touched a member meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.models import Dismissal, Kind, State, Suspect
from lionrock.desk.suspects.services.decide import decide
from lionrock.desk.suspects.services.stale import Stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One suspect of a series, in the version the person saw."""

    suspect_id: int
    seen_version: int


@transaction.atomic
def decide_series(
    *,
    members: Sequence[Member],
    by: Person,
    kind: Kind,
    reason: Dismissal | None = None,
    note: str = "",
    now: datetime,
) -> list[Suspect]:
    """Confirm or dismiss every member; raise Stale, and change nothing, when one changed meanwhile.

    ``kind`` is CONFIRM or DISMISS; a dismissal needs its ``reason``. Members that do not exist
    raise Suspect.DoesNotExist.
    """
    if kind not in (Kind.CONFIRM, Kind.DISMISS) or (kind is Kind.DISMISS) != (reason is not None):
        raise ValueError("a series is confirmed without a reason or dismissed with one")
    seen = {member.suspect_id: member.seen_version for member in members}
    # In order of id, so that two people deciding overlapping series cannot wait for each other.
    suspects = list(Suspect.objects.select_for_update().filter(pk__in=seen).order_by("pk"))
    if len(suspects) != len(seen):
        raise Suspect.DoesNotExist
    for suspect in suspects:
        if suspect.version != seen[suspect.pk] or suspect.state != State.WAITING:
            raise Stale(suspect)
    for suspect in suspects:
        decide(suspect, kind, dismissal=reason or "", by=by, note=note, now=now)
    if suspects:
        record(
            by=by,
            action=f"series.{kind.value}",
            subject=suspects[0].series,
            details={
                "hosts": [suspect.host for suspect in suspects],
                "reason": reason.value if reason else "",
                "note": note,
            },
            now=now,
        )
    return suspects

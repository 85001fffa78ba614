"""A constituent proposes a change of its contacts; a person of the team makes it."""

from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.notices.models import Answer, AnswerKind
from lionrock.desk.people.models import Person


@transaction.atomic
def propose_change(*, constituent: Constituent, text: str, by: Person, now: datetime) -> Answer:
    """Put the wish before the team, among the mail that needs a person.

    Contacts decide where letters about others' weaknesses go: a stolen sign-in must not be enough to
    turn them away.
    """
    answer = Answer.objects.create(
        notice=None,
        kind=AnswerKind.HUMAN,
        sender=by.email,
        subject=f"{constituent.name}: contacts"[:500],
        text=text[:4000],
        by=by,
        received_at=now,
        trusted=True,
    )
    record(
        by=by,
        action="constituent.proposal",
        subject=constituent.name,
        details={"note": text[:1000]},
        now=now,
    )
    return answer

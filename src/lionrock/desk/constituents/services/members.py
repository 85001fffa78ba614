"""The people who sign in for a constituent and see only what is its own."""

from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.constituents.reading import Unfit, Why, read_email
from lionrock.desk.constituents.services.stale import locked
from lionrock.desk.people.links import make_link
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, Role
from lionrock.desk.people.services import add_person, set_roles


@transaction.atomic
def invite(
    *, constituent_id: int, email: str, name: str, by: Person, now: datetime
) -> tuple[Person, str | None]:
    """Let somebody in for a constituent; return them and the key of their one-time link.

    The key is ``None`` for somebody who signs in already and only serves one more constituent.
    Raises Unfit for an address that is none or belongs to somebody of the team, whose pages show
    everything anyway, or to somebody who may no longer sign in.
    """
    constituent = locked(constituent_id=constituent_id)
    address = read_email(email)
    person = Person.objects.filter(email__iexact=address).first()
    key = None
    if person is None:
        person = add_person(email=address, name=name, roles=[Role.CONSTITUENT], by=by, now=now)
        key = make_link(person=person, by=by, now=now)
    elif person.has_role(*TEAM) or not person.is_active:
        raise Unfit(Why.TAKEN, address)
    elif not person.has_role(Role.CONSTITUENT):
        set_roles(person_id=person.pk, roles={*person.roles, Role.CONSTITUENT}, by=by, now=now)
    constituent.people.add(person)
    record(
        by=by,
        action="constituent.person-added",
        subject=constituent.name,
        details={"name": person.email},
        now=now,
    )
    return person, key


@transaction.atomic
def release(*, constituent_id: int, person_id: int, by: Person, now: datetime) -> None:
    """Show the constituent's pages to somebody no longer; their sign-in itself stays."""
    constituent = locked(constituent_id=constituent_id)
    person = constituent.people.filter(pk=person_id).first()
    if person is None:
        return
    constituent.people.remove(person)
    record(
        by=by,
        action="constituent.person-removed",
        subject=constituent.name,
        details={"name": person.email},
        now=now,
    )

"""Adding people and changing what they may do; every change is recorded in the audit log."""

from collections.abc import Collection
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.validators import validate_email
from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role


class AlreadyHere(Exception):
    """Somebody with this address exists: change their roles instead."""


class LastAdministrator(Exception):
    """Nobody could administer afterwards: give somebody else the role first."""


@transaction.atomic
def add_person(
    *, email: str, name: str, roles: Collection[Role], by: Person | None, now: datetime
) -> Person:
    """Add somebody who cannot sign in yet: a one-time link lets them choose how.

    Raises AlreadyHere, and ValidationError when the address is none.
    """
    email = email.strip().lower()
    validate_email(email)
    if Person.objects.filter(email__iexact=email).exists():
        raise AlreadyHere(email)
    person = Person(email=email, name=name.strip(), joined_at=now)
    person.set_unusable_password()
    person.save(force_insert=True)
    person.groups.set(groups(roles))
    record(
        by=by,
        action="person.added",
        subject=email,
        details={"name": person.name, "roles": sorted(roles)},
        now=now,
    )
    return person


@transaction.atomic
def set_roles(
    *, person_id: int, roles: Collection[Role], by: Person | None, now: datetime
) -> Person:
    """Give the person exactly these roles; raise LastAdministrator when none would remain."""
    person = Person.objects.select_for_update().get(pk=person_id)
    before = person.roles
    if set(roles) == before:
        return person
    if Role.ADMINISTRATOR in before and Role.ADMINISTRATOR not in roles:
        refuse_last_administrator(person)
    person.groups.set(groups(roles))
    person.refresh_from_db()
    record(
        by=by,
        action="person.roles",
        subject=person.email,
        details={"before": sorted(before), "after": sorted(roles)},
        now=now,
    )
    return person


@transaction.atomic
def set_active(*, person_id: int, active: bool, by: Person | None, now: datetime) -> Person:
    """Let the person sign in, or no longer; raise LastAdministrator when none would remain.

    Sessions and tokens of somebody who may not sign in stop working at once.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if person.is_active == active:
        return person
    if not active and Role.ADMINISTRATOR in person.roles:
        refuse_last_administrator(person)
    person.is_active = active
    person.save(update_fields=["is_active"])
    record(
        by=by,
        action="person.activated" if active else "person.deactivated",
        subject=person.email,
        details={},
        now=now,
    )
    return person


@transaction.atomic
def forget_second_steps(*, person_id: int, by: Person | None, now: datetime) -> int:
    """Remove the person's authenticator app, passkeys and recovery codes; return how many."""
    person = Person.objects.select_for_update().get(pk=person_id)
    removed = int(Authenticator.objects.filter(user=person).delete()[0])
    if removed:
        record(
            by=by,
            action="second-step.all-removed",
            subject=person.email,
            details={"removed": removed},
            now=now,
        )
    return removed


@transaction.atomic
def set_profile(*, person_id: int, name: str, language: str) -> Person:
    """Change how the person is called and which language they read."""
    person = Person.objects.select_for_update().get(pk=person_id)
    person.name, person.language = name.strip(), language
    person.save(update_fields=["name", "language"])
    return person


def refuse_last_administrator(person: Person) -> None:
    """Raise LastAdministrator unless somebody else who may sign in has that role."""
    others = (
        Person.objects.select_for_update()
        .filter(is_active=True, groups__name=Role.ADMINISTRATOR)
        .exclude(pk=person.pk)
    )
    if not others.exists():
        raise LastAdministrator(person.email)


def groups(roles: Collection[Role]) -> list[Group]:
    """Return the roles' groups, making those that are missing."""
    return [Group.objects.get_or_create(name=role.value)[0] for role in sorted(roles)]

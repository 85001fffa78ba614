"""Whom to write to at a constituent: addresses in their order, keys, and those that are dead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import Constituent, Contact, ContactRole
from lionrock.desk.constituents.reading import Unfit, Why, one_line, read_email, read_key
from lionrock.desk.constituents.services.stale import locked
from lionrock.desk.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is written on a contact; ``pgp_key`` is armoured or empty."""

    email: str
    role: ContactRole = ContactRole.ABUSE
    name: str = ""
    phone: str = ""
    language: str = ""
    pgp_key: str = ""


@transaction.atomic
def add_contact(
    *, constituent_id: int, card: Card, source: str, by: Person | None, now: datetime
) -> Contact:
    """Add a contact at the end of the chain; raise Unfit, also when it is there already."""
    constituent = locked(constituent_id=constituent_id)
    card = checked(card, now=now)
    if _same(constituent, card).exists():
        raise Unfit(Why.TAKEN, card.email)
    return put_contact(constituent, card, source=source, by=by, now=now)


def put_contact(
    constituent: Constituent, card: Card, *, source: str, by: Person | None, now: datetime
) -> Contact:
    """Add a checked card to a constituent that the caller holds locked."""
    last = constituent.contacts.aggregate(last=Max("order"))["last"]
    contact = Contact(constituent=constituent, order=0 if last is None else last + 1, source=source)
    _write(contact, card)
    contact.save(force_insert=True)
    _record("contact.added", contact, {"role": contact.role, "from": source}, by, now)
    return contact


@transaction.atomic
def change_contact(
    *, constituent_id: int, contact_id: int, card: Card, by: Person | None, now: datetime
) -> Contact:
    """Change a contact. A new address is alive until it proves otherwise. Raise Unfit."""
    constituent = locked(constituent_id=constituent_id)
    contact = constituent.contacts.get(pk=contact_id)
    card = checked(card, now=now, known_key=contact.pgp_key)
    if _same(constituent, card).exclude(pk=contact.pk).exists():
        raise Unfit(Why.TAKEN, card.email)
    return rewrite_contact(contact, card, by=by, now=now)


def rewrite_contact(contact: Contact, card: Card, *, by: Person | None, now: datetime) -> Contact:
    """Write a checked card over a contact whose constituent the caller holds locked."""
    before = card_of(contact)
    if card == before:
        return contact
    if card.email != before.email:
        contact.dead_since, contact.dead_why = None, ""
    _write(contact, card)
    contact.save()
    details = {
        "changed": [name for name in Card.__slots__ if getattr(card, name) != getattr(before, name)]
    }
    if card.email != before.email:
        details |= {"before": [before.email], "after": [card.email]}
    _record("contact.changed", contact, details, by, now)
    return contact


@transaction.atomic
def remove_contact(*, constituent_id: int, contact_id: int, by: Person, now: datetime) -> None:
    """Take a contact away; letters already written keep their address."""
    constituent = locked(constituent_id=constituent_id)
    contact = constituent.contacts.filter(pk=contact_id).first()
    if contact is None:
        return
    _record("contact.removed", contact, {"role": contact.role}, by, now)
    contact.delete()


@transaction.atomic
def raise_contact(*, constituent_id: int, contact_id: int, by: Person, now: datetime) -> None:
    """Put a contact one place further to the front of those with its role; roles keep their order."""
    constituent = locked(constituent_id=constituent_id)
    raised = constituent.contacts.get(pk=contact_id)
    chain = list(constituent.contacts.filter(role=raised.role).order_by("order", "id"))
    place = chain.index(raised)
    if place == 0:
        return
    chain[place - 1], chain[place] = chain[place], chain[place - 1]
    for order, contact in enumerate(chain):
        contact.order = order
    Contact.objects.bulk_update(chain, ["order"])
    _record("contact.raised", chain[place - 1], {"place": place}, by, now)


@transaction.atomic
def revive_contact(*, constituent_id: int, contact_id: int, by: Person, now: datetime) -> Contact:
    """Take a dead contact for alive again, because a person knows better."""
    constituent = locked(constituent_id=constituent_id)
    contact = constituent.contacts.get(pk=contact_id)
    if contact.dead_since is None:
        return contact
    why, contact.dead_since, contact.dead_why = contact.dead_why, None, ""
    contact.save(update_fields=["dead_since", "dead_why"])
    _record("contact.revived", contact, {"failure": why}, by, now)
    return contact


def checked(card: Card, *, now: datetime, known_key: str = "") -> Card:
    """Return the card in one spelling; raise Unfit.

    A key that was checked when it came stays, even when it expired since: removing it is a decision.
    """
    key = card.pgp_key.strip()
    if key and key != known_key.strip():
        key = read_key(key, now=now).armoured
    else:
        key = known_key if key else ""
    name, phone = one_line(card.name), one_line(card.phone)
    if len(name) > 200 or len(phone) > 50:
        raise Unfit(Why.TOO_LONG, name)
    return Card(
        email=read_email(card.email),
        role=card.role,
        name=name,
        phone=phone,
        language=card.language,
        pgp_key=key,
    )


def card_of(contact: Contact) -> Card:
    """Return what is written on the contact."""
    return Card(
        email=contact.email,
        role=ContactRole(contact.role),
        name=contact.name,
        phone=contact.phone,
        language=contact.language,
        pgp_key=contact.pgp_key,
    )


def _same(constituent: Constituent, card: Card) -> QuerySet[Contact]:
    return constituent.contacts.filter(email__iexact=card.email, role=card.role)


def _write(contact: Contact, card: Card) -> None:
    contact.email = card.email
    contact.role = card.role
    contact.name = card.name
    contact.phone = card.phone
    contact.language = card.language
    contact.pgp_key = card.pgp_key


def _record(
    action: str, contact: Contact, details: Mapping[str, object], by: Person | None, now: datetime
) -> None:
    record(
        by=by,
        action=action,
        subject=f"{contact.constituent.name}: {contact.email}",
        details=dict(details),
        now=now,
    )

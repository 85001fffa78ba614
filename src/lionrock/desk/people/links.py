"""One-time links: how somebody who has neither password nor passkey gets in, once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import OneTimeLink, Person

LIFETIME: Final = timedelta(hours=48)
SIGNER: Final = Signer(salt="lionrock.one-time-link")


class LinkIsDead(Exception):
    """The link is forged, used, replaced or too old: ask for a new one."""


@transaction.atomic
def make_link(*, person: Person, by: Person | None, now: datetime) -> str:
    """Return a fresh link's key; earlier unused links of that person stop working."""
    person.links.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    nonce = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        person=person,
        digest=digest_of(nonce),
        made_at=now,
        made_by=by,
        expires_at=now + LIFETIME,
    )
    record(by=by, action="link.made", subject=person.email, details={}, now=now)
    return SIGNER.sign(nonce)


def address_of(key: str) -> str:
    """Return the whole address to hand to the person."""
    return str(settings.LIONROCK_URL) + reverse("people:welcome", args=[key])


def read_link(*, key: str, now: datetime) -> OneTimeLink:
    """Return the link behind a key without using it up; raise LinkIsDead."""
    try:
        nonce = SIGNER.unsign(key)
    except BadSignature as error:
        raise LinkIsDead from error
    link = OneTimeLink.objects.select_related("person").filter(digest=digest_of(nonce)).first()
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkIsDead
    if not link.person.is_active:
        raise LinkIsDead
    return link


@transaction.atomic
def use_link(*, key: str, name: str, password: str | None, now: datetime) -> Person:
    """Use the link up and return its person, with that password (``None``: no password at all).

    Raises LinkIsDead; of two who use it at once, one gets in.
    """
    link = read_link(key=key, now=now)
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise LinkIsDead
    person = Person.objects.select_for_update().get(pk=link.person_id)
    person.name = name.strip()
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save(update_fields=["name", "password"])
    record(
        by=person,
        action="link.used",
        subject=person.email,
        details={"chose": "passkey" if password is None else "password"},
        now=now,
    )
    return person


def digest_of(nonce: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(nonce.encode()).hexdigest()

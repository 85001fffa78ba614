"""API tokens: made once, shown once, kept as a digest, counted per minute."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import ApiToken, Person
from lionrock.desk.people.roles import TEAM, Role

PER_MINUTE: Final = 120
"""Requests a token may make in one minute."""


class Scope(StrEnum):
    """One thing a token may be used for."""

    SUBMIT = "names:submit"
    READ = "suspects:read"
    DECIDE = "suspects:decide"
    REPORTS = "reports:read"
    PUSH = "deliveries:push"
    OWN_READ = "mine:read"
    OWN_ANSWER = "mine:answer"


SCOPES: Final[dict[Scope, Promise]] = {
    Scope.SUBMIT: _("Submit names"),
    Scope.READ: _("Read suspects"),
    Scope.DECIDE: _("Decide about suspects"),
    Scope.REPORTS: _("Read events, episodes and how feeds fare"),
    Scope.PUSH: _("Push deliveries of feeds"),
    Scope.OWN_READ: _("Read your own organisation’s reports and notices"),
    Scope.OWN_ANSWER: _("Answer your own organisation’s notices"),
}

MAY_USE: Final[dict[Scope, tuple[Role, ...]]] = {
    Scope.SUBMIT: TEAM,
    Scope.READ: TEAM,
    Scope.DECIDE: TEAM,
    Scope.REPORTS: (*TEAM, Role.PARTNER),
    Scope.PUSH: TEAM,
    Scope.OWN_READ: (Role.CONSTITUENT,),
    Scope.OWN_ANSWER: (Role.CONSTITUENT,),
}
"""A scope counts only while its owner has one of these roles."""


class NoSuchToken(Exception):
    """The token is unknown, revoked, too old, or its owner may no longer sign in."""


class TooMany(Exception):
    """The token made too many requests; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@transaction.atomic
def make_token(
    *, owner: Person, name: str, scopes: Collection[Scope], lifetime: timedelta, now: datetime
) -> tuple[ApiToken, str]:
    """Return a new token's row and its secret, which is nowhere kept and cannot be shown again."""
    secret = f"lr_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        owner=owner,
        name=name.strip(),
        prefix=secret[:9],
        digest=digest_of(secret),
        scopes=sorted(scopes),
        made_at=now,
        expires_at=now + lifetime,
    )
    record(
        by=owner,
        action="token.made",
        subject=token.prefix,
        details={
            "name": token.name,
            "scopes": token.scopes,
            "expires": token.expires_at.isoformat(),
        },
        now=now,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, owner: Person, by: Person, now: datetime) -> ApiToken:
    """Make the owner's token useless from now on; revoking twice changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token_id, owner=owner)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(
            by=by,
            action="token.revoked",
            subject=token.prefix,
            details={"name": token.name},
            now=now,
        )
    return token


def use_token(*, secret: str, now: datetime) -> ApiToken:
    """Return the token behind a secret and count this use; raise NoSuchToken or TooMany.

    One UPDATE counts and compares, so that requests answered at the same time cannot both be the
    last one allowed.
    """
    token = (
        ApiToken.objects.select_related("owner")
        .filter(digest=digest_of(secret), revoked_at=None, expires_at__gt=now)
        .first()
    )
    if token is None or not token.owner.is_active:
        raise NoSuchToken
    seconds = int(now.timestamp())
    minute = seconds // 60
    counted = (
        ApiToken.objects.filter(pk=token.pk)
        .exclude(minute=minute, used_in_minute__gte=PER_MINUTE)
        .update(
            used_in_minute=Case(
                When(minute=minute, then=F("used_in_minute") + 1), default=Value(1)
            ),
            minute=minute,
            last_used=now,
        )
    )
    if not counted:
        raise TooMany(60 - seconds % 60)
    return token


def may(token: ApiToken, scope: Scope) -> bool:
    """Tell whether the token carries the scope and its owner still has a role that allows it."""
    return scope in token.scopes and token.owner.has_role(*MAY_USE[scope])


def digest_of(secret: str) -> str:
    """Return what is kept of a token. Its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

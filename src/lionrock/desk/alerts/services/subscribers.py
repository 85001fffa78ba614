"""Lets people subscribe and leave: nobody is told of anything before they said so by mail."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp
from lionrock.desk.alerts.keys import new_code
from lionrock.desk.alerts.readers import Post, Subscriber
from lionrock.desk.alerts.services.posting import confirm_id
from lionrock.desk.audit.services import record

VALID: Final = timedelta(days=2)
"""How long a link to confirm holds; whoever does not use it is forgotten then."""
PATIENCE: Final = timedelta(hours=1)
"""How long an address is left alone after a mail to confirm, whoever asks for it."""
MOST_ASKS: Final = 5
"""Mails to confirm that an address gets before it is forgotten: nobody is pestered through us."""


@transaction.atomic
def subscribe(*, email: str, language: str, now: datetime) -> Post | None:
    """Put a mail that asks to confirm into the outbox; None where the address gets none now.

    That is one that is confirmed already, or was asked a moment ago, or too often. The caller tells
    everybody the same: whether an address is known is nobody's business.
    """
    if language not in LANGUAGES:
        raise GiveUp(f"{language} is no language of alerts")
    found = Subscriber.objects.select_for_update().filter(email__iexact=email).first()
    if found is None:
        found = Subscriber.objects.create(
            code=new_code(), email=email, language=language, asked_at=now
        )
    else:
        alive = found.confirmed_at is not None and found.dead_since is None
        if alive or now - found.asked_at < PATIENCE or found.asked >= MOST_ASKS:
            return None
        found.language = language
        found.asked_at = now
        found.asked += 1
        found.save(update_fields=["language", "asked_at", "asked"])
    return Post.objects.create(subscriber=found, message_id=confirm_id(found), next_at=now)


@transaction.atomic
def confirm(*, subscriber: Subscriber, now: datetime) -> Subscriber | None:
    """Tell this subscriber of alerts from now on; None where the link is too old."""
    found = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if found is None or now - found.asked_at > VALID:
        return None
    if found.confirmed_at is None or found.dead_since is not None:
        found.confirmed_at = now
        found.dead_since = None
        found.asked = 0
        found.save(update_fields=["confirmed_at", "dead_since", "asked"])
        record(by=None, action="subscriber.confirmed", subject=found.code, details={}, now=now)
    return found


@transaction.atomic
def leave(*, subscriber: Subscriber, now: datetime) -> None:
    """Forget a subscriber: address, code and what was sent."""
    gone, _ = Subscriber.objects.filter(pk=subscriber.pk).delete()
    if gone:
        record(by=None, action="subscriber.left", subject=subscriber.code, details={}, now=now)


def forget_unconfirmed(*, now: datetime) -> int:
    """Forget everybody who did not confirm in time; return how many.

    An address that was asked too often is remembered for a month, so that it is left alone as long.
    """
    waiting = Subscriber.objects.filter(confirmed_at=None)
    late = waiting.filter(asked_at__lt=now - VALID, asked__lt=MOST_ASKS)
    pestered = waiting.filter(asked_at__lt=now - timedelta(days=30))
    return sum(found.delete()[1].get("alerts.Subscriber", 0) for found in (late, pestered))

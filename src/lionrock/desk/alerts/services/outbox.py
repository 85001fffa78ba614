"""Sends subscribers their mails: claimed in one transaction, sent outside it, its receipt in another.

The same road as letters take (``desk.notices.services.outbox``), with the same stop switch. A mail
whose outcome is unknown is left so: to be told twice is worse than to read the site.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from lionrock.desk.alerts.models import Entry
from lionrock.desk.alerts.readers import Post, PostState, Subscriber
from lionrock.desk.alerts.services.posting import build, entry_id
from lionrock.desk.alerts.services.subscribers import forget_unconfirmed
from lionrock.desk.notices.services.compose import sender_of, signing_key
from lionrock.desk.notices.services.mailing import mailing, mailing_locked
from lionrock.desk.notices.services.outbox import (
    ABANDONED,
    BACK_OFF,
    GIVE_UP_AFTER,
    LONGEST_RUN,
    Transport,
)
from lionrock.net.smtp import NotNow, OutcomeUnknown, Refused

AT_ONCE: Final = 500
"""Subscribers for whom mails are laid into the outbox in one transaction."""
LATE: Final = timedelta(days=3)
"""An entry older than this is no news: nobody is told of it any more."""
_DEAD: Final = frozenset({550, 551, 553, 556})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What one run did, in mails; ``laid`` were put into the outbox, ``forgotten`` are subscribers."""

    laid: int = 0
    sent: int = 0
    later: int = 0
    refused: int = 0
    unknown: int = 0
    forgotten: int = 0


def due(*, now: datetime) -> bool:
    """Tell whether there is anything to lay out or to send."""
    ready = Post.objects.filter(state=PostState.READY, next_at__lte=now)
    return ready.exists() or Entry.objects.filter(told_at=None).exists()


def send_due(*, transport: Transport, worker: str, now: datetime, limit: int = 5000) -> Sending:
    """Lay out and send what is due; safe to run by many workers at once and again after any crash."""
    begun = time.monotonic()
    forgotten = forget_unconfirmed(now=now)
    _settle_abandoned(now=now)
    laid = 0
    while some := lay_out(now=now):
        laid += some
    counts = {"sent": 0, "later": 0, "refused": 0, "unknown": 0}
    key = signing_key()
    sender = sender_of(mailing())
    for _ in range(limit):
        if time.monotonic() - begun > LONGEST_RUN.total_seconds():
            break
        post = claim(worker=worker, now=now)
        if post is None:
            break
        message = build(post, key=key, now=now)
        counts[_send(post, message, sender=sender, transport=transport, now=now)] += 1
    return Sending(laid=laid, forgotten=forgotten, **counts)


@transaction.atomic
def lay_out(*, now: datetime) -> int:
    """Put mails about the oldest untold entry into the outbox, some at a time; return how many."""
    entry = Entry.objects.select_for_update().filter(told_at=None).order_by("pk").first()
    if entry is None:
        return 0
    waiting = Subscriber.objects.filter(
        pk__gt=entry.told_to, confirmed_at__lte=entry.at, dead_since=None
    )
    # A later entry of the same alert tells all that this one would.
    over = Entry.objects.filter(alert_id=entry.alert_id, number__gt=entry.number).exists()
    late = over or now - entry.at > LATE
    some = [] if late else list(waiting.order_by("pk")[:AT_ONCE])
    Post.objects.bulk_create(
        (
            Post(subscriber=one, entry=entry, message_id=entry_id(entry, one), next_at=now)
            for one in some
        ),
        ignore_conflicts=True,
    )
    if len(some) < AT_ONCE:
        entry.told_at = now
    entry.told_to = some[-1].pk if some else entry.told_to
    entry.save(update_fields=["told_to", "told_at"])
    # An entry without readers is done, and the next one may have some.
    return len(some) or (lay_out(now=now) if entry.told_at else 0)


@transaction.atomic(durable=True)
def claim(*, worker: str, now: datetime) -> Post | None:
    """Mark the next due mail as leaving and return it; None when nothing may leave now."""
    if mailing_locked().stopped:
        return None
    skip = connection.features.has_select_for_update_skip_locked
    post = (
        Post.objects.filter(state=PostState.READY, next_at__lte=now)
        .select_related("subscriber", "entry__alert__public")
        .select_for_update(skip_locked=skip, of=("self",) if skip else ())
        .order_by("next_at", "pk")
        .first()
    )
    if post is None:
        return None
    post.state = PostState.SENDING
    post.claimed_by = worker
    post.claimed_at = now
    post.attempts += 1
    post.first_tried_at = post.first_tried_at or now
    post.save(update_fields=["state", "claimed_by", "claimed_at", "attempts", "first_tried_at"])
    return post


def _send(post: Post, message: bytes, *, sender: str, transport: Transport, now: datetime) -> str:
    try:
        receipt = transport(message, sender=sender, to=post.subscriber.email)
    except NotNow as error:
        first = post.first_tried_at or now
        if now - first > GIVE_UP_AFTER and not error.ours:
            return _written(post, PostState.REFUSED, str(error))
        post.next_at = now + BACK_OFF[min(post.attempts, len(BACK_OFF)) - 1]
        _written(post, PostState.READY, str(error))
        return "later"
    except Refused as error:
        if error.stage == "recipient" and error.code in _DEAD:
            Subscriber.objects.filter(pk=post.subscriber_id).update(dead_since=now)
        return _written(post, PostState.REFUSED, str(error))
    except OutcomeUnknown as error:
        return _written(post, PostState.UNKNOWN, str(error))
    post.sent_at = now
    return _written(post, PostState.SENT, receipt.text)


@transaction.atomic
def _written(post: Post, state: PostState, said: str) -> str:
    """Write what became of a mail, if it is still this worker's; return the state."""
    held = Post.objects.select_for_update().filter(
        pk=post.pk, claimed_by=post.claimed_by, attempts=post.attempts, state=PostState.SENDING
    )
    held.update(state=state, receipt=said, sent_at=post.sent_at, next_at=post.next_at)
    return state.value


def _settle_abandoned(*, now: datetime) -> int:
    """Call the outcome of mails unknown whose worker died while they were leaving."""
    left = Post.objects.filter(state=PostState.SENDING, claimed_at__lt=now - ABANDONED)
    return left.update(state=PostState.UNKNOWN, receipt="the worker ended while it was leaving")

"""Writes the mails to subscribers: what one says follows from its entry alone, and links only to the site."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac
from pysequoia import Tsk

from lionrock import regions
from lionrock.desk.alerts.keys import key_of
from lionrock.desk.alerts.models import Entry
from lionrock.desk.alerts.readers import Post, Subscriber
from lionrock.desk.alerts.selectors.public import as_public
from lionrock.desk.alerts.site import FOLDERS, publisher, team_name
from lionrock.desk.notices.services.compose import sender_of
from lionrock.desk.notices.services.mailing import mailing
from lionrock.letters import mail
from lionrock.letters.alert_mail import alert_mail
from lionrock.letters.subscription import confirm_mail

_TAGS: Final = {"en": "en", "zh-Hant": "zh-hant", "zh-Hans": "zh-hans"}


def build(post: Post, *, key: Tsk | None, now: datetime) -> bytes:
    """Return the mail as it leaves, signed where there is a key."""
    subscriber = post.subscriber
    language = subscriber.language
    sender = sender_of(mailing())
    team = team_name(regions.load(settings.LIONROCK_REGION), language)
    leave = _link(language, "leave", key_of(subscriber, "leave"))
    if post.entry is None:
        link = _link(language, "confirm", key_of(subscriber, "confirm"))
        asked = confirm_mail(language=language, team=team, link=link)
        subject, text = asked.subject, asked.body
    else:
        alert = as_public(post.entry.alert)
        told = alert_mail(alert, publisher=publisher(), language=language, leave=leave)
        subject, text = told.subject, told.body
    return mail.build(
        mail.Outgoing(
            sender=sender,
            sender_name=team,
            to=subscriber.email,
            subject=subject,
            text=text,
            message_id=post.message_id,
            at=now,
            language=_TAGS[language],
            unsubscribe=leave if post.entry is not None else "",
            list_id=_list_id(sender) if post.entry is not None else "",
            key=key,
        )
    )


def entry_id(entry: Entry, subscriber: Subscriber) -> str:
    """Return the Message-ID that follows from entry and subscriber: never another one."""
    return _message_id(f"{entry.alert.number}.{entry.number}", f"{entry.pk}|{subscriber.code}")


def confirm_id(subscriber: Subscriber) -> str:
    """Return the Message-ID of a mail to confirm, one for each time somebody asked."""
    return _message_id("subscribe", f"{subscriber.code}|{subscriber.asked_at.timestamp():.0f}")


def _message_id(begins: str, value: str) -> str:
    # Keyed: whoever knows its Message-ID got the mail, or has it from somebody who did.
    digest = salted_hmac("lionrock.alerts.post", value, algorithm="sha256").hexdigest()[:24]
    return f"<{begins.lower()}.{digest}@{sender_of(mailing()).rpartition('@')[2]}>"


def _link(language: str, page: str, key: str) -> str:
    return f"{settings.LIONROCK_URL}/alerts/{FOLDERS[language]}/{page}/{key}/"


def _list_id(sender: str) -> str:
    return f"alerts.{sender.rpartition('@')[2].lower()}"

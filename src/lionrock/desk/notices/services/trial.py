"""A letter to oneself, sent the way every letter leaves, to see whether the server takes it."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from enum import StrEnum
from typing import Final, Protocol

import zstandard
from django.utils.translation import gettext as _

from lionrock.desk.audit.services import record
from lionrock.desk.notices.models import Caught, Mailing
from lionrock.desk.notices.services.compose import sender_of, signing_key, team_of
from lionrock.desk.notices.services.key import read_private
from lionrock.desk.notices.services.mailing import mailing
from lionrock.desk.people.models import Person
from lionrock.letters.mail import Outgoing, build
from lionrock.net.smtp import NotNow, OutcomeUnknown, Receipt, Refused, Security, Server, send

SMTP_PASSWORD: Final = "smtp-password"  # noqa: S105  # the secret's name
IMAP_PASSWORD: Final = "imap-password"  # noqa: S105  # as above
CONNECT_SECONDS: Final = 10.0
REPLY_SECONDS: Final = 20.0
"""Somebody waits before the page."""


class Fate(StrEnum):
    """What became of the letter."""

    SENT = "sent"
    CAUGHT = "caught"
    STOPPED = "stopped"
    REFUSED = "refused"
    UNREACHED = "unreached"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of the letter, and what the server said to it."""

    fate: Fate
    said: str = ""


class Transport(Protocol):
    """What hands a mail to a server: ``net.smtp.send``, or a test's stand-in."""

    def __call__(
        self,
        server: Server,
        message: bytes,
        *,
        sender: str,
        to: str,
        connect_seconds: float,
        reply_seconds: float,
    ) -> Receipt:
        """Return the server's receipt; raise NotNow, Refused or OutcomeUnknown."""


def send_test(*, to: Person, transport: Transport = send, now: datetime) -> Trial:
    """Send a letter to the person through the server that is set; nothing leaves while all is stopped."""
    row = mailing()
    trial = _send(row, to, transport, now)
    record(
        by=to,
        action="mailing.test",
        subject=to.email,
        details={"outcome": trial.fate.value, "failure": trial.said[:300]},
        now=now,
    )
    return trial


def server_of(row: Mailing) -> Server:
    """Return the administrator's server with its password."""
    securities: dict[str, Security] = {"tls": "tls", "none": "none"}
    return Server(
        host=row.host,
        port=row.port,
        security=securities.get(row.security, "starttls"),
        account=row.account,
        password=(read_private(SMTP_PASSWORD) or b"").decode("utf-8") if row.account else "",
        greeting=row.sender.rpartition("@")[2],
    )


def _send(row: Mailing, to: Person, transport: Transport, now: datetime) -> Trial:
    if row.stopped:
        return Trial(fate=Fate.STOPPED)
    sender = sender_of(row)
    subject = _("Test letter")
    message = build(
        Outgoing(
            sender=sender,
            sender_name=team_of(row, language="en", sender=sender).name,
            to=to.email,
            subject=subject,
            text=_("This letter left the way every letter leaves.") + "\n",
            message_id=make_msgid(domain=sender.rpartition("@")[2]),
            at=now,
            language="en",
            key=signing_key(),
        )
    )
    if not row.host:
        Caught.objects.create(
            to=to.email, subject=subject, body=zstandard.compress(message), caught_at=now
        )
        return Trial(fate=Fate.CAUGHT)
    try:
        receipt = transport(
            server_of(row),
            message,
            sender=sender,
            to=to.email,
            connect_seconds=CONNECT_SECONDS,
            reply_seconds=REPLY_SECONDS,
        )
    except Refused as error:
        return Trial(fate=Fate.REFUSED, said=str(error))
    except NotNow as error:
        return Trial(fate=Fate.UNREACHED, said=str(error))
    except OutcomeUnknown as error:
        return Trial(fate=Fate.UNKNOWN, said=str(error))
    return Trial(fate=Fate.SENT, said=f"{receipt.code} {receipt.text}")

"""The local catch-all: a real mail server on loopback whose mails end in a table, so that nothing leaves."""

import asyncio
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import cache
from typing import Any, Final

import zstandard
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections, connections

from lionrock.desk.notices.models import Caught, Letter
from lionrock.letters.mail import LARGEST
from lionrock.net.smtp import Server

LOOPBACK: Final = "127.0.0.1"


class Keeper:
    """Takes every mail, and answers only once it is kept."""

    async def handle_DATA(  # the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail; a table that does not answer is a temporary error."""
        del server, session
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(keep, content, list(envelope.rcpt_tos))
        except Exception:  # noqa: BLE001  # the server goes on; the sender keeps the letter
            return "451 the catch-all cannot keep it now"
        return "250 caught, kept on this machine"


def keep(content: bytes, recipients: list[str]) -> None:
    """Write a caught mail for each of its recipients."""
    close_old_connections()
    try:
        headers = BytesHeaderParser(policy=compat32).parsebytes(content)
        letter = Letter.objects.filter(
            message_id=str(headers.get("Message-ID", "")).strip()
        ).first()
        subject = str(letter.subject if letter else headers.get("Subject", ""))[:500]
        body = zstandard.ZstdCompressor().compress(content)
        for to in recipients:
            Caught.objects.create(
                letter=letter, to=to[:254], subject=subject, body=body, caught_at=datetime.now(UTC)
            )
    finally:
        connections.close_all()


def begin(*, port: int = 0) -> "Controller":
    """Start a catch-all in a thread of its own; port 0 takes a free one."""
    controller = Controller(
        Keeper(),
        hostname=LOOPBACK,
        port=port,
        data_size_limit=2 * LARGEST,
        ready_timeout=30,
        ident="Lionrock catch-all",
        server_hostname="localhost",
    )
    _on_a_free_port(controller) if port == 0 else controller.start()
    return controller


@cache
def running() -> Server:
    """Return this process's catch-all, started on first use; it ends with the process."""
    return address_of(begin())


def address_of(controller: Any) -> Server:  # Any: aiosmtpd has no types
    """Return where a catch-all listens."""
    host, port = controller.server.sockets[0].getsockname()[:2]
    return Server(host=host, port=port, security="none", greeting="localhost")


def _on_a_free_port(controller: Any) -> None:  # Any: as above
    """Start on whatever port is free, and tell the controller, which greets itself there, which."""
    import socket  # noqa: PLC0415  # only here

    bound = socket.create_server((LOOPBACK, 0))
    controller.port = bound.getsockname()[1]
    bound.close()
    controller.start()

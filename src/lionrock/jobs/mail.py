"""The commands about letters: preview, send, stop, start, the mail server, the key, the catch-all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import App, Parameter

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    import ssl

    from lionrock.desk.notices.services.outbox import Transport
    from lionrock.net.smtp import Receipt

app = App(name="mail", help="Letters: preview, send, stop, and the mail server.")

SMTP_PASSWORD: Final = "smtp-password"  # noqa: S105  # the secret's name
IMAP_PASSWORD: Final = "imap-password"  # noqa: S105  # the secret's name


@app.command
def preview(ticket: str, *, raw: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Print a notice as its recipient gets it; nothing is sent and nothing changes.

    For example:

        lionrock mail preview LR-2026-000123-7K
        lionrock mail preview LR-2026-000123-7K --raw > letter.eml

    Parameters
    ----------
    ticket
        The notice's ticket number.
    raw
        The whole mail with headers and attachments, unsigned, instead of its text alone.
    """
    ready()
    from lionrock.desk.notices.models import Notice  # noqa: PLC0415  # needs Django started
    from lionrock.desk.notices.selectors.preview import preview as draw  # noqa: PLC0415  # as above

    notice = Notice.objects.filter(ticket=ticket.upper()).first()
    if notice is None:
        raise GiveUp(f"there is no notice with the ticket {ticket}")
    drawn = draw(notice, now=now())
    if raw:
        sys.stdout.buffer.write(drawn.raw)
        return
    sys.stdout.write(f"To: {drawn.to or '-'}\nSubject: {drawn.subject}\n")
    for one in drawn.attachments:
        sys.stdout.write(f"Attached: {one.name} ({len(one.content)} bytes)\n")
    sys.stdout.write(f"\n{drawn.text}")


@app.command
def send(*, once: Annotated[bool, Parameter(negative=())] = True) -> None:
    """Send every letter that is due now, then end; the worker does the same by itself.

    For example:

        lionrock mail send --once

    Parameters
    ----------
    once
        End when nothing is due any more; there is no other way yet.
    """
    ready()
    from lionrock.desk.notices.services.outbox import send_due  # noqa: PLC0415  # needs Django

    del once
    import os  # noqa: PLC0415  # only here
    import socket  # noqa: PLC0415  # only here

    with transport() as line:
        done = send_due(
            transport=line, worker=f"{socket.gethostname()}-mail-{os.getpid()}", now=now()
        )
    sys.stdout.write(
        f"built {done.built}, sent {done.sent}, later {done.later}, refused {done.refused}, "
        f"unknown {done.unknown}, abandoned {done.abandoned}\n"
    )


@app.command
def stop(*, note: str = "") -> None:
    """Stop all letters: none begins to leave until `lionrock mail start`.

    For example:

        lionrock mail stop --note "wrong constituent imported"

    Parameters
    ----------
    note
        Why, for the audit log.
    """
    ready()
    from lionrock.desk.notices.services import stop_mailing  # noqa: PLC0415  # needs Django

    stop_mailing(by=None, note=note, now=now())
    sys.stdout.write("No letter leaves any more.\n")


@app.command
def start(*, note: str = "") -> None:
    """Let letters leave again.

    For example:

        lionrock mail start

    Parameters
    ----------
    note
        Why, for the audit log.
    """
    ready()
    from lionrock.desk.notices.services import start_mailing  # noqa: PLC0415  # needs Django

    start_mailing(by=None, note=note, now=now())
    sys.stdout.write("Letters leave again.\n")


@app.command
def status() -> None:
    """Say where letters go, whether they are stopped, and how many stand where.

    For example:

        lionrock mail status
    """
    ready()
    from django.db.models import Count  # noqa: PLC0415  # needs Django started

    from lionrock.desk.notices.models import Letter  # noqa: PLC0415  # as above
    from lionrock.desk.notices.services import mailing  # noqa: PLC0415  # as above
    from lionrock.desk.notices.services.compose import (  # noqa: PLC0415  # as above
        sender_of,
        signing_key,
    )

    row = mailing()
    key = signing_key()
    lines = {
        "server": f"{row.host}:{row.port} ({row.security})" if row.host else "local catch-all",
        "sender": sender_of(row),
        "stopped": "yes" if row.stopped else "no",
        "key": key.extract_certificate().fingerprint if key else "none: letters leave unsigned",
        "answers": row.reply_host or "not read",
    }
    counts = Letter.objects.values_list("state").annotate(count=Count("pk")).order_by("state")
    lines |= {f"letters {state}": str(count) for state, count in counts}
    for name, value in lines.items():
        sys.stdout.write(f"{name}\t{value}\n")


@app.command
def server(
    host: str,
    *,
    sender: str = "",
    port: int = 587,
    security: Literal["starttls", "tls", "none"] = "starttls",
    account: str = "",
    sender_name: str = "",
) -> None:
    """Set the mail server that letters leave through; an empty host means the local catch-all.

    The password, where there is an account, is read from standard input and kept in the data folder.
    A sender and its name that are not given stay as they are.

    For example:

        lionrock mail server smtp.example.org --sender cert@example.org --account cert < password.txt
        lionrock mail server ""

    Parameters
    ----------
    host
        The server's name; "" for the local catch-all.
    sender
        The address letters come from; the one set before where it is not given.
    port
        587 for STARTTLS, 465 for TLS.
    security
        starttls, tls, or none (this machine only).
    account
        The account to sign in with; its password is read from standard input.
    sender_name
        The name beside the address, instead of the region pack's; as before where it is not given.
    """
    ready()
    from lionrock.desk.notices.services import mailing, set_mailing  # noqa: PLC0415  # needs Django

    password = sys.stdin.readline().strip() if account else ""
    if account and not password:
        raise GiveUp("the account's password is read from standard input, and there was none")
    before = mailing()
    set_mailing(
        by=None,
        host=host,
        port=port,
        security=security,
        account=account,
        sender=sender or before.sender,
        sender_name=sender_name or before.sender_name,
        now=now(),
    )
    if password:
        keep_secret(SMTP_PASSWORD, password)
    sys.stdout.write(f"Letters leave through {host or 'the local catch-all'}.\n")


@app.command
def answers(host: str, *, account: str = "", port: int = 993, folder: str = "INBOX") -> None:
    """Set the mailbox (IMAP with TLS) in which answers are read; its password comes on standard input.

    For example:

        lionrock mail answers imap.example.org --account cert < password.txt

    Parameters
    ----------
    host
        The server's name; "" to read none.
    account
        The mailbox's account.
    port
        993 for TLS.
    folder
        The folder in which answers arrive.
    """
    ready()
    from lionrock.desk.notices.services import set_answers  # noqa: PLC0415  # needs Django

    password = sys.stdin.readline().strip() if host else ""
    if host and not (account and password):
        raise GiveUp("a mailbox needs an account, and its password on standard input")
    if password:
        keep_secret(IMAP_PASSWORD, password)
    set_answers(by=None, host=host, port=port, account=account, folder=folder, now=now())
    sys.stdout.write(f"Answers are read at {host}.\n" if host else "No answers are read.\n")


@app.command
def take(*files: Path) -> None:
    """Take mails that came back from files, as if they had come to the mailbox.

    For example:

        lionrock mail take answer.eml bounce.eml

    Parameters
    ----------
    files
        Mails as they came (RFC 5322).
    """
    ready()
    from lionrock.desk.notices.services.answers import take as keep  # noqa: PLC0415  # needs Django

    for file in files:
        answer = keep(file.read_bytes(), now=now())
        ticket = answer.notice.ticket if answer.notice else "-"
        sys.stdout.write(f"{file}\t{ticket}\t{answer.kind}\n")


@app.command
def key() -> None:
    """Make the key that signs letters, unless there is one, and print its public part.

    It bears the sender's address, which `mail server --sender` sets first.
    The secret part lies in the data folder's secrets; publish the public part where recipients look.

    For example:

        lionrock mail key > cert-public.asc
    """
    ready()
    from lionrock.desk.notices.services.compose import signing_key  # noqa: PLC0415  # needs Django
    from lionrock.desk.notices.services.key import make_key  # noqa: PLC0415  # as above

    found = signing_key() or make_key(by=None, now=now())
    sys.stdout.write(str(found.extract_certificate()))


@app.command
def catch(*, port: int = 2525) -> int:
    """Run a catch-all mail server on this machine until Ctrl-C: what it takes, the console shows.

    Letters need none: without a mail server set, the worker brings its own. This one is for other
    programs, or for watching.

    For example:

        lionrock mail catch --port 2525

    Parameters
    ----------
    port
        The port to listen on, on loopback.
    """
    ready()
    import threading  # noqa: PLC0415  # only here

    from lionrock.jobs.catch import begin  # noqa: PLC0415  # needs Django started

    controller = begin(port=port)
    sys.stderr.write(f"Catching every mail on 127.0.0.1:{port}. Ctrl-C stops.\n")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
    finally:
        controller.stop()
    return Exit.FINE


@contextmanager
def transport() -> "Iterator[Transport]":
    """Hand letters over on one connection: to the administrator's server, or the local catch-all."""
    from lionrock.desk.notices.services import mailing  # noqa: PLC0415  # needs Django started
    from lionrock.jobs.catch import running  # noqa: PLC0415  # as above
    from lionrock.net import smtp  # noqa: PLC0415  # as above

    row = mailing()
    securities: dict[str, smtp.Security] = {"tls": "tls", "none": "none"}
    server = (
        smtp.Server(
            host=row.host,
            port=row.port,
            security=securities.get(row.security, "starttls"),
            account=row.account,
            password=secret_of(SMTP_PASSWORD) if row.account else "",
            greeting=row.sender.rpartition("@")[2],
        )
        if row.host
        else running()
    )
    with smtp.Line(server) as line:
        yield _returning(line)


def _returning(send: "Transport") -> "Transport":
    """Let each letter leave with the return address that its bounces come to."""
    from lionrock.desk.notices.services.returns import return_path  # noqa: PLC0415  # needs Django

    def sending(message: bytes, *, sender: str, to: str) -> "Receipt":
        return send(message, sender=return_path(message, sender=sender, to=to), to=to)

    return sending


def take_answers(*, now: datetime, trusted: "ssl.SSLContext | None" = None) -> int:
    """Keep every new mail of the mailbox, then take what is kept; return how many were taken.

    How far the mailbox was read is noted behind each mail that is kept. So nothing is lost whenever
    this ends; and what is kept twice is one Blob, what is taken twice one Answer.
    """
    from lionrock.desk.notices.services.answers import take_waiting  # noqa: PLC0415  # needs Django

    try:
        _keep_answers(now=now, trusted=trusted)
    finally:
        taken = take_waiting(now=now)
    return taken


def _keep_answers(*, now: datetime, trusted: "ssl.SSLContext | None") -> None:
    from lionrock.core.feeds import Carrier  # noqa: PLC0415  # as below
    from lionrock.desk.notices.services import mailing  # noqa: PLC0415  # needs Django started
    from lionrock.desk.notices.services.answers import keep  # noqa: PLC0415  # as above
    from lionrock.desk.notices.services.mailing import read_up_to  # noqa: PLC0415  # as above
    from lionrock.net import imap  # noqa: PLC0415  # as above
    from lionrock.net.carrying import Arrival, Order, Place  # noqa: PLC0415  # as above

    row = mailing()
    if not row.reply_host:
        return

    def no_web(*_: object, **__: object) -> None:
        raise GiveUp("a mailbox needs no web")

    order = Order(
        feed="answers",
        address=f"imaps://{row.reply_host}:{row.reply_port}",
        now=now,
        place=Place(cursor=row.reply_cursor),
        web=no_web,  # type: ignore[arg-type]  # never asked
        account=row.reply_account,
        secret=secret_of(IMAP_PASSWORD),
        options={"folder": row.reply_folder},
        limit=imap.MAIL_LIMIT,
    )
    for found in imap.carry(order, trusted=trusted):
        place = found
        if isinstance(found, Arrival):
            keep(
                found.content.read(),
                name=found.name,
                origin=found.origin,
                headers=found.headers,
                carrier=Carrier.IMAP,
                now=now,
            )
            if found.place is None:
                continue
            place = found.place
        assert isinstance(place, Place)  # noqa: S101  # what else is there
        if not read_up_to(place.cursor, mailbox=row):
            return  # an administrator named another mailbox meanwhile


def keep_secret(name: str, value: str) -> None:
    """Write a secret of the mail servers, for the owner alone."""
    from lionrock.desk.notices.services.key import keep_private  # noqa: PLC0415  # needs Django

    keep_private(name, value.encode("utf-8"))


def secret_of(name: str) -> str:
    """Return a secret of the mail servers; empty where there is none."""
    from lionrock.desk.notices.services.key import read_private  # noqa: PLC0415  # needs Django

    return (read_private(name) or b"").decode("utf-8")


def now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


def ready() -> None:
    """Start Django; refuse to work on a database that was never set up or is behind."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")

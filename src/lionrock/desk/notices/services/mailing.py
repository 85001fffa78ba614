"""The stop switch and the mail servers: one row that every sender reads inside its transaction."""

from datetime import datetime

from django.db import transaction

from lionrock.core.errors import GiveUp
from lionrock.desk.audit.services import record
from lionrock.desk.notices.models import Mailing
from lionrock.desk.people.models import Person

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def mailing() -> Mailing:
    """Return the one row, making it where it is missing."""
    return Mailing.objects.get_or_create(pk=1)[0]


def mailing_locked() -> Mailing:
    """Return the one row locked for this transaction: who stops and who claims take turns."""
    held = Mailing.objects.select_for_update().filter(pk=1).first()
    if held is None:
        mailing()
        held = Mailing.objects.select_for_update().get(pk=1)
    return held


@transaction.atomic
def stop_mailing(*, by: Person | None, note: str = "", now: datetime) -> Mailing:
    """Stop all letters: when this returns, no letter begins to leave until mailing is started."""
    row = mailing_locked()
    row.stopped = True
    row.stopped_by = by
    row.stopped_at = now
    row.save(update_fields=["stopped", "stopped_by", "stopped_at"])
    record(by=by, action="mailing.stop", subject="mailing", details={"note": note}, now=now)
    return row


@transaction.atomic
def start_mailing(*, by: Person | None, note: str = "", now: datetime) -> Mailing:
    """Let letters leave again."""
    row = mailing_locked()
    row.stopped = False
    row.stopped_by = None
    row.stopped_at = None
    row.save(update_fields=["stopped", "stopped_by", "stopped_at"])
    record(by=by, action="mailing.start", subject="mailing", details={"note": note}, now=now)
    return row


@transaction.atomic
def set_mailing(
    *,
    by: Person | None,
    host: str,
    port: int,
    security: str,
    account: str,
    sender: str,
    sender_name: str,
    now: datetime,
) -> Mailing:
    """Say through which server letters leave, and as whom; an empty host means the local catch-all.

    The password is no part of it: it lies in the data folder's secrets (``smtp-password``).
    """
    if host and security == "none" and host not in LOOPBACK:
        raise GiveUp("mail without TLS goes to this machine alone: choose STARTTLS or TLS")
    if host and not sender:
        raise GiveUp("a mail server needs a sender address beside it")
    if not 0 < port < 2**16:
        raise GiveUp("a port lies between 1 and 65535")
    row = mailing_locked()
    row.host = host
    row.port = port
    row.security = security
    row.account = account
    row.sender = sender
    row.sender_name = sender_name
    row.full_clean(exclude=["stopped_by", "stopped_at"])
    row.save()
    record(
        by=by,
        action="mailing.set",
        subject="mailing",
        details={"host": host, "port": port, "security": security, "sender": sender},
        now=now,
    )
    return row


@transaction.atomic
def set_answers(
    *,
    by: Person | None,
    host: str,
    port: int,
    account: str,
    folder: str,
    now: datetime,
) -> Mailing:
    """Say in which mailbox answers are read (IMAP with TLS); its password: secret ``imap-password``."""
    row = mailing_locked()
    before = _mailbox(row)
    row.reply_host = host
    row.reply_port = port
    row.reply_account = account
    row.reply_folder = folder or "INBOX"
    if _mailbox(row) != before:
        row.reply_cursor = ""  # another mailbox counts its mails anew
    row.save(
        update_fields=[
            "reply_host",
            "reply_port",
            "reply_account",
            "reply_folder",
            "reply_cursor",
        ]
    )
    record(
        by=by,
        action="mailing.answers",
        subject="mailing",
        details={"host": host, "port": port, "folder": folder},
        now=now,
    )
    return row


@transaction.atomic
def read_up_to(cursor: str, *, mailbox: Mailing) -> bool:
    """Note how far the mailbox was read; False when another mailbox is the one to read now.

    Of two workers that read at once, the one behind does not set the other back.
    """
    row = mailing_locked()
    if _mailbox(row) != _mailbox(mailbox):
        return False
    validity, _, uid = cursor.partition(":")
    known, _, last = row.reply_cursor.partition(":")
    if validity != known or not last.isdigit() or int(uid) > int(last):
        row.reply_cursor = cursor[:100]
        row.save(update_fields=["reply_cursor"])
    return True


def _mailbox(row: Mailing) -> tuple[str, int, str, str]:
    return (row.reply_host, row.reply_port, row.reply_account, row.reply_folder)


@transaction.atomic
def set_plus(*, by: Person | None, plus: bool, now: datetime) -> Mailing:
    """Say whether letters leave with return addresses of their own (``notices+…@``)."""
    row = mailing_locked()
    row.plus = plus
    row.save(update_fields=["plus"])
    record(by=by, action="mailing.plus", subject="mailing", details={"plus": plus}, now=now)
    return row


@transaction.atomic
def set_scans_to_fix(*, by: Person | None, scans: int, now: datetime) -> Mailing:
    """Say how many complete scans in a row must miss a problem before it counts as fixed."""
    if not 1 <= scans <= 30:
        raise GiveUp("between 1 and 30 scans")
    row = mailing_locked()
    row.scans_to_fix = scans
    row.save(update_fields=["scans_to_fix"])
    record(by=by, action="mailing.scans", subject="mailing", details={"scans": scans}, now=now)
    return row

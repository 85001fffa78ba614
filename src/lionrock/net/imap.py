"""A mailbox as a carrier: every mail once, none deleted, none marked as read.

The server is the administrator's own choice and is often on the inside, and mail servers do not
redirect: the guard against private addresses has no say here. TLS is required off this machine.
"""

import imaplib
import io
import re
import ssl
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Arrival, Order, Place, Refused

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
MAIL_LIMIT: Final = 128 * 2**20
"""Bytes of one mail; it is held in memory while it is kept."""
KEPT: Final = ("from", "to", "date", "subject", "message-id", "list-id", "content-type")
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d{1,12})")


def carry(order: Order, *, trusted: ssl.SSLContext | None = None) -> Iterator[Arrival | Place]:
    """Yield each mail behind the last one seen, in the order they came in.

    The address is ``imaps://server:993`` or ``imap://server:143`` (STARTTLS; without it only on this
    machine). Options: ``folder`` (INBOX); ``move`` names a folder that a mail is moved to once it is
    kept; ``security`` ``none`` for a server on this machine. Mails are never deleted. The cursor is
    UIDVALIDITY and UID: a mailbox that was made anew is read from its beginning, and what is known
    stays known.
    """
    folder = order.options.get("folder", "") or "INBOX"
    target = order.options.get("move", "")
    with _Box(order, trusted) as box:
        _select(box, folder)
        if target and not box.folder.exists(target):
            raise GiveUp(f"the mailbox has no folder “{target}” to move mails to")
        validity = str(box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])
        before, _, last = order.place.cursor.partition(":")
        reached = int(last) if before == validity and last.isdigit() else 0
        skipped = []
        for uid in _behind(box, reached):
            place = Place(cursor=f"{validity}:{uid}")
            mail = _mail(box, uid, limit=min(order.limit, MAIL_LIMIT))
            if mail is None:
                skipped.append(str(uid))
                yield place
                continue
            if mail:
                headers = _headers(mail)
                yield Arrival(
                    name=f"{uid}.eml",
                    content=io.BytesIO(mail),
                    origin=headers.get("message-id", "") or f"{folder}/{validity}/{uid}",
                    headers=headers,
                    place=place,
                    mail=True,
                )
            if target:
                box.move([str(uid)], target)
        if skipped:
            raise GiveUp(
                f"mails too large to keep were left in the mailbox: {', '.join(skipped[:10])}"
            )


class _Box:
    """A signed-in mailbox; what goes wrong inside its block is named for the caller."""

    def __init__(self, order: Order, trusted: ssl.SSLContext | None) -> None:
        self._order = order
        self._trusted = trusted or ssl.create_default_context()
        self._box: BaseMailBox | None = None

    def __enter__(self) -> BaseMailBox:
        try:
            self._box = self._opened()
        except MailboxLoginError as error:
            raise Refused("the mailbox does not let us in: check account and password") from error
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
            raise TryLater(f"the mailbox cannot be reached: {_said(error)}") from error
        return self._box

    def _opened(self) -> BaseMailBox:
        order = self._order
        parts = urlsplit(order.address if "://" in order.address else f"imaps://{order.address}")
        host = parts.hostname or ""
        account = order.account or unquote(parts.username or "")
        if not host or parts.scheme not in {"imap", "imaps"}:
            raise GiveUp(f"{order.address} is no mailbox address: imaps://server")
        if not account or not order.secret:
            raise Refused("a mailbox needs an account and a password")
        box: BaseMailBox
        if parts.scheme == "imaps":
            box = MailBox(host, parts.port or 993, timeout=order.timeout, ssl_context=self._trusted)
        elif order.options.get("security") == "none" and host in LOOPBACK:
            box = MailBoxUnencrypted(host, parts.port or 143, timeout=order.timeout)
        else:
            box = MailBoxStartTls(
                host, parts.port or 143, timeout=order.timeout, ssl_context=self._trusted
            )
        try:
            box.login_utf8(account, order.secret, initial_folder=None)
        except imaplib.IMAP4.error as error:
            box.client.shutdown()
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            raise Refused("the mailbox does not let us in: check account and password") from error
        except BaseException:
            box.client.shutdown()
            raise
        return box

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._box is not None:
            try:
                self._box.logout()
            except (ImapToolsError, imaplib.IMAP4.error, OSError):
                self._box.client.shutdown()
        if isinstance(error, (ImapToolsError, imaplib.IMAP4.error, OSError)):
            raise TryLater(f"the mailbox broke off: {_said(error)}") from error


def _select(box: BaseMailBox, folder: str) -> None:
    try:
        box.folder.set(folder, readonly=False)
    except ImapToolsError as error:
        raise GiveUp(f"the mailbox has no folder “{folder}”") from error


def _behind(box: BaseMailBox, reached: int) -> list[int]:
    """Return the UIDs behind the one reached; a server answers ``n:*`` with its last mail at least."""
    found = box.uids(f"UID {reached + 1}:*")
    return sorted(number for uid in found if (number := int(uid)) > reached)


def _mail(box: BaseMailBox, uid: int, *, limit: int) -> bytes | None:
    """Return the mail as it lies there; empty when it went meanwhile, ``None`` when it is too large."""
    size = _SIZE.search(b" ".join(_pieces(_fetched(box, uid, "(RFC822.SIZE)"))))
    if size is None:
        return b""
    if int(size[1]) > limit:
        return None
    for piece in _fetched(box, uid, "(BODY.PEEK[])"):
        if isinstance(piece, tuple) and len(piece) == 2 and isinstance(piece[1], bytes):
            return piece[1] if len(piece[1]) <= limit else None
    return b""


def _fetched(box: BaseMailBox, uid: int, what: str) -> list[Any]:  # Any: imaplib's own
    status, found = box.client.uid("FETCH", str(uid), what)
    if status != "OK":
        raise TryLater(f"the mailbox does not hand out mail {uid}")
    return list(found or [])


def _pieces(found: list[Any]) -> Iterator[bytes]:  # Any: as above
    for piece in found:
        if isinstance(piece, bytes):
            yield piece
        elif isinstance(piece, tuple):
            yield from (part for part in piece if isinstance(part, bytes))


def _headers(mail: bytes) -> dict[str, str]:
    """Return those headers that are worth keeping beside the mail."""
    head = mail[: 2**18].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    parsed = BytesHeaderParser(policy=compat32).parsebytes(head)
    return {
        name: " ".join(str(value).split())[:1000] for name in KEPT if (value := parsed.get(name))
    }


def _said(error: BaseException) -> str:
    """Return an error of the protocol in one line; none of them holds the password."""
    return " ".join(str(error).split())[:200] or type(error).__name__

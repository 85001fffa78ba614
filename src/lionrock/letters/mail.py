"""Builds the mail of a notice as it leaves: text, attachments, signed and, where there is a key, sealed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from pysequoia import Cert, SignatureMode, Tsk, encrypt, sign

from lionrock.core.errors import GiveUp
from lionrock.letters.plainly import one_line

LARGEST: Final = 10 * 2**20
"""Bytes of a finished mail: more than many servers take is never built."""

_TAGS: Final = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}
_POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=78)
_ID: Final = re.compile(r"<[A-Za-z0-9._%+-]{1,100}@[A-Za-z0-9.-]{1,100}>")
_LINK: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{4,800}")
_LIST: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,10}")
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
)


class TooLarge(GiveUp):
    """The mail would be larger than servers take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file beside the text; ``type`` is its media type without parameters."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """All that a mail is made of. ``message_id`` stands in angle brackets."""

    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    message_id: str
    at: datetime
    language: str
    attachments: Sequence[Attachment] = ()
    answers: Sequence[str] = ()
    """Message-IDs that it goes on from, the oldest first (an escalation, a second letter)."""
    key: Tsk | None = None
    """Our signing key; without one the mail leaves unsigned."""
    recipient: Cert | None = None
    """The recipient's key; the mail is sealed for it."""
    unsubscribe: str = ""
    """Where one request ends the subscription (RFC 8058), for a mail that many get."""
    list_id: str = ""
    """What the list is called in its List-Id (RFC 2919): a name under a domain of ours."""


def build(mail: Outgoing) -> bytes:
    """Return the mail with CR LF line ends, lines of at most 998 bytes and nothing but ASCII.

    Raise GiveUp where an address, link or Message-ID is malformed (a line break in one would be a
    header of its own), or the recipient's key cannot be used; TooLarge above ``LARGEST``.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(one_line(mail.sender_name, 100), addr_spec=_address(mail.sender))
    message["To"] = Address(addr_spec=_address(mail.to))
    message["Subject"] = one_line(mail.subject, 400)
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = _message_id(mail.message_id)
    if mail.answers:
        known = [_message_id(one) for one in mail.answers]
        message["In-Reply-To"] = known[-1]
        message["References"] = " ".join(known)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message["Content-Language"] = _TAGS.get(mail.language.lower(), "en")
    content = _content(mail)
    if mail.key is not None:
        content = _signed(content, mail.key)
    if mail.recipient is not None:
        content = _sealed(content, mail.recipient)
    whole = _headers(message) + _list_headers(mail) + content
    if len(whole) > LARGEST:
        raise TooLarge(f"the mail has {len(whole)} bytes, more than {LARGEST}")
    return whole


def read_key(armored: str) -> Cert:
    """Return the public key that the text holds; raise GiveUp when it holds none."""
    try:
        return Cert.from_bytes(armored.encode("utf-8"))
    except Exception as error:  # the library raises bare exceptions of its own
        raise GiveUp(f"this is no OpenPGP public key: {error}") from error


def usable(cert: Cert, *, at: datetime) -> bool:
    """Tell whether letters can be sealed for this key now."""
    if cert.is_revoked or (cert.expiration is not None and cert.expiration <= at):
        return False
    try:
        encrypt(b"try", recipients=[cert])
    except Exception:  # noqa: BLE001  # as above: no key for encryption, or an algorithm unknown here
        return False
    return True


def _content(mail: Outgoing) -> bytes:
    """Return the inner part: the text and its attachments, all of it in 7 bits."""
    part = MIMEPart(policy=_POLICY)
    part.set_content(mail.text, charset="utf-8", cte=_encoding(mail.text))
    for one in mail.attachments:
        maintype, _, subtype = one.type.partition("/")
        part.add_attachment(
            one.content, maintype=maintype, subtype=subtype, filename=one.name, cte="base64"
        )
    return _crlf(part.as_bytes())


def _encoding(text: str) -> str:
    return "7bit" if text.isascii() else "base64"


def _signed(content: bytes, key: Tsk) -> bytes:
    """Return the part inside ``multipart/signed`` (RFC 3156): the signature covers it byte for byte."""
    try:
        signature = sign(key.signer(), content, mode=SignatureMode.DETACHED)
    except Exception as error:  # the library raises bare exceptions of its own
        raise GiveUp(f"our key cannot sign: {error}") from error
    boundary = _boundary(content, "signed")
    return b"\r\n".join(
        (
            b'Content-Type: multipart/signed; micalg="pgp-sha512";',
            b' protocol="application/pgp-signature";',
            b' boundary="' + boundary + b'"',
            b"",
            b"--" + boundary,
            content,
            b"--" + boundary,
            b'Content-Type: application/pgp-signature; name="signature.asc"',
            b'Content-Disposition: attachment; filename="signature.asc"',
            b"",
            _crlf(signature).rstrip(b"\r\n"),
            b"--" + boundary + b"--",
            b"",
        )
    )


def _sealed(content: bytes, recipient: Cert) -> bytes:
    """Return the part inside ``multipart/encrypted`` (RFC 3156)."""
    try:
        secret = encrypt(content, recipients=[recipient])
    except Exception as error:  # the library raises bare exceptions of its own
        raise GiveUp(f"the recipient's key cannot be used: {error}") from error
    boundary = _boundary(secret, "sealed")
    return b"\r\n".join(
        (
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";',
            b' boundary="' + boundary + b'"',
            b"",
            b"--" + boundary,
            b"Content-Type: application/pgp-encrypted",
            b"",
            b"Version: 1",
            b"",
            b"--" + boundary,
            b'Content-Type: application/octet-stream; name="encrypted.asc"',
            b'Content-Disposition: inline; filename="encrypted.asc"',
            b"",
            _crlf(secret).rstrip(b"\r\n"),
            b"--" + boundary + b"--",
            b"",
        )
    )


def _headers(message: EmailMessage) -> bytes:
    """Return the header lines alone; those of the content follow from the content itself."""
    lines = _crlf(message.as_bytes()).split(b"\r\n\r\n", 1)[0]
    return lines + b"\r\nMIME-Version: 1.0\r\n"


def _list_headers(mail: Outgoing) -> bytes:
    """Return the lines by which mail programs show a button to unsubscribe; empty for a single letter.

    They are written plainly: the library would fold a long link, or encode it.
    """
    lines = ""
    if mail.list_id:
        if not _LIST.fullmatch(mail.list_id):
            raise GiveUp(f"“{one_line(mail.list_id, 80)}” is no name of a list")
        lines += f"List-Id: <{mail.list_id}>\r\n"
    if mail.unsubscribe:
        if not _LINK.fullmatch(mail.unsubscribe):
            raise GiveUp(f"“{one_line(mail.unsubscribe, 80)}” is no link to unsubscribe")
        lines += f"List-Unsubscribe: <{mail.unsubscribe}>\r\n"
        lines += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return lines.encode("ascii")


def _boundary(content: bytes, name: str) -> bytes:
    number = 0
    while (boundary := f"=_lionrock_{name}_{number}".encode("ascii")) in content:
        number += 1
    return boundary


def _crlf(content: bytes) -> bytes:
    return re.sub(rb"\r\n|\r|\n", b"\r\n", content)


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise GiveUp(f"“{one_line(text, 80)}” is no mail address")
    return text


def _message_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise GiveUp(f"“{one_line(text, 80)}” is no Message-ID")
    return text

"""Take one mail apart: its headers, its texts and what is attached, within bounds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO, Final

from lionrock.core.feeds import Delivery
from lionrock.feeds.reading import Unreadable

LARGEST_MAIL: Final = 64 * 1024 * 1024
"""Bytes of one mail that are read; servers refuse larger ones long before."""
MOST_PARTS: Final = 500
DEEPEST: Final = 20

_SPACES: Final = re.compile(r"[\r\n\t ]+")
_ENCRYPTED: Final = "-----BEGIN PGP MESSAGE-----"
_STILL_ENCRYPTED: Final = "has an encrypted part that was not decrypted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One text or attachment of a mail, decoded; an archive as it came."""

    name: str
    kind: str
    """The media type, lower case: ``text/plain``."""
    content: bytes
    charset: str = "utf-8"
    inner: "Mail | None" = None
    """The mail inside, where the part is a forwarded or reported mail."""

    @property
    def text(self) -> str:
        """The content as text, with ``\\n`` ends; what does not decode is replaced."""
        try:
            text = self.content.decode(self.charset, "replace")
        except (LookupError, ValueError):
            text = self.content.decode("utf-8", "replace")
        return text.replace("\r\n", "\n")

    def delivery(self, received: datetime) -> Delivery:
        """Return the attachment as a delivery of its own, for the reader of what is in it."""
        return Delivery.of(self.content, name=self.name, received=received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail: headers by lower-case name (the first of each), leaves in order, and what failed."""

    headers: Mapping[str, str]
    leaves: tuple[Leaf, ...]
    broken: tuple[str, ...] = ()
    """Why parts could not be read; each completes “The line …”."""

    @property
    def subject(self) -> str:
        """The subject in plain words."""
        return self.headers.get("subject", "")

    @property
    def sender(self) -> str:
        """The address in From, lower case; empty when there is none."""
        return parseaddr(self.headers.get("from", ""))[1].lower()

    @property
    def date(self) -> datetime | None:
        """When it was written, in UTC; None when the header is absent or no date."""
        return mail_date(self.headers.get("date", ""))

    @property
    def text(self) -> str:
        """All plain texts one after another; the texts of the HTML parts where there are none."""
        plain = [leaf.text for leaf in self.leaves if _is_body(leaf, "text/plain")]
        if any(text.strip() for text in plain):
            return "\n".join(plain)
        return "\n".join(
            html_text(leaf.content) for leaf in self.leaves if leaf.kind == "text/html"
        )


def read_mail(stream: BinaryIO) -> Mail:
    """Return the mail in ``stream``; raise Unreadable when it is too large or no mail at all."""
    content = stream.read(LARGEST_MAIL + 1)
    if len(content) > LARGEST_MAIL:
        raise Unreadable(f"is a mail longer than {LARGEST_MAIL} bytes")
    if not content.strip():
        raise Unreadable("is an empty mail")
    return mail_of(content)


def mail_of(content: bytes) -> Mail:
    """Return the mail whose bytes are ``content``; raise Unreadable when it has no header."""
    if content.startswith(b"From "):
        content = content.partition(b"\n")[2]
    try:
        message = message_from_bytes(content.lstrip(b"\r\n"), policy=policy.compat32)
    except (MessageError, ValueError, LookupError, RecursionError) as wrong:
        raise Unreadable("is no mail that can be taken apart") from wrong
    if not message.keys():
        raise Unreadable("has no mail headers")
    return _taken_apart(message, _Budget())


def mail_date(text: str) -> datetime | None:
    """Return a mail header's date in UTC, or None; a date without a zone is UTC."""
    try:
        at = parsedate_to_datetime(_SPACES.sub(" ", text).strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def html_text(content: bytes) -> str:
    """Return what a reader sees of an HTML text, a line per block."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  heavy, and few mails need it

    tree = LexborHTMLParser(content)
    for hidden in tree.css("script, style, head"):
        hidden.decompose()
    return tree.body.text(separator="\n", deep=True) if tree.body else ""


@dataclass(slots=True)
class _Budget:
    """What taking one mail apart may still cost."""

    parts: int = MOST_PARTS


def _taken_apart(message: Message, budget: _Budget, depth: int = 0) -> Mail:
    headers: dict[str, str] = {}
    for name, value in message.items():
        headers.setdefault(name.lower(), _decoded(value))
    leaves: list[Leaf] = []
    broken: list[str] = []
    for part in _parts(message, budget, depth):
        if isinstance(part, str):
            broken.append(part)
            continue
        kind = part.get_content_type()
        if kind in {"message/rfc822", "text/rfc822-headers"} and depth < DEEPEST:
            leaves.append(_forwarded(part, kind, budget, depth))
            continue
        if kind == "message/feedback-report":
            leaves.append(Leaf(name=_name(part), kind=kind, content=_flat(part)))
            continue
        whole = Leaf(
            name=_name(part),
            kind=kind,
            content=_payload(part),
            charset=_charset(part),
        )
        if _encrypted(part, whole):
            broken.append(_STILL_ENCRYPTED)
            continue
        leaves.append(whole)
    return Mail(headers=headers, leaves=tuple(leaves), broken=tuple(broken))


def _parts(message: Message, budget: _Budget, depth: int) -> Iterator[Message | str]:
    """Yield the leaves of one mail in order; a forwarded mail is one leaf."""
    budget.parts -= 1
    if budget.parts < 0 or depth > DEEPEST:
        if budget.parts == -1 or depth > DEEPEST:
            yield f"has more than {MOST_PARTS} parts, or parts in parts more than {DEEPEST} deep"
        return
    payload = message.get_payload() if message.is_multipart() else None
    if message.get_content_type() == "multipart/encrypted":
        yield _STILL_ENCRYPTED
        return
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part, budget, depth + 1)
        return
    yield message


def _forwarded(part: Message, kind: str, budget: _Budget, depth: int) -> Leaf:
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        inner = _taken_apart(payload[0], budget, depth + 1)
        return Leaf(name=_name(part), kind=kind, content=b"", inner=inner)
    content = _payload(part)
    try:
        found = message_from_bytes(content, policy=policy.compat32)
    except (MessageError, ValueError, LookupError, RecursionError):
        return Leaf(name=_name(part), kind=kind, content=content)
    if not found.keys():
        return Leaf(name=_name(part), kind=kind, content=content)
    inner = _taken_apart(found, budget, depth + 1)
    return Leaf(name=_name(part), kind=kind, content=content, inner=inner)


def _is_body(leaf: Leaf, kind: str) -> bool:
    return leaf.kind == kind and leaf.inner is None


def _encrypted(part: Message, leaf: Leaf) -> bool:
    if leaf.kind == "application/pkcs7-mime":
        return str(part.get_param("smime-type") or "") != "signed-data"
    return leaf.content.lstrip()[:32].decode("ascii", "replace").startswith(_ENCRYPTED)


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return _flat(part)


def _flat(part: Message) -> bytes:
    """Return the text of a part that the parser took for headers: ``message/feedback-report``."""
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list):
        return b"\n".join(
            b"\n".join(
                f"{name}: {value}".encode("utf-8", "replace") for name, value in inner.items()
            )
            + b"\n\n"
            + _payload_text(inner)
            for inner in payload
            if isinstance(inner, Message)
        )
    return _payload_text(part)


def _payload_text(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""
    return _decoded(name).replace("\\", "/").rpartition("/")[2]


def _decoded(value: object) -> str:
    text = str(value)
    if "=?" in text:
        try:
            text = str(make_header(decode_header(text)))
        except (ValueError, LookupError, UnicodeError, MessageError):
            text = str(value)
    return _SPACES.sub(" ", text).strip()

"""Reads a mail that came back: a bounce, a delay, an automatic reply, or a person's words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr
from enum import StrEnum
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from lionrock.letters.dsn import Bounce, read_bounce
from lionrock.letters.plainly import one_line
from lionrock.letters.reply import new_text
from lionrock.letters.ticket import find_tickets

LARGEST: Final = 25 * 2**20
MOST_PARTS: Final = 200
LONGEST_TEXT: Final = 20_000
MOST_IDS: Final = 50
_CAME_TO: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,253}")
_IDS: Final = re.compile(r"<[^<>\s]{1,250}>")
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"^\s*(?:auto(?:matic)?[ -]?(?:reply|response)|autoreply|out of (?:the )?office|auto:|"
    r"abwesenheit|自動回覆|自动回复|自動回复|自動応答|不在辦公室|外出|休假)",
    re.IGNORECASE,
)


class Sort(StrEnum):
    """What a mail is, before anybody knows which ticket it belongs to."""

    BOUNCE = "bounce"
    DELAY = "delay"
    AUTOMATIC = "automatic"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail as far as answers need it. Everything in it may be forged."""

    sort: Sort
    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    """What its writer wrote, without what they quoted."""
    references: tuple[str, ...]
    """The Message-IDs it says it answers, and those of mails returned in it."""
    tickets: tuple[str, ...]
    """The tickets in its subject, in its recipients and in the subjects of returned mails."""
    recipients: tuple[str, ...] = ()
    """The addresses it came to, in lower case: a bounce comes to the letter's return address."""
    bounce: Bounce | None = None


def read(raw: bytes) -> Incoming:
    """Read a mail; whatever is malformed in it is left out, never an error."""
    message = _parsed(raw[:LARGEST])
    subject = _header(message, "Subject", 500)
    name, address = parseaddr(_header(message, "From", 1000))
    bounce = read_bounce(message, sender=address, subject=subject, text=_text(message))
    references = [
        *_ids(_header(message, "In-Reply-To", 2000)),
        *_ids(_header(message, "References", 10_000)),
        *(bounce.returned if bounce else ()),
    ]
    recipients = " ".join(_header(message, one, 2000) for one in ("To", "Delivered-To", "Cc"))
    tickets = find_tickets(" ".join((subject, recipients, bounce.subject if bounce else "")))
    if bounce is not None:
        sort = Sort.DELAY if bounce.delayed else Sort.BOUNCE
    else:
        sort = Sort.AUTOMATIC if _is_automatic(message, subject) else Sort.HUMAN
    return Incoming(
        sort=sort,
        message_id=next(iter(_ids(_header(message, "Message-ID", 1000))), ""),
        sender=one_line(address.lower(), 300),
        sender_name=one_line(name, 200),
        subject=one_line(subject, 500),
        recipients=tuple(dict.fromkeys(_came_to(message)))[:MOST_IDS],
        text=(bounce.text if bounce else new_text(_text(message)))[:LONGEST_TEXT],
        references=tuple(dict.fromkeys(references))[:MOST_IDS],
        tickets=tuple(tickets),
        bounce=bounce,
    )


def _parsed(raw: bytes) -> Message:
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:  # parts within parts beyond any sense: its head is all that is read
        head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][: 64 * 1024]
        lines = [one for one in head.split(b"\n") if not one.lower().startswith(b"content-")]
        return message_from_bytes(b"\n".join(lines) + b"\n\n", policy=compat32)


def _is_automatic(message: Message, subject: str) -> bool:
    """Tell whether a program answered (RFC 3834, and what programs do instead)."""
    submitted = _header(message, "Auto-Submitted", 200).partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(message.get(one) for one in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return True
    if _header(message, "Precedence", 100).strip().lower() in {"auto_reply", "bulk", "junk"}:
        return True
    if "oof" in _header(message, "X-MS-Exchange-Generated-Message-Source", 200).lower():
        return True
    return _AUTOMATIC_SUBJECT.match(subject) is not None


def _text(message: Message) -> str:
    """Return the mail's own plain text, else its HTML as text."""
    html = ""
    for part in _parts(message):
        if part.get_content_maintype() != "text" or part.get_filename():
            continue
        if part.get_content_subtype() == "plain":
            return _decoded(part)
        if part.get_content_subtype() == "html" and not html:
            html = _decoded(part)
    if not html:
        return ""
    body = LexborHTMLParser(html).body
    return body.text(separator="\n")[: 10 * LONGEST_TEXT] if body is not None else ""


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that are no containers, not going into attached mails."""
    stack, seen = [message], 0
    while stack and seen < MOST_PARTS:
        part = stack.pop()
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack.extend(reversed([one for one in payload if isinstance(one, Message)]))
        elif part.get_content_type() not in {"message/rfc822", "message/delivery-status"}:
            yield part


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload[: 40 * LONGEST_TEXT].decode(charset, "replace")
    except (LookupError, UnicodeError):
        return payload[: 40 * LONGEST_TEXT].decode("utf-8", "replace")


def _header(message: Message, name: str, longest: int) -> str:
    raw = str(message.get(name, ""))[: longest * 4]
    try:
        pieces = decode_header(raw)
    except Exception:  # noqa: BLE001  # the decoder raises errors of many kinds on garbage
        return raw[:longest]
    words = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        try:
            words.append(piece.decode(charset or "utf-8", "replace"))
        except (LookupError, UnicodeError):
            words.append(piece.decode("utf-8", "replace"))
    return "".join(words)[:longest]


def _came_to(message: Message) -> Iterator[str]:
    for name in _CAME_TO:
        for value in message.get_all(name, [])[:10]:
            for address in _ADDRESS.findall(str(value)[:2000]):
                yield address.lower()


def _ids(text: str) -> list[str]:
    return _IDS.findall(text)[:MOST_IDS]

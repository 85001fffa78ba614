"""Reads a message as its recipient's program shows it: headers, text, what is attached, how signed."""

import csv
import io
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Final

import zstandard

from lionrock.letters.plainly import one_line

HEADERS: Final = (
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "Precedence", "Content-Language"),
)
"""The headers people look at, in this order; ours that begin with X- follow."""
PEOPLE: Final = frozenset({"From", "To", "Reply-To"})
LONGEST_HEADER: Final = 2000
LONGEST: Final = 200_000
"""Characters of a text that are shown."""
ROWS: Final = 10
COLUMNS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first rows of an attached table; ``more`` counts those that follow."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What hangs on a message; ``text`` is its beginning where it is text and no table."""

    name: str
    type: str
    size: int
    table: Table | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message, read."""

    headers: tuple[tuple[str, str], ...]
    text: str
    attachments: tuple[Attachment, ...]
    signed: bool
    encrypted: bool
    size: int


def show(content: bytes) -> Shown:
    """Read a whole message; what it cannot name is shown as it stands, never guessed."""
    message = message_from_bytes(content, policy=policy.default)
    text: list[str] = []
    attachments: list[Attachment] = []
    kinds = set()
    for part in message.walk():
        kinds.add(part.get_content_type())
        if part.is_multipart():
            continue
        body = part.get_payload(decode=True)
        payload = body if isinstance(body, bytes) else b""
        if part.get_content_type() == "text/plain" and not part.get_filename() and not text:
            text.append(_text(part, payload))
        else:
            attachments.append(_attachment(part, payload))
    return Shown(
        headers=tuple(_headers(message)),
        text="".join(text)[:LONGEST],
        attachments=tuple(attachments),
        signed="application/pgp-signature" in kinds,
        encrypted="application/pgp-encrypted" in kinds,
        size=len(content),
    )


def _headers(message: EmailMessage) -> list[tuple[str, str]]:
    found = [(name, str(value)) for name in HEADERS for value in message.get_all(name, [])]
    written = {name.lower(): str(value) for name, value in message.raw_items()}
    found = [(n, _named(written[n.lower()], v) if n in PEOPLE else v) for n, v in found]
    own = [(name, str(value)) for name, value in message.items() if name.lower().startswith("x-")]
    return found + own


def _named(written: str, read: str) -> str:
    """Return names without the gap that the parser leaves where one was written in two pieces."""
    try:
        return one_line(str(make_header(decode_header(written))), LONGEST_HEADER)
    except (HeaderParseError, LookupError, ValueError):
        return read


def _attachment(part: EmailMessage, payload: bytes) -> Attachment:
    kind = part.get_content_type()
    name = part.get_filename() or ""
    text = _text(part, payload)[:20_000] if kind.startswith("text/") or _readable(kind) else ""
    table = _table(_text(part, payload)) if kind == "text/csv" else None
    return Attachment(
        name=name, type=kind, size=len(payload), table=table, text="" if table else text
    )


def _readable(kind: str) -> bool:
    return kind in {"application/json", "application/pgp-signature", "application/pgp-keys"}


def _text(part: EmailMessage, payload: bytes) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _table(text: str) -> Table | None:
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    except csv.Error:
        return None
    if not rows:
        return None
    return Table(
        header=tuple(rows[0][:COLUMNS]),
        rows=tuple(tuple(row[:COLUMNS]) for row in rows[1 : ROWS + 1]),
        more=max(0, len(rows) - 1 - ROWS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a mail's text: what was written, or what was quoted from before."""

    text: str
    quoted: bool


def pieces(text: str) -> list[Piece]:
    """Return a mail's text in what its sender wrote and what they quoted, so that quotes fold away."""
    found: list[tuple[bool, list[str]]] = []
    for line in text.splitlines():
        quoted = line.lstrip().startswith(">")
        if not found or found[-1][0] != quoted:
            found.append((quoted, []))
        found[-1][1].append(line)
    return [
        Piece(text="\n".join(lines).strip("\n"), quoted=quoted)
        for quoted, lines in found
        if any(line.strip() for line in lines)
    ]


MOST: Final = 64 * 2**20
"""Bytes of an unpacked message."""


def unpack(body: bytes) -> bytes:
    """Return a message as it was before it was packed for keeping (zstd); at most ``MOST`` bytes."""
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)) as reader:
        return reader.read(MOST)

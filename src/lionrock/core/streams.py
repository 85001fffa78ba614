"""The words of streams of names: what kinds there are, and what comes of one at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

Position = Mapping[str, object]
"""How far a stream was read, in its kind's own words; what JSON can hold."""

LONGEST_RAW: Final = 64 * 1024
"""Bytes of what could not be read that are kept, so that it can be read again."""
LONGEST_TEXT: Final = 200


class StreamKind(StrEnum):
    """How names come."""

    CT_LOG = "ct-log"
    """A certificate transparency log, read directly: static-ct-api or RFC 6962."""
    CERTSTREAM = "certstream"
    """A websocket that sends certificates as JSON while they are logged."""
    AXFR = "axfr"
    """A whole zone, transferred from a name server that allows it (RFC 5936)."""
    CZDS = "icann-czds"
    """Zone files of generic top-level domains, downloaded from ICANN's CZDS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What could not be read: where it stood, its text (cut), why, and its bytes where they are kept."""

    place: str
    text: str
    why: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What was not read, and why: entries ``first`` to ``last``, or what came ``since`` .. ``until``."""

    why: str
    first: int | None = None
    last: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a log signed last: ``size`` entries under ``root`` (hex); ``note`` is what it sent (base64)."""

    size: int
    root: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What came of a stream since the portion before.

    ``names`` are as they were read, ``places`` say where each stood (an entry's index, a line).
    ``entries`` counts certificates, messages or records. ``position`` is where to go on from once
    this portion is kept; ``None`` leaves it as it is. ``newest`` is when the newest entry was made.
    """

    names: Sequence[bytes] = ()
    places: Sequence[int] = ()
    entries: int = 0
    position: Position | None = None
    index: int | None = None
    """The index of the next entry, where entries are counted."""
    head: Head | None = None
    newest: datetime | None = None
    unread: Sequence[Unread] = field(default=())
    gaps: Sequence[Gap] = field(default=())

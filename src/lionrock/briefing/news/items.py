"""What is taken of a publication: plain text and facts, never another's markup."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from lionrock.briefing.facts import Origin
from lionrock.core.errors import GiveUp

LARGEST: Final = 8 * 2**20
"""Bytes of one publication."""
MOST: Final = 5_000
"""Items of one publication."""
LONGEST_TITLE: Final = 300
LONGEST_SUMMARY: Final = 3_000
MOST_CVES: Final = 500
MOST_PRODUCTS: Final = 100

_CVE: Final = re.compile(r"\bCVE-(?:19|20)[0-9]{2}-[0-9]{4,7}\b", re.IGNORECASE)


class SourceKind(StrEnum):
    """How a source publishes."""

    FEED = "feed"
    """RSS or Atom."""
    KEV = "kev"
    """A catalogue of exploited vulnerabilities in the format of CISA's."""
    CSAF = "csaf"
    """CSAF 2.0 or 2.1 advisories, listed by ROLIE or ``changes.csv``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSource:
    """Somebody who publishes: what, where, in which language, and on which terms it may be used."""

    name: str
    title: str
    kind: SourceKind
    address: str
    page: str
    publisher: str
    origin: Origin
    language: str
    terms: str
    every_hours: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One publication. ``key`` is by what its source knows it again; ``products`` are (vendor, product).

    ``exploited`` and ``patched`` are true where it says so in a field made for it, not in words.
    """

    key: str
    title: str
    summary: str = ""
    url: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    publisher: str = ""
    cves: tuple[str, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    exploited: bool = False
    patched: bool = False

    @property
    def digest(self) -> str:
        """By what a key of any length is compared: SHA-256, hex."""
        return sha256(self.key.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something of a publication that could not be read: where, what it says, and why not."""

    place: str
    text: str
    why: str


class Broken(GiveUp):
    """The bytes are no publication of this kind: nothing of them can be read."""


def cves_in(*texts: str) -> tuple[str, ...]:
    """Return the CVE numbers in some texts, each once, in order of first mention."""
    found = (match.group().upper() for text in texts for match in _CVE.finditer(text))
    return tuple(dict.fromkeys(found))[:MOST_CVES]


def safe_link(text: str) -> str:
    """Return an https address that a person may open; empty for anything else."""
    text = text.strip()
    if len(text) > 2000 or not text.isascii() or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or parts.username or port not in {None, 443}:
        return ""
    return text if parts.hostname and "." in parts.hostname else ""


def moment(text: object) -> datetime | None:
    """Return an ISO time, aware and in UTC; a day is its midnight in UTC; None for anything else."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC) if 1990 <= at.year < 2200 else None
    except (ValueError, OverflowError):
        return None

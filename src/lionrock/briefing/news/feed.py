"""Reads RSS and Atom: entries become items of plain text."""

import io
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from html.entities import html5
from typing import Any, Final

import feedparser  # type: ignore[import-untyped]  # has none
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from lionrock.briefing.news.items import (
    LARGEST,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST,
    Broken,
    Item,
    Unread,
    cves_in,
    safe_link,
)
from lionrock.briefing.news.text import one_line, plain

MOST_ELEMENTS: Final = 200_000
DEEPEST: Final = 100

_ENTITY: Final = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


def read_feed(content: bytes) -> Iterator[Item | Unread]:
    """Yield the entries of an RSS or Atom feed; raise Broken for what is no such XML.

    Only well-formed XML without entities of its own reaches the parser of feeds: guesses at what
    broken markup may have meant are slow where somebody makes them slow.
    """
    if len(content) > LARGEST:
        raise Broken(f"it is longer than {LARGEST} bytes")
    content = _ENTITY.sub(_numbered, content)
    _check(content)
    # A file object: given bytes, the parser would look whether they are an address or a path.
    feed: Any = feedparser.parse(  # Any: the library is untyped
        io.BytesIO(content),
        response_headers={"content-type": "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not feed.get("version"):
        raise Broken("it is XML, but neither RSS nor Atom")
    for number, entry in enumerate(feed["entries"], start=1):
        if number > MOST:
            yield Unread(place=f"entry {number}", text="", why=f"more than {MOST} entries")
            return
        yield _item(entry, number)


def _item(entry: Any, number: int) -> Item | Unread:  # Any: as above
    title = plain(_text(entry, "title"), LONGEST_TITLE)
    link = safe_link(_text(entry, "link"))
    key = one_line(_text(entry, "id") or _text(entry, "link"), 2000)
    summary = _text(entry, "summary")
    for content in entry.get("content") or ():
        summary = max(summary, str(content.get("value") or ""), key=len)
    words = plain(summary, LONGEST_SUMMARY)
    if not title or not key:
        what = "no title" if key else "neither id nor link"
        return Unread(place=f"entry {number}", text=(title or words)[:200], why=f"it has {what}")
    return Item(
        key=key,
        title=title,
        summary=words,
        url=link,
        published=_when(entry, "published_parsed") or _when(entry, "updated_parsed"),
        updated=_when(entry, "updated_parsed"),
        cves=cves_in(title, plain(summary, 50_000)),
    )


def _text(entry: Any, name: str) -> str:  # Any: as above
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _when(entry: Any, name: str) -> datetime | None:  # Any: as above
    parsed = dict.get(entry, name)  # its own get mixes up when it was published and updated
    try:
        at = datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, TypeError, OSError):
        return None
    return at if at is None or 1990 <= at.year < 2200 else None


def _numbered(match: re.Match[bytes]) -> bytes:
    """Return an entity of HTML, which XML does not know, as the characters that it stands for."""
    name = match.group(1)
    if name in _XML:
        return match.group()
    found = html5.get(f"{name.decode('ascii')};")
    return "".join(f"&#{ord(sign)};" for sign in found).encode() if found else match.group()


def _check(content: bytes) -> None:
    """Raise Broken unless it is well-formed XML of a sensible size that defines no entities."""
    depth = elements = 0
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
            if event == "start":
                depth += 1
                elements += 1
                if depth > DEEPEST or elements > MOST_ELEMENTS:
                    raise Broken("it is nested too deep, or has too many elements")
            else:
                depth -= 1
                element.clear()
    except DefusedXmlException as error:
        raise Broken("it defines entities of its own") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Broken(f"it is no well-formed XML: {error}") from error

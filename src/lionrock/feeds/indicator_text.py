"""Free text with indicators: posts, blog articles, notes, whatever an analyst lays into the folder."""

from collections.abc import Iterator

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing.parts import html_text
from lionrock.feeds.mailing.written import of_text
from lionrock.feeds.reading import read_text, shown

LARGEST_TEXT = 16 * 1024 * 1024


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one undetermined event per address, URL and defanged host; log lines say more."""
    with delivery.open() as stream:
        text = read_text(stream, LARGEST_TEXT)
    if text is None:
        why = f"is a text longer than {LARGEST_TEXT:,} bytes"
        yield Reject(line=1, text="", why=why, whole=True)
        return
    if text.lstrip()[:200].lower().startswith(("<!doctype html", "<html")):
        text = html_text(text.encode())
    found = False
    for event in of_text(text, at=delivery.received, everything=True):
        found = True
        yield event
    if not found and text.strip():
        yield Reject(line=1, text=shown(text), why="names no address, URL or defanged host")


FEED = Feed(
    id="indicator-text",
    title="Text with indicators",
    provider="our analysts",
    home="https://www.rfc-editor.org/rfc/rfc9424",
    tlp=Tlp.AMBER,
    trust=30,
    seen=Seen.REPORTED,
    read=read,
    every=None,
)

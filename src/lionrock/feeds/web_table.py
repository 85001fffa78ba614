"""Tables on web pages: rows of small sources that publish nothing better."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import completed
from lionrock.feeds.listed.tables import html_rows
from lionrock.feeds.mailing.zones import zoned
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_hash,
    as_host,
    as_port,
    as_time,
    as_url,
    asset_of,
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one undetermined event per row: about its URL, else what it names first.

    The first time in a row is when it was seen. A row of words alone is a Reject, unless the whole
    table is.
    """

    def row(number: int, cells: dict[str, str]) -> Event:
        found: dict[AssetKind, Asset] = {}
        when: datetime | None = None
        for text in cells.values():
            moment = _time(text)
            if moment is not None:
                when = when or moment
            elif asset := _asset(text):
                found.setdefault(asset.kind, asset)
        asset = found.get(AssetKind.URL) or next(iter(found.values()), None)
        if asset is None:
            raise Unreadable("names no URL, address, host or file")
        return _event(number, when or delivery.received, asset, found, cells)

    return html_rows(delivery, row)


def _event(
    line: int, at: datetime, asset: Asset, found: dict[AssetKind, Asset], cells: dict[str, str]
) -> Event:
    address = found.get(AssetKind.ADDRESS)
    host = found.get(AssetKind.HOST)
    port = next((as_port(text) for name, text in cells.items() if name.lower() == "port"), None)
    made = completed(
        Event(
            line=line,
            at=at,
            asset=asset,
            part=Part.HOST,
            kind=Rsit.UNDETERMINED,
            severity=Severity.INFO,
            seen=Seen.LISTED,
            report="table",
        )
    )
    return replace(
        made,
        address=address.value if address else made.address,
        host=host.value if host and asset.kind is not AssetKind.URL else made.host,
        port=port or made.port,
        details={name: text for name, text in cells.items() if text},
    )


def _asset(text: str) -> Asset | None:
    for word in text.split()[:20]:
        if asset := asset_of(word):
            return asset
        place = word.partition("/")[0]
        named = "/" in word and (as_host(place) or as_address(place))
        if named and (url := as_url(word, scheme="http")):
            return Asset(kind=AssetKind.URL, value=url)
        if digest := as_hash(word):
            return Asset(kind=AssetKind.HASH, value=digest)
    return None


def _time(text: str) -> datetime | None:
    """Return the time that a cell holds; ``19-11-2026`` has the day first."""
    if not (8 <= len(text) <= 40 and text[:1].isalnum() and any(c in text for c in "-/:. ")):
        return None
    return zoned(text) or as_time(text, "%d-%m-%Y")


FEED = Feed(
    id="web-table",
    title="Table on a web page",
    provider="whoever publishes it",
    home="https://html.spec.whatwg.org/multipage/tables.html",
    tlp=Tlp.AMBER,
    trust=30,
    seen=Seen.LISTED,
    read=read,
    every=None,
)

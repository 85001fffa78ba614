"""VX Vault: URLs malware was fetched from, as its text list and its web page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, beginning, event
from lionrock.feeds.listed.tables import html_rows
from lionrock.feeds.reading import (
    Line,
    Unreadable,
    as_address,
    as_hash,
    as_time,
    as_url,
    read_lines,
)

_CLAIM: Final = Claim(
    kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="urls"
)
_MARKS: Final = ("<", "VX Vault", "//")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per URL; the page's dates lack the year and are taken for the last such day."""
    if "<table" in beginning(delivery).lower():
        return html_rows(delivery, lambda number, row: _row(number, row, delivery))

    def line(found: Line) -> Event | None:
        if as_time(found.value):
            return None
        url = as_url(found.value)
        if url is None:
            raise Unreadable("has no URL")
        asset = Asset(kind=AssetKind.URL, value=url)
        return event(_CLAIM, line=found.line, at=delivery.received, asset=asset)

    return read_lines(delivery, line, comments=_MARKS)


def _row(number: int, row: dict[str, str], delivery: Delivery) -> Event:
    url = as_url(row.get("URL", "").removeprefix("[D]").strip(), scheme="http")
    if url is None:
        raise Unreadable("has no URL")
    year, day = delivery.received.year, row.get("Date", "")
    days = (as_time(f"{y}-{day}") for y in (year, year - 1))
    at = next((moment for moment in days if moment and moment <= delivery.received), None)
    if at is None:
        raise Unreadable("has no time that can be read")
    made = event(_CLAIM, line=number, at=at, asset=Asset(kind=AssetKind.URL, value=url))
    digest = as_hash(row.get("MD5", ""))
    return replace(
        made,
        address=as_address(row.get("IP", "")) or made.address,
        details={"md5": digest.removeprefix("md5:")} if digest else {},
    )


FEED = Feed(
    id="vxvault",
    title="VX Vault",
    provider="VX Vault",
    home="http://vxvault.net/ViriList.php",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=7),
    carrier=Carrier.HTTP,
    address="http://vxvault.net/URL_List.php",
    licence="free",
)

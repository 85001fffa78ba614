"""ViriBack: control panels of malware, as its web page and its CSV dump."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, beginning, event, from_archive, moment_of
from lionrock.feeds.listed.tables import html_rows
from lionrock.feeds.reading import Row, Unreadable, as_address, as_url, read_csv

_CLAIM: Final = Claim(
    kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.CRITICAL, report="tracker"
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per control panel it ever found; dates have the day first."""
    return from_archive(_read(delivery), delivery.received)


def _read(delivery: Delivery) -> Iterator[Event | Reject]:
    if beginning(delivery, 512).lower().lstrip().startswith("<"):
        return html_rows(
            delivery,
            lambda number, row: _event(
                number,
                row.get("Malware", row.get("1", "")),
                row.get("Url", row.get("2", "")),
                row.get("IP", row.get("3", "")),
                row.get("FirstSeen", row.get("4", "")),
            ),
        )

    def row(found: Row) -> Event:
        return _event(
            found.line,
            found["Family"],
            found["URL"],
            found["IP"],
            found["FirstSeen"],
        )

    return read_csv(delivery, row, required=("Family", "URL"))


def _event(line: int, family: str, text: str, address: str, when: str) -> Event:
    url = as_url(text, scheme="http")
    if url is None:
        raise Unreadable("has no URL")
    at = moment_of(when, "%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y")
    made = event(_CLAIM, line=line, at=at, asset=Asset(kind=AssetKind.URL, value=url))
    return replace(made, address=as_address(address) or made.address, family=family.lower() or None)


FEED = Feed(
    id="viriback",
    title="ViriBack C2 tracker",
    provider="ViriBack",
    home="https://tracker.viriback.com/",
    tlp=Tlp.CLEAR,
    trust=60,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=7),
    carrier=Carrier.HTTP,
    address="https://tracker.viriback.com/dump.php",
    licence="free",
)

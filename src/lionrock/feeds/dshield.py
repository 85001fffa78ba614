"""DShield of SANS: networks and addresses that most targets report, and suspicious domains."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.listed.lists import NAMES
from lionrock.feeds.reading import (
    Line,
    Unreadable,
    as_address,
    as_country,
    as_padded_address,
    as_time,
    read_lines,
)

_NETWORK: Final = Claim(kind=Rsit.SCANNER, part=Part.SOURCE, variant="blocklist", report="block")
_ADDRESS: Final = Claim(
    kind=Rsit.SCANNER, part=Part.SOURCE, severity=Severity.LOW, report="sources"
)
_DOMAIN: Final = Claim(
    kind=Rsit.UNDETERMINED, part=Part.HOST, severity=Severity.INFO, report="domains"
)
_HEADINGS: Final = ("start\tend", "source ip\t", "site")
_COMMENTS: Final = ("#", "<!--", "-->", "SPDX-", "(c)")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row of the block list, the lists of sources, or the list of domains.

    Rows are parted by tabs and told by their shape; the block list's time stands in its comments.
    """
    updated: list[datetime] = []

    def comment(text: str) -> None:
        name, _, rest = text.lstrip("# \t").partition(":")
        if name in {"updated", "created"} and (at := as_time(rest.strip().rstrip("#"))):
            updated[:] = [at]

    def line(found: Line) -> Event | None:
        if found.value.lower().startswith(_HEADINGS) or found.value.lower() == "site":
            return None
        fields = [field.strip() for field in found.text.split("\t")]
        at = updated[0] if updated else delivery.received
        if len(fields) >= 4 and as_address(fields[0]) and as_address(fields[1]):
            return _network(found.line, at, fields)
        if address := as_address(fields[0]) or as_padded_address(fields[0]):
            return _source(found.line, at, address, fields[1:])
        return event(_DOMAIN, line=found.line, at=at, asset=assets(fields[0], kinds=NAMES))

    return read_lines(delivery, line, comments=_COMMENTS, comment=comment)


def _network(line: int, at: datetime, fields: list[str]) -> Event:
    asset = assets(f"{fields[0]}/{fields[2]}", kinds=frozenset({AssetKind.NETWORK}))
    made = event(_NETWORK, line=line, at=at, asset=asset)
    rest = [*fields[4:], "", "", ""]
    details = {"attacks": fields[3], "name": rest[0], "email": rest[2]}
    return replace(
        made,
        reported_country=as_country(rest[1]),
        details={name: value for name, value in details.items() if value},
    )


def _source(line: int, at: datetime, address: str, rest: list[str]) -> Event:
    """Return the event of ``reports, targets, first seen, last seen``; more columns may stand between."""
    times = [moment for text in rest if "-" in text and (moment := as_time(text))]
    if any("-" in text and text for text in rest) and not times:
        raise Unreadable("has no time that can be read")
    counts = [text for text in rest if text.isdecimal()]
    made = event(
        _ADDRESS,
        line=line,
        at=times[0] if times else at,
        asset=assets(address, kinds=frozenset({AssetKind.ADDRESS})),
    )
    last = max(times, default=None)
    return replace(
        made,
        until=last if last is not None and last > made.at else None,
        count=max(1, int(counts[0])) if counts and len(counts[0]) < 12 else 1,
        details={"targets": counts[1]} if len(counts) > 1 else {},
    )


FEED = Feed(
    id="dshield",
    title="DShield",
    provider="SANS Internet Storm Center",
    home="https://isc.sans.edu/feeds_doc.html",
    tlp=Tlp.CLEAR,
    trust=60,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://feeds.dshield.org/block.txt",
    licence="CC BY-NC-SA 4.0",
)

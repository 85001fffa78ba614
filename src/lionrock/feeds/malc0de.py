"""Malc0de: addresses and names that hand out malware, as lists and as name-server zones."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.reading import Line, as_time, read_lines

_PLACES: Final = frozenset({AssetKind.ADDRESS, AssetKind.HOST})
_CLAIM: Final = Claim(
    kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="blacklist"
)
_ZONE: Final = re.compile(r'(?:zone\s+"([^"]{1,253})"|PRIMARY\s+(\S{1,253})\s)')


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per entry of the address list, the BOOT file or the BIND zones."""
    updated: list[datetime] = []

    def comment(text: str) -> None:
        _, found, rest = text.partition("Last updated")
        if found and (at := as_time(rest.strip())):
            updated[:] = [at]

    def line(found: Line) -> Event:
        zone = _ZONE.match(found.value)
        text = (zone[1] or zone[2]) if zone else found.value
        at = updated[0] if updated else delivery.received
        return event(_CLAIM, line=found.line, at=at, asset=assets(text, kinds=_PLACES))

    return read_lines(delivery, line, comments=("//", "#"), comment=comment)


FEED = Feed(
    id="malc0de",
    title="Malc0de database",
    provider="malc0de.com",
    home="http://malc0de.com/dashboard/",
    tlp=Tlp.CLEAR,
    trust=40,
    seen=Seen.LISTED,
    read=read,
    every=None,
    licence="free; not updated any more",
)

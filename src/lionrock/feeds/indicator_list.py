"""Lists without a heading: the first word of each line is an address, network, host, URL or file."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.reading import Line, as_address, as_time, read_lines, with_port

_CLAIM: Final = Claim(
    kind=Rsit.UNDETERMINED,
    part=Part.HOST,
    severity=Severity.INFO,
    variant="blocklist",
    report="list",
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per line; a port behind an address and a time in the line are taken along."""

    def line(found: Line) -> Event:
        words = found.value.partition("#")[0].split()
        text = words[0].strip('",;') if words else ""
        place, port = with_port(text)
        asset = assets(place if as_address(place) else text)
        stated = _DATE.search(found.value)
        when = stated.group() if stated else words[1] if len(words) > 1 else ""
        at = (as_time(when) if when else None) or delivery.received
        made = event(_CLAIM, line=found.line, at=at, asset=asset)
        rest = found.value[len(words[0]) if words else 0 :].strip(" #\t,;")
        return replace(
            made,
            port=port if asset.kind is AssetKind.ADDRESS else made.port,
            details={"remark": rest} if rest else {},
        )

    return read_lines(delivery, line, comments=("#", ";", "//"))


FEED = Feed(
    id="indicator-list",
    title="List of indicators",
    provider="whoever keeps it",
    home="https://www.rfc-editor.org/rfc/rfc9424",
    tlp=Tlp.AMBER,
    trust=30,
    seen=Seen.LISTED,
    read=read,
    every=None,
    licence="as its keeper says",
)

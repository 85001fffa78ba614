"""Bambenek Consulting: control servers by address and by name, and names that malware generates."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of
from lionrock.feeds.reading import Row, read_csv

_PLACES: Final = frozenset({AssetKind.ADDRESS, AssetKind.HOST})
_SERVER: Final = Claim(
    kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.CRITICAL, report="c2-masterlist"
)
_GENERATED: Final = Claim(
    kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.INFO, variant="dga", report="dga-feed"
)
_SAID: Final = re.compile(
    r"(?:IP|Domain) used by (?P<family>.+?)(?: (?:DGA|C&C)(?: .*)?)?$", re.IGNORECASE
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``place, words, time, link``: the words tell the family."""

    def row(found: Row) -> Event:
        words = found["description"]
        said = _SAID.match(words[:500])
        made = event(
            _GENERATED if " DGA" in words else _SERVER,
            line=found.line,
            at=moment_of(found["time"]),
            asset=assets(found["place"], kinds=_PLACES),
        )
        details = {"description": words, "reference": found["reference"]}
        return replace(
            made,
            family=said["family"].strip().lower() if said else None,
            details={name: value for name, value in details.items() if value},
        )

    return read_csv(delivery, row, columns=("place", "description", "time", "reference"))


FEED = Feed(
    id="bambenek",
    title="Bambenek C2 and DGA feeds",
    provider="Bambenek Consulting",
    home="https://osint.bambenekconsulting.com/feeds/",
    tlp=Tlp.GREEN,
    trust=70,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://faf.bambenekconsulting.com/feeds/c2-ipmasterlist.txt",
    licence="login needed; no commercial use without contract",
)

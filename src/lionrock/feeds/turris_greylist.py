"""Turris' greylist: addresses that attacked the routers and honeypots of the Turris project."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.reading import Row, as_asn, as_country, read_csv

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_SERVICES: Final = {
    "ftp": "ftp",
    "http": "http",
    "smtp": "smtp",
    "ssh": "ssh",
    "haas": "ssh",
    "telnet": "telnet",
}
_GUESSING: Final = {"ftp", "smtp", "ssh", "haas", "telnet"}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per attacker and attacked service, by the row's tags."""

    def row(found: Row) -> Iterator[Event]:
        tags = [tag.strip().lower() for tag in found["Tags"].replace(";", ",").split(",")]
        asset = assets(found["Address"], kinds=_ADDRESSES)
        for number, tag in enumerate(tag for tag in dict.fromkeys(tags) if tag or tags == [""]):
            claim = Claim(
                kind=Rsit.BRUTE_FORCE if tag in _GUESSING else Rsit.SCANNER,
                part=Part.SOURCE,
                severity=Severity.LOW,
                variant="" if tag in _SERVICES else tag.replace("_", "-"),
                service=_SERVICES.get(tag),
                report="greylist",
            )
            made = event(claim, line=found.line, at=delivery.received, asset=asset)
            yield replace(
                made,
                nth=number,
                reported_asn=as_asn(found["ASN"]),
                reported_country=as_country(found["Country"]),
            )

    return read_csv(delivery, row, required=("Address",))


FEED = Feed(
    id="turris-greylist",
    title="Turris greylist",
    provider="CZ.NIC",
    home="https://view.sentinel.turris.cz/greylist-data/LICENSE.txt",
    tlp=Tlp.CLEAR,
    trust=60,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=7),
    carrier=Carrier.HTTP,
    address="https://view.sentinel.turris.cz/greylist-data/greylist-latest.csv",
    licence="CC BY-NC-SA 4.0",
)

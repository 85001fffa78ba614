"""Lists of a botnet's members that a partner sends by hand: a heading in the comments, then rows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, heading, moment_of
from lionrock.feeds.reading import Row, as_asn, as_country, asset_of, read_csv

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_COLUMNS: Final = ("TimestampUTC", "ClientIP", "ASnumber", "CountryCode", "DstIP", "DstDomain")
_CLAIM: Final = Claim(
    kind=Rsit.INFECTED_SYSTEM,
    part=Part.SOURCE,
    severity=Severity.HIGH,
    seen=Seen.PASSIVE,
    report="members",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per member; the botnet is the last word of the first comment."""
    title = beginning(delivery, 4096).partition("\n")[0]
    family = title.split()[-1].lower() if title.startswith("#") and len(title.split()) > 2 else None
    columns = heading(delivery, _COLUMNS, holding="ClientIP")

    def row(found: Row) -> Event:
        asset = assets(found["ClientIP"], kinds=_ADDRESSES)
        made = event(_CLAIM, line=found.line, at=moment_of(found["TimestampUTC"]), asset=asset)
        other = asset_of(found["DstIP"]) or asset_of(found["DstDomain"])
        domain = found["DstDomain"]
        return replace(
            made,
            family=family,
            other=other,
            other_part=Part.HOST if other else None,
            reported_asn=as_asn(found["ASnumber"]),
            reported_country=as_country(found["CountryCode"]),
            details={"DstDomain": domain} if domain else {},
        )

    return read_csv(delivery, row, columns=columns)


FEED = Feed(
    id="botnet-members",
    title="Members of a botnet, by hand",
    provider="partners",
    home="https://github.com/CERT-Polska/n6",
    tlp=Tlp.AMBER,
    trust=70,
    seen=Seen.PASSIVE,
    read=read,
    every=None,
    licence="as the partner says",
)

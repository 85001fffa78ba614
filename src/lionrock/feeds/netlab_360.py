"""360 Netlab's open data: generated names, exploit kits, and who scans for Mirai and Hajime."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of
from lionrock.feeds.reading import Line, Unreadable, as_address, as_port, as_time, read_lines

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_GENERATED: Final = Claim(
    kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.INFO, variant="dga", report="dga"
)
_SCANNING: Final = Claim(
    kind=Rsit.INFECTED_SYSTEM,
    part=Part.SOURCE,
    severity=Severity.HIGH,
    seen=Seen.PASSIVE,
    report="scanners",
)
_KIT: Final = Claim(
    kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="exploit-kit"
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row, parted by tabs and told by its shape."""
    name = delivery.name.lower()
    family = next((word for word in ("hajime", "mirai") if word in name), "")

    def line(found: Line) -> Event:
        fields = [field.strip() for field in found.value.split("\t")]
        said = dict(f.split("=", 1) for f in fields if "=" in f and not f.startswith("http"))
        if address := said.get("sip") or said.get("ip"):
            asset = assets(address, kinds=_ADDRESSES)
            made = event(_SCANNING, line=found.line, at=moment_of(fields[0]), asset=asset)
            return replace(
                made,
                family=family or ("hajime" if "ip" in said else "mirai"),
                other_port=as_port(said.get("dport", "")),
            )
        if len(fields) == 5 and fields[1].isdecimal():
            asset = assets(fields[4], kinds=frozenset({AssetKind.URL}))
            made = event(_KIT, line=found.line, at=moment_of(fields[1]), asset=asset)
            return replace(
                made,
                family=fields[0].lower(),
                address=as_address(fields[2]),
            )
        if len(fields) == 4:
            at = moment_of(fields[2])
            asset = assets(fields[1], kinds=frozenset({AssetKind.HOST}))
            until = as_time(fields[3])
            made = event(_GENERATED, line=found.line, at=at, asset=asset)
            return replace(
                made,
                family=fields[0].lower() or None,
                until=until if until is not None and until > at else None,
            )
        raise Unreadable("is a row of no list of theirs")

    return read_lines(delivery, line)


FEED = Feed(
    id="netlab-360",
    title="360 Netlab open data",
    provider="Qihoo 360 Netlab",
    home="https://data.netlab.360.com/",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=read,
    every=None,
    licence="free; not updated any more",
)

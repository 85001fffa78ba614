"""The Ponmocup finder: web servers whose .htaccess sends visitors to Ponmocup's malware."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.mailing.zones import zoned
from lionrock.feeds.reading import Line, Unreadable, asset_of, read_lines

_HOSTS: Final = frozenset({AssetKind.HOST})
_CLAIM: Final = Claim(
    kind=Rsit.APPLICATION_COMPROMISE,
    part=Part.HOST,
    severity=Severity.HIGH,
    variant="malicious-redirect",
    report="infected-domains",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``malware address, its host, its URL, infected site``."""
    updated: list[datetime] = []

    def comment(text: str) -> None:
        _, found, rest = text.partition("last updated:")
        words = rest.split()
        if found and len(words) == 6 and (at := zoned(" ".join([*words[:4], words[5], words[4]]))):
            updated[:] = [at]

    def line(found: Line) -> Event:
        fields = found.value.split()
        if len(fields) != 4:
            raise Unreadable(f"has {len(fields)} fields, not four")
        at = updated[0] if updated else delivery.received
        made = event(_CLAIM, line=found.line, at=at, asset=assets(fields[3], kinds=_HOSTS))
        other = asset_of(fields[2]) or asset_of(fields[1])
        return replace(
            made,
            family="ponmocup",
            other=other,
            other_part=Part.HOST if other else None,
            details={"malware_host": fields[1], "malware_url": fields[2]},
        )

    return read_lines(delivery, line, comment=comment)


FEED = Feed(
    id="ponmocup",
    title="Ponmocup infected domains",
    provider="toms.security.stuff (c-APT-ure)",
    home="http://c-apt-ure.blogspot.com/",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=read,
    every=None,
    licence="free; not updated any more",
)

"""SURBL: hosts found in unsolicited mail, as the zone file for name servers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, event
from lionrock.feeds.reading import Line, Unreadable, as_address, as_asset, read_lines

_LISTS: Final = {
    "abuse": (Rsit.SPAM, Severity.LOW),
    "cr": (Rsit.APPLICATION_COMPROMISE, Severity.HIGH),
    "ct": (Rsit.SPAM, Severity.INFO),
    "mw": (Rsit.MALWARE_DISTRIBUTION, Severity.HIGH),
    "ph": (Rsit.PHISHING, Severity.HIGH),
}
"""SURBL's lists: spam, cracked sites, click trackers, malware, phishing."""


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per name; a line ``:address:words [list]`` says of which list the next are."""
    current: list[str] = [""]

    def line(found: Line) -> Event | None:
        if found.value.startswith((":", "$", "@", "!")):
            _, bracket, rest = found.value.rpartition("[")
            current[0] = rest.partition("]")[0].strip().lower() if bracket else ""
            return None
        name = found.value.removeprefix(".")
        if as_address(name) in {"0.0.0.0", "127.0.0.1"}:  # noqa: S104  the zone's own filler
            return None
        asset = as_asset(AssetKind.ADDRESS, name) or as_asset(AssetKind.HOST, name)
        if asset is None:
            raise Unreadable("has no host name")
        kind, severity = _LISTS.get(current[0], (Rsit.UNDETERMINED, Severity.INFO))
        claim = Claim(kind=kind, part=Part.HOST, severity=severity, report=current[0] or "multi")
        return event(claim, line=found.line, at=delivery.received, asset=asset)

    return read_lines(delivery, line)


FEED = Feed(
    id="surbl",
    title="SURBL",
    provider="SURBL",
    home="https://surbl.org/lists",
    tlp=Tlp.GREEN,
    trust=70,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(hours=6),
    carrier=Carrier.DROP,
    licence="by contract (rsync)",
)

"""Hosts files: names that somebody sends to nowhere, ``0.0.0.0 bad.example`` a line."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.reading import Line, as_address, read_lines

_HOSTS: Final = frozenset({AssetKind.HOST})
_CLAIM: Final = Claim(
    kind=Rsit.UNDETERMINED,
    part=Part.HOST,
    severity=Severity.INFO,
    variant="blocklist",
    report="hosts",
)
_OWN: Final = {"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost"}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per name; the machine's own names are none."""

    def line(found: Line) -> Iterator[Event]:
        words = found.value.partition("#")[0].split()
        names = words[1:] if words and as_address(words[0]) else words
        for number, name in enumerate(n for n in names if n.lower() not in _OWN):
            asset = assets(name, kinds=_HOSTS)
            made = event(_CLAIM, line=found.line, at=delivery.received, asset=asset)
            yield replace(made, nth=number)

    return read_lines(delivery, line)


FEED = Feed(
    id="hosts-file",
    title="Hosts file",
    provider="whoever keeps it",
    home="https://www.rfc-editor.org/rfc/rfc952",
    tlp=Tlp.AMBER,
    trust=30,
    seen=Seen.LISTED,
    read=read,
    every=None,
    licence="as its keeper says",
)

"""Which addresses are nobody's: they name another machine in every network, or none at all.

Such an event is no Reject: the line was read well, and reading it again would change nothing. It is
counted outside the region as ``unknown``, for nobody can be told of it: whatever country, AS or owner
its source, a table or a directory gives to 10.0.0.1 is about another machine than the one meant.

The ranges are those that IANA's special-purpose registries call not globally reachable, with multicast.
The documentation and benchmarking networks are left out: the bundled tables place them, since samples
and first days are made of them (``core.documentation``), and no packet and so no real report names one.
"""

import re
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event

_RANGES: Final = re.compile(
    r"(?P<unspecified>0\.|::(?:/|$))"  # RFC 1122, RFC 4291
    r"|(?P<loopback>127\.|::1(?:/|$))"  # RFC 1122, RFC 4291
    r"|(?P<private>10\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|192\.168\.|f[cd][0-9a-f]{2}:)"  # RFC 1918, 4193
    r"|(?P<shared>100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.)"  # RFC 6598
    r"|(?P<link_local>169\.254\.|fe[89ab][0-9a-f]:)"  # RFC 3927, RFC 4291
    r"|(?P<multicast>22[4-9]\.|23[0-9]\.|ff[0-9a-f]{2}:)"  # RFC 5771, RFC 4291
    r"|(?P<reserved>24[0-9]\.|25[0-5]\.|192\.0\.0\.|fe[c-f][0-9a-f]:)"  # RFC 1112, 6890, 3879
)
_FIRST: Final = frozenset(
    str(octet) for octet in (0, 10, 100, 127, 169, 172, 192, *range(224, 256))
)
_NAMED: Final = frozenset({AssetKind.ADDRESS, AssetKind.NETWORK})


def nobodys(text: str) -> str | None:
    """Return which kind of nobody's address this is (``private``); None where it may be somebody's.

    ``text`` is an address or a network as ``core.events`` writes them; a network is judged by its first.
    """
    head, dot, _ = text.partition(".")
    if dot and head not in _FIRST:  # nearly all; a large delivery asks a million times
        return None
    found = _RANGES.match(text)
    return None if found is None else (found.lastgroup or "").replace("_", "-")


def asset_is_nobodys(event: Event) -> str | None:
    """Return which kind of nobody's address an event's asset is; None where it is another asset."""
    return nobodys(event.asset.value) if event.asset.kind in _NAMED else None


def placeable(event: Event) -> Event:
    """Return the event without what would place it by an address that is nobody's.

    It has no ``address`` then, and what a source says of an address (its AS, its country) goes with
    it; a host or URL is placed by its name alone. So it is with a URL that names neither host nor
    address, as ``http://localhost/`` does. The asset stays as it was reported.
    """
    asset, address = event.asset, event.address
    if address is None:
        if asset.kind is AssetKind.NETWORK:
            lost = nobodys(asset.value) is not None
        else:
            lost = asset.kind is AssetKind.URL and event.host is None
        if not lost or (event.reported_asn is None and event.reported_country is None):
            return event
    elif nobodys(address) is None:
        return event
    return replace(event, address=None, reported_asn=None, reported_country=None)

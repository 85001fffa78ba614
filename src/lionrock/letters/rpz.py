"""Writes confirmed names as a DNS response policy zone, which resolvers load to refuse them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from lionrock.letters.confirmed import ConfirmedName
from lionrock.letters.guard import Never, blockable

CONTENT_TYPE: Final = "text/dns"
ORIGIN: Final = "rpz.lionrock.invalid"
LONGEST: Final = 253 - len("*.") - len(".") - len(ORIGIN)
"""Longest host whose wildcard still fits a DNS name under the zone's origin."""


def rpz(
    names: Iterable[ConfirmedName], *, never: Never, tlp: str, now: datetime
) -> Iterator[bytes]:
    """Yield the zone (RFC 1035 master file; ISC's DNS RPZ draft: ``CNAME .`` answers NXDOMAIN).

    Each name blocks itself and everything under it; what ``never`` spares is left out, and so is a
    host too long to stand under the zone's origin. The serial is the time in seconds since 1970.
    """
    yield (
        f"; {tlp}\n"
        f"; made {now.isoformat(timespec='seconds')}\n"
        f"$ORIGIN {ORIGIN}.\n"
        "$TTL 300\n"
        f"@ IN SOA localhost. hostmaster.localhost. {int(now.timestamp())} 3600 600 604800 300\n"
        "@ IN NS localhost.\n"
    ).encode("ascii")
    for name in blockable(names, never):
        if len(name.host) <= LONGEST:
            yield f"{name.host} IN CNAME .\n*.{name.host} IN CNAME .\n".encode("ascii")

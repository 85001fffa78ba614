"""SSLBL of abuse.ch: certificates of control servers, and the addresses they were seen on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.reading import Row, Unreadable, as_address, as_port, as_time, read_csv

_HASHES: Final = frozenset({AssetKind.HASH})
_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_SERVER: Final = Claim(
    kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.CRITICAL, report="sslipblacklist"
)
_CERTIFICATE: Final = Claim(
    kind=Rsit.C2_SERVER,
    part=Part.HOST,
    severity=Severity.HIGH,
    variant="certificate",
    report="sslblacklist",
)
_REASON: Final = re.compile(r"\s*(?:C&C|botnet|malware distribution).*$", re.IGNORECASE)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per server or certificate, told by the row's own shape.

    Rows are ``time, SHA1, reason``, ``time, address, port`` or the older ``address, port, reason``.
    """

    def row(found: Row) -> Event:
        fields = [field.strip() for field in found.fields]
        if len(fields) == 1:
            fields = ["", fields[0], ""]
        if len(fields) != 3:
            raise Unreadable(f"has {len(fields)} fields, not three")
        if as_address(fields[0]):
            asset, port, reason = fields
            at = delivery.received
        else:
            asset, (port, reason) = fields[1], (fields[2], fields[2])
            when = as_time(fields[0]) if fields[0] else delivery.received
            if when is None:
                raise Unreadable("has no time that can be read")
            at = when
        if as_address(asset):
            made = event(_SERVER, line=found.line, at=at, asset=assets(asset, kinds=_ADDRESSES))
            number = as_port(port)
            made = replace(made, port=number, transport="tcp" if number else None)
            return replace(made, service="tls", family=None if reason == port else _family(reason))
        made = event(_CERTIFICATE, line=found.line, at=at, asset=assets(asset, kinds=_HASHES))
        return replace(made, family=_family(reason), details={"reason": reason} if reason else {})

    return read_csv(delivery, row, columns=("first", "second", "third"), spaced=True)


def _family(reason: str) -> str | None:
    name = _REASON.sub("", reason[:200]).strip().lower()
    return None if name in {"", "malware", "botnet", "ssl"} else name


FEED = Feed(
    id="sslbl",
    title="SSL Blacklist",
    provider="abuse.ch",
    home="https://sslbl.abuse.ch/blacklist/",
    tlp=Tlp.CLEAR,
    trust=80,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.HTTP,
    address="https://sslbl.abuse.ch/blacklist/sslblacklist.csv",
    licence="CC0",
)

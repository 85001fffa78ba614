"""Lionrock's own findings: suspects that a person confirmed, handed to the road like anybody's report."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.reading import (
    Record,
    Unreadable,
    as_address,
    as_host,
    as_time,
    read_json_lines,
)

_REPORT: Final = "confirmed-suspects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A confirmed suspect: ``ref`` names the decision, ``address`` is where its name led then."""

    host: str
    confirmed_at: datetime
    ref: str
    brand: str = ""
    address: str | None = None
    url: str | None = None


def line_of(one: Confirmed) -> bytes:
    """Return a confirmed suspect as a line of this feed's delivery."""
    return (
        json.dumps(
            {
                "finding": _REPORT,
                "host": one.host,
                "confirmed_at": one.confirmed_at.astimezone(UTC).isoformat(),
                "ref": one.ref,
                "brand": one.brand or None,
                "address": one.address,
                "url": one.url,
            },
            sort_keys=True,
        )
        + "\n"
    ).encode("ascii")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one phishing host per line."""

    def finding(found: Record) -> Event:
        value = found.value
        if not isinstance(value, dict):
            raise Unreadable("is no JSON object")
        if value.get("finding") != _REPORT:
            raise Unreadable("is no finding that this version knows")
        host = as_host(str(value.get("host") or ""))
        if host is None:
            raise Unreadable("has no host name")
        at = as_time(str(value.get("confirmed_at") or ""))
        if at is None:
            raise Unreadable("has no time that can be read")
        return Event(
            line=found.line,
            at=at,
            asset=Asset(kind=AssetKind.HOST, value=host),
            part=Part.HOST,
            kind=Rsit.PHISHING,
            severity=Severity.HIGH,
            host=host,
            address=as_address(str(value.get("address") or "")),
            brand=str(value["brand"]) if value.get("brand") else None,
            report=_REPORT,
            ref=str(value["ref"]) if value.get("ref") else None,
        )

    return read_json_lines(delivery, finding)


FEED = Feed(
    id="lionrock",
    title="Our own findings",
    provider="Lionrock",
    home="https://lionrock.example/",
    tlp=Tlp.AMBER,
    trust=90,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.PUSH,
    licence="ours",
)

"""Spamhaus' DROP lists: their feeds, and how they are read, as text and as lines of JSON."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed.lists import Claim, assets, beginning, event
from lionrock.feeds.reading import (
    Line,
    Record,
    Unreadable,
    as_country,
    read_json_lines,
    read_lines,
)

_LISTED: Final = frozenset({AssetKind.NETWORK, AssetKind.ASN, AssetKind.ADDRESS})
_CLAIM: Final = Claim(kind=Rsit.OTHER, part=Part.HOST, severity=Severity.INFO, variant="blocklist")


def list_at(address: str, *, id: str, title: str) -> Feed:
    """Return the feed of one of the lists, which differ in what they list alone."""
    return Feed(
        id=id,
        title=title,
        provider="The Spamhaus Project",
        home="https://www.spamhaus.org/blocklists/do-not-route-or-peer/",
        tlp=Tlp.CLEAR,
        trust=90,
        seen=Seen.LISTED,
        read=read,
        every=timedelta(days=1),
        carrier=Carrier.HTTP,
        address=address,
        licence="free with attribution; one fetch an hour at most",
    )


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per network or autonomous system that criminals took over or run.

    Who holds it on paper is the criminal or the one it was taken from, and nothing was seen of any
    machine in it: the events are for information alone, unless a rule says who is to be told. The
    list's own last line, its date and count, is no entry.
    """

    def entry(record: Record) -> Event | None:
        value = record.value
        if not isinstance(value, dict):
            raise Unreadable("is no JSON object")
        if value.get("type") == "metadata":
            return None
        asn = value.get("asn")
        asset = assets(f"AS{asn}" if asn else str(value.get("cidr", "")), kinds=_LISTED)
        made = event(_CLAIM, line=record.line, at=delivery.received, asset=asset)
        details = {
            name: str(value[name]) for name in ("rir", "domain", "asname") if value.get(name)
        }
        return replace(
            made,
            report="asndrop" if asn else "drop",
            ref=str(value["sblid"]) if value.get("sblid") else None,
            reported_asn=asn if isinstance(asn, int) else None,
            reported_country=as_country(str(value.get("cc") or "")),
            details=details,
        )

    def line(found: Line) -> Event:
        place, _, rest = found.value.partition(";")
        asset = assets(place.strip(), kinds=_LISTED)
        made = event(_CLAIM, line=found.line, at=delivery.received, asset=asset)
        if asset.kind is AssetKind.ASN:
            country, _, name = rest.partition("|")
            return replace(
                made,
                report="asndrop",
                reported_asn=int(asset.value),
                reported_country=as_country(country),
                details={"asname": name.strip()} if name.strip() else {},
            )
        return replace(made, report="drop", ref=rest.strip() or None)

    if beginning(delivery).startswith("{"):
        return read_json_lines(delivery, entry)
    return read_lines(delivery, line, comments=(";", "#"))

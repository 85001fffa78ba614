"""Blueliv's crime servers: phishing, malware and control servers in one JSON."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, moment_of, text_of
from lionrock.feeds.reading import (
    Record,
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_time,
    read_json,
)

_PLACES: Final = frozenset({AssetKind.URL, AssetKind.HOST, AssetKind.ADDRESS})
_TYPES: Final = {
    "BACKDOOR": (Rsit.SYSTEM_COMPROMISE, Severity.HIGH),
    "C_AND_C": (Rsit.C2_SERVER, Severity.CRITICAL),
    "EXPLOIT_KIT": (Rsit.MALWARE_DISTRIBUTION, Severity.HIGH),
    "MALWARE": (Rsit.MALWARE_DISTRIBUTION, Severity.HIGH),
    "PHISHING": (Rsit.PHISHING, Severity.HIGH),
    "TOR_IP": (Rsit.OTHER, Severity.INFO),
}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per crime server."""
    wrapped = beginning(delivery, 512).startswith("{")
    return read_json(delivery, _server, path=("crimeServers",) if wrapped else ())


def _server(record: Record) -> Event:
    entry = record.value
    if not isinstance(entry, dict):
        raise Unreadable("is no JSON object")
    sort = text_of(entry, "type").upper()
    kind, severity = _TYPES.get(sort, (Rsit.UNDETERMINED, Severity.INFO))
    claim = Claim(
        kind=kind,
        part=Part.HOST,
        severity=severity,
        variant="tor" if sort == "TOR_IP" else "",
        report="crimeservers",
    )
    at = moment_of(text_of(entry, "firstSeenAt", "lastSeenAt", "updatedAt"))
    made = event(
        claim, line=record.line, at=at, asset=assets(text_of(entry, "url", "ip"), kinds=_PLACES)
    )
    last = as_time(text_of(entry, "lastSeenAt"))
    kept = ("status", "confidence", "subType", "countryName", "score")
    return replace(
        made,
        address=as_address(text_of(entry, "ip")) or made.address,
        family=text_of(entry, "subType").lower() or None if sort == "C_AND_C" else None,
        ref=text_of(entry, "_id", "id") or None,
        until=last if last is not None and last > at else None,
        reported_asn=as_asn(text_of(entry, "asnId")),
        reported_country=as_country(text_of(entry, "country")),
        details={name: text for name in kept if (text := text_of(entry, name))},
    )


FEED = Feed(
    id="blueliv",
    title="Blueliv crime servers",
    provider="Outpost24 (Blueliv)",
    home="https://outpost24.com/products/cyber-threat-intelligence/",
    tlp=Tlp.AMBER,
    trust=60,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.HTTP,
    address="https://freeapi.blueliv.com/v1/crimeserver/online",
    licence="key needed",
)

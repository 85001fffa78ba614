"""PhishTank: phishing pages that people reported and verified, as CSV or JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, moment_of
from lionrock.feeds.reading import (
    Json,
    Record,
    Row,
    Unreadable,
    as_address,
    as_asn,
    as_country,
    read_csv,
    read_json,
)

_URLS: Final = frozenset({AssetKind.URL})
_COLUMNS: Final = (
    "phish_id",
    "url",
    "phish_detail_url",
    "submission_time",
    "verified",
    "verification_time",
    "online",
    "target",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per page; the brand is the target, “Other” names none."""
    if beginning(delivery).startswith(("[", "{")):
        return read_json(delivery, _entry)

    def row(found: Row) -> Event:
        return _event(found.line, {name: found[name] for name in _COLUMNS})

    return read_csv(delivery, row, required=("url", "submission_time"))


def _entry(record: Record) -> Event:
    entry = record.value
    if not isinstance(entry, dict):
        raise Unreadable("is no JSON object")
    made = _event(record.line, entry)
    told = entry.get("details")
    places = [p for p in told if isinstance(p, dict)] if isinstance(told, list) else []
    place = places[0] if places else {}
    found = [text for p in places if (text := str(p.get("ip_address") or ""))]
    return replace(
        made,
        details={**made.details, "ip_address": tuple(found)} if len(found) > 1 else made.details,
        address=as_address(str(place.get("ip_address") or "")) or made.address,
        reported_asn=as_asn(str(place.get("announcing_network") or "")),
        reported_country=as_country(str(place.get("country") or "")),
    )


def _event(line: int, entry: Mapping[str, Json]) -> Event:
    at = moment_of(str(entry.get("submission_time") or ""))
    verified = str(entry.get("verified") or "").lower() in {"yes", "true"}
    claim = Claim(
        kind=Rsit.PHISHING,
        part=Part.HOST,
        severity=Severity.HIGH if verified else Severity.MEDIUM,
        report="verified-online",
    )
    made = event(claim, line=line, at=at, asset=assets(str(entry.get("url", "")), kinds=_URLS))
    target = str(entry.get("target") or "").strip()
    kept = ("phish_detail_url", "verification_time", "verified", "online")
    return replace(
        made,
        ref=str(entry.get("phish_id") or "") or None,
        brand=None if target.lower() in {"", "other"} else target,
        details={name: str(entry[name]) for name in kept if entry.get(name)},
    )


FEED = Feed(
    id="phishtank",
    title="PhishTank",
    provider="Cisco Talos",
    home="https://phishtank.org/developer_info.php",
    tlp=Tlp.CLEAR,
    trust=75,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(hours=6),
    carrier=Carrier.HTTP,
    address="https://data.phishtank.com/data/online-valid.csv",
    licence="free; key needed for frequent fetches",
)

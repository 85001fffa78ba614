"""ThreatFox of abuse.ch: indicators of compromise tied to malware, as CSV export or JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, from_archive, heading, moment_of
from lionrock.feeds.reading import (
    Json,
    Record,
    Row,
    Unreadable,
    as_time,
    read_csv,
    read_json,
    with_port,
)

_EXPORT: Final = (
    "first_seen_utc",
    "ioc_id",
    "ioc_value",
    "ioc_type",
    "threat_type",
    "fk_malware",
    "malware_alias",
    "malware_printable",
    "last_seen_utc",
    "confidence_level",
    "reference",
    "tags",
    "anonymous",
    "reporter",
)
_THREATS: Final = {
    "botnet_cc": (Rsit.C2_SERVER, Severity.CRITICAL, ""),
    "payload_delivery": (Rsit.MALWARE_DISTRIBUTION, Severity.HIGH, ""),
    "payload": (Rsit.MALWARE_DISTRIBUTION, Severity.MEDIUM, "sample"),
    "cc_skimming": (Rsit.APPLICATION_COMPROMISE, Severity.HIGH, "skimmer"),
}
_DETAILS: Final = (
    "malware_alias",
    "confidence_level",
    "reference",
    "reporter",
    "malware_malpedia",
    "is_compromised",
)
_DOUBTED: Final = 50
"""abuse.ch calls a confidence of 50 moderate; what it believes less is told to nobody at once."""


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per indicator; ``ip:port`` is the address with its port."""
    return from_archive(_read(delivery), delivery.received)


def _read(delivery: Delivery) -> Iterator[Event | Reject]:
    start = beginning(delivery)
    if start.startswith("{") and '"data"' in start[:200]:
        return read_json(delivery, _entries, path=("data",))
    if start.startswith(("{", "[")):
        return read_json(delivery, _entries, path=("*",) if start[0] == "{" else ())
    columns = heading(delivery, _EXPORT, holding="ioc_value")

    def row(found: Row) -> Event:
        return _event(found.line, {name: found[name] for name in columns})

    return read_csv(delivery, row, columns=columns, spaced=True)


def _entries(record: Record) -> Iterator[Event]:
    """Yield the events of one JSON entry; under an id of the export stands a list of one."""
    value = record.value
    for number, entry in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(entry, dict):
            raise Unreadable("is no JSON object")
        yield replace(_event(record.line, entry), nth=number)


def _event(line: int, entry: Mapping[str, Json]) -> Event:
    value = _first(entry, "ioc_value", "ioc")
    at = moment_of(_first(entry, "first_seen_utc", "first_seen"))
    kind, severity, variant = _THREATS.get(
        _first(entry, "threat_type"), (Rsit.UNDETERMINED, Severity.INFO, "")
    )
    confidence = _first(entry, "confidence_level")
    doubted = confidence.isdecimal() and len(confidence) < 4 and int(confidence) < _DOUBTED
    if doubted and severity is not Severity.INFO:
        severity = Severity.MEDIUM
    asset, port = _asset(_first(entry, "ioc_type"), value)
    claim = Claim(kind=kind, part=Part.HOST, severity=severity, variant=variant, report="iocs")
    made = event(claim, line=line, at=at, asset=asset)
    name = _first(entry, "malware_printable", "fk_malware", "malware")
    last = _first(entry, "last_seen_utc", "last_seen")
    tags = entry.get("tags")
    listed = tags if isinstance(tags, list) else str(tags or "").split(",")
    details: dict[str, str | tuple[str, ...]] = {
        key: text for key in _DETAILS if (text := _first(entry, key))
    }
    if found := tuple(str(t).strip() for t in listed if str(t).strip() not in {"", "None"}):
        details["tags"] = found
    return replace(
        made,
        port=port or made.port,
        transport="tcp" if port else made.transport,
        family=None if name.lower() in {"", "unknown malware", "unknown"} else name.lower(),
        ref=_first(entry, "ioc_id", "id") or None,
        until=_later(as_time(last), at),
        details=details,
    )


def _asset(ioc_type: str, value: str) -> tuple[Asset, int | None]:
    if ioc_type == "ip:port":
        address, port = with_port(value)
        return assets(address, kinds=frozenset({AssetKind.ADDRESS})), port
    if ioc_type in {"", "domain", "url", "md5_hash", "sha1_hash", "sha256_hash", "ip"}:
        return assets(value), None
    raise Unreadable(f"names no asset: {ioc_type}"[:120])


def _later(last: datetime | None, at: datetime) -> datetime | None:
    return last if last is not None and last > at else None


def _first(entry: Mapping[str, Json], *names: str) -> str:
    for name in names:
        value = entry.get(name)
        if value is not None and not isinstance(value, (dict, list)):
            text = str(value).strip()
            if text and text != "None":
                return text
    return ""


FEED = Feed(
    id="threatfox",
    title="ThreatFox",
    provider="abuse.ch",
    home="https://threatfox.abuse.ch/export/",
    tlp=Tlp.CLEAR,
    trust=75,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(hours=6),
    carrier=Carrier.HTTP,
    address="https://threatfox.abuse.ch/export/csv/recent/",
    licence="CC0; key needed for the API",
)

"""Events in IntelMQ's format, for a site that runs both or passes ours on to its own IntelMQ.

Names and types: IntelMQ Data Format 1.1. What that format has no name for stands under ``extra.``.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Seen
from lionrock.core.facts import Facts
from lionrock.core.tlp import Tlp

Value = str | int | float | list[str]

_KEY: Final = re.compile(r"[^a-z0-9_]+")
_LABELS: Final = {
    Tlp.CLEAR: "CLEAR",
    Tlp.GREEN: "GREEN",
    Tlp.AMBER: "AMBER",
    Tlp.AMBER_STRICT: "AMBER+STRICT",
    Tlp.RED: "RED",
}
_NAMES: Final[Mapping[AssetKind, str]] = {
    AssetKind.ADDRESS: "ip",
    AssetKind.NETWORK: "network",
    AssetKind.HOST: "fqdn",
    AssetKind.URL: "url",
    AssetKind.ASN: "asn",
}
_OWN: Final = re.compile(
    r"(?:source|destination|time|feed|classification|protocol|malware|event_description|misp|product)\."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an event came from, in IntelMQ's ``feed.`` fields; ``accuracy`` runs from 0 to 100."""

    name: str
    provider: str
    accuracy: int | None = None
    tlp: Tlp | None = None


def as_intelmq(
    event: Event, origin: Origin, *, observed: datetime, facts: Facts | None = None
) -> dict[str, Value]:
    """Return the event by IntelMQ's names; ``facts`` of our tables win over what the source says.

    The asset is ``source.``, except where it was attacked: then it is ``destination.``, and
    ``extra.part`` says so.
    """
    near, far = (
        ("destination", "source") if event.part is Part.TARGET else ("source", "destination")
    )
    found: dict[str, Value | None] = {
        "time.source": _time(event.at),
        "time.observation": _time(observed),
        "feed.name": event.report or origin.name,
        "feed.provider": origin.provider,
        "feed.accuracy": None if origin.accuracy is None else float(origin.accuracy),
        "tlp": _LABELS[label] if (label := event.tlp or origin.tlp) else None,
        "classification.taxonomy": event.kind.classification,
        "classification.type": event.kind.type,
        "classification.identifier": event.variant or event.service or event.family,
        f"{near}.ip": event.address,
        f"{near}.fqdn": event.host,
        f"{near}.url": event.url,
        f"{near}.port": event.port,
        f"{near}.asn": (facts and facts.asn) or event.reported_asn,
        f"{near}.as_name": facts.holder if facts else None,
        f"{near}.network": facts.network if facts else None,
        f"{near}.geolocation.cc": (facts and facts.located) or event.reported_country,
        **_end(near, event.asset),
        **(_end(far, event.other) if event.other else {}),
        f"{far}.port": event.other_port,
        f"{far}.asn": event.other_asn,
        f"{far}.geolocation.cc": event.other_country,
        "protocol.transport": event.transport,
        "protocol.application": event.service,
        "malware.name": event.family,
        "event_description.target": event.brand,
        "event_hash": event.ref,
        "extra.part": event.part.value,
        "extra.other_part": event.other_part.value if event.other_part else None,
        "extra.severity": event.severity.value,
        "extra.seen": event.seen.value if event.seen is not Seen.REPORTED else None,
        "extra.variant": event.variant or None,
        "extra.cve": ",".join(event.cves) or None,
        "extra.until": _time(event.until) if event.until else None,
        "extra.count": event.count if event.count > 1 else None,
    }
    for name, value in event.details.items():
        key = _key(name)
        if found.get(key) is None:
            found[key] = value if isinstance(value, str) else list(value)
    return {name: value for name, value in found.items() if value is not None and value != ""}


def intelmq_lines(events: Iterable[Mapping[str, Value]]) -> Iterator[bytes]:
    """Yield JSON lines as IntelMQ's own file output writes them, for its JSON parser."""
    for event in events:
        yield json.dumps({**event, "__type": "Event"}, ensure_ascii=False).encode() + b"\n"


def _end(end: str, asset: Asset) -> dict[str, Value]:
    if asset.kind is AssetKind.HASH:
        algorithm, _, value = asset.value.partition(":")
        return {f"malware.hash.{algorithm}": value}
    value_of: Value = int(asset.value) if asset.kind is AssetKind.ASN else asset.value
    return {f"{end}.{_NAMES[asset.kind]}": value_of}


def _key(name: str) -> str:
    """Return a key that IntelMQ takes: its own names as they are, everything else under extra."""
    if _OWN.match(name):
        return name
    word = ".".join(_KEY.sub("_", part.lower()).strip("_") or "x" for part in name.split("."))
    return f"extra.{word}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()

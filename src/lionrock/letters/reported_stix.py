"""Writes events as a STIX 2.1 bundle: observed data of the assets, under their TLP markings."""

import ipaddress
import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from lionrock.letters.reported import ReportedEvent

CONTENT_TYPE: Final = "application/stix+json;version=2.1"

_SCO: Final = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace that STIX 2.1 makes deterministic ids of cyber-observable objects in (2.9)."""
_OWN: Final = uuid.UUID("6f0a7c1e-3c55-4ee3-9d0b-31c4e3a5b5aa")
"""The namespace of our own objects' ids, so that the same event is the same object in every export."""

_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_MARKINGS: Final = {
    # OASIS, "TLP 2.0 marking definitions for STIX 2.1".
    "TLP:CLEAR": ("94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
    "TLP:GREEN": ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
    "TLP:AMBER": ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
    "TLP:AMBER+STRICT": ("939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"),
    "TLP:RED": ("e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
}
_HASHES: Final = {"sha256": "SHA-256", "sha1": "SHA-1", "md5": "MD5"}

Json = dict[str, object]


def reported_stix(events: Iterable[ReportedEvent], *, now: datetime) -> Iterator[bytes]:
    """Yield one bundle; each observable and marking stands in it once.

    An event is an ``observed-data`` whose objects are its assets and its other end; what STIX has no
    property for (kind, severity, report) goes into ``labels`` and ``external_references``.
    """
    bundle = uuid.uuid5(_OWN, f"bundle {now.isoformat()}")
    yield f'{{"type": "bundle", "id": "bundle--{bundle}", "objects": ['.encode("ascii")
    between = "\n"
    written: set[str] = set()
    for event in events:
        for thing in objects_of(event):
            identity = str(thing["id"])
            if identity in written:
                continue
            written.add(identity)
            yield (between + json.dumps(thing, ensure_ascii=False)).encode("utf-8")
            between = ",\n"
    yield b"\n]}\n"


def objects_of(event: ReportedEvent) -> list[Json]:
    """Return the marking, the observables and the observed data of one event."""
    marking = marking_of(event.tlp)
    ends = [
        ("address", event.address),
        ("host", event.host),
        ("url", event.url),
        (event.asset_kind, event.asset),
        (event.other_kind, event.other),
    ]
    seen: dict[str, Json] = {}
    for kind, value in ends:
        if value and (thing := _observable(kind, value)):
            seen[str(thing["id"])] = {**thing, "object_marking_refs": [marking["id"]]}
    if not seen:
        return []
    at = _time(event.at)
    observed: Json = {
        "type": "observed-data",
        "spec_version": "2.1",
        "id": f"observed-data--{uuid.uuid5(_OWN, f'event {event.id} {at}')}",
        "created": at,
        "modified": at,
        "first_observed": at,
        "last_observed": at,
        "number_observed": min(max(event.count, 1), 999_999_999),
        "object_refs": list(seen),
        "labels": [event.kind, f"severity:{event.severity}", *_labels(event)],
        "external_references": [_reference(event)],
        "object_marking_refs": [marking["id"]],
    }
    return [marking, *seen.values(), observed]


def marking_of(tlp: str) -> Json:
    """Return the marking definition of a label; the narrowest for a label nobody knows."""
    number, name = _MARKINGS.get(tlp, _MARKINGS["TLP:RED"])
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{number}",
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{name.upper()}",
        "extensions": {
            _EXTENSION: {"extension_type": "property-extension", "tlp_2_0": name},
        },
    }


def _observable(kind: str, value: str) -> Json | None:
    """Return an asset as a cyber-observable object; ``None`` where STIX has none for it."""
    if kind in {"address", "network"}:
        version = ipaddress.ip_network(value, strict=False).version
        return _sco(f"ipv{version}-addr", {"value": value})
    if kind == "asn":
        return _sco("autonomous-system", {"number": int(value)})
    if kind == "host":
        return _sco("domain-name", {"value": value})
    if kind == "url":
        return _sco("url", {"value": value})
    if kind == "hash":
        algorithm, _colon, digest = value.partition(":")
        return (
            _sco("file", {"hashes": {_HASHES[algorithm]: digest}}) if algorithm in _HASHES else None
        )
    return None


def _sco(type_: str, contributing: Json) -> Json:
    canonical = json.dumps(contributing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    number = uuid.uuid5(_SCO, canonical)
    return {"type": type_, "spec_version": "2.1", "id": f"{type_}--{number}", **contributing}


def _labels(event: ReportedEvent) -> list[str]:
    said = {
        "family": event.family,
        "service": event.service,
        "variant": event.variant,
        "part": event.part,
        "port": str(event.port) if event.port else "",
    }
    return [*(f"{name}:{value}" for name, value in said.items() if value), *event.cves]


def _reference(event: ReportedEvent) -> Json:
    reference: Json = {"source_name": event.feed, "description": event.report or event.feed}
    return {**reference, "external_id": event.ref} if event.ref else reference


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""Writes episodes as a STIX 2.1 bundle: what was observed on which asset, how often, from when to when."""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from lionrock.letters.notice import From, Item, title_of
from lionrock.letters.plainly import one_line
from lionrock.letters.reported import ReportedEvent
from lionrock.letters.reported_stix import CONTENT_TYPE, marking_of, objects_of

__all__ = ["CONTENT_TYPE", "episodes_stix"]

_OWN: Final = uuid.UUID("1c5f6cf5-1b0e-5a52-8a9a-0d1c6a4f3a77")
"""The namespace of our own objects' ids: the same episode is the same object in every export."""
_CREATED: Final = "2026-01-01T00:00:00.000Z"

Json = dict[str, object]


def episodes_stix(items: Iterable[Item], *, team: From, now: datetime) -> Iterator[bytes]:
    """Yield one bundle: who says it, markings (TLP 2.0), observables, and per episode observed data
    and a grouping that names the problem; a CVE is a vulnerability. Each object stands in it once.
    """
    who = _identity(team)
    bundle = uuid.uuid5(_OWN, f"bundle {now.isoformat()}")
    yield f'{{"type": "bundle", "id": "bundle--{bundle}", "objects": [\n'.encode("ascii")
    yield json.dumps(who, ensure_ascii=False).encode("utf-8")
    written: set[str] = set()
    for item in items:
        for thing in _objects(item, str(who["id"])):
            identity = str(thing["id"])
            if identity not in written:
                written.add(identity)
                yield b",\n" + json.dumps(thing, ensure_ascii=False).encode("utf-8")
    yield b"\n]}\n"


def _objects(item: Item, who: str) -> list[Json]:
    found = objects_of(_event(item))
    if not found:
        return []
    marking = marking_of(item.tlp.value)
    first, last = _time(item.first_seen), _time(item.last_seen)
    common: Json = {
        "spec_version": "2.1",
        "created_by_ref": who,
        "created": first,
        "modified": last,
        "object_marking_refs": [marking["id"]],
    }
    observed = found[-1] | {
        "id": f"observed-data--{uuid.uuid5(_OWN, f'observed {item.episode}')}",
        "created_by_ref": who,
        "created": first,
        "modified": last,
        "first_observed": first,
        "last_observed": last,
    }
    weaknesses: list[Json] = [
        {
            "type": "vulnerability",
            "spec_version": "2.1",
            "created_by_ref": who,
            "id": f"vulnerability--{uuid.uuid5(_OWN, cve)}",
            "created": _CREATED,
            "modified": _CREATED,
            "name": cve,
            "external_references": [{"source_name": "cve", "external_id": cve}],
        }
        for cve in item.cves
    ]
    grouping: Json = {
        **common,
        "type": "grouping",
        "id": f"grouping--{uuid.uuid5(_OWN, f'episode {item.episode}')}",
        "name": title_of(item.kind, item.variant, "en"),
        "context": "suspicious-activity",
        "labels": [item.kind.value, f"severity:{item.severity.value}"],
        "object_refs": [observed["id"], *(one["id"] for one in weaknesses)],
    }
    return [*found[:-1], *weaknesses, observed, grouping]


def _event(item: Item) -> ReportedEvent:
    """Return an episode's assets as one event, which the other export already writes."""
    return ReportedEvent(
        id=item.episode,
        at=item.last_seen,
        feed=one_line(", ".join(item.feeds), 200) or "lionrock",
        report="",
        episode=item.episode,
        asset_kind=item.asset_kind.value,
        asset=item.asset,
        part=item.part.value,
        kind=item.kind.value,
        variant=item.variant,
        severity=item.severity.value,
        address=item.address,
        host=item.host,
        url=item.url,
        port=item.port,
        transport=item.transport,
        service=item.service,
        family=item.family,
        cves=item.cves,
        tlp=item.tlp.value,
        count=item.events,
    )


def _identity(team: From) -> Json:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{uuid.uuid5(_OWN, f'{team.name} {team.address}')}",
        "created": _CREATED,
        "modified": _CREATED,
        "name": team.name,
        "identity_class": "organization",
        **({"contact_information": team.address} if team.address else {}),
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

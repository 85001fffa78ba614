"""Documents of exchange: a STIX bundle, a MISP event, IntelMQ's events."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Final

from lionrock.feeds.sample.cast import Cast

_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "sample.lionrock.example")
_TLP_GREEN: Final = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
"""TLP:GREEN as STIX 2.1 names it."""


def stix(cast: Cast, number: int, day: datetime) -> bytes:
    """Return a bundle of indicators (STIX 2.1): control servers, a phishing page, a file."""
    moment = f"{day + timedelta(hours=8):%Y-%m-%dT%H:%M:%S.000Z}"
    page = cast.up(number)[0]
    servers = [one for one in cast.malware if one.first <= number][:3]
    patterns = [
        *(
            (f"[ipv4-addr:value = '{one.address}']", "Sample control server", "malicious-activity")
            for one in servers
        ),
        (f"[url:value = '{page.url}']", f"Imitates {page.brand}", "phishing"),
        (
            f"[file:hashes.'SHA-256' = '{uuid.uuid5(_SPACE, 'a').hex}{uuid.uuid5(_SPACE, 'b').hex}']",
            "Sample loader",
            "malicious-activity",
        ),
    ]
    identity = f"identity--{uuid.uuid5(_SPACE, 'identity')}"
    bundle = {
        "type": "bundle",
        "id": f"bundle--{uuid.uuid5(_SPACE, moment)}",
        "objects": [
            {
                "type": "identity",
                "spec_version": "2.1",
                "id": identity,
                "created": moment,
                "modified": moment,
                "name": "Lionrock sample exchange",
                "identity_class": "organization",
            },
            *(
                {
                    "type": "indicator",
                    "spec_version": "2.1",
                    "id": f"indicator--{uuid.uuid5(_SPACE, pattern)}",
                    "created_by_ref": identity,
                    "created": moment,
                    "modified": moment,
                    "name": name,
                    "indicator_types": [kind],
                    "labels": [kind],
                    "pattern": pattern,
                    "pattern_type": "stix",
                    "valid_from": moment,
                    "object_marking_refs": [_TLP_GREEN],
                }
                for pattern, name, kind in patterns
            ),
        ],
    }
    return _json(bundle)


def misp(cast: Cast, number: int, day: datetime) -> bytes:
    """Return one event in MISP's core format, with attributes of several types."""
    stamp = str(int((day + timedelta(hours=7)).timestamp()))
    pages = cast.up(number)[:3]
    attributes = [
        *(("url", "Network activity", page.url, f"imitates {page.brand}") for page in pages),
        ("ip-dst", "Network activity", cast.malware[0].address, "control server"),
        ("md5", "Payload delivery", uuid.uuid5(_SPACE, "md5").hex, "loader"),
    ]
    event = {
        "Event": {
            "uuid": str(uuid.uuid5(_SPACE, f"misp {day:%Y-%m-%d}")),
            "info": "Sample: a wave of delivery scams",
            "date": f"{day:%Y-%m-%d}",
            "timestamp": stamp,
            "publish_timestamp": stamp,
            "threat_level_id": "2",
            "analysis": "2",
            "published": True,
            "Orgc": {"name": "Lionrock sample exchange", "uuid": str(_SPACE)},
            "Tag": [{"name": "tlp:green"}, {"name": 'rsit:fraud="phishing"'}],
            "Attribute": [
                {
                    "uuid": str(uuid.uuid5(_SPACE, f"{kind} {value}")),
                    "type": kind,
                    "category": category,
                    "value": value,
                    "comment": comment,
                    "to_ids": True,
                    "timestamp": stamp,
                }
                for kind, category, value, comment in attributes
            ],
        }
    }
    return _json(event)


def intelmq(cast: Cast, number: int, day: datetime) -> bytes:
    """Return events as IntelMQ writes them into a file, one to a line."""
    lines = []
    for place, machine in enumerate(cast.listed("event4_honeypot_brute_force", number)[:6]):
        moment = f"{day + timedelta(hours=5, minutes=place):%Y-%m-%dT%H:%M:%S+00:00}"
        lines.append(
            {
                "classification.taxonomy": "intrusion-attempts",
                "classification.type": "brute-force",
                "feed.name": "Lionrock sample",
                "feed.provider": "Lionrock sample",
                "feed.accuracy": 100.0,
                "time.source": moment,
                "time.observation": moment,
                "source.ip": machine.address,
                "source.asn": machine.asn,
                "source.geolocation.cc": machine.country,
                "source.port": 50_000 + place,
                "destination.ip": "203.0.113.34",
                "destination.port": 22,
                "protocol.transport": "tcp",
                "protocol.application": "ssh",
            }
        )
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    return text.encode("utf-8")


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode("utf-8")

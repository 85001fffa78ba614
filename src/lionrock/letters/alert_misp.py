"""Writes published alerts as MISP events, and as the files of a MISP feed that others subscribe to."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from lionrock.core.alerts import LANGUAGES, Alert, Indicator, Kind, Risk
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_checked import checked
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import told, words_in
from lionrock.letters.plainly import one_line

CONTENT_TYPE: Final = "application/json"

_OWN: Final = uuid.UUID("0c0b8c39-0b9c-5a0e-9d5f-5f6a1a5f2d7b")
_TYPES: Final = {
    "host": ("Network activity", "hostname"),
    "url": ("Network activity", "url"),
    "ipv4": ("Network activity", "ip-dst"),
    "ipv6": ("Network activity", "ip-dst"),
    "md5": ("Payload delivery", "md5"),
    "sha1": ("Payload delivery", "sha1"),
    "sha256": ("Payload delivery", "sha256"),
}
_RSIT: Final = {
    Kind.PHISHING: Rsit.PHISHING,
    Kind.MALWARE: Rsit.MALWARE_DISTRIBUTION,
    Kind.BOTNET: Rsit.INFECTED_SYSTEM,
    Kind.VULNERABILITY: Rsit.VULNERABLE_SYSTEM,
    Kind.ANTICIPATORY: Rsit.OTHER,
}
_LEVELS: Final = {Risk.EXTREME: "1", Risk.HIGH: "1", Risk.MEDIUM: "2", Risk.LOW: "3"}
_COMPLETE: Final = "2"
_REACH: Final = {Tlp.CLEAR: "3", Tlp.GREEN: "2", Tlp.AMBER: "1"}
"""MISP's distribution: all communities, connected communities, this community; 0 is nobody else."""
_COLOURS: Final = {
    Tlp.CLEAR: "#ffffff",
    Tlp.GREEN: "#33ff00",
    Tlp.AMBER: "#ffc000",
    Tlp.AMBER_STRICT: "#ffc000",
    Tlp.RED: "#ff2b2b",
}

Json = dict[str, object]


def alert_misp(alert: Alert, *, publisher: Publisher, earlier: Sequence[Alert] = ()) -> bytes:
    """Return the event of one alert, the same ``uuid`` for every version of it.

    Only indicators are ``to_ids``; links, brands and CVEs are context. The text stands in an event
    report per language. Indicators of ``earlier`` versions that the alert no longer names, and all of
    a withdrawn alert, are in it as deleted, which is how MISP takes them back elsewhere.
    """
    return _written({"Event": _event(checked(alert), publisher, earlier)})


def misp_feed(alerts: Sequence[Alert], *, publisher: Publisher) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a feed by name: the events, ``manifest.json`` and ``hashes.csv``."""
    manifest: Json = {}
    hashes: list[str] = []
    for alert in map(checked, alerts):
        event = _event(alert, publisher, ())
        known = ("Orgc", "Tag", "info", "date", "analysis", "threat_level_id", "timestamp")
        manifest[str(event["uuid"])] = {name: event[name] for name in known}
        if not alert.withdrawn:
            for indicator in alert.indicators:
                digest = hashlib.md5(indicator.value.encode("utf-8"), usedforsecurity=False)
                hashes.append(f"{digest.hexdigest()},{event['uuid']}\n")
        yield f"{event['uuid']}.json", _written({"Event": event})
    yield "manifest.json", _written(manifest)
    yield "hashes.csv", "".join(hashes).encode("ascii")


def _event(alert: Alert, publisher: Publisher, earlier: Sequence[Alert]) -> Json:
    said = {one: told(alert, publisher=publisher, language=one) for one in LANGUAGES}
    stamp = _stamp(alert.updated)
    gone = {one for old in earlier if old.id == alert.id for one in old.indicators}
    deleted = sorted(gone - set(alert.indicators), key=lambda one: (one.kind, one.value))
    attributes = [
        *(_of(one, alert, publisher, deleted=alert.withdrawn) for one in alert.indicators),
        *(_of(one, alert, publisher, deleted=True) for one in deleted),
        *(_context(one, alert, publisher) for one in _contexts(alert, publisher)),
    ]
    return {
        "uuid": str(_uuid(publisher, f"event {alert.id}")),
        "info": f"[{alert.id}] {said['en'].title}",
        "date": f"{alert.published.astimezone(UTC):%Y-%m-%d}",
        "threat_level_id": _LEVELS[alert.risk],
        "analysis": _COMPLETE,
        "distribution": _REACH.get(alert.tlp, "0"),
        "published": True,
        "timestamp": stamp,
        "publish_timestamp": stamp,
        "Orgc": {
            "name": one_line(publisher.names["en"], 200),
            "uuid": str(_uuid(publisher, "team")),
        },
        "Tag": [
            {"name": alert.tlp.value.lower(), "colour": _COLOURS[alert.tlp]},
            {"name": _rsit(alert.kind)},
        ],
        "Attribute": attributes,
        "EventReport": [
            {
                "uuid": str(_uuid(publisher, f"report {alert.id} {language}")),
                "name": f"{one.title} ({words_in(language)['language']})",
                "content": _markdown(one.text()),
                "distribution": "5",
                "timestamp": stamp,
                "deleted": False,
            }
            for language, one in said.items()
        ],
    }


def _of(indicator: Indicator, alert: Alert, publisher: Publisher, *, deleted: bool) -> Json:
    category, kind = _TYPES[indicator.kind]
    return {
        **_attribute(alert, publisher, category, kind, indicator.value),
        "to_ids": True,
        "deleted": deleted,
        "comment": "",
    }


def _contexts(alert: Alert, publisher: Publisher) -> Iterator[tuple[str, str, str, str]]:
    for language in LANGUAGES:
        name = words_in(language)["language"]
        yield "External analysis", "link", publisher.page(alert, language), name
    if alert.withdrawn:
        return
    for link in alert.links:
        yield "External analysis", "link", link.url, one_line(link.title["en"], 300)
    for cve in dict.fromkeys(alert.bulletin.cves if alert.bulletin else ()):
        yield "External analysis", "vulnerability", cve, ""
    for brand in dict.fromkeys(map(one_line, alert.brands)):
        if brand:
            yield "Targeting data", "target-org", brand, "imitated"


def _context(one: tuple[str, str, str, str], alert: Alert, publisher: Publisher) -> Json:
    category, kind, value, comment = one
    return {
        **_attribute(alert, publisher, category, kind, value),
        "to_ids": False,
        "deleted": False,
        "disable_correlation": kind == "link",
        "comment": comment,
    }


def _attribute(alert: Alert, publisher: Publisher, category: str, kind: str, value: str) -> Json:
    return {
        "uuid": str(_uuid(publisher, f"attribute {alert.id} {kind} {value}")),
        "category": category,
        "type": kind,
        "value": value,
        "distribution": "5",
        "timestamp": _stamp(alert.updated),
    }


def _rsit(kind: Kind) -> str:
    return f'rsit:{_RSIT[kind].classification}="{_RSIT[kind].type}"'


def _markdown(text: str) -> str:
    """Return plain text so that MISP shows every character of it, and none as markup."""
    signs: Mapping[int, str] = {ord(sign): f"\\{sign}" for sign in "\\`*_{}<>#|~@!$"}
    return text.translate(signs).replace("](", "]\\(").replace("\n", "  \n")


def _uuid(publisher: Publisher, key: str) -> uuid.UUID:
    return uuid.uuid5(_OWN, f"{publisher.authority} {key}")


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def _written(body: Json) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8")

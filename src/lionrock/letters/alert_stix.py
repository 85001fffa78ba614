"""Writes published alerts as a STIX 2.1 bundle: a report, what it warns of, and whom it imitates."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from lionrock.core.alerts import LANGUAGES, Alert, Indicator, Kind, Part
from lionrock.letters.alert_checked import checked
from lionrock.letters.alert_harmless import harmless_in, shown
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import Told, told, words_in
from lionrock.letters.plainly import one_line
from lionrock.letters.reported_stix import CONTENT_TYPE, marking_of

__all__ = ["CONTENT_TYPE", "alerts_stix"]

_OWN: Final = uuid.UUID("8d7a0f5e-52a4-5f6c-8a0e-3b1f6f0e9c41")
"""The namespace of the ids: the same alert is the same objects in every export, wherever it is made."""
_CREATED: Final = "2026-01-01T00:00:00.000Z"
"""When what belongs to no one alert was made: a team, a brand, a vulnerability."""

_PATHS: Final = {
    "host": "domain-name:value",
    "url": "url:value",
    "ipv4": "ipv4-addr:value",
    "ipv6": "ipv6-addr:value",
    "md5": "file:hashes.MD5",
    "sha1": "file:hashes.'SHA-1'",
    "sha256": "file:hashes.'SHA-256'",
}
_REPORTS: Final = {
    Kind.PHISHING: ["campaign", "indicator"],
    Kind.MALWARE: ["malware"],
    Kind.BOTNET: ["malware"],
    Kind.VULNERABILITY: ["vulnerability"],
    Kind.ANTICIPATORY: ["threat-report"],
}

Json = dict[str, object]


def alerts_stix(
    alerts: Iterable[Alert], *, publisher: Publisher, earlier: Sequence[Alert] = ()
) -> bytes:
    """Return a bundle of one report per alert, with everything that each refers to, each object once.

    Indicators carry live values in patterns and defanged ones in names. Indicators of ``earlier``
    versions of an alert that it no longer names are in it as revoked; all of a withdrawn alert is.
    """
    some = [checked(alert) for alert in alerts]
    things: dict[str, Json] = {}
    for alert in some:
        before = [one for one in earlier if one.id == alert.id]
        for thing in _objects(alert, publisher, before):
            things.setdefault(str(thing["id"]), thing)
    of = " ".join(f"{one.id} {_time(one.updated)}" for one in some)
    bundle: Json = {
        "type": "bundle",
        "id": f"bundle--{_uuid(publisher, f'bundle {of}')}",
        "objects": list(things.values()),
    }
    return (json.dumps(bundle, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _objects(alert: Alert, publisher: Publisher, before: Sequence[Alert]) -> Iterator[Json]:
    who = _identity(publisher, "team", publisher.names["en"], publisher.address)
    marking = marking_of(alert.tlp.value)
    common: Json = {
        "spec_version": "2.1",
        "created_by_ref": who["id"],
        "created": _time(alert.published),
        "modified": _time(alert.updated),
        "object_marking_refs": [marking["id"]],
        **({"revoked": True} if alert.withdrawn else {}),
    }
    said = {one: told(alert, publisher=publisher, language=one) for one in LANGUAGES}
    indicators = [_indicator(one, alert, publisher, common) for one in alert.indicators]
    gone = {one for old in before for one in old.indicators} - set(alert.indicators)
    revoked = [
        _indicator(one, alert, publisher, {**common, "revoked": True})
        for one in sorted(gone, key=lambda one: (one.kind, one.value))
    ]
    brands = [_identity(publisher, "brand", brand) for brand in alert.brands if one_line(brand)]
    campaigns = _campaigns(alert, publisher, common, said["en"]) if brands else []
    weaknesses = [_vulnerability(publisher, cve, str(who["id"])) for cve in _cves(alert)]
    remedies = _remedies(alert, publisher, common) if weaknesses else []
    links = [
        *(("indicates", one, other) for one in indicators for other in campaigns),
        *(("targets", one, other) for one in campaigns for other in brands),
        *(("mitigates", one, other) for one in remedies for other in weaknesses),
    ]
    relationships = [_relationship(link, alert, publisher, common) for link in links]
    held = [*indicators, *campaigns, *brands, *weaknesses, *remedies, *relationships]
    report = _report(alert, publisher, common, said, held or [who])
    yield from (who, marking, *held, *revoked, report)
    yield _translations(report, alert, publisher, common, said)


def _report(
    alert: Alert,
    publisher: Publisher,
    common: Json,
    said: dict[str, Told],
    held: Sequence[Json],
) -> Json:
    pages = [
        {
            "source_name": one_line(publisher.names["en"], 200),
            "description": words_in(language)["language"],
            "url": said[language].page,
            "external_id": alert.id,
        }
        for language in LANGUAGES
    ]
    links = [{"source_name": title, "url": url} for title, url in said["en"].links]
    return {
        **common,
        "type": "report",
        "id": f"report--{_uuid(publisher, f'report {alert.id}')}",
        "lang": "en",
        "name": said["en"].title,
        "description": said["en"].text(),
        "report_types": _REPORTS[alert.kind],
        "published": _time(alert.published),
        "labels": [alert.kind.value, f"risk:{alert.risk.value}"],
        "external_references": [*pages, *links],
        "object_refs": [one["id"] for one in held],
    }


def _translations(
    report: Json, alert: Alert, publisher: Publisher, common: Json, said: dict[str, Told]
) -> Json:
    return {
        **common,
        "type": "language-content",
        "id": f"language-content--{_uuid(publisher, f'languages {alert.id}')}",
        "object_ref": report["id"],
        "object_modified": report["modified"],
        "contents": {
            language: {"name": said[language].title, "description": said[language].text()}
            for language in LANGUAGES
            if language != "en"
        },
    }


def _indicator(indicator: Indicator, alert: Alert, publisher: Publisher, common: Json) -> Json:
    value = indicator.value.replace("\\", "\\\\").replace("'", "\\'")
    key = f"indicator {alert.id} {indicator.kind} {indicator.value}"
    return {
        **common,
        "type": "indicator",
        "id": f"indicator--{_uuid(publisher, key)}",
        "name": shown(indicator),
        "indicator_types": ["malicious-activity"],
        "pattern": f"[{_PATHS[indicator.kind]} = '{value}']",
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": _time(alert.published),
        "labels": [alert.kind.value],
    }


def _campaigns(alert: Alert, publisher: Publisher, common: Json, said: Told) -> list[Json]:
    return [
        {
            **common,
            "type": "campaign",
            "id": f"campaign--{_uuid(publisher, f'campaign {alert.id}')}",
            "lang": "en",
            "name": said.bare,
            **({"description": said.summary} if said.summary else {}),
        }
    ]


def _remedies(alert: Alert, publisher: Publisher, common: Json) -> list[Json]:
    harmless = harmless_in(alert, ours=publisher.home)
    lines = [harmless(one.text["en"]) for one in alert.of(Part.SOLUTIONS)]
    if not lines:
        return []
    return [
        {
            **common,
            "type": "course-of-action",
            "id": f"course-of-action--{_uuid(publisher, f'solutions {alert.id}')}",
            "lang": "en",
            "name": words_in("en")["parts"]["solutions"],
            "description": "\n".join(lines),
        }
    ]


def _relationship(
    link: tuple[str, Json, Json], alert: Alert, publisher: Publisher, common: Json
) -> Json:
    kind, source, target = link
    key = f"{kind} {alert.id} {source['id']} {target['id']}"
    return {
        **common,
        "type": "relationship",
        "id": f"relationship--{_uuid(publisher, key)}",
        "relationship_type": kind,
        "source_ref": source["id"],
        "target_ref": target["id"],
    }


def _vulnerability(publisher: Publisher, cve: str, who: str) -> Json:
    return {
        "type": "vulnerability",
        "spec_version": "2.1",
        "id": f"vulnerability--{_uuid(publisher, cve)}",
        "created_by_ref": who,
        "created": _CREATED,
        "modified": _CREATED,
        "name": cve,
        "external_references": [{"source_name": "cve", "external_id": cve}],
    }


def _identity(publisher: Publisher, role: str, name: str, contact: str = "") -> Json:
    known = one_line(name)
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{_uuid(publisher, f'{role} {known}')}",
        "created": _CREATED,
        "modified": _CREATED,
        "name": known,
        "identity_class": "organization",
        **({"contact_information": contact} if contact else {}),
    }


def _cves(alert: Alert) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alert.bulletin.cves)) if alert.bulletin else ()


def _uuid(publisher: Publisher, key: str) -> uuid.UUID:
    return uuid.uuid5(_OWN, f"{publisher.authority} {key}")


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

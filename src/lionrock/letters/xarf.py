"""Writes an episode as an X-ARF 4 report, held against the specification's own schema."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from lionrock.core.errors import GiveUp
from lionrock.core.events import AssetKind, Part
from lionrock.core.rsit import Rsit
from lionrock.letters.notice import From, Item, title_of
from lionrock.letters.plainly import one_line
from lionrock.letters.services import service_key
from lionrock.letters.xarf_schema import error_in

VERSION: Final = "4.2.0"
_NAMESPACE: Final = uuid.UUID("6f1c5a1e-6a3b-5e0d-9a57-2f4d4b1f6c10")
_Json = dict[str, Any]  # Any: JSON values, a different shape for every type of report

_FRAUD: Final = {Rsit.MASQUERADE, Rsit.SOCIAL_ENGINEERING}
_TAKEN: Final = {
    Rsit.SYSTEM_COMPROMISE,
    Rsit.PRIVILEGED_ACCOUNT_COMPROMISE,
    Rsit.UNPRIVILEGED_ACCOUNT_COMPROMISE,
    Rsit.UNAUTHORISED_USE,
    Rsit.BURGLARY,
}
_LEAKS: Final = {Rsit.DATA_LEAK, Rsit.DATA_LOSS, Rsit.UNAUTHORISED_ACCESS}
_CHANGED: Final = {Rsit.APPLICATION_COMPROMISE, Rsit.UNAUTHORISED_MODIFICATION}


def report(item: Item, *, ticket: str, team: From) -> _Json:
    """Return the report of one episode; raise GiveUp when the schema refuses it.

    Its id follows from ticket and episode, so that the same letter always carries the same report.
    What X-ARF has no word for, or whose values its schema does not take, becomes
    ``reputation/threat_intelligence``.
    """
    domain = team.address.rpartition("@")[2] or "invalid"
    contact = {"org": one_line(team.name, 200), "contact": team.address, "domain": domain}
    body: _Json = {
        "xarf_version": VERSION,
        "report_id": str(uuid.uuid5(_NAMESPACE, f"{ticket} {item.episode}")),
        "timestamp": _time(item.last_seen),
        "reporter": contact,
        "sender": contact,
        "source_identifier": item.address or item.host or item.asset,
        "description": one_line(
            f"{title_of(item.kind, item.variant, 'en')} ({item.kind.value}), {ticket}, "
            f"{item.tlp.value}",
            1000,
        ),
        "tags": _tags(item),
    }
    typed = {**body, **_typed(item)}
    if error_in(typed) is None:
        return typed
    # A value that the type's schema does not take (an address of a page that is no URI): said plainly.
    plain = {**body, **_of("reputation", "threat_intelligence", threat_type=item.kind.type)}
    error = error_in(plain)
    if error is not None:
        raise GiveUp(f"episode {item.episode} makes no X-ARF report: {error}")
    return plain


def lines(items: Iterable[Item], *, ticket: str, team: From) -> bytes:
    """Return the reports of many episodes as JSON, one a line."""
    return b"".join(as_bytes(report(item, ticket=ticket, team=team)) for item in items)


def as_bytes(body: Mapping[str, object]) -> bytes:
    """Return a report as JSON on one line."""
    return (json.dumps(body, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def _typed(item: Item) -> _Json:
    kind = item.kind
    seen = {"first_seen": _time(item.first_seen), "last_seen": _time(item.last_seen)}
    wire = {"protocol": item.transport if item.transport in {"tcp", "udp"} else "tcp", **seen}
    own_port = item.source_port or (item.port if item.part is Part.HOST else None)
    url = item.url or (item.asset if item.asset_kind is AssetKind.URL else "")
    if not url and item.host:
        url = f"http://{item.host}/"
    if item.variant == "blocklist":
        return _of("reputation", "blocklist", threat_type=kind.type)
    if kind is Rsit.INFECTED_SYSTEM:
        evidence = f"seen by {', '.join(item.feeds) or 'a third party'} ({item.seen or 'reported'})"
        return _of(
            "infrastructure",
            "botnet",
            compromise_evidence=one_line(evidence, 300),
            **({"malware_family": item.family} if item.family else {}),
            **({"source_port": own_port} if own_port else {}),
        )
    if kind in {Rsit.BRUTE_FORCE, Rsit.SCANNER, Rsit.DDOS, Rsit.DOS} and own_port:
        name = {Rsit.BRUTE_FORCE: "login_attack", Rsit.SCANNER: "port_scan"}.get(kind, "ddos")
        return _of("connection", name, source_port=own_port, **wire)
    if kind is Rsit.PHISHING and url:
        return _of("content", "phishing", url=url, **_brand(item))
    if kind in {Rsit.MALWARE_DISTRIBUTION, Rsit.MALWARE_CONFIGURATION} and url:
        return _of("content", "malware", url=url)
    if kind in _CHANGED and url:
        what = "defacement" if item.variant == "defacement" else "other"
        return _of("content", "remote_compromise", url=url, compromise_type=what)
    if kind in _FRAUD and url:
        return _of("content", "fraud", url=url, fraud_type="other")
    if kind in _LEAKS and url:
        return _of(
            "content", "exposed_data", url=url, data_types=["other"], exposure_method="other"
        )
    if kind is Rsit.C2_SERVER or kind in _TAKEN:
        return _of("infrastructure", "compromised_server", compromise_method="unknown")
    if kind is Rsit.VULNERABLE_SYSTEM and item.cves and item.port:
        return _of(
            "vulnerability",
            "cve",
            service=_service(item),
            service_port=item.port,
            cve_id=item.cves[0],
            cve_ids=list(item.cves),
        )
    if kind.classification == "vulnerable":
        opened = kind in {Rsit.UNWANTED_ACCESSIBLE, Rsit.DDOS_AMPLIFIER}
        return _of(
            "vulnerability",
            "open_service" if opened else "misconfiguration",
            service=_service(item),
            **({"source_port": item.port} if item.port else {}),
        )
    return _of("reputation", "threat_intelligence", threat_type=kind.type)


def _of(category: str, type_: str, **more: object) -> _Json:
    return {"category": category, "type": type_, **more}


def _brand(item: Item) -> _Json:
    return {"target_brand": one_line(item.brand, 200)} if item.brand else {}


def _service(item: Item) -> str:
    return service_key(item.service, item.port) or "unknown"


def _tags(item: Item) -> list[str]:
    level = item.tlp.value.removeprefix("TLP:").lower().replace("+strict", "-strict")
    return [f"rsit:{item.kind.type}", f"tlp:{level}"]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

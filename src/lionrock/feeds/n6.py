"""n6 events, as CERT Polska's n6 gives them by REST API (an array) and by stream (one per message)."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.reading import (
    Json,
    Record,
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_cves,
    as_hash,
    as_host,
    as_port,
    as_time,
    as_transport,
    as_url,
    kebab,
    read_json,
    read_json_lines,
)
from lionrock.feeds.roles import best_asset, is_of_the_web


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one of n6's categories says."""

    kind: Rsit
    part: Part
    severity: Severity
    variant: str = ""
    seen: Seen = Seen.PASSIVE
    by_name: bool = False
    """The event's ``name`` is no malware's but tells which weakness it is."""


_HOST, _SOURCE, _TARGET = Part.HOST, Part.SOURCE, Part.TARGET
_HIGH, _MEDIUM, _INFO = Severity.HIGH, Severity.MEDIUM, Severity.INFO
_CRITICAL = Severity.CRITICAL

CATEGORIES: Final[Mapping[str, Meaning]] = {
    "amplifier": Meaning(Rsit.DDOS_AMPLIFIER, _HOST, _MEDIUM, seen=Seen.SCAN, by_name=True),
    "backdoor": Meaning(Rsit.SYSTEM_COMPROMISE, _HOST, _CRITICAL),
    "bots": Meaning(Rsit.INFECTED_SYSTEM, _SOURCE, _HIGH),
    "cnc": Meaning(Rsit.C2_SERVER, _HOST, _CRITICAL, seen=Seen.LISTED),
    "deface": Meaning(Rsit.UNAUTHORISED_MODIFICATION, _HOST, _HIGH, "defacement"),
    "dns-query": Meaning(Rsit.OTHER, _SOURCE, _INFO, "dns-query"),
    "dos-attacker": Meaning(Rsit.DDOS, _SOURCE, _HIGH),
    "dos-victim": Meaning(Rsit.DDOS, _TARGET, _HIGH),
    "exposed": Meaning(Rsit.UNWANTED_ACCESSIBLE, _HOST, _MEDIUM, seen=Seen.SCAN, by_name=True),
    "flow": Meaning(Rsit.UNDETERMINED, _SOURCE, _INFO, "flow"),
    "flow-anomaly": Meaning(Rsit.UNDETERMINED, _SOURCE, _INFO, "flow-anomaly"),
    "fraud": Meaning(Rsit.MASQUERADE, _HOST, _HIGH, "fraud"),
    "leak": Meaning(Rsit.DATA_LEAK, _TARGET, _HIGH),
    "malurl": Meaning(Rsit.MALWARE_DISTRIBUTION, _HOST, _HIGH, seen=Seen.LISTED),
    "malware-action": Meaning(Rsit.MALWARE_CONFIGURATION, _HOST, _MEDIUM),
    "other": Meaning(Rsit.OTHER, _HOST, _INFO),
    "phish": Meaning(Rsit.PHISHING, _HOST, _HIGH, seen=Seen.LISTED),
    "proxy": Meaning(Rsit.UNWANTED_ACCESSIBLE, _HOST, _MEDIUM, "proxy"),
    "sandbox-url": Meaning(Rsit.MALWARE_DISTRIBUTION, _HOST, _INFO, "sandbox"),
    "scam": Meaning(Rsit.MASQUERADE, _HOST, _MEDIUM, "scam", seen=Seen.LISTED),
    "scanning": Meaning(Rsit.SCANNER, _SOURCE, _MEDIUM),
    "server-exploit": Meaning(Rsit.IDS_ALERT, _SOURCE, _HIGH),
    "spam": Meaning(Rsit.SPAM, _SOURCE, _MEDIUM),
    "spam-url": Meaning(Rsit.SPAM, _HOST, _MEDIUM, "advertised"),
    "tor": Meaning(Rsit.OTHER, _HOST, _INFO, "tor", seen=Seen.LISTED),
    "vulnerable": Meaning(Rsit.VULNERABLE_SYSTEM, _HOST, _HIGH, seen=Seen.SCAN, by_name=True),
    "webinject": Meaning(Rsit.MALWARE_CONFIGURATION, _HOST, _HIGH, "webinject"),
    "whitelist": Meaning(Rsit.OTHER, _HOST, _INFO, "whitelist", seen=Seen.LISTED),
}
"""n6's categories in the words of the Reference Taxonomy."""

_STRANGE: Final = Meaning(Rsit.UNDETERMINED, _HOST, _INFO)
_LABELS: Final = {"public": Tlp.CLEAR, "need-to-know": Tlp.AMBER, "internal": Tlp.RED}
_USED: Final = frozenset(
    {"id", "rid", "source", "restriction", "category", "time", "address", "fqdn", "url", "dport"}
    | {"sport", "dip", "proto", "name", "target", "count", "until", "modified"}
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield the events of each n6 event: one, or one per address where machines are meant."""
    with delivery.open() as stream:
        start = stream.read(65536).lstrip(b"\xef\xbb\xbf \t\r\n")
    lines = delivery.name.endswith((".sjson", ".jsonl"))
    if not lines and start[:1] == b"{":
        with suppress(ValueError, RecursionError):
            json.loads(start.partition(b"\n")[0])
            lines = True
    return read_json_lines(delivery, _events) if lines else read_json(delivery, _events)


def _events(record: Record) -> Iterator[Event]:
    value = record.value
    if not isinstance(value, dict):
        raise Unreadable("is no object")
    at = as_time(_text(value, "time"))
    if at is None:
        raise Unreadable("has no time that can be read")
    category = _text(value, "category")
    meaning = CATEGORIES.get(category, _STRANGE)
    ends = _addresses(value.get("address"))
    machines = ends and not is_of_the_web(meaning.kind)
    url = as_url(_text(value, "url"))
    host = as_host(_text(value, "fqdn")) if _text(value, "fqdn") else None
    name = _text(value, "name")
    own = meaning.part is not Part.HOST and meaning.part is not Part.TARGET
    other = as_address(_text(value, "dip"))
    known_hash = next(
        (h for key in ("sha256", "sha1", "md5") if (h := as_hash(_text(value, key)))), None
    )
    count = value.get("count")
    for nth, end in enumerate(ends if machines else ends[:1] or [_End(None, None, None)]):
        details = _details(value, category)
        if not machines and len(ends) > 1:
            details["address"] = tuple(end.ip or "" for end in ends)
        yield Event(
            line=record.line,
            nth=nth,
            at=at,
            asset=best_asset(
                meaning.kind,
                [
                    (AssetKind.ADDRESS, end.ip),
                    (AssetKind.HOST, host),
                    (AssetKind.URL, url),
                    (AssetKind.HASH, known_hash),
                ],
            ),
            part=meaning.part,
            kind=meaning.kind,
            severity=meaning.severity,
            seen=meaning.seen,
            variant=(kebab(name) if meaning.by_name else "") or meaning.variant,
            address=end.ip,
            host=host,
            url=url,
            port=as_port(_text(value, "sport" if own else "dport")),
            transport=as_transport(_text(value, "proto")),
            family=(name.lower() or None) if not meaning.by_name else None,
            cves=as_cves(name),
            brand=_text(value, "target") or None,
            other=Asset(kind=AssetKind.ADDRESS, value=other) if other else None,
            other_part=_other_part(meaning) if other else None,
            other_port=as_port(_text(value, "dport" if own else "sport")),
            reported_asn=end.asn,
            reported_country=end.country,
            report=_text(value, "source"),
            ref=_text(value, "id") or _text(value, "rid") or None,
            tlp=_LABELS.get(_text(value, "restriction")),
            until=as_time(_text(value, "until")),
            count=count if isinstance(count, int) and 0 < count < 1 << 31 else 1,
            details=details,
        )


def _other_part(meaning: Meaning) -> Part:
    """Return the part of ``dip``: a bot's is its control server or a sinkhole, an attacker's its target."""
    if meaning.kind is Rsit.INFECTED_SYSTEM:
        return Part.HOST
    return Part.TARGET if meaning.part is Part.SOURCE else Part.SOURCE


@dataclass(frozen=True, slots=True)
class _End:
    ip: str | None
    asn: int | None
    country: str | None


def _addresses(value: Json) -> list[_End]:
    """Return the addresses an event lists, each once; what is none is passed over."""
    found: dict[str, _End] = {}
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and (ip := as_address(_text(item, "ip"))):
            found.setdefault(
                ip, _End(ip, as_asn(_text(item, "asn")), as_country(_text(item, "cc")))
            )
    return list(found.values())[:1000]


def _details(value: Mapping[str, Json], category: str) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {"category": category} if category else {}
    for key, item in value.items():
        if key in _USED or item is None or item == "":
            continue
        if isinstance(item, list):
            found[key] = tuple(_written(each) for each in item)
        else:
            found[key] = _written(item)
    return found


def _written(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(value: Mapping[str, Json], key: str) -> str:
    found = value.get(key)
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


FEED = Feed(
    id="n6",
    title="n6 events",
    provider="an n6 (CERT Polska)",
    home="https://n6.readthedocs.io/",
    tlp=Tlp.AMBER,
    trust=75,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.N6,
    address="https://n6api.cert.pl/report/inside.sjson",
    licence="for the owners of the networks reported",
)

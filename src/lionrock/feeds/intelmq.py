"""IntelMQ's event format, as its file output and API write it (JSON) or its database exports it (CSV).

Names: IntelMQ Data Format 1.1 (``source.ip``, ``classification.type``…). So a site may move over with
its events, or run both side by side.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.reading import (
    Json,
    Record,
    Row,
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_cves,
    as_hash,
    as_host,
    as_network,
    as_port,
    as_time,
    as_transport,
    as_url,
    kebab,
    read_csv,
    read_json,
    read_json_lines,
)
from lionrock.feeds.roles import best_asset, part_of, severity_of

OLD_WORDS: Final[Mapping[str, Rsit]] = {
    "backdoor": Rsit.SYSTEM_COMPROMISE,
    "blacklist": Rsit.OTHER,
    "botnet-drone": Rsit.INFECTED_SYSTEM,
    "c-c": Rsit.C2_SERVER,
    "c2server": Rsit.C2_SERVER,
    "compromised": Rsit.SYSTEM_COMPROMISE,
    "defacement": Rsit.UNAUTHORISED_MODIFICATION,
    "dga-domain": Rsit.C2_SERVER,
    "dropzone": Rsit.C2_SERVER,
    "leak": Rsit.DATA_LEAK,
    "malware": Rsit.MALWARE_DISTRIBUTION,
    "malware-configuration": Rsit.MALWARE_CONFIGURATION,
    "proxy": Rsit.OTHER,
    "ransomware": Rsit.INFECTED_SYSTEM,
    "tor": Rsit.OTHER,
    "unauthorized-command": Rsit.SYSTEM_COMPROMISE,
    "unauthorized-login": Rsit.PRIVILEGED_ACCOUNT_COMPROMISE,
    "unauthorized-information-access": Rsit.UNAUTHORISED_ACCESS,
    "unauthorized-information-modification": Rsit.UNAUTHORISED_MODIFICATION,
    "unauthorized-use-of-resources": Rsit.UNAUTHORISED_USE,
    "unknown": Rsit.UNDETERMINED,
    "vulnerable-client": Rsit.VULNERABLE_SYSTEM,
    "vulnerable-service": Rsit.VULNERABLE_SYSTEM,
}
"""Types of IntelMQ before it took up the Reference Taxonomy."""

_TYPES: Final = {kind.type: kind for kind in Rsit}
_BARE: Final = {
    "blacklist": "blocklist",
    "defacement": "defacement",
    "dga-domain": "dga",
    "dropzone": "dropzone",
    "proxy": "proxy",
    "ransomware": "ransomware",
    "tor": "tor",
}
"""Old types that say more than what became of them: the variant keeps it."""
_USED: Final = frozenset(
    {
        "time.source", "source.ip", "source.network", "source.fqdn", "source.url", "source.port",
        "source.asn", "source.geolocation.cc", "destination.ip", "destination.fqdn",
        "destination.url", "destination.network", "destination.port", "destination.asn",
        "destination.geolocation.cc", "classification.taxonomy", "classification.type",
        "malware.name", "protocol.application", "protocol.transport", "event_hash", "tlp",
        "event_description.target", "extra.part", "extra.other_part", "extra.variant", "extra.severity", "extra.seen",
        "extra.count", "extra.until", "feed.name", "raw", "__type",
    }
)  # fmt: skip
_SEVERITIES: Final = {severity.value: severity for severity in Severity}
_SEENS: Final = {seen.value: seen for seen in Seen}
_LABELS: Final = {
    **{label.value.removeprefix("TLP:"): label for label in Tlp},
    "WHITE": Tlp.CLEAR,
}


_Get = Callable[[str], str]


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per IntelMQ event: JSON lines, a JSON array, nested keys or CSV."""
    of_record = partial(_of_record, received=delivery.received)
    of_row = partial(_of_row, received=delivery.received)
    with delivery.open() as stream:
        start = stream.read(65536).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{" and _is_json(start.partition(b"\n")[0]):
        yield from read_json_lines(delivery, of_record)
    elif start[:1] in {b"{", b"["}:
        yield from read_json(delivery, of_record)
    else:
        yield from read_csv(delivery, of_row)


def kind_of(taxonomy: str, type_: str) -> Rsit:
    """Return the taxonomy's type for IntelMQ's words, old ones too; undetermined for strange ones."""
    word = kebab(type_)
    if found := _TYPES.get(word) or OLD_WORDS.get(word):
        return found
    return Rsit.OTHER if kebab(taxonomy) == "other" and word == "other" else Rsit.UNDETERMINED


def _is_json(line: bytes) -> bool:
    with suppress(ValueError, RecursionError):
        json.loads(line)
        return True
    return False


def _of_record(record: Record, received: datetime) -> Event:
    if not isinstance(record.value, dict):
        raise Unreadable("is no object")
    return _event(record.line, _flat(record.value), received)


def _of_row(row: Row, received: datetime) -> Event:
    values: dict[str, str | tuple[str, ...]] = {n: v for n, v in row.details().items() if v}
    for name in ("extra",):
        text = values.get(name)
        if isinstance(text, str) and text.startswith("{"):
            with suppress(ValueError, RecursionError):
                values.update(_flat({name: json.loads(text)}))
                values.pop(name, None)
    return _event(row.line, values, received)


def _flat(value: Json, path: str = "", depth: int = 0) -> dict[str, str | tuple[str, ...]]:
    """Return nested objects as dotted keys, values as text, lists as tuples."""
    found: dict[str, str | tuple[str, ...]] = {}
    for key, item in value.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(item, dict) and depth < 8:
            found |= _flat(item, name, depth + 1)
        elif isinstance(item, list):
            if texts := tuple(_text(each) for each in item if each is not None):
                found[name] = texts
        elif item is not None and item != "":
            found[name] = _text(item)
    return found


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _event(line: int, values: Mapping[str, str | tuple[str, ...]], received: datetime) -> Event:
    def get(name: str) -> str:
        value = values.get(name, "")
        return value if isinstance(value, str) else value[0]

    kind = kind_of(get("classification.taxonomy"), get("classification.type"))
    said = get("time.source") or get("time.observation")
    at = as_time(said) if said else received
    if at is None:
        raise Unreadable("has no time that can be read")
    near = "destination" if get("extra.part") == Part.TARGET.value else "source"
    far = "source" if near == "destination" else "destination"
    named = _named(get, near)
    part = part_of(kind)
    if not any(named.values()) and any(_named(get, far).values()):
        near, far = far, near
        named = _named(get, near)
        part = Part.TARGET if near == "destination" else part
    part = _PARTS.get(get("extra.part"), part)
    asset = best_asset(kind, [*named.items(), (AssetKind.HASH, _hash(get))])
    family = get("malware.name").lower() or None
    service = get("protocol.application").lower() or None
    identifier = kebab(get("classification.identifier"))
    old = kebab(get("classification.type"))
    variant = get("extra.variant") or _BARE.get(old, "")
    if not variant and not (family or service):
        variant = identifier
    other = _other(get, far)
    cves = as_cves(" ".join((get("extra.cve"), get("extra.vulnerability_id"), get("extra.tag"))))
    count = get("extra.count")
    return Event(
        line=line,
        at=at,
        asset=asset,
        part=part,
        kind=kind,
        severity=_SEVERITIES.get(get("extra.severity").lower())
        or (Severity.INFO if variant == "dga" else severity_of(kind)),
        seen=_SEENS.get(get("extra.seen"), Seen.REPORTED),
        variant=variant,
        address=named[AssetKind.ADDRESS],
        host=named[AssetKind.HOST] or _host(get(f"{near}.reverse_dns")),
        url=named[AssetKind.URL],
        port=as_port(get(f"{near}.port")),
        transport=as_transport(get("protocol.transport")),
        service=service,
        family=family,
        cves=cves,
        brand=get("event_description.target") or None,
        other=other,
        other_part=_PARTS.get(get("extra.other_part"), _other_part(kind, far)) if other else None,
        other_port=as_port(get(f"{far}.port")),
        other_asn=as_asn(get(f"{far}.asn")),
        other_country=as_country(get(f"{far}.geolocation.cc")),
        reported_asn=as_asn(get(f"{near}.asn")),
        reported_country=as_country(get(f"{near}.geolocation.cc")),
        report=get("feed.name"),
        ref=get("event_hash") or None,
        tlp=_LABELS.get(get("tlp").upper().removeprefix("TLP:").replace("_", "+")),
        until=as_time(get("extra.until")),
        count=int(count) if count.isascii() and count.isdigit() and 0 < len(count) < 10 else 1,
        details={
            name.removeprefix("extra."): value
            for name, value in values.items()
            if name not in _USED
        },
    )


def _other_part(kind: Rsit, end: str) -> Part:
    """Return the other end's part: an infected machine calls a control server, it attacks none."""
    if end == "source":
        return Part.SOURCE
    return Part.HOST if kind is Rsit.INFECTED_SYSTEM else Part.TARGET


_PARTS: Final = {part.value: part for part in Part}


def _named(get: _Get, end: str) -> dict[AssetKind, str | None]:
    return {
        AssetKind.ADDRESS: as_address(get(f"{end}.ip")),
        AssetKind.NETWORK: as_network(get(f"{end}.network")),
        AssetKind.HOST: _host(get(f"{end}.fqdn")),
        AssetKind.URL: as_url(get(f"{end}.url")),
        AssetKind.ASN: str(number) if (number := as_asn(get(f"{end}.asn"))) else None,
    }


def _host(text: str) -> str | None:
    return as_host(text) if text else None


def _other(get: _Get, end: str) -> Asset | None:
    for kind, value in _named(get, end).items():
        if value and kind is not AssetKind.ASN:
            return Asset(kind=kind, value=value)
    return None


def _hash(get: _Get) -> str | None:
    for name in ("sha256", "sha1", "md5"):
        if found := as_hash(get(f"malware.hash.{name}")):
            return found
    return None


FEED = Feed(
    id="intelmq",
    title="Events of an IntelMQ",
    provider="IntelMQ",
    home="https://docs.intelmq.org/latest/dev/data-format/",
    tlp=Tlp.AMBER,
    trust=60,
    seen=Seen.REPORTED,
    read=read,
    every=timedelta(days=1),
)

"""AlienVault OTX: pulses, each a report by a member with its indicators."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, from_archive, moment_of
from lionrock.feeds.reading import (
    Json,
    Record,
    Unreadable,
    as_country,
    as_cves,
    read_json,
    shown,
)

_TYPES: Final = {
    "IPv4": frozenset({AssetKind.ADDRESS}),
    "IPv6": frozenset({AssetKind.ADDRESS}),
    "CIDR": frozenset({AssetKind.NETWORK, AssetKind.ADDRESS}),
    "domain": frozenset({AssetKind.HOST}),
    "hostname": frozenset({AssetKind.HOST}),
    "URL": frozenset({AssetKind.URL}),
    "URI": frozenset({AssetKind.URL}),
    "FileHash-MD5": frozenset({AssetKind.HASH}),
    "FileHash-SHA1": frozenset({AssetKind.HASH}),
    "FileHash-SHA256": frozenset({AssetKind.HASH}),
}
_ROLES: Final = {
    "bruteforce": (Rsit.BRUTE_FORCE, Part.SOURCE, Severity.LOW),
    "command_and_control": (Rsit.C2_SERVER, Part.HOST, Severity.HIGH),
    "c2": (Rsit.C2_SERVER, Part.HOST, Severity.HIGH),
    "dns_scanner": (Rsit.SCANNER, Part.SOURCE, Severity.LOW),
    "exploit_source": (Rsit.IDS_ALERT, Part.SOURCE, Severity.MEDIUM),
    "malware_hosting": (Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH),
    "phishing": (Rsit.PHISHING, Part.HOST, Severity.HIGH),
    "scanning_host": (Rsit.SCANNER, Part.SOURCE, Severity.LOW),
    "web_attack": (Rsit.IDS_ALERT, Part.SOURCE, Severity.MEDIUM),
}
_LISTS: Final = (
    "tags",
    "references",
    "industries",
    "malware_families",
    "attack_ids",
    "targeted_countries",
)
_TLP: Final = {
    "white": Tlp.CLEAR,
    "clear": Tlp.CLEAR,
    "green": Tlp.GREEN,
    "amber": Tlp.AMBER,
    "red": Tlp.RED,
}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield the indicators of each pulse: a pulse is a line, its indicators are told apart by ``nth``."""
    path = ("results",) if beginning(delivery).startswith("{") and _paged(delivery) else ()
    return from_archive(read_json(delivery, _pulse, path=path), delivery.received)


def _paged(delivery: Delivery) -> bool:
    return '"results"' in beginning(delivery, 4096)


def _pulse(record: Record) -> Iterator[Event | Reject]:
    pulse = record.value
    if not isinstance(pulse, dict) or not isinstance(pulse.get("indicators"), list):
        raise Unreadable("is no pulse: has no indicators")
    for number, indicator in enumerate(pulse["indicators"]):
        if not isinstance(indicator, dict):
            yield Reject(line=record.line, text=shown(str(indicator)), why="is no indicator")
            continue
        try:
            yield replace(_event(record.line, pulse, indicator), nth=number)
        except Unreadable as why:
            text = f"{indicator.get('type')}: {indicator.get('indicator')}"
            yield Reject(line=record.line, text=shown(text), why=str(why))


def _event(line: int, pulse: Mapping[str, Json], indicator: Mapping[str, Json]) -> Event:
    sort = str(indicator.get("type", ""))
    if sort not in _TYPES:
        raise Unreadable(f"names no asset: {sort}"[:120])
    at = moment_of(
        str(indicator.get("created") or pulse.get("modified") or pulse.get("created") or "")
    )
    kind, part, severity = _ROLES.get(
        str(indicator.get("role") or ""), (Rsit.UNDETERMINED, Part.HOST, Severity.INFO)
    )
    asset = assets(str(indicator.get("indicator", "")), kinds=_TYPES[sort])
    sample = asset.kind is AssetKind.HASH
    claim = Claim(
        kind=Rsit.MALWARE_DISTRIBUTION if sample else kind,
        part=part,
        severity=Severity.MEDIUM if sample else severity,
        seen=Seen.REPORTED,
        variant="sample" if sample else "",
        report="pulses",
    )
    details: dict[str, str | tuple[str, ...]] = {
        "pulse": str(pulse.get("name") or ""),
        "author": str(pulse.get("author_name") or ""),
        "comment": str(indicator.get("description") or ""),
    }
    for name in _LISTS:
        if isinstance(pulse.get(name), list) and pulse[name]:
            details[name] = tuple(_named(item) for item in pulse[name])
    families = pulse.get("malware_families")
    family = _named(families[0]) if isinstance(families, list) and families else None
    made = event(claim, line=line, at=at, asset=asset)
    return replace(
        made,
        family=family.lower() if family else None,
        ref=str(indicator.get("id") or pulse.get("id") or "") or None,
        tlp=_TLP.get(str(pulse.get("TLP") or pulse.get("tlp") or "").lower()),
        cves=as_cves(" ".join(map(str, pulse.get("tags") or ()))),
        reported_country=as_country(str(indicator.get("country") or "")),
        details={name: value for name, value in details.items() if value},
    )


def _named(item: Json) -> str:
    """Return an item of a list; families and attacks are objects in newer pulses."""
    if isinstance(item, dict):
        item = item.get("display_name") or item.get("name") or item.get("id") or ""
    return str(item)


FEED = Feed(
    id="otx",
    title="AlienVault OTX pulses",
    provider="LevelBlue (AlienVault)",
    home="https://otx.alienvault.com/api",
    tlp=Tlp.GREEN,
    trust=40,
    seen=Seen.REPORTED,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.HTTP,
    address="https://otx.alienvault.com/api/v1/pulses/subscribed",
    licence="key needed",
)

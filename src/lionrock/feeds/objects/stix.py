"""Read a STIX 2.1 bundle: indicators, observed data, infrastructure and sightings become events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp, narrowest
from lionrock.feeds.listed import completed
from lionrock.feeds.objects.labels import UNTOLD, Meaning, meaning_of, tlp_of
from lionrock.feeds.objects.patterns import Compared, compared
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_asset,
    as_cves,
    as_hash,
    as_network,
    as_time,
    shown,
)

Object = Mapping[str, Any]  # what json.loads gave

_TLP_IDS: Final = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
}
"""The fixed ids of TLP 1 (STIX 2.1, 7.2.1.4) and of TLP 2.0 (OASIS' extension)."""
_INFRASTRUCTURE: Final = {
    "command-and-control": Meaning(kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.CRITICAL),
    "botnet": Meaning(kind=Rsit.INFECTED_SYSTEM, part=Part.SOURCE, severity=Severity.HIGH),
    "exfiltration": Meaning(kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.HIGH),
    "hosting-malware": Meaning(
        kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH
    ),
    "phishing": Meaning(kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH),
    "reconnaissance": Meaning(kind=Rsit.SCANNER, part=Part.SOURCE, severity=Severity.LOW),
    "amplification": Meaning(kind=Rsit.DDOS_AMPLIFIER, part=Part.HOST, severity=Severity.MEDIUM),
    "anonymization": Meaning(kind=Rsit.OTHER, part=Part.HOST, severity=Severity.INFO),
}
_SAMPLE: Final = Meaning(kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.MEDIUM)
_TOLD: Final = {
    "indicator",
    "observed-data",
    "infrastructure",
    "sighting",
}
_CYBER: Final = {
    "ipv4-addr",
    "ipv6-addr",
    "domain-name",
    "url",
    "file",
    "autonomous-system",
    "artifact",
}


class Bundle:
    """The objects of one bundle by their ids, and who points at whom."""

    def __init__(self, objects: Sequence[Object]) -> None:
        self.objects = objects
        self.by_id: dict[str, Object] = {}
        for item in objects:
            self.by_id.setdefault(str(item.get("id")), item)
        self._links: dict[str, list[str]] = {}
        for item in objects:
            if item.get("type") == "relationship" and not item.get("revoked"):
                source, target = str(item.get("source_ref")), str(item.get("target_ref"))
                self._links.setdefault(source, []).append(target)
                self._links.setdefault(target, []).append(source)

    def near(self, name: str) -> list[Object]:
        """Return the objects that a relationship ties to the one called ``name``."""
        return [self.by_id[i] for i in self._links.get(name, ())[:1000] if i in self.by_id]

    def held(self, item: Object, field: str) -> list[Object]:
        """Return the objects that a list of references in ``item`` names."""
        refs = item.get(field)
        return [
            self.by_id[str(i)]
            for i in (refs if isinstance(refs, list) else ())
            if str(i) in self.by_id
        ][:5000]


def events(objects: Sequence[Object], *, received: datetime) -> Iterator[Event | Reject]:
    """Yield what the telling objects of a bundle say; an object's place in the bundle is its line.

    Indicators, observed data and infrastructure are told about; malware, actors, campaigns,
    relationships and markings only explain them. What is revoked is passed over. An object whose
    patterns or data name no asset is a Reject.
    """
    bundle = Bundle(objects)
    used: set[str] = set()
    found = False
    for line, item in enumerate(objects, start=1):
        if item.get("type") not in _TOLD or item.get("revoked") is True:
            continue
        found = True
        try:
            yield from _told(bundle, item, line, received, used)
        except Unreadable as why:
            yield Reject(line=line, text=shown(str(dict(item))), why=str(why))
    for line, item in enumerate(objects, start=1):
        if item.get("type") in _CYBER and str(item.get("id")) not in used:
            for asset, more in _observed(item):
                found = True
                yield _event(bundle, item, line, 0, asset, UNTOLD, received, more)
    if not found:
        kinds = sorted({str(item.get("type")) for item in objects})[:20]
        yield Reject(
            line=1,
            text=shown(", ".join(kinds)),
            why="is a bundle that names no indicator, no infrastructure and nothing observed",
        )


def _told(
    bundle: Bundle, item: Object, line: int, received: datetime, used: set[str]
) -> Iterator[Event]:
    match item.get("type"):
        case "indicator":
            assets = list(_indicated(item))
        case "infrastructure":
            held = [o for o in bundle.near(str(item.get("id"))) if o.get("type") in _CYBER]
            used.update(str(o.get("id")) for o in held)
            assets = [pair for o in held for pair in _observed(o)]
            if not assets:
                return
        case "sighting":
            held = bundle.held(item, "observed_data_refs")
            if str(item.get("sighting_of_ref", "")).startswith("indicator--") or held:
                return
            raise Unreadable("is a sighting without an asset")
        case _:
            held = bundle.held(item, "object_refs")
            used.update(str(o.get("id")) for o in held)
            inner = item.get("objects")
            held += (
                [o for o in inner.values() if isinstance(o, dict)]
                if isinstance(inner, dict)
                else []
            )
            assets = [pair for o in held for pair in _observed(o)]
    if not assets:
        raise Unreadable("names no address, network, host, URL or file")
    meaning = _meaning(bundle, item)
    for number, (asset, more) in enumerate(dict(_unique(assets)).values()):
        yield _event(bundle, item, line, number, asset, meaning, received, more)


def _unique(
    assets: list[tuple[Asset, dict[str, str]]],
) -> Iterator[tuple[tuple[AssetKind, str], tuple[Asset, dict[str, str]]]]:
    for asset, more in assets:
        yield (asset.kind, asset.value), (asset, more)


def _indicated(item: Object) -> Iterator[tuple[Asset, dict[str, str]]]:
    if str(item.get("pattern_type", "stix")) != "stix":
        raise Unreadable(f"has a pattern that is not STIX: {item.get('pattern_type')}"[:120])
    hashes: dict[str, str] = {}
    for part in compared(str(item.get("pattern", ""))):
        if part.operator not in {"=", "IN", "ISSUBSET"}:
            continue
        if part.type in {"file", "artifact"} and part.path.startswith("hashes"):
            if digest := as_hash(part.value):
                hashes.setdefault(digest.partition(":")[0], digest)
                yield Asset(kind=AssetKind.HASH, value=digest), {}
        elif asset := _asset(part):
            yield asset, {}


def _asset(part: Compared) -> Asset | None:
    if part.path != "value" and not (part.type == "autonomous-system" and part.path == "number"):
        ref = part.path.endswith(("_ref.value", "_refs[*].value"))
        if not (part.type == "network-traffic" and ref):
            return None
    match part.type:
        case "ipv4-addr" | "ipv6-addr" | "network-traffic":
            return _network(part.value)
        case "domain-name":
            return as_asset(AssetKind.HOST, part.value)
        case "url":
            return as_asset(AssetKind.URL, part.value)
        case "autonomous-system":
            return as_asset(AssetKind.ASN, part.value)
    return None


def _network(text: str) -> Asset | None:
    """Return an address or network; a prefix as long as the address is the address."""
    if address := as_address(text.removesuffix("/32").removesuffix("/128")):
        return Asset(kind=AssetKind.ADDRESS, value=address)
    network = as_network(text)
    return Asset(kind=AssetKind.NETWORK, value=network) if network else None


def _observed(item: Object) -> Iterator[tuple[Asset, dict[str, str]]]:
    value = str(item.get("value", ""))
    asset: Asset | None = None
    match item.get("type"):
        case "ipv4-addr" | "ipv6-addr":
            asset = _network(value)
        case "domain-name":
            asset = as_asset(AssetKind.HOST, value)
        case "url":
            asset = as_asset(AssetKind.URL, value)
        case "autonomous-system":
            asset = as_asset(AssetKind.ASN, str(item.get("number", "")))
        case "file" | "artifact":
            hashes = item.get("hashes")
            digests = [
                digest
                for name in ("SHA-256", "SHA-1", "MD5")
                if isinstance(hashes, dict) and (digest := as_hash(str(hashes.get(name, ""))))
            ]
            if digests:
                more = {d.partition(":")[0]: d.partition(":")[2] for d in digests[1:]}
                name = str(item.get("name") or "")
                yield (
                    Asset(kind=AssetKind.HASH, value=digests[0]),
                    {**more, **({"filename": name} if name else {})},
                )
            return
    if asset is not None:
        yield asset, {}


def _meaning(bundle: Bundle, item: Object) -> Meaning:
    """Return what the object, or what it is tied to, says of its assets."""
    types = [str(t).lower() for t in item.get("infrastructure_types") or ()]
    for near in bundle.near(str(item.get("id"))):
        if near.get("type") == "infrastructure":
            types += [str(t).lower() for t in near.get("infrastructure_types") or ()]
    for name, meaning in _INFRASTRUCTURE.items():
        if any(t.startswith(name) for t in types):
            return meaning
    labels = [*(item.get("labels") or ()), *(item.get("indicator_types") or ())]
    phases = [
        p.get("phase_name") for p in item.get("kill_chain_phases") or () if isinstance(p, dict)
    ]
    words = [str(x).replace("malicious-activity", "") for x in (*labels, *phases) if x]
    found = meaning_of([*words, str(item.get("name") or "")])
    if found is not None:
        return found
    if "anonymization" in words:
        return _INFRASTRUCTURE["anonymization"]
    if "compromised" in words:
        return Meaning(kind=Rsit.SYSTEM_COMPROMISE, part=Part.HOST, severity=Severity.HIGH)
    return UNTOLD


def _event(
    bundle: Bundle,
    item: Object,
    line: int,
    number: int,
    asset: Asset,
    meaning: Meaning,
    received: datetime,
    more: Mapping[str, str],
) -> Event:
    at = (
        _time(item, "valid_from", "first_observed", "first_seen", "modified", "created") or received
    )
    until = _time(item, "last_observed", "last_seen")
    sample = asset.kind is AssetKind.HASH
    chosen = _SAMPLE if sample and meaning.kind in {Rsit.UNDETERMINED, Rsit.C2_SERVER} else meaning
    seen = item.get("number_observed") or item.get("count")
    near = bundle.near(str(item.get("id")))
    family = next(
        (str(o.get("name")) for o in near if o.get("type") == "malware" and o.get("name")), ""
    )
    if not family:
        family = next(
            (str(o.get("name")) for o in near if o.get("type") == "tool" and o.get("name")), ""
        )
    details: dict[str, str | tuple[str, ...]] = dict(more)
    for name in ("name", "description", "confidence"):
        if item.get(name) not in {None, ""}:
            details[name] = str(item[name])
    valid = _time(item, "valid_until")
    if valid is not None:
        details["valid_until"] = valid.isoformat()
    if labels := tuple(str(x) for x in item.get("labels") or ()):
        details["labels"] = labels
    texts = " ".join(str(o.get("name", "")) for o in near if o.get("type") == "vulnerability")
    return replace(
        completed(
            Event(
                line=line,
                nth=number,
                at=at,
                asset=asset,
                part=chosen.part,
                kind=chosen.kind,
                severity=Severity.INFO if valid and valid < received else chosen.severity,
            )
        ),
        variant="sample" if sample and chosen is _SAMPLE else chosen.variant,
        family=family.lower() or None,
        cves=as_cves(f"{item.get('name', '')} {texts}"),
        until=until if until is not None and until > at else None,
        count=seen if isinstance(seen, int) and not isinstance(seen, bool) and seen > 0 else 1,
        report=str(item.get("type")),
        ref=str(item.get("id") or "") or None,
        tlp=_tlp(bundle, item),
        details=details,
    )


def _tlp(bundle: Bundle, item: Object) -> Tlp | None:
    labels = [str(x) for x in item.get("labels") or ()]
    found = [label] if (label := tlp_of(labels)) else []
    for ref in item.get("object_marking_refs") or ():
        if tlp := _TLP_IDS.get(str(ref)):
            found.append(tlp)
        elif marking := bundle.by_id.get(str(ref)):
            definition = marking.get("definition")
            inner = definition.get("tlp", "") if isinstance(definition, dict) else ""
            if told := tlp_of([f"tlp:{inner}", str(marking.get("name", ""))]):
                found.append(told)
    return narrowest(*found) if found else None


def _time(item: Object, *names: str) -> datetime | None:
    for name in names:
        if item.get(name) and (moment := as_time(str(item[name]))):
            return moment
    return None

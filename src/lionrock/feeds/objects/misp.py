"""Read one MISP event: its attributes and objects, with the tags and galaxies around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import completed
from lionrock.feeds.objects.labels import UNTOLD, Meaning, family_of, meaning_of, tlp_of
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_asset,
    as_cves,
    as_hash,
    as_network,
    as_port,
    as_time,
    as_url,
    shown,
)

Object = Mapping[str, Any]  # what json.loads gave

CONTEXT: Final = {
    "attachment",
    "comment",
    "counter",
    "datetime",
    "float",
    "hex",
    "link",
    "malware-sample",
    "mime-type",
    "other",
    "port",
    "size-in-bytes",
    "text",
    "threat-actor",
    "campaign-id",
    "campaign-name",
    "attribution",
    "vulnerability",
    "weakness",
}
"""Types that explain the others and name nothing anybody could be told about."""
_ASIDE: Final = {"External analysis", "Internal reference", "Support Tool"}
"""Categories whose URLs and hosts lead to somebody's words about the matter."""
_HASHES: Final = ("sha256", "sha1", "md5")
_NETS: Final = {"ip-src": Part.SOURCE, "ip-dst": Part.HOST, "ip": Part.HOST}
_SAMPLE: Final = Meaning(kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.MEDIUM)
_DELIVERY: Final = Meaning(kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What an event says of all its attributes."""

    labels: tuple[str, ...]
    info: str
    date: datetime | None
    ref: str
    owner: str


def events(event: Object, *, line: int, received: datetime) -> Iterator[Event | Reject]:
    """Yield an event per attribute that names an asset, and one per object of such attributes.

    Attributes that explain (texts, links, comments) are no rows. One that is meant for detection
    and yet names no asset (a file name, a mutex, a rule) is a Reject, and so is a deleted one: its
    author took it back. Without ``to_ids`` an attribute is worth a look, no more.
    """
    around = Around(
        labels=tuple(_labels(event)),
        info=str(event.get("info") or ""),
        date=as_time(str(event.get("date") or "")),
        ref=str(event.get("uuid") or ""),
        owner=_owner(event),
    )
    number = 0
    told = False
    for record in _records(event, around, line, received):
        told = True
        yield replace(record, nth=number) if isinstance(record, Event) else record
        number += isinstance(record, Event)
    if not told:
        yield Reject(
            line=line,
            text=shown(around.info or str(dict(event))),
            why="is a MISP event that names no address, host, URL or file",
        )


def attribute_event(
    attribute: Object, around: Around, *, line: int, received: datetime
) -> Event | None:
    """Return the event of one attribute, None when it only explains; raise Unreadable otherwise."""
    kind = str(attribute.get("type", ""))
    if attribute.get("deleted") in {True, "1"}:
        raise Unreadable("was deleted by its author")
    found = _asset(kind, str(attribute.get("value", "")))
    meant = _meant(attribute)
    if found is None:
        if kind in CONTEXT or not meant:
            return None
        raise Unreadable(f"names no asset: {kind}"[:120])
    if not meant and str(attribute.get("category", "")) in _ASIDE:
        return None
    asset, more = found
    return _event([attribute], asset, more, around, line, received, meant=meant, part=_part(kind))


def _records(
    event: Object, around: Around, line: int, received: datetime
) -> Iterator[Event | Reject]:
    for attribute in _list(event, "Attribute"):
        try:
            if made := attribute_event(attribute, around, line=line, received=received):
                yield made
        except Unreadable as why:
            yield _reject(attribute, line, why)
    for item in _list(event, "Object"):
        if item.get("deleted") in {True, "1"}:
            yield _reject(item, line, Unreadable("was deleted by its author"))
            continue
        yield from _of_object(item, around, line, received)


def _of_object(
    item: Object, around: Around, line: int, received: datetime
) -> Iterator[Event | Reject]:
    """Yield the event of an object: the attributes of a file, a host with its address, are one thing."""
    attributes = [a for a in _list(item, "Attribute") if a.get("deleted") not in {True, "1"}]
    meant = any(_meant(a) for a in attributes)
    assets: list[tuple[Asset, dict[str, str], Object]] = []
    for attribute in attributes:
        kind = str(attribute.get("type", ""))
        if kind != "link" and (found := _asset(kind, str(attribute.get("value", "")))):
            assets.append((*found, attribute))
    if not assets:
        if meant:
            name = str(item.get("name") or "without a name")
            yield _reject(item, line, Unreadable(f"is an object that names no asset: {name}"[:120]))
        return
    details: dict[str, str] = {"object": str(item.get("name") or "")}
    for attribute in attributes:
        relation = str(attribute.get("object_relation") or attribute.get("type") or "")
        details.setdefault(relation, str(attribute.get("value", "")))
    hashes = [found for found in assets if found[0].kind is AssetKind.HASH]
    best = min(hashes, key=lambda f: _HASHES.index(f[0].value.partition(":")[0]), default=None)
    rest = [found for found in assets if found[0].kind is not AssetKind.HASH]
    address = next((a.value for a, _, _ in rest if a.kind is AssetKind.ADDRESS), None)
    port = next(
        (as_port(details[name]) for name in ("dst-port", "port", "src-port") if name in details),
        None,
    )
    names = [found for found in rest if found[0].kind in {AssetKind.URL, AssetKind.HOST}]
    chosen = names[:1] if names and address and len(rest) == 2 else rest
    for asset, more, attribute in [*chosen, *([best] if best else [])]:
        made = _event(
            [attribute, *attributes],
            asset,
            {**details, **more},
            around,
            line,
            received,
            meant=meant,
            part=_part(str(attribute.get("type", ""))),
        )
        yield replace(
            made,
            address=made.address or (address if chosen is not rest else None),
            port=made.port or port,
            transport=made.transport or ("tcp" if port and "ip-port" not in details else None),
        )


def _event(
    attributes: list[Object],
    asset: Asset,
    more: Mapping[str, str],
    around: Around,
    line: int,
    received: datetime,
    *,
    meant: bool,
    part: Part | None,
) -> Event:
    attribute = attributes[0]
    own = [label for a in attributes for label in _labels(a)]
    labels = [*own, *around.labels]
    meaning = meaning_of(own) or meaning_of(around.labels) or _by_category(attribute)
    sample = asset.kind is AssetKind.HASH
    if sample and meaning.kind in {Rsit.UNDETERMINED, Rsit.C2_SERVER, Rsit.PHISHING}:
        meaning = _SAMPLE
    elif meaning.kind is Rsit.INFECTED_SYSTEM and asset.kind is AssetKind.URL:
        meaning = _DELIVERY
    at = (
        _moment(attribute, "first_seen")
        or _moment(attribute, "timestamp")
        or around.date
        or received
    )
    last = _moment(attribute, "last_seen")
    details: dict[str, str | tuple[str, ...]] = {**more}
    for name, value in (
        ("info", around.info),
        ("org", around.owner),
        ("category", str(attribute.get("category") or "")),
        ("comment", str(attribute.get("comment") or "")),
    ):
        if value:
            details[name] = value
    if labels:
        details["tags"] = tuple(dict.fromkeys(labels))
    made = completed(
        Event(
            line=line,
            at=at,
            asset=asset,
            part=meaning.part if meaning is not UNTOLD or part is None else part,
            kind=meaning.kind,
            severity=meaning.severity if meant else Severity.INFO,
        )
    )
    port = as_port(str(more.get("port", "")))
    return replace(
        made,
        variant="sample"
        if sample and meaning.kind is Rsit.MALWARE_DISTRIBUTION
        else meaning.variant,
        address=made.address or as_address(str(more.get("address", ""))),
        port=made.port or port,
        family=family_of(labels),
        cves=as_cves(f"{around.info} {attribute.get('comment') or ''}"),
        until=last if last is not None and last > at else None,
        report=str(attribute.get("type", "")),
        ref=str(attribute.get("uuid") or around.ref) or None,
        tlp=_tlp(own, around.labels),
        details=details,
    )


def _asset(kind: str, value: str) -> tuple[Asset, dict[str, str]] | None:
    """Return the asset of a MISP type, and what a compound type says beside it."""
    first, bar, second = value.partition("|")
    main, _, beside = kind.partition("|")
    if main in _NETS:
        asset = _net(first)
        return (asset, {"port": second} if bar and beside == "port" else {}) if asset else None
    if kind in {"domain", "hostname", "domain|ip", "hostname|port"}:
        asset = as_asset(AssetKind.HOST, first)
        more = {"address" if beside == "ip" else "port": second} if bar else {}
        return (asset, more) if asset else None
    if kind in {"url", "uri"}:
        url = as_url(value) or (as_url(value, scheme="http") if "/" in value else None)
        if url:
            return Asset(kind=AssetKind.URL, value=url), {}
        asset = as_asset(AssetKind.HOST, value)
        return (asset, {}) if asset else None
    if kind == "AS":
        asset = as_asset(AssetKind.ASN, value)
        return (asset, {}) if asset else None
    if kind in _HASHES and (digest := as_hash(value)):
        return Asset(kind=AssetKind.HASH, value=digest), {}
    named = main in {"filename", "malware-sample"} and bar and beside in {*_HASHES, ""}
    if named and (digest := as_hash(second)):
        return Asset(kind=AssetKind.HASH, value=digest), {"filename": first}
    return None


def _net(text: str) -> Asset | None:
    if address := as_address(text.removesuffix("/32").removesuffix("/128")):
        return Asset(kind=AssetKind.ADDRESS, value=address)
    network = as_network(text)
    return Asset(kind=AssetKind.NETWORK, value=network) if network else None


def _by_category(attribute: Object) -> Meaning:
    """Return what MISP's own category says where no tag does."""
    kind, category = str(attribute.get("type", "")), str(attribute.get("category", ""))
    if category == "Payload delivery" and kind in {"url", "domain", "hostname", "uri"}:
        return _DELIVERY
    return UNTOLD


def _part(kind: str) -> Part | None:
    return _NETS.get(kind.partition("|")[0])


def _labels(thing: Object) -> Iterator[str]:
    for tag in _list(thing, "Tag"):
        if name := tag.get("name"):
            yield str(name)
    for galaxy in _list(thing, "Galaxy"):
        for cluster in _list(galaxy, "GalaxyCluster"):
            if value := cluster.get("value"):
                yield f'misp-galaxy:{galaxy.get("type", "")}="{value}"'


def _owner(event: Object) -> str:
    for name in ("Orgc", "Org"):
        org = event.get(name)
        if isinstance(org, dict) and org.get("name"):
            return str(org["name"])
    return ""


def _meant(attribute: Object) -> bool:
    return attribute.get("to_ids") in {True, "1"}


def _moment(attribute: Object, name: str) -> datetime | None:
    value = attribute.get(name)
    return as_time(str(value)) if value not in {None, "", "0", 0} else None


def _tlp(own: list[str], around: tuple[str, ...]) -> Tlp | None:
    return tlp_of(own) or tlp_of(around)


def _list(thing: Object, name: str) -> list[Any]:  # objects of what json.loads gave
    found = thing.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _reject(thing: Object, line: int, why: Unreadable) -> Reject:
    told = {name: thing.get(name) for name in ("type", "name", "value", "uuid") if thing.get(name)}
    return Reject(line=line, text=shown(str(told)), why=str(why))

"""The reader that a declaration describes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.declared.terms import Only, Terms
from lionrock.feeds.reading import (
    Json,
    Line,
    Record,
    Row,
    Unreadable,
    as_address,
    as_asn,
    as_asset,
    as_country,
    as_cves,
    as_hash,
    as_host,
    as_network,
    as_port,
    as_time,
    as_transport,
    as_url,
    asset_of,
    read_csv,
    read_json,
    read_json_lines,
    read_lines,
    with_port,
)
from lionrock.feeds.roles import best_asset, part_of, severity_of

MOST: Final = 1000
"""Events that the multi-valued columns of one record may make."""
THE_LINE: Final = "line"
"""The one column of a plain list."""
Get = Callable[[str], str]


def feed_of_terms(terms: Terms) -> Feed:
    """Return the feed that the checked declaration describes."""

    def read(delivery: Delivery) -> Iterator[Event | Reject]:
        return _read(terms, delivery)

    return Feed(
        id=terms.id,
        title=terms.title,
        provider=terms.provider,
        home=terms.home,
        tlp=terms.tlp,
        trust=terms.trust,
        seen=terms.seen,
        read=read,
        every=terms.every,
        may_be_empty=terms.may_be_empty,
        carrier=terms.carrier,
        address=terms.address,
        licence=terms.licence,
    )


def _read(terms: Terms, delivery: Delivery) -> Iterator[Event | Reject]:
    received = delivery.received

    def of_line(line: Line) -> Iterator[Event]:
        return _events(terms, line.line, {THE_LINE: line.value}, received)

    def of_row(row: Row) -> Iterator[Event]:
        return _events(terms, row.line, row.details(), received)

    def of_record(record: Record) -> Iterator[Event]:
        return _events(terms, record.line, _flat(record.value), received)

    if terms.format == "lines":
        return read_lines(delivery, of_line, comments=terms.comments)
    if terms.format == "csv":
        return read_csv(
            delivery,
            of_row,
            columns=terms.columns,
            delimiter=terms.delimiter,
            comments=terms.comments,
        )
    if terms.format == "jsonl":
        return read_json_lines(delivery, of_record)
    return read_json(delivery, of_record, path=terms.path)


def _events(
    terms: Terms, line: int, values: Mapping[str, str | tuple[str, ...]], received: datetime
) -> Iterator[Event]:
    if not all(_holds(rule, values) for rule in terms.only):
        return
    choices = {
        name: _choices(terms, name, columns, values) for name, columns in terms.fields.items()
    }
    multiple = [name for name, found in choices.items() if len(found) > 1 and name != "cves"]
    shared = {name: ",".join(found[:64]) for name, found in choices.items() if name not in multiple}
    used = {column for columns in terms.fields.values() for column in columns}
    details = {name: value for name, value in values.items() if name not in used and value}
    if terms.format == "lines" and not terms.fields:
        details = {}
        shared = {"asset": _first(values.get(THE_LINE, ""))}
    for nth, chosen in enumerate(product(*(choices[name] for name in multiple))):
        if nth >= MOST:
            raise Unreadable(f"names more than {MOST} things at once")
        said = {**terms.constants, **{k: v for k, v in shared.items() if v}}
        said |= dict(zip(multiple, chosen, strict=True))
        yield _event(terms, line, nth, said, details, received)


def _choices(
    terms: Terms,
    name: str,
    columns: tuple[str, ...],
    values: Mapping[str, str | tuple[str, ...]],
) -> tuple[str, ...]:
    """Return the values of the first column that has any, split where the declaration says so."""
    for column in columns:
        found = values.get(column)
        if not found:
            continue
        if isinstance(found, tuple):
            return tuple(item for item in found if item)
        separator = terms.split.get(name)
        pieces = found.split(separator) if separator else [found]
        return tuple(piece.strip() for piece in pieces if piece.strip())
    return ()


def _holds(rule: Only, values: Mapping[str, str | tuple[str, ...]]) -> bool:
    value = values.get(rule.column, "")
    found = value if isinstance(value, tuple) else (value,)
    held = any(
        item in rule.equal
        or any(word in item for word in rule.contains)
        or (bool(rule.begins) and item.startswith(rule.begins))
        for item in found
    )
    return held is not rule.negated


def _event(
    terms: Terms,
    line: int,
    nth: int,
    said: Mapping[str, str],
    details: Mapping[str, str | tuple[str, ...]],
    received: datetime,
) -> Event:
    def get(name: str) -> str:
        value = said.get(name, "")
        words = terms.values.get(name)
        return words.get(value.lower(), value) if words else value

    kind = _word(get("kind"), Rsit, terms.kind)
    place, port = with_port(get("address"))
    address = as_address(place)
    host = as_host(get("host")) if get("host") else None
    url = as_url(get("url"))
    asn = as_asn(get("asn"))
    named = [
        (AssetKind.ADDRESS, address),
        (AssetKind.NETWORK, as_network(get("network"))),
        (AssetKind.HOST, host),
        (AssetKind.URL, url),
        (AssetKind.HASH, as_hash(get("hash"))),
        (AssetKind.ASN, str(asn) if asn else None),
    ]
    asset = _asset(terms, kind, get, named)
    if asset.kind is AssetKind.ADDRESS:
        address = address or asset.value
    elif asset.kind is AssetKind.HOST:
        host = host or asset.value
    elif asset.kind is AssetKind.URL:
        url = url or asset.value
    part = terms.part or part_of(kind)
    other = asset_of(get("other")) if get("other") else None
    count = get("count")
    return Event(
        line=line,
        nth=nth,
        at=_time(terms, get("at"), received),
        asset=asset,
        part=part,
        kind=kind,
        severity=_word(get("severity").lower(), Severity, terms.severity or severity_of(kind)),
        seen=terms.seen,
        variant=get("variant"),
        address=address,
        host=host,
        url=url,
        port=as_port(get("port")) or port,
        transport=as_transport(get("transport")),
        service=get("service").lower() or None,
        family=get("family").lower() or None,
        cves=as_cves(get("cves")),
        brand=get("brand") or None,
        other=other,
        other_part=_OPPOSITE[part] if other else None,
        other_port=as_port(get("other_port")),
        other_asn=as_asn(get("other_asn")),
        other_country=as_country(get("other_country")),
        reported_asn=asn,
        reported_country=as_country(get("country")),
        report=get("report"),
        ref=get("ref") or None,
        tlp=_word(get("tlp").upper(), Tlp, None),
        until=as_time(get("until"), *terms.time_forms) if get("until") else None,
        count=int(count) if count.isascii() and count.isdigit() and 0 < len(count) < 10 else 1,
        details=details,
    )


_OPPOSITE: Final = {Part.SOURCE: Part.TARGET, Part.TARGET: Part.SOURCE, Part.HOST: Part.SOURCE}


def _asset(terms: Terms, kind: Rsit, get: Get, named: list[tuple[AssetKind, str | None]]) -> Asset:
    if text := get("asset"):
        found = as_asset(terms.asset, text) if terms.asset else asset_of(text)
        if found is None:
            raise Unreadable(
                f"names no {terms.asset.value if terms.asset else 'asset'} that can be read"
            )
        return found
    if terms.asset:
        value = dict(named).get(terms.asset)
        if not value:
            raise Unreadable(f"names no {terms.asset.value} that can be read")
        return Asset(kind=terms.asset, value=value)
    return best_asset(kind, named)


def _time(terms: Terms, text: str, received: datetime) -> datetime:
    """Return the record's time; when the delivery came, where the feed tells none."""
    if not text:
        if "at" in terms.fields:
            raise Unreadable("has no time")
        return received
    found = as_time(text, *terms.time_forms)
    if found is None:
        raise Unreadable("has no time that can be read")
    if terms.zone != "UTC" and not _names_zone(text):
        return found.replace(tzinfo=ZoneInfo(terms.zone)).astimezone(UTC)
    return found


def _names_zone(text: str) -> bool:
    tail = text.strip()[-6:]
    return (
        tail.upper().endswith(("Z", "UTC", "GMT"))
        or "+" in tail
        or tail[:1] == "-"
        or text.isdigit()
    )


_E = TypeVar("_E", bound=StrEnum)
_D = TypeVar("_D")


def _word(text: str, kind: type[_E], default: _D) -> _E | _D:
    try:
        return kind(text) if text else default
    except ValueError:
        return default


def _first(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else (value[0] if value else "")


def _flat(value: Json, path: str = "", depth: int = 0) -> dict[str, str | tuple[str, ...]]:
    """Return an object's values as text by dotted keys; lists of plain values stay lists."""
    if not isinstance(value, dict):
        if depth == 0 and isinstance(value, str):
            return {THE_LINE: value}
        raise Unreadable("is no object")
    found: dict[str, str | tuple[str, ...]] = {}
    for key, item in value.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(item, dict):
            if depth < 8:
                found |= _flat(item, name, depth + 1)
        elif isinstance(item, list):
            if plain := tuple(_plain(each) for each in item if not isinstance(each, (dict, list))):
                found[name] = plain
        elif item is not None and item != "":
            found[name] = _plain(item)
    return found


def _plain(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)

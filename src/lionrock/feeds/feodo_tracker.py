"""Feodo Tracker of abuse.ch: control servers of Dridex, Emotet, TrickBot, QakBot and their like."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, moment_of
from lionrock.feeds.listed.tables import html_rows
from lionrock.feeds.reading import (
    Record,
    Row,
    Unreadable,
    as_asn,
    as_country,
    as_host,
    as_port,
    as_time,
    read_csv,
    read_json,
)

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_CLAIM: Final = Claim(
    kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.CRITICAL, report="botnet-c2"
)
_NOW: Final = ("first_seen_utc", "dst_ip", "dst_port", "c2_status", "last_online", "malware")
_BEFORE: Final = ("first_seen_utc", "dst_ip", "dst_port", "last_online", "malware")
_HEADINGS: Final = {"first_seen_utc", "firstseen"}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per control server, from the CSV and text lists, the JSON and the web page."""
    start = beginning(delivery)
    if start.startswith(("[", "{")):
        return read_json(delivery, _entry)
    if start.startswith("<"):
        return html_rows(delivery, _on_the_page)
    first = next((row for row in start.splitlines() if row.strip() and row[0] != "#"), "")
    columns = {0: ("dst_ip",), 4: _BEFORE}.get(first.count(","), _NOW)

    def row(found: Row) -> Event | None:
        if found.fields[0].strip().lower() in _HEADINGS:
            return None
        if len(found.fields) != len(columns):
            raise Unreadable(f"has {len(found.fields)} fields, not {len(columns)}")
        at = as_time(found["first_seen_utc"]) if len(columns) > 1 else delivery.received
        if at is None:
            raise Unreadable("has no time that can be read")
        made = event(
            _CLAIM, line=found.line, at=at, asset=assets(found["dst_ip"], kinds=_ADDRESSES)
        )
        return _known(
            made, found["c2_status"], found["dst_port"], found["malware"], found["last_online"]
        )

    return read_csv(delivery, row, columns=columns, spaced=True)


def _entry(record: Record) -> Event:
    entry = record.value
    if not isinstance(entry, dict):
        raise Unreadable("is no JSON object")
    at = moment_of(str(entry.get("first_seen") or ""))
    asset = assets(str(entry.get("ip_address", "")), kinds=_ADDRESSES)
    made = _known(
        event(_CLAIM, line=record.line, at=at, asset=asset),
        str(entry.get("status") or ""),
        str(entry.get("port") or ""),
        str(entry.get("malware") or ""),
        str(entry.get("last_online") or ""),
    )
    return replace(
        made,
        host=as_host(str(entry.get("hostname") or "")),
        reported_asn=as_asn(str(entry.get("as_number") or "")),
        reported_country=as_country(str(entry.get("country") or "")),
    )


def _on_the_page(number: int, row: dict[str, str]) -> Event | None:
    if "Firstseen (UTC)" not in row:
        return None
    at = moment_of(row["Firstseen (UTC)"])
    made = event(_CLAIM, line=number, at=at, asset=assets(row.get("Host", ""), kinds=_ADDRESSES))
    made = _known(made, row.get("Status", ""), "", row.get("Malware", ""), "")
    return replace(
        made,
        reported_asn=as_asn(row.get("Network (ASN)", "").partition(" ")[0]),
        reported_country=as_country(row.get("Country", "")),
    )


def _known(made: Event, status: str, port: str, malware: str, last_online: str) -> Event:
    details = {"status": status.lower(), "last_online": last_online}
    number = as_port(port)
    return replace(
        made,
        port=number,
        transport="tcp" if number else None,
        family=malware.lower() or None,
        severity=Severity.MEDIUM if status.lower() == "offline" else made.severity,
        details={name: value for name, value in details.items() if value},
    )


FEED = Feed(
    id="feodo-tracker",
    title="Feodo Tracker",
    provider="abuse.ch",
    home="https://feodotracker.abuse.ch/blocklist/",
    tlp=Tlp.CLEAR,
    trust=85,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.HTTP,
    address="https://feodotracker.abuse.ch/downloads/ipblocklist.csv",
    licence="CC0",
)

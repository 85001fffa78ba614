"""McAfee (Trellix) Advanced Threat Defense: a sandbox's report on a file, with whom it called."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Reject, Seen
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import event, text_of
from lionrock.feeds.listed.sandbox import claim_of, each_once
from lionrock.feeds.reading import (
    Record,
    Unreadable,
    as_address,
    as_hash,
    as_host,
    as_port,
    as_time,
    as_url,
    read_json,
)

_REPORT: Final = "atd"


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield an event for the file, each file it dropped, and each address and URL it called."""
    return read_json(delivery, lambda record: _report(record, delivery.received))


def _report(record: Record, received: datetime) -> Iterator[Event]:
    found = record.value.get("Summary") if isinstance(record.value, dict) else None
    if not isinstance(found, dict):
        raise Unreadable("is no report of the sandbox: has no Summary")
    given = found.get("Subject")
    subject: Mapping[str, Any] = given if isinstance(given, dict) else {}
    at = as_time(text_of(subject, "Timestamp")) or received
    told = each_once(_events(found, subject, record.line, at))
    if not told:
        raise Unreadable("names no file, address or URL")
    for number, made in enumerate(told):
        yield replace(made, nth=number)


def _events(
    report: Mapping[str, Any], subject: Mapping[str, Any], line: int, at: datetime
) -> Iterator[Event]:
    for entry in (subject, *_list(report, "Processes"), *_list(report, "Files")):
        digest = (
            as_hash(text_of(entry, "sha-256", "Sha256"))
            or as_hash(text_of(entry, "sha-1", "Sha1"))
            or as_hash(text_of(entry, "md5", "Md5"))
        )
        if digest:
            asset = Asset(kind=AssetKind.HASH, value=digest)
            name = text_of(entry, "Name")
            made = event(claim_of(asset, _REPORT), line=line, at=at, asset=asset)
            yield replace(made, details={"filename": name} if name else {})
    for entry in _list(report, "Ips"):
        if address := as_address(text_of(entry, "Ipv4", "Ipv6")):
            asset = Asset(kind=AssetKind.ADDRESS, value=address)
            port = as_port(text_of(entry, "Port"))
            made = event(claim_of(asset, _REPORT), line=line, at=at, asset=asset)
            yield replace(made, port=port)
    for entry in _list(report, "Urls"):
        text = text_of(entry, "Url")
        host = as_host(text) if "/" not in text else None
        url = as_url(text, scheme="http") if host is None else None
        if host or url:
            kind = AssetKind.HOST if host else AssetKind.URL
            asset = Asset(kind=kind, value=host or url or "")
            port = as_port(text_of(entry, "Port"))
            made = event(claim_of(asset, _REPORT), line=line, at=at, asset=asset)
            yield replace(made, port=port or made.port)


def _list(report: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = report.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


FEED = Feed(
    id="mcafee-atd",
    title="McAfee Advanced Threat Defense reports",
    provider="our own sandbox (Trellix, formerly McAfee)",
    home="https://docs.trellix.com/",
    tlp=Tlp.AMBER,
    trust=60,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.PUSH,
    licence="our own appliance",
)

"""OpenIOC: indicators as FireEye's appliances write them for one alert."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lionrock.core.events import Asset, AssetKind, Event, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import event
from lionrock.feeds.listed.sandbox import claim_of, each_once
from lionrock.feeds.reading import as_asset, as_hash, as_port, as_time, as_url, read_text, shown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST: Final = 16 * 1024 * 1024
_MOST: Final = 5000
_REPORT: Final = "openioc"
_SEVERITIES: Final = {"crit": Severity.CRITICAL, "majr": Severity.HIGH, "minr": Severity.LOW}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield an event per file and per place called: a host and path in one AND are one URL."""
    with delivery.open() as stream:
        text = read_text(stream, LARGEST)
    if text is None:
        yield Reject(line=1, text="", why=f"is longer than {LARGEST:,} bytes", whole=True)
        return
    try:
        root = fromstring(text.encode())
    except (ParseError, DefusedXmlException, ValueError):
        yield Reject(line=1, text=shown(text), why="is no XML that can be read", whole=True)
        return
    told = each_once(_events(root, delivery.received))
    if not told:
        yield Reject(line=1, text=shown(text), why="names no file, address, host or URL")
    for line, made in enumerate(told, start=1):
        yield replace(made, line=line)


def _events(root: "Element", received: datetime) -> Iterator[Event]:
    links = {
        link.get("rel", ""): (link.text or "").strip() for link in root.iter() if _is(link, "link")
    }
    dated = as_time(links.get("alert_timestamp", "")) or as_time(root.get("last-modified", ""))
    name = next((i.text or "" for i in root.iter() if _is(i, "description")), "").strip()
    at = dated or received
    rated = _SEVERITIES.get(links.get("alert_severity", ""))
    for group in [i for i in root.iter() if _is(i, "Indicator")][:_MOST]:
        terms = [_term(item) for item in group if _is(item, "IndicatorItem")]
        together = group.get("operator") == "AND"
        said = dict(terms)
        assets = _together(said) if together else [a for pair in terms for a in _alone(*pair)]
        for asset in assets:
            sample = asset.kind is AssetKind.HASH
            made = event(claim_of(asset, _REPORT), line=1, at=at, asset=asset)
            port = as_port(said.get("Network/Connection/RemotePort", "")) if together else None
            yield replace(
                made,
                port=port or made.port,
                severity=rated if rated and sample else made.severity,
                family=name.lower() or None,
                ref=links.get("uuid") or root.get("id"),
                details={
                    k: links[k] for k in ("alert_id", "alert_type", "product_type") if links.get(k)
                },
            )


def _together(said: dict[str, str]) -> list[Asset]:
    host = said.get("Network/HTTP/Host") or said.get("Network/DNS") or said.get("Network/URI") or ""
    path = said.get("Network/HTTP/RequestURI", "")
    port = as_port(said.get("Network/Connection/RemotePort", ""))
    place = f"{host}:{port}" if port and port != 80 else host
    if host and path.startswith("/") and (url := as_url(f"http://{place}{path}")):
        return [Asset(kind=AssetKind.URL, value=url)]
    return [asset for search, value in said.items() for asset in _alone(search, value)]


def _alone(search: str, value: str) -> Iterator[Asset]:
    if search.startswith("FileItem/") and (digest := as_hash(value)):
        yield Asset(kind=AssetKind.HASH, value=digest)
    elif search in {"Network/DNS", "Network/HTTP/Host", "DnsEntryItem/Host"}:
        for kind in (AssetKind.ADDRESS, AssetKind.HOST):
            if asset := as_asset(kind, value):
                yield asset
    elif search in {"PortItem/remoteIP", "Network/Connection/RemoteIP"}:
        if asset := as_asset(AssetKind.ADDRESS, value):
            yield asset
    elif search in {"Network/URI", "UrlHistoryItem/URL"} and (url := as_url(value, scheme="http")):
        yield Asset(kind=AssetKind.URL, value=url)


def _term(item: "Element") -> tuple[str, str]:
    context = next((i for i in item if _is(i, "Context")), None)
    content = next((i for i in item if _is(i, "Content")), None)
    search = context.get("search", "") if context is not None else ""
    return search, (content.text or "").strip() if content is not None else ""


def _is(element: "Element", name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


FEED = Feed(
    id="openioc",
    title="OpenIOC alerts (FireEye)",
    provider="our own appliances (Trellix, formerly FireEye)",
    home="https://github.com/fireeye/OpenIOC_1.1",
    tlp=Tlp.AMBER,
    trust=60,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.PUSH,
    licence="our own appliance",
)

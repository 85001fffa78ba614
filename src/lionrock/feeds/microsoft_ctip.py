"""Microsoft's CTIP: infected machines its sinkholes saw, and pages Bing found malicious."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of, text_of
from lionrock.feeds.reading import (
    Record,
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_port,
    read_json,
)

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_URLS: Final = frozenset({AssetKind.URL})
_INFECTED: Final = Claim(
    kind=Rsit.INFECTED_SYSTEM,
    part=Part.SOURCE,
    severity=Severity.HIGH,
    seen=Seen.PASSIVE,
    report="infected",
)
_URL: Final = Claim(
    kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="malicious-url"
)
_TLP: Final = {
    "white": Tlp.CLEAR,
    "clear": Tlp.CLEAR,
    "green": Tlp.GREEN,
    "amber": Tlp.AMBER,
    "yellow": Tlp.AMBER,
    "red": Tlp.RED,
}
_EPOCH_1601: Final = datetime(1601, 1, 1, tzinfo=UTC)
_PREFIXES: Final = ("host is a member of botnet ",)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per record: of the Azure stream, of Interflow, or of Bing's URLs."""
    return read_json(delivery, _record)


def _record(record: Record) -> Event:
    entry = record.value
    if not isinstance(entry, dict):
        raise Unreadable("is no JSON object")
    if "SourceIp" in entry:
        return _azure(record.line, entry)
    lower = {name.lower(): value for name, value in entry.items()}
    return _interflow(record.line, lower)


def _azure(line: int, entry: Mapping[str, Any]) -> Event:
    asset = assets(text_of(entry, "SourceIp"), kinds=_ADDRESSES)
    made = event(_INFECTED, line=line, at=_filetime(entry.get("DateTimeReceivedUtc")), asset=asset)
    info = entry.get("SourceIpInfo")
    place: Mapping[str, Any] = info if isinstance(info, dict) else {}
    http = entry.get("HttpInfo")
    web: Mapping[str, Any] = http if isinstance(http, dict) else {}
    custom = entry.get("CustomInfo")
    more: Mapping[str, Any] = custom if isinstance(custom, dict) else {}
    details = {
        "data_feed": text_of(entry, "DataFeed"),
        "sourced_from": text_of(entry, "SourcedFrom"),
        "threat_code": text_of(entry, "ThreatCode"),
        "confidence": text_of(entry, "ThreatConfidence"),
        "target_ip": text_of(entry, "TargetIp"),
        "as_name": text_of(place, "SourceIpAsnOrgName"),
        "city": text_of(place, "SourceIpCity"),
        **{f"http.{name}": text_of(web, name) for name in web},
        **{name: text_of(more, name) for name in more},
    }
    count = entry.get("TotalEncounters")
    return _with_server(
        replace(
            made,
            port=as_port(text_of(entry, "SourcePort")),
            family=_family(text_of(entry, "Malware"), text_of(entry, "ThreatCode")),
            reported_asn=as_asn(text_of(place, "SourceIpAsnNumber")),
            reported_country=as_country(text_of(place, "SourceIpCountryCode")),
            count=count if isinstance(count, int) and 0 < count < 2**31 else 1,
            tlp=_TLP.get(text_of(entry, "TLP").lower()),
            details={name: value for name, value in details.items() if value},
        ),
        text_of(entry, "DestinationIp"),
        text_of(entry, "DestinationPort"),
    )


def _interflow(line: int, entry: Mapping[str, Any]) -> Event:
    at = moment_of(text_of(entry, "firstreporteddatetime", "lastreporteddatetime"))
    tags = entry.get("tags")
    kept = ("externalid", "description", "confidence", "useragent", "hostname", "indicatorprovider")
    details: dict[str, str | tuple[str, ...]] = {
        name: text for name in kept if (text := text_of(entry, name))
    }
    if isinstance(tags, list) and tags:
        details["tags"] = tuple(map(str, tags))
    stated = text_of(entry, "networkdestinationipv4", "networkdestinationipv6")
    called = list(dict.fromkeys(text.strip() for text in stated.split(",")))
    if len(called) > 1:
        details["networkdestination"] = tuple(called)
    label = _TLP.get(text_of(entry, "tlplevel").lower())
    if url := text_of(entry, "url"):
        made = event(_URL, line=line, at=at, asset=assets(url, kinds=_URLS))
        return replace(
            made,
            address=as_address(text_of(entry, "networkdestinationipv4", "networkdestinationipv6"))
            or made.address,
            port=as_port(text_of(entry, "networkdestinationport")) or made.port,
            reported_asn=as_asn(text_of(entry, "networkdestinationasn")),
            tlp=label,
            details=details,
        )
    asset = assets(text_of(entry, "networksourceipv4", "networksourceipv6"), kinds=_ADDRESSES)
    name = text_of(entry, "externalid") or text_of(entry, "description")
    for prefix in _PREFIXES:
        name = name[len(prefix) :] if name.lower().startswith(prefix) else name
    return _with_server(
        replace(
            event(_INFECTED, line=line, at=at, asset=asset),
            port=as_port(text_of(entry, "networksourceport")),
            family=name.lower() or None,
            reported_asn=as_asn(text_of(entry, "networksourceasn")),
            tlp=label,
            details=details,
        ),
        called[0],
        text_of(entry, "networkdestinationport"),
    )


def _with_server(made: Event, address: str, port: str) -> Event:
    server = as_address(address)
    if server in {None, "0.0.0.0"}:  # noqa: S104  the source's word for “unknown”, nothing binds to it
        return made
    return replace(
        made,
        other=Asset(kind=AssetKind.ADDRESS, value=server or ""),
        other_part=Part.HOST,
        other_port=as_port(port),
    )


def _family(malware: str, code: str) -> str | None:
    """Return the malware; a code ``B67-SS-TINBA`` names it where the feed names the takedown alone."""
    name = code.rpartition("-")[2] if malware.lower() in {"avalanche", "malware", ""} else malware
    return name.lower() or None


def _filetime(ticks: object) -> datetime:
    """Return the moment that Windows' clock of 100 ns since 1601 shows."""
    if not isinstance(ticks, int) or not 100_000_000_000_000_000 < ticks < 200_000_000_000_000_000:
        raise Unreadable("has no time that can be read")
    return _EPOCH_1601 + timedelta(microseconds=ticks // 10)


FEED = Feed(
    id="microsoft-ctip",
    title="Microsoft CTIP",
    provider="Microsoft Digital Crimes Unit",
    home="https://docs.microsoft.com/en-us/security/engineering/cyber-threat-intelligence-program",
    tlp=Tlp.AMBER,
    trust=85,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.DROP,
    licence="by agreement",
)

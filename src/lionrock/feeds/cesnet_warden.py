"""Warden and Mentat (CESNET): what academic networks detected, as IDEA messages."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import completed, moment_of, text_of
from lionrock.feeds.reading import (
    Record,
    Unreadable,
    as_address,
    as_host,
    as_network,
    as_port,
    as_time,
    as_transport,
    as_url,
    kebab,
    read_json,
)

_KINDS: Final[tuple[tuple[str, Rsit, Part, Severity, str], ...]] = (
    ("Abusive.Spam", Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, ""),
    ("Abusive", Rsit.HARMFUL_SPEECH, Part.SOURCE, Severity.LOW, ""),
    ("Malware", Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH, ""),
    ("Recon.Scanning", Rsit.SCANNER, Part.SOURCE, Severity.LOW, ""),
    ("Recon.Sniffing", Rsit.SNIFFING, Part.SOURCE, Severity.MEDIUM, ""),
    ("Recon.SocialEngineering", Rsit.SOCIAL_ENGINEERING, Part.SOURCE, Severity.MEDIUM, ""),
    ("Recon", Rsit.SCANNER, Part.SOURCE, Severity.LOW, ""),
    ("Attempt.Login", Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM, ""),
    ("Attempt.Exploit", Rsit.IDS_ALERT, Part.SOURCE, Severity.MEDIUM, ""),
    ("Attempt.NewSignature", Rsit.EXPLOIT, Part.SOURCE, Severity.MEDIUM, ""),
    ("Attempt", Rsit.IDS_ALERT, Part.SOURCE, Severity.LOW, ""),
    ("Intrusion.AdminCompromise", Rsit.BRUTE_FORCE, Part.SOURCE, Severity.HIGH, "login"),
    ("Intrusion.UserCompromise", Rsit.BRUTE_FORCE, Part.SOURCE, Severity.HIGH, "login"),
    ("Intrusion.AppCompromise", Rsit.APPLICATION_COMPROMISE, Part.HOST, Severity.HIGH, ""),
    ("Intrusion.Botnet.CommandAndControl", Rsit.C2_SERVER, Part.HOST, Severity.CRITICAL, ""),
    ("Intrusion.Botnet", Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, ""),
    ("Intrusion", Rsit.SYSTEM_COMPROMISE, Part.SOURCE, Severity.HIGH, ""),
    ("Availability.DDoS", Rsit.DDOS, Part.SOURCE, Severity.HIGH, ""),
    ("Availability.DoS", Rsit.DOS, Part.SOURCE, Severity.HIGH, ""),
    ("Availability", Rsit.DOS, Part.SOURCE, Severity.MEDIUM, ""),
    ("Information.UnauthorizedAccess", Rsit.UNAUTHORISED_ACCESS, Part.SOURCE, Severity.MEDIUM, ""),
    (
        "Information.UnauthorizedModification",
        Rsit.UNAUTHORISED_MODIFICATION,
        Part.SOURCE,
        Severity.MEDIUM,
        "",
    ),
    ("Fraud.Phishing", Rsit.PHISHING, Part.HOST, Severity.HIGH, ""),
    ("Fraud.Copyright", Rsit.COPYRIGHT, Part.SOURCE, Severity.LOW, ""),
    ("Fraud.Masquerade", Rsit.MASQUERADE, Part.HOST, Severity.MEDIUM, ""),
    ("Fraud", Rsit.UNAUTHORISED_USE, Part.SOURCE, Severity.MEDIUM, ""),
    ("Vulnerable.Config", Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM, ""),
    ("Vulnerable.Open", Rsit.DDOS_AMPLIFIER, Part.HOST, Severity.MEDIUM, ""),
    ("Vulnerable", Rsit.VULNERABLE_SYSTEM, Part.HOST, Severity.MEDIUM, ""),
    ("Anomaly", Rsit.IDS_ALERT, Part.SOURCE, Severity.LOW, "anomaly"),
    ("Other", Rsit.OTHER, Part.SOURCE, Severity.INFO, ""),
    ("Test", Rsit.TEST, Part.SOURCE, Severity.INFO, ""),
)
"""IDEA's categories (the eCSIRT taxonomy in new clothes), the more special ones first."""
_MOST: Final = 1000


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield an event per category and source address of each IDEA message."""
    return read_json(delivery, _message)


def _message(record: Record) -> Iterator[Event]:
    message = record.value
    if not isinstance(message, dict):
        raise Unreadable("is no JSON object")
    kinds = list(dict.fromkeys(_kinds(message)))
    detected = moment_of(text_of(message, "DetectTime", "EventTime", "CreateTime"))
    at = as_time(text_of(message, "EventTime", "WinStartTime")) or detected
    until = as_time(text_of(message, "CeaseTime", "WinEndTime"))
    sources = [(entry, asset) for entry in _list(message, "Source") for asset in _assets(entry)]
    whole = [(e, a) for e in _list(message, "Target") for a in _assets(e)]
    targets = whole[:1]
    victims = kinds and all(kind[1] is Part.HOST for kind in kinds) and not sources
    chosen, others = (whole, []) if victims else (sources, targets)
    if not chosen:
        raise Unreadable("has no source address")
    details = _details(message)
    if chosen is sources and len(whole) > 1:
        details["Target"] = tuple(asset.value for _, asset in whole[:_MOST])
    number = 0
    for kind, part, severity, variant in kinds:
        for entry, asset in chosen[:_MOST]:
            yield completed(
                Event(
                    line=record.line,
                    nth=number,
                    at=min(at, detected),
                    until=until if until is not None and until > at else None,
                    asset=asset,
                    part=part,
                    kind=kind,
                    severity=severity,
                    seen=Seen.PASSIVE,
                    variant=variant,
                    address=_address(entry) if asset.kind is not AssetKind.NETWORK else None,
                    port=_port(entry),
                    transport=_transport(entry, others),
                    service=_service(entry, others),
                    other=others[0][1] if others else None,
                    other_part=Part.TARGET if others else None,
                    other_port=_port(others[0][0]) if others else None,
                    report=kebab(next(iter(_texts(message, "Category")), "")),
                    ref=text_of(message, "ID") or None,
                    count=_count(message),
                    details=details,
                )
            )
            number += 1


def _kinds(message: Mapping[str, Any]) -> Iterator[tuple[Rsit, Part, Severity, str]]:
    known = False
    for category in _texts(message, "Category"):
        for name, *kind in _KINDS:
            if category == name or category.startswith(f"{name}."):
                known = True
                yield (kind[0], kind[1], kind[2], kind[3])  # type: ignore[misc]  # the row's own types
                break
    if not known:
        yield Rsit.UNDETERMINED, Part.SOURCE, Severity.INFO, ""


def _assets(entry: Mapping[str, Any]) -> Iterator[Asset]:
    """Yield the assets of one end: its URLs, else its addresses and networks, else its hosts."""
    found = False
    for text in _texts(entry, "URL"):
        if url := as_url(text):
            found = True
            yield Asset(kind=AssetKind.URL, value=url)
    if found:
        return
    for name in ("IP4", "IP6", "IP"):
        for text in _texts(entry, name):
            if address := as_address(text.removesuffix("/32").removesuffix("/128")):
                found = True
                yield Asset(kind=AssetKind.ADDRESS, value=address)
            elif network := as_network(text):
                found = True
                yield Asset(kind=AssetKind.NETWORK, value=network)
    if not found:
        for text in _texts(entry, "Hostname"):
            if host := as_host(text):
                yield Asset(kind=AssetKind.HOST, value=host)


def _address(entry: Mapping[str, Any]) -> str | None:
    texts = [t for name in ("IP4", "IP6", "IP") for t in _texts(entry, name)]
    return as_address(texts[0]) if len(texts) == 1 else None


def _port(entry: Mapping[str, Any]) -> int | None:
    ports = _texts(entry, "Port")
    return as_port(ports[0]) if len(ports) == 1 else None


def _transport(
    entry: Mapping[str, Any], others: list[tuple[Mapping[str, Any], Asset]]
) -> str | None:
    return next((t for name in _protocols(entry, others) if (t := as_transport(name))), None)


def _service(entry: Mapping[str, Any], others: list[tuple[Mapping[str, Any], Asset]]) -> str | None:
    names = (n.lower() for n in _protocols(entry, others))
    return next((n for n in names if n not in {"tcp", "udp", "icmp", "ipv4", "ipv6"}), None)


def _protocols(
    entry: Mapping[str, Any], others: list[tuple[Mapping[str, Any], Asset]]
) -> list[str]:
    return [*_texts(entry, "Proto"), *(n for other, _ in others for n in _texts(other, "Proto"))]


def _count(message: Mapping[str, Any]) -> int:
    for name in ("ConnCount", "FlowCount", "EventCount"):
        value = message.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31:
            return value
    return 1


def _details(message: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {
        name: text for name in ("Description", "Note") if (text := text_of(message, name))
    }
    if categories := tuple(_texts(message, "Category")):
        found["Category"] = categories
    hashes = tuple(h for attach in _list(message, "Attach") for h in _texts(attach, "Hash"))
    if hashes:
        found["Hash"] = hashes
    return found


def _texts(entry: Mapping[str, Any], name: str) -> list[str]:
    found = entry.get(name)
    items = found if isinstance(found, list) else [] if found is None else [found]
    return [str(item).strip() for item in items if not isinstance(item, (dict, list))][:_MOST]


def _list(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = entry.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


FEED = Feed(
    id="cesnet-warden",
    title="Warden (IDEA messages)",
    provider="CESNET",
    home="https://idea.cesnet.cz/",
    tlp=Tlp.AMBER,
    trust=60,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(hours=1),
    may_be_empty=True,
    carrier=Carrier.PUSH,
    licence="by agreement with CESNET",
)

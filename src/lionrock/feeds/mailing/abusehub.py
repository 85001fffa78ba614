"""Read the Dutch AbuseHUB's reports: one CSV for every notifier's findings."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import moment_of
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.reading import (
    Row,
    Unreadable,
    as_address,
    as_asn,
    as_host,
    as_port,
    as_transport,
    as_url,
    asset_of,
    kebab,
    read_csv,
)

_TYPES: Final = (
    ("phish", Rsit.PHISHING, Part.HOST, Severity.HIGH),
    ("malware", Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH),
    ("resolver", Rsit.DDOS_AMPLIFIER, Part.HOST, Severity.MEDIUM),
    ("open", Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM),
    ("drone", Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH),
    ("botnet", Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH),
    ("sinkhole", Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH),
    ("spam", Rsit.SPAM, Part.SOURCE, Severity.MEDIUM),
    ("feedback", Rsit.SPAM, Part.SOURCE, Severity.MEDIUM),
    ("scan", Rsit.SCANNER, Part.SOURCE, Severity.LOW),
    ("brute", Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM),
)
_USED: Final = (
    "event_date",
    "event_time",
    "src_asn",
    "src_ip",
    "src_port",
    "protocol",
    "dst_asn",
    "dst_ip",
    "dst_port",
    "src_url",
    "src_hostname",
    "infection_type",
)


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return the rows of the AbuseHUB CSV; the notifier's own CSV beside it says the same again."""
    for leaf in mail.leaves:
        if leaf.name.lower().startswith("abusehubcsv"):
            return of_csv(leaf.delivery(mail.date or delivery.received))
    return None


def of_csv(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row; AbuseHUB writes Dutch local time, so its own offset is in the name."""
    offset = _offset(delivery.name)
    return read_csv(
        delivery,
        lambda row: _event(row, offset),
        required=("src_ip", "event_date", "report_type"),
    )


def _event(row: Row, offset: timedelta) -> Event:
    at = moment_of(f"{row['event_date']} {row['event_time']}".strip())
    address = as_address(row["src_ip"])
    url = as_url(row["src_url"])
    words = row["report_type"].lower()
    kind, part, severity = next(
        (found[1:] for found in _TYPES if found[0] in words),
        (Rsit.UNDETERMINED, Part.SOURCE, Severity.INFO),
    )
    if url and part is Part.HOST:
        asset = Asset(kind=AssetKind.URL, value=url)
    elif address:
        asset = Asset(kind=AssetKind.ADDRESS, value=address)
    else:
        raise Unreadable("has no address")
    other = asset_of(row["dst_ip"] or row["dst_hostname"])
    return Event(
        line=row.line,
        at=at - offset,
        asset=asset,
        part=part,
        kind=kind,
        severity=severity,
        address=address,
        host=as_host(row["src_hostname"]),
        url=url,
        port=as_port(row["src_port"]),
        transport=as_transport(row["protocol"]),
        family=row["infection_type"].lower() or None,
        other=other,
        other_part=(Part.HOST if kind is Rsit.INFECTED_SYSTEM else Part.TARGET) if other else None,
        other_port=as_port(row["dst_port"]),
        other_asn=as_asn(row["dst_asn"]),
        reported_asn=as_asn(row["src_asn"]),
        report=kebab(row["report_type"]),
        details=row.details(*_USED),
    )


def _offset(name: str) -> timedelta:
    """Return the zone that the file's name ends in: ``…2015-03-03T16:56:01+01:00.csv``."""
    sign = name[-10:-9]
    hours, minutes = name[-9:-7], name[-6:-4]
    if sign in {"+", "-"} and hours.isdecimal() and minutes.isdecimal():
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return offset if sign == "+" else -offset
    return timedelta()

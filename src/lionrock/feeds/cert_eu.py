"""CERT-EU's feed: findings on URLs, hosts and addresses of many kinds in one CSV."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of
from lionrock.feeds.reading import (
    Row,
    as_address,
    as_asn,
    as_country,
    as_host,
    as_port,
    as_time,
    as_transport,
    read_csv,
)

_TYPES: Final = (
    ("botnet drone", Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH),
    ("backdoor", Rsit.SYSTEM_COMPROMISE, Part.HOST, Severity.HIGH),
    ("brute-force", Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM),
    ("c&c", Rsit.C2_SERVER, Part.HOST, Severity.CRITICAL),
    ("command and control", Rsit.C2_SERVER, Part.HOST, Severity.CRITICAL),
    ("compromised", Rsit.SYSTEM_COMPROMISE, Part.HOST, Severity.HIGH),
    ("ddos", Rsit.DDOS, Part.SOURCE, Severity.HIGH),
    ("defacement", Rsit.UNAUTHORISED_MODIFICATION, Part.HOST, Severity.HIGH),
    ("exploit", Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH),
    ("malware", Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH),
    ("phishing", Rsit.PHISHING, Part.HOST, Severity.HIGH),
    ("scanner", Rsit.SCANNER, Part.SOURCE, Severity.LOW),
    ("spam", Rsit.SPAM, Part.SOURCE, Severity.MEDIUM),
    ("vulnerable", Rsit.VULNERABLE_SYSTEM, Part.HOST, Severity.MEDIUM),
)
_TLP: Final = {
    "white": Tlp.CLEAR,
    "clear": Tlp.CLEAR,
    "green": Tlp.GREEN,
    "amber": Tlp.AMBER,
    "red": Tlp.RED,
}
_USED: Final = (
    "source ip",
    "source time",
    "tlp",
    "type",
    "protocol",
    "destination port",
    "first seen",
    "last seen",
    "count",
    "source cc",
    "source asn",
    "url",
    "domain name",
    "source port",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row, about its URL, else its address, else its host."""
    return read_csv(delivery, _row, required=("source ip", "type"))


def _row(row: Row) -> Event:
    words = row["type"].lower()
    kind, part, severity = next(
        (found[1:] for found in _TYPES if found[0] in words),
        (Rsit.UNDETERMINED, Part.HOST, Severity.INFO),
    )
    at = moment_of(row["source time"] or row["first seen"] or row["observation time"])
    web = kind in {Rsit.PHISHING, Rsit.MALWARE_DISTRIBUTION, Rsit.UNAUTHORISED_MODIFICATION}
    text = (row["url"] if web else "") or row["source ip"] or row["domain name"] or row["url"]
    variant = "defacement" if kind is Rsit.UNAUTHORISED_MODIFICATION else ""
    claim = Claim(kind=kind, part=part, severity=severity, variant=variant, report="cert-eu")
    made = event(claim, line=row.line, at=at, asset=assets(text))
    last = as_time(row["last seen"]) if row["last seen"] else None
    count = row["count"]
    return replace(
        made,
        address=as_address(row["source ip"]) or made.address,
        host=as_host(row["domain name"]) or made.host if row["domain name"] else made.host,
        port=as_port(row["source port"]) or made.port,
        transport=as_transport(row["protocol"]) or made.transport,
        other_port=as_port(row["destination port"]),
        until=last if last is not None and last > at else None,
        count=int(count) if count.isdecimal() and 0 < len(count) < 10 and int(count) else 1,
        reported_asn=as_asn(row["source asn"] or row["reported asn"]),
        reported_country=as_country(row["source cc"]),
        tlp=_TLP.get(row["tlp"].lower()),
        details=row.details(*_USED),
    )


FEED = Feed(
    id="cert-eu",
    title="CERT-EU feed",
    provider="CERT-EU",
    home="https://cert.europa.eu/",
    tlp=Tlp.AMBER,
    trust=75,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.DROP,
    licence="for partners of CERT-EU",
)

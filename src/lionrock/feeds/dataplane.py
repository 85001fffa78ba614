"""DataPlane.org: addresses that reached its sensors unasked, in a report per protocol."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.reading import Line, Unreadable, as_address, as_asn, as_time, read_lines
from lionrock.feeds.roles import severity_of

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_REPORTS: Final[dict[str, tuple[Rsit, str, str, int, str]]] = {
    "dnsrd": (Rsit.SCANNER, "recursion", "dns", 53, "udp"),
    "dnsrdany": (Rsit.SCANNER, "recursion", "dns", 53, "udp"),
    "dnsversion": (Rsit.SCANNER, "version", "dns", 53, "udp"),
    "proto41": (Rsit.UNWANTED_ACCESSIBLE, "", "6in4", 0, ""),
    "sipinvitation": (Rsit.BRUTE_FORCE, "", "sip", 5060, "udp"),
    "sipquery": (Rsit.SCANNER, "", "sip", 5060, "udp"),
    "sipregistration": (Rsit.BRUTE_FORCE, "", "sip", 5060, "udp"),
    "smtpdata": (Rsit.SPAM, "", "smtp", 25, "tcp"),
    "smtpgreet": (Rsit.SCANNER, "", "smtp", 25, "tcp"),
    "sshclient": (Rsit.SCANNER, "", "ssh", 22, "tcp"),
    "sshpwauth": (Rsit.BRUTE_FORCE, "", "ssh", 22, "tcp"),
    "telnetlogin": (Rsit.BRUTE_FORCE, "", "telnet", 23, "tcp"),
    "vncrfb": (Rsit.SCANNER, "", "vnc", 5900, "tcp"),
}
"""What each report tells: kind, variant, and the service with its port at the sensor.

``proto41`` is no sensor's but a survey's: it found relays that pass IPv6 on for everybody.
"""


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``ASN | name | address | [first seen |] last seen | report``.

    A name may hold bars of its own, so the row is read from its end.
    """
    return read_lines(delivery, _row)


def _row(found: Line) -> Event:
    fields = [field.strip() for field in found.value.split("|")]
    if len(fields) < 5:
        raise Unreadable("has fewer than five fields")
    report = fields[-1].lower()
    kind, variant, service, port, transport = _REPORTS.get(
        report, (Rsit.UNDETERMINED, "", "", 0, "")
    )
    surveyed, unknown = kind is Rsit.UNWANTED_ACCESSIBLE, kind is Rsit.UNDETERMINED
    first = last = as_time(fields[-2])
    place = -3
    if not as_address(fields[-3]):
        first, place = as_time(fields[-3]), -4
    if first is None or last is None:
        raise Unreadable("has no time that can be read")
    made = event(
        Claim(
            kind=kind,
            part=Part.HOST if surveyed else Part.SOURCE,
            severity=severity_of(kind) if surveyed or unknown else Severity.LOW,
            seen=Seen.LISTED if surveyed else Seen.PASSIVE,
            variant=variant,
            service=service or None,
            report=report,
        ),
        line=found.line,
        at=first,
        asset=assets(fields[place], kinds=_ADDRESSES),
    )
    name = "|".join(fields[1:place]).strip()
    return replace(
        made,
        transport=transport or None,
        other_port=port or None,
        reported_asn=as_asn(fields[0]),
        until=last if last > first else None,
        details={"as_name": name} if name not in {"", "NA"} else {},
    )


FEED = Feed(
    id="dataplane",
    title="DataPlane.org signals",
    provider="DataPlane.org",
    home="https://dataplane.org/signals.html",
    tlp=Tlp.GREEN,
    trust=60,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://dataplane.org/sshpwauth.txt",
    licence="non-commercial; no redistribution without leave",
)

"""Team Cymru's CSIRT Assistance Program: what its sensors saw of a CSIRT's own networks."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of
from lionrock.feeds.reading import (
    Line,
    Unreadable,
    as_address,
    as_asn,
    as_host,
    as_port,
    as_url,
    kebab,
    read_lines,
)

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_INFECTED: Final = (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, "", "")
_KINDS: Final[dict[str, tuple[Rsit, Part, Severity, str, str]]] = {
    "bot": _INFECTED,
    "bots": _INFECTED,
    "bruteforce": (Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM, "", ""),
    "controller": (Rsit.C2_SERVER, Part.HOST, Severity.CRITICAL, "", ""),
    "controllers": (Rsit.C2_SERVER, Part.HOST, Severity.CRITICAL, "", ""),
    "darknet": (Rsit.SCANNER, Part.SOURCE, Severity.LOW, "darknet", ""),
    "ddosreport": (Rsit.DDOS, Part.TARGET, Severity.HIGH, "", ""),
    "defacement": (Rsit.UNAUTHORISED_MODIFICATION, Part.HOST, Severity.HIGH, "defacement", ""),
    "dnschanger": (*_INFECTED[:4], "dnschanger"),
    "honeypot": (Rsit.IDS_ALERT, Part.SOURCE, Severity.MEDIUM, "", ""),
    "malware_distribution": (Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH, "", ""),
    "malwareurl": (Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH, "", ""),
    "openproxy": (Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM, "proxy", ""),
    "openresolver": (Rsit.DDOS_AMPLIFIER, Part.HOST, Severity.MEDIUM, "", ""),
    "openresolvers": (Rsit.DDOS_AMPLIFIER, Part.HOST, Severity.MEDIUM, "", ""),
    "phishing": (Rsit.PHISHING, Part.HOST, Severity.HIGH, "", ""),
    "proxies": (Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM, "proxy", ""),
    "proxy": (Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM, "proxy", ""),
    "routers": (Rsit.SYSTEM_COMPROMISE, Part.HOST, Severity.HIGH, "router", ""),
    "scanner": (Rsit.SCANNER, Part.SOURCE, Severity.LOW, "", ""),
    "scanners": (Rsit.SCANNER, Part.SOURCE, Severity.LOW, "", ""),
    "spam": (Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, "", ""),
    "spreaders": (*_INFECTED[:4], ""),
    "tor": (Rsit.OTHER, Part.HOST, Severity.INFO, "tor", ""),
    "vulnerable": (Rsit.VULNERABLE_SYSTEM, Part.HOST, Severity.MEDIUM, "", ""),
    **{
        worm: (*_INFECTED[:4], worm)
        for worm in (
            "beagle",
            "blaster",
            "conficker",
            "dameware",
            "dipnet",
            "mydoom",
            "nachi",
            "phatbot",
            "sinit",
            "slammer",
            "stormworm",
            "toxbot",
        )
    },
}
_SERVICES: Final = {"ssh", "ftp", "telnet", "rdp", "smtp", "pop3", "imap", "vnc", "sip", "mysql"}
_OLD_NOTE: Final = re.compile(r"(srcport|dstport|mwtype|destaddr|username|proxy_type)\s+(\S+)")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``kind | address | ASN | time | notes | holder``.

    Notes are ``name: value`` separated by ``;`` (the format since 2019) or words before it.
    """
    return read_lines(delivery, _row)


def _row(found: Line) -> Event:
    fields = [field.strip() for field in found.value.split("|")]
    if len(fields) < 4:
        raise Unreadable("has fewer than four fields")
    report = fields[0].lower().replace(" ", "_")
    kind, part, severity, variant, family = _KINDS.get(
        report, (Rsit.UNDETERMINED, Part.SOURCE, Severity.INFO, "", "")
    )
    at = moment_of(fields[3])
    made = event(
        Claim(
            kind=kind,
            part=part,
            severity=severity,
            seen=Seen.PASSIVE,
            variant=variant,
            report=kebab(report),
        ),
        line=found.line,
        at=at,
        asset=assets(fields[1], kinds=_ADDRESSES),
    )
    notes = _notes(fields[4] if len(fields) > 4 else "")
    target = as_address(
        _one(notes.get("destination_ip_addresses", "") or notes.get("destaddr", ""))
    )
    port = as_port(_one(notes.get("destination_port_numbers", "") or notes.get("dstport", "")))
    ours = as_port(
        _one(notes.get("source_port", "") or notes.get("srcport", "") or notes.get("port", ""))
    )
    word = notes.get("note", "").partition(" ")[0].lower()
    family = family or notes.get("family", "") or notes.get("mwtype", "")
    url = as_url(notes.get("url", "") or notes.get("note", "")) if part is Part.HOST else None
    if url:
        made = replace(made, asset=Asset(kind=AssetKind.URL, value=url))
    return replace(
        made,
        port=ours,
        url=url,
        host=as_host(notes.get("hostname", "")) or None,
        family=family.lower() or None,
        service=word if word in _SERVICES else None,
        other=Asset(kind=AssetKind.ADDRESS, value=target) if target else None,
        other_part=Part.HOST
        if target and kind is Rsit.INFECTED_SYSTEM
        else Part.TARGET
        if target
        else None,
        other_port=port,
        reported_asn=as_asn(fields[2]),
        details={**notes, **({"as_name": fields[5]} if len(fields) > 5 and fields[5] else {})},
    )


def _notes(text: str) -> dict[str, str]:
    if not text:
        return {}
    pairs = [part.partition(":") for part in text.split(";") if part.strip()]
    named = all(mark and " " not in name.strip() for name, mark, _ in pairs)
    if named and not text.lower().startswith(("http:", "https:")):
        return {name.strip().lower(): value.strip() for name, _, value in pairs}
    return {**dict(_OLD_NOTE.findall(text)), "note": text}


def _one(text: str) -> str:
    return text.split(",", maxsplit=1)[0].strip()


FEED = Feed(
    id="cymru-cap",
    title="Team Cymru CSIRT Assistance Program",
    provider="Team Cymru",
    home="https://www.team-cymru.com/csirt-assistance-program",
    tlp=Tlp.AMBER,
    trust=75,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.DROP,
    licence="for enrolled CSIRTs; login needed",
)

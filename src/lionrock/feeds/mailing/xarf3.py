"""Read X-ARF v3 reports in JSON, and the older reports that a mail carries as ``Key: value`` lines."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import completed, moment_of, text_of
from lionrock.feeds.mailing.xarf4 import details_of
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_asn,
    as_cves,
    as_host,
    as_port,
    as_time,
    as_transport,
    as_url,
    asset_of,
    kebab,
)

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

Report = Mapping[str, Any]  # what json.loads gave; the schema was held against it
Kind = tuple[Rsit, Part, Severity, str]

_TYPES: Final[dict[str, Kind]] = {
    "botnet": (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, ""),
    "childabuse": (Rsit.VIOLENCE, Part.HOST, Severity.CRITICAL, "csam"),
    "childsexualabusematerial": (Rsit.VIOLENCE, Part.HOST, Severity.CRITICAL, "csam"),
    "copyright": (Rsit.COPYRIGHT, Part.HOST, Severity.LOW, ""),
    "ddos": (Rsit.DDOS, Part.SOURCE, Severity.HIGH, ""),
    "dos": (Rsit.DOS, Part.SOURCE, Severity.HIGH, ""),
    "exploit": (Rsit.IDS_ALERT, Part.SOURCE, Severity.HIGH, ""),
    "fraud": (Rsit.MASQUERADE, Part.HOST, Severity.MEDIUM, "fraud"),
    "harassment": (Rsit.HARMFUL_SPEECH, Part.HOST, Severity.LOW, "harassment"),
    "loginattack": (Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM, ""),
    "malware": (Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH, ""),
    "openservice": (Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM, ""),
    "phishing": (Rsit.PHISHING, Part.HOST, Severity.HIGH, ""),
    "portscan": (Rsit.SCANNER, Part.SOURCE, Severity.LOW, ""),
    "potentiallycompromisedaccount": (
        Rsit.UNPRIVILEGED_ACCOUNT_COMPROMISE,
        Part.TARGET,
        Severity.MEDIUM,
        "",
    ),
    "spam": (Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, ""),
    "trademark": (Rsit.MASQUERADE, Part.HOST, Severity.LOW, "trademark"),
    "webcrawler": (Rsit.SCANNER, Part.SOURCE, Severity.INFO, "crawler"),
}
"""What a ReportType means, its letters alone."""
_RPZ: Final[Kind] = (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, "")
_SEVERITIES: Final = {"critical", "high", "medium", "low"}
_LETTERS: Final = re.compile(r"[^a-z0-9]")
_USED: Final = {
    "ReportClass",
    "ReportType",
    "Date",
    "Samples",
    "Attachment",
    "AdditionalInfo",
    "SourceIp",
    "SourcePort",
    "SourceUrl",
    "InfringingUrl",
    "Source",
    "DestinationIp",
    "DestinationPort",
    "AttackerIp",
    "AttackerPort",
    "CVE",
    "MalwareName",
    "BotnetName",
    "ServiceName",
    "TransportProtocol",
    "ReporterSeverity",
    "ReporterCaseID",
    "PasswordHash",
}


def event_of(document: Report, *, line: int) -> Event:
    """Return the event of one X-ARF v3 report; raise Unreadable with the schema's reason."""
    if why := invalid(document):
        raise Unreadable(f"is no valid X-ARF v3 report: {why}")
    report: Report = document["Report"]
    kind, part, severity, variant = _kind(report)
    at = moment_of(text_of(report, "Date"))
    source: Report = report.get("Source") or {}
    address = as_address(text_of(report, "SourceIp") or text_of(source, "IP"))
    url = as_url(
        text_of(report, "SourceUrl") or text_of(report, "InfringingUrl") or text_of(source, "URL")
    )
    other = as_address(text_of(report, "DestinationIp"))
    other_port = as_port(text_of(report, "DestinationPort"))
    other_part: Part | None = Part.TARGET if other else None
    attacker = as_address(text_of(report, "AttackerIp"))
    port = as_port(text_of(report, "SourcePort") or text_of(source, "Port"))
    if part is Part.TARGET and other:
        address, port = other, other_port
        other, other_port = attacker, as_port(text_of(report, "AttackerPort"))
        other_part = Part.SOURCE if attacker else None
    more: Report = report.get("AdditionalInfo") or {}
    rival = Asset(kind=AssetKind.ADDRESS, value=other) if other else None
    called = text_of(report, "RpzDomain") or text_of(more, "C2Server")
    if rival is None and called and kind is Rsit.INFECTED_SYSTEM and (found := asset_of(called)):
        rival, other_part = found, Part.HOST
    family = (
        text_of(report, "MalwareName")
        or text_of(report, "BotnetName")
        or text_of(more, "MalwareFamily")
    )
    rated = text_of(report, "ReporterSeverity")
    until = as_time(text_of(more, "LastSeen"))
    return completed(
        Event(
            line=line,
            at=at,
            until=until if until and until > at else None,
            asset=_asset(url, address, part),
            part=part,
            kind=kind,
            severity=Severity(rated) if rated in _SEVERITIES else severity,
            variant=variant,
            address=address,
            url=url,
            port=port,
            transport=as_transport(
                text_of(report, "TransportProtocol") or text_of(more, "Protocol")
            ),
            service=text_of(report, "ServiceName").lower() or None,
            family=family.lower() or None,
            cves=as_cves(text_of(report, "CVE")),
            other=rival,
            other_part=other_part,
            other_port=other_port,
            reported_asn=as_asn(text_of(report, "ASN")),
            report=kebab(f"{report['ReportClass']}-{report['ReportType']}"),
            ref=text_of(report, "ReporterCaseID") or None,
            details={
                **details_of(document["ReporterInfo"], set()),
                **details_of(report, _USED),
                **details_of(more, set()),
            },
        )
    )


def invalid(document: Report) -> str:
    """Return why the report breaks what we demand of one, or nothing."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415  heavy, and few deliveries need it

    try:
        found = best_match(_validator().iter_errors(document))
    except RecursionError:
        return "is nested too deeply"
    if found is not None:
        place = ".".join(map(str, found.absolute_path)) or "the report"
        message = "is not allowed here" if found.schema is False else found.message
        return f"{place}: {message}"[:300]
    if _LETTERS.sub("", str(document["Report"]["ReportType"]).lower()) not in _TYPES:
        return "Report.ReportType: is no type of the format"
    return ""


def header_report(text: str) -> dict[str, str] | None:
    """Return the fields of a ``Key: value`` report (X-ARF 0.1 and 0.2), or None where there is none."""
    fields: dict[str, str] = {}
    for line in text.splitlines()[:200]:
        name, colon, value = line.partition(":")
        if colon and _FIELD.match(name.strip()):
            fields.setdefault(name.strip().lower(), value.strip().strip("\"'"))
    return fields if {"source", "source-type", "date"} <= fields.keys() else None


_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,60}$")
_REPORTED: Final[tuple[tuple[tuple[str, ...], Kind], ...]] = (
    (("phish",), (Rsit.PHISHING, Part.HOST, Severity.HIGH, "")),
    (("malware", "virus", "trojan"), (Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH, "")),
    (
        ("botnet", "infection", "bot-infection"),
        (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, ""),
    ),
    (("ddos", "flood"), (Rsit.DDOS, Part.SOURCE, Severity.HIGH, "")),
    (("harvest",), (Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, "harvesting")),
    (("spam", "regbot", "badbot", "forum"), (Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, "")),
    (("scan", "probe"), (Rsit.SCANNER, Part.SOURCE, Severity.LOW, "")),
    (
        ("login", "brute", "ssh", "ftp", "imap", "pop3", "sip", "asterisk", "rdp", "auth"),
        (Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM, ""),
    ),
    (
        ("rfi", "sqli", "exploit", "apache", "web"),
        (Rsit.IDS_ALERT, Part.SOURCE, Severity.MEDIUM, ""),
    ),
)
_GIVEN: Final = {"source", "date", "port", "service", "report-id", "user-agent", "version"}


def header_event(fields: Mapping[str, str], *, line: int) -> Event:
    """Return the event of a ``Key: value`` report; raise Unreadable when it lacks source or time."""
    asset = asset_of(fields["source"])
    if asset is None:
        raise Unreadable("has a source that is no address, host or URL")
    at = moment_of(_SPACED.sub(":", fields["date"]))
    words = " ".join(
        fields.get(name, "") for name in ("report-type", "category", "service")
    ).lower()
    kind, part, severity, variant = next(
        (kind for known, kind in _REPORTED if any(word in words for word in known)),
        (Rsit.UNDETERMINED, Part.SOURCE, Severity.INFO, ""),
    )
    service = fields.get("service", "").lower()
    aimed = part is Part.SOURCE
    port = as_port(fields.get("port", ""))
    return completed(
        Event(
            line=line,
            at=at,
            asset=asset,
            part=part,
            kind=kind,
            severity=severity,
            variant=variant,
            host=as_host(fields.get("domain", "")),
            port=None if aimed else port,
            other_port=port if aimed else None,
            transport=as_transport(fields.get("protocol", "")),
            service=_SERVICES.get(service, service) or None,
            report=kebab(f"xarf-{fields.get('report-type', '')}"),
            ref=fields.get("report-id") or None,
            details={name: value for name, value in fields.items() if name not in _GIVEN and value},
        )
    )


_SPACED: Final = re.compile(r":\s+(?=\d)")
_SERVICES: Final = {"postfix": "smtp", "regbot": "http", "apache": "http", "dovecot": "imap"}


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415  as above

    place = files("lionrock.feeds.mailing") / "xarf3.schema.json"
    schema = json.loads(place.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _kind(report: Report) -> Kind:
    if text_of(report, "ReportSubType").lower() == "rpz-rewrite":
        return _RPZ
    return _TYPES[_LETTERS.sub("", str(report["ReportType"]).lower())]


def _asset(url: str | None, address: str | None, part: Part) -> Asset:
    if url and part is Part.HOST:
        return Asset(kind=AssetKind.URL, value=url)
    if address:
        return Asset(kind=AssetKind.ADDRESS, value=address)
    if url:
        return Asset(kind=AssetKind.URL, value=url)
    raise Unreadable("has no address and no URL")

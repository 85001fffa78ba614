"""Read X-ARF v4 reports: what each category and type says, once the published schema holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import completed, moment_of, text_of
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_cves,
    as_hash,
    as_port,
    as_time,
    as_transport,
    as_url,
    asset_of,
    with_port,
)

Report = Mapping[str, Any]  # what json.loads gave; the schema was held against it
_MOST_REASONS: Final = 3

_KINDS: Final[dict[str, tuple[Rsit, Part, Severity, str]]] = {
    "connection/ddos": (Rsit.DDOS, Part.SOURCE, Severity.HIGH, ""),
    "connection/infected_host": (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, ""),
    "connection/login_attack": (Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM, ""),
    "connection/port_scan": (Rsit.SCANNER, Part.SOURCE, Severity.LOW, ""),
    "connection/reconnaissance": (Rsit.SCANNER, Part.SOURCE, Severity.LOW, "reconnaissance"),
    "connection/scraping": (Rsit.SCANNER, Part.SOURCE, Severity.INFO, "scraping"),
    "connection/sql_injection": (Rsit.IDS_ALERT, Part.SOURCE, Severity.MEDIUM, "sql-injection"),
    "connection/vulnerability_scan": (
        Rsit.SCANNER,
        Part.SOURCE,
        Severity.LOW,
        "vulnerability-scan",
    ),
    "content/brand_infringement": (Rsit.MASQUERADE, Part.HOST, Severity.MEDIUM, "brand"),
    "content/csam": (Rsit.VIOLENCE, Part.HOST, Severity.CRITICAL, "csam"),
    "content/csem": (Rsit.VIOLENCE, Part.HOST, Severity.CRITICAL, "csem"),
    "content/exposed_data": (Rsit.DATA_LEAK, Part.HOST, Severity.HIGH, ""),
    "content/fraud": (Rsit.MASQUERADE, Part.HOST, Severity.MEDIUM, "fraud"),
    "content/malware": (Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH, ""),
    "content/phishing": (Rsit.PHISHING, Part.HOST, Severity.HIGH, ""),
    "content/remote_compromise": (Rsit.APPLICATION_COMPROMISE, Part.HOST, Severity.HIGH, ""),
    "content/suspicious_registration": (
        Rsit.MASQUERADE,
        Part.HOST,
        Severity.LOW,
        "suspicious-registration",
    ),
    "copyright/p2p": (Rsit.COPYRIGHT, Part.SOURCE, Severity.LOW, "p2p"),
    "infrastructure/botnet": (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, ""),
    "infrastructure/compromised_server": (Rsit.SYSTEM_COMPROMISE, Part.HOST, Severity.HIGH, ""),
    "messaging/bulk_messaging": (Rsit.SPAM, Part.SOURCE, Severity.LOW, "bulk"),
    "messaging/spam": (Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, ""),
    "vulnerability/cve": (Rsit.VULNERABLE_SYSTEM, Part.HOST, Severity.HIGH, ""),
    "vulnerability/misconfiguration": (
        Rsit.UNWANTED_ACCESSIBLE,
        Part.HOST,
        Severity.MEDIUM,
        "misconfiguration",
    ),
    "vulnerability/open_service": (Rsit.UNWANTED_ACCESSIBLE, Part.HOST, Severity.MEDIUM, ""),
}
"""What a category and type means. ``copyright`` of every other type is content that somebody hosts."""
_COPYRIGHT: Final = (Rsit.COPYRIGHT, Part.HOST, Severity.LOW, "")
_UNKNOWN: Final = (Rsit.UNDETERMINED, Part.HOST, Severity.INFO, "")
_THREATS: Final[tuple[tuple[tuple[str, ...], Rsit, Part, Severity], ...]] = (
    (("command", "c2", "c&c", "cnc"), Rsit.C2_SERVER, Part.HOST, Severity.CRITICAL),
    (("phish",), Rsit.PHISHING, Part.HOST, Severity.HIGH),
    (("malware", "payload", "exploit_kit"), Rsit.MALWARE_DISTRIBUTION, Part.HOST, Severity.HIGH),
    (("botnet", "infected", "bot"), Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH),
    (("brute", "login"), Rsit.BRUTE_FORCE, Part.SOURCE, Severity.MEDIUM),
    (("scan",), Rsit.SCANNER, Part.SOURCE, Severity.LOW),
    (("spam",), Rsit.SPAM, Part.SOURCE, Severity.MEDIUM),
    (("ddos", "dos"), Rsit.DDOS, Part.SOURCE, Severity.HIGH),
)
_SEVERITIES: Final = {"critical", "high", "medium", "low", "info"}
_USED: Final = {
    "xarf_version",
    "report_id",
    "timestamp",
    "reporter",
    "sender",
    "source_identifier",
    "source_port",
    "category",
    "type",
    "evidence",
    "_internal",
    "url",
    "destination_ip",
    "destination_port",
    "malware_family",
    "cve_id",
    "cve_ids",
    "target_brand",
    "claimed_entity",
    "protocol",
    "service",
    "first_seen",
    "last_seen",
    "asn",
    "country_code",
}


def event_of(report: Report, *, line: int) -> Event:
    """Return the event of one X-ARF v4 report; raise Unreadable with the schema's reasons."""
    if reasons := invalid(report):
        raise Unreadable("is no valid X-ARF v4 report: " + "; ".join(reasons[:_MOST_REASONS]))
    sort = f"{report['category']}/{report['type']}"
    kind, part, severity, variant = _kind(report, sort)
    at = moment_of(text_of(report, "timestamp"))
    asset, port = _asset(report)
    address = as_address(with_port(text_of(report, "source_identifier"))[0])
    other, other_part = _other(report, kind)
    first, last = as_time(text_of(report, "first_seen")), as_time(text_of(report, "last_seen"))
    rated = text_of(report, "risk_level") or text_of(report, "severity")
    return completed(
        Event(
            line=line,
            at=first if first is not None and first < at else at,
            until=_end(last, at, first),
            asset=asset,
            part=part,
            kind=kind,
            severity=Severity(rated) if rated in _SEVERITIES else severity,
            variant=variant,
            address=address,
            port=port,
            transport=as_transport(text_of(report, "protocol")),
            service=text_of(report, "service").lower() or None,
            family=text_of(report, "malware_family").lower()
            or text_of(report, "bot_name").lower()
            or None,
            cves=_cves(report),
            brand=text_of(report, "target_brand") or text_of(report, "claimed_entity") or None,
            other=other,
            other_part=other_part,
            other_port=as_port(text_of(report, "destination_port")) if other else None,
            reported_asn=as_asn(text_of(report, "asn")),
            reported_country=as_country(text_of(report, "country_code")),
            report=sort.replace("_", "-"),
            ref=text_of(report, "report_id"),
            count=_count(report),
            details=details_of(report, _USED),
        )
    )


def invalid(report: Report) -> list[str]:
    """Return why the report breaks the published schema; empty when it does not."""
    from xarf import schema_validator  # noqa: PLC0415  heavy, and few deliveries need it

    try:
        errors = schema_validator.validate(dict(report))
    except RecursionError:
        return ["is nested too deeply"]
    return [f"{error.field or 'the report'}: {error.message}"[:300] for error in errors]


def details_of(report: Report, used: set[str]) -> dict[str, str | tuple[str, ...]]:
    """Return what else a report says; lists of plain values stay lists, nested ones are left out."""
    found: dict[str, str | tuple[str, ...]] = {}
    for name, value in report.items():
        if name in used or value is None or value == "":
            continue
        if isinstance(value, list):
            if plain := tuple(str(item) for item in value if not isinstance(item, (dict, list))):
                found[name] = plain
        elif isinstance(value, dict):
            for key, inner in value.items():
                if not isinstance(inner, (dict, list)) and inner not in {None, ""}:
                    found[f"{name}.{key}"] = str(inner)
        else:
            found[name] = str(value)
    return found


def _kind(report: Report, sort: str) -> tuple[Rsit, Part, Severity, str]:
    if sort.startswith("reputation/"):
        threat = text_of(report, "threat_type").lower()
        for words, kind, part, severity in _THREATS:
            if any(word in threat for word in words):
                return kind, part, severity, "blocklist" if sort.endswith("blocklist") else ""
        return _UNKNOWN
    found = _KINDS.get(sort, _COPYRIGHT if sort.startswith("copyright/") else _UNKNOWN)
    return found


def _asset(report: Report) -> tuple[Asset, int | None]:
    """Return what the report is about: the page where there is one, otherwise its source."""
    for name in ("url", "infringing_url"):
        if url := as_url(text_of(report, name)):
            return Asset(kind=AssetKind.URL, value=url), None
    source, port = with_port(text_of(report, "source_identifier"))
    asset = asset_of(source)
    if asset is None:
        raise Unreadable("has a source that is no address, host or URL")
    hosted = as_port(text_of(report, "service_port"))
    return asset, hosted or port or as_port(text_of(report, "source_port"))


def _other(report: Report, kind: Rsit) -> tuple[Asset | None, Part | None]:
    if address := as_address(text_of(report, "destination_ip")):
        return Asset(kind=AssetKind.ADDRESS, value=address), Part.TARGET
    server = text_of(report, "c2_server")
    if kind is Rsit.INFECTED_SYSTEM and server and (asset := asset_of(with_port(server)[0])):
        return asset, Part.HOST
    if digest := as_hash(text_of(report, "file_hash")):
        return Asset(kind=AssetKind.HASH, value=digest), Part.HOST
    return None, None


def _cves(report: Report) -> tuple[str, ...]:
    ids = [text_of(report, "cve_id"), *map(str, report.get("cve_ids") or ())]
    return as_cves(" ".join([*ids, text_of(report, "exploit_cve")]))


def _end(last: datetime | None, at: datetime, first: datetime | None) -> datetime | None:
    end = last or at
    start = first if first is not None and first < at else at
    return end if end > start else None


def _count(report: Report) -> int:
    for name in ("attempt_count", "attempts_count", "total_requests", "total_probes"):
        value = report.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return min(value, 2**31 - 1)
    return 1

"""One row of a Shadowserver report becomes one Event: a function made once for each header.

Which columns fill what is settled when the header is known, so that a row costs little; this is the
reader that must keep up with millions of rows.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Severity
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_cves,
    as_host,
    as_network,
    as_port,
    as_time,
    as_url,
    ends_of,
    kebab,
)
from lionrock.feeds.shadowserver_reports.table import Report

Make = Callable[[int, list[str]], Event]
Memo = dict[str, "int | None"]

_MOST: Final = 100_000
"""Values a memory of one delivery holds before it is emptied."""
_LONGEST: Final = 128
"""Characters of a value that is worth remembering; longer ones are no honest source's."""
_ENDS: Final = {
    "plain": ("", ""),
    "url": ("", ""),
    "host": ("", ""),
    "account": ("", ""),
    "attacker": ("src_", "dst_"),
    "victim": ("dst_", "src_"),
    "referer": ("http_referer_", "dst_"),
}
_SHOWN: Final = frozenset({"tag", "hole", "mail"})
"""Roles whose column stays among the details: the Event holds a part of it alone."""
_SEVERITIES: Final = {severity.value: severity for severity in Severity}
_PLAIN_HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,20}[a-z]{2,63}", re.ASCII
)
_ZEROED: Final = ("naics", "sic")
_FLAGS: Final = re.compile(r"[;,\s]+")
_OPPOSITE: Final = {Part.SOURCE: Part.TARGET, Part.TARGET: Part.SOURCE, Part.HOST: Part.SOURCE}
KNOWN: Final = frozenset(
    {"timestamp", "ip", "src_ip", "dst_ip", "http_referer_ip", "url", "host", "hostname", "domain"}
    | {"request", "asn", "network", "src_asn", "dst_asn", "geo", "port", "email", "website"}
)
"""Columns of which a header has at least one; a first row without any is no header."""


def row_maker(
    places: Mapping[str, int], report: Report, name: str, more: Mapping[str, str], when: datetime
) -> Make:
    """Return the function that makes an Event of a row (its line, its fields).

    ``places`` are the header's columns, ``name`` the report as it called itself, ``more`` says what
    further columns mean (from the published schema), ``when`` is the time of rows without one.
    """
    roles = _roles(places, report, more)
    width = max(places.values(), default=-1) + 1

    def place(role: str) -> int:
        return places[roles[role]] if role in roles else -1

    time_at, address_at, port_at = place("time"), place("address"), place("port")
    asn_at, country_at, host_at, url_at = (
        place("asn"), place("country"), place("host"), place("url"),
    )  # fmt: skip
    web_at, network_at, mail_at = place("web_host"), place("network"), place("mail")
    transport_at, service_at = place("transport"), place("service")
    family_at, infection_at, tag_at, hole_at = (
        place("family"), place("infection"), place("tag"), place("hole"),
    )  # fmt: skip
    severity_at, count_at, until_at, ref_at = (
        place("severity"), place("count"), place("until"), place("ref"),
    )  # fmt: skip
    other_at, other_port_at = place("other_address"), place("other_port")
    other_asn_at, other_country_at = place("other_asn"), place("other_country")

    shown = _SHOWN | {"web_host"} if report.ends == "account" else _SHOWN
    used = {column for role, column in roles.items() if role not in shown}
    kept = [n for n in places if n and n not in used and not n.endswith(_ZEROED)]
    kept_names = tuple(kept)
    kept_values = _getter([places[n] for n in kept])
    zeroed = [(n, places[n]) for n in places if n not in used and n.endswith(_ZEROED)]

    kind, part, seen, family_default = report.kind, report.part, report.seen, report.family
    plain_severity, variant = report.severity, report.variant
    other_part = _OPPOSITE[part]
    infected = kind.classification == "malicious-code"
    prefers_web = report.ends in {"url", "host", "account"}
    prefers_url = report.ends == "url"
    ephemeral = report.ephemeral
    named_at = places.get(report.named_by, -1)
    changes = [(places[c.column], c) for c in report.changes if c.column in places]
    port_default = None if ephemeral else report.port

    ports: Memo = {}
    asns: Memo = {}
    countries: dict[str, str | None] = {}
    holes: dict[str, tuple[str, ...]] = {}
    address_kind = AssetKind.ADDRESS
    from_iso = datetime.fromisoformat
    plain_host = _PLAIN_HOST.fullmatch

    def number(memo: Memo, text: str, read: Callable[[str], int | None]) -> int | None:
        found = read(text)
        if len(text) <= _LONGEST:
            if len(memo) >= _MOST:
                memo.clear()
            memo[text] = found
        return found

    def country_of(text: str) -> str | None:
        found = as_country(text)
        if len(text) <= _LONGEST:
            if len(countries) >= _MOST:
                countries.clear()
            countries[text] = found
        return found

    def holes_of(tag: str, hole: str) -> tuple[str, ...]:
        text = f"{tag} {hole}"
        found = holes.get(text)
        if found is None:
            found = as_cves(text)
            if len(text) <= _LONGEST:
                if len(holes) >= _MOST:
                    holes.clear()
                holes[text] = found
        return found

    def make(line: int, fields: list[str]) -> Event:
        more_fields: list[str] = []
        if len(fields) != width:
            more_fields = fields[width:]
            del fields[width:]
            fields.extend([""] * (width - len(fields)))
        fields.append("")  # what a column that is missing holds: its place is -1

        details: dict[str, str | tuple[str, ...]] = {
            n: v for n, v in zip(kept_names, kept_values(fields), strict=False) if v
        }
        for column, at in zeroed:
            if (text := fields[at]) and text != "0":
                details[column] = text

        moment = when
        if text := fields[time_at]:
            try:
                moment = from_iso(text + "+00:00") if len(text) == 19 else _time(text)
            except ValueError:
                moment = _time(text)
            if not 1990 <= moment.year < 2100:
                raise Unreadable(_NO_TIME)

        address = prefix = None
        if text := fields[address_at]:
            address = as_address(text)
            if address is None:
                prefix = as_network(text)
                if prefix is None:
                    details[roles["address"]] = text

        port = port_default
        if text := fields[port_at]:
            port = ports[text] if text in ports else number(ports, text, as_port)
            if port is None:
                if text != "0":
                    details[roles["port"]] = text
                port = port_default
            elif ephemeral:
                details[roles["port"]] = text
                port = None

        asn = None
        if text := fields[asn_at]:
            asn = asns[text] if text in asns else number(asns, text, as_asn)
            if asn is None and text != "0":
                details[roles["asn"]] = text
        country = None
        if text := fields[country_at]:
            country = countries[text] if text in countries else country_of(text)
            if country is None:
                details[roles["country"]] = text

        host = None
        if text := fields[host_at]:
            host = text if plain_host(text) and "xn--" not in text else as_host(text)
            if host is None:
                details[roles["host"]] = text
        url = None
        web = None
        if text := fields[web_at]:
            web = _web_host(text)
            if web != text:
                details[roles["web_host"]] = text
        if text := fields[mail_at]:
            web = as_host(text.rpartition("@")[2]) or web
        if text := fields[url_at]:
            url = as_url(text) or _joined(text, fields[web_at], fields[service_at])
            if url is None:
                details[roles["url"]] = text

        transport = report.transport
        if text := fields[transport_at]:
            transport = _TRANSPORTS.get(text)
            if transport is None:
                details[roles["transport"]] = text
                transport = report.transport

        family = fields[family_at].lower()
        infection = fields[infection_at]
        if infection:
            if infected and not family:
                family = infection.lower()
            elif infection.lower() != family:
                details[roles["infection"]] = infection
        tag = fields[tag_at]
        if infected and tag and not family:
            word = _FLAGS.split(tag, maxsplit=1)[0].lower()
            family = "" if word.startswith("cve-") else word
        service = report.service
        if text := fields[service_at]:
            text = text.lower()
            if text == family:
                details[roles["service"]] = fields[service_at]
            else:
                service = text

        severity = plain_severity
        if text := fields[severity_at]:
            severity = _SEVERITIES.get(text.lower()) or plain_severity
        the_kind, the_variant = kind, variant
        for at, change in changes:
            if change.word in _FLAGS.split(fields[at].lower()):
                the_kind, severity = change.kind, change.severity
        if text := fields[named_at]:
            the_variant = kebab(text)[:60] or variant

        other = None
        if text := fields[other_at]:
            if end := as_address(text):
                other = Asset(kind=address_kind, value=end)
            else:
                details[roles["other_address"]] = text
        other_port = other_asn = None
        other_country = None
        if text := fields[other_port_at]:
            other_port = ports[text] if text in ports else number(ports, text, as_port)
        if text := fields[other_asn_at]:
            other_asn = asns[text] if text in asns else number(asns, text, as_asn)
        if text := fields[other_country_at]:
            other_country = countries[text] if text in countries else country_of(text)

        if prefix:
            asset = Asset(kind=AssetKind.NETWORK, value=prefix)
        elif address and not prefers_web:
            asset = Asset(kind=address_kind, value=address)
        else:
            asset = _other_asset(
                address, host, web, url if prefers_url else None, fields[network_at], asn, url
            )
        if prefers_web and web:
            host = web
        if url and port is None and not ephemeral:
            port = ends_of(url).port

        count = 1
        if (text := fields[count_at]) and text.isascii() and text.isdigit() and len(text) < 10:
            count = int(text) or 1
        until = None
        if text := fields[until_at]:
            until = as_time(text)
            if until is None:
                details[roles["until"]] = text
        for extra, text in enumerate(more_fields, start=width + 1):
            if text:
                details[f"column_{extra}"] = text

        return Event(
            line=line,
            at=moment,
            asset=asset,
            part=part,
            kind=the_kind,
            severity=severity,
            seen=seen,
            variant=the_variant,
            address=address,
            host=host,
            url=url,
            port=port,
            transport=transport,
            service=service,
            family=family or family_default,
            cves=holes_of(tag, fields[hole_at]) if tag or fields[hole_at] else (),
            other=other,
            other_part=other_part if other else None,
            other_port=other_port,
            other_asn=other_asn,
            other_country=other_country,
            reported_asn=asn,
            reported_country=country,
            report=name,
            ref=fields[ref_at] or None,
            until=until,
            count=count,
            details=details,
        )

    return make


def _roles(places: Mapping[str, int], report: Report, more: Mapping[str, str]) -> dict[str, str]:
    """Return which column fills which part of an Event."""
    near, far = _ends(places, report)
    wanted: dict[str, tuple[str, ...]] = {
        "time": ("timestamp", "time", "date_time"),
        "severity": ("severity",),
        "address": (f"{near}ip",),
        "port": (f"{near}port",),
        "asn": (f"{near}asn",),
        "country": (f"{near}geo",),
        "host": (f"{near}hostname",),
        "other_address": (f"{far}ip",) if far else (),
        "other_port": (f"{far}port",) if far else (),
        "other_asn": (f"{far}asn",) if far else (),
        "other_country": (f"{far}geo",) if far else (),
        "transport": ("protocol",),
        "service": ("application", "service") if report.ends != "account" else (),
        "family": ("family", "malware", "ransomware"),
        "infection": ("infection",),
        "tag": ("tag",),
        "hole": ("vulnerability_id", "cve", "cve_id", "vulnerability"),
        "count": ("count", "packets") if report.ends in {"attacker", "victim"} else ("count",),
        "until": ("end_time",),
        "ref": ("event_id",),
        "network": ("network",) if report.ends != "attacker" else (),
        "url": ("http_referer",) if report.ends == "referer" else ("url",),
        "web_host": _WEB_HOSTS.get(report.ends, ()),
        "mail": ("email",) if report.ends == "account" else (),
    }
    found: dict[str, str] = {}
    for role, columns in wanted.items():
        if column := next((c for c in columns if c in places), None):
            found[role] = column
    taken = set(found.values())
    for column, role in more.items():
        if column in places and column not in taken and role not in found:
            found[role] = column
            taken.add(column)
    return found


_NAMED_HOSTS: Final = ("http_host", "host", "domain", "request", "fqdn", "website")
_WEB_HOSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "url": _NAMED_HOSTS,
    "host": _NAMED_HOSTS,
    "account": ("service",),  # where the account is, for an account that is no mail address
}


def _web_host(text: str) -> str | None:
    """Return the host that a column names, be it by a URL."""
    if host := as_host(text):
        return host
    url = as_url(text)
    return ends_of(url).host if url else None


def _ends(places: Mapping[str, int], report: Report) -> tuple[str, str]:
    """Return the prefixes of the asset's columns and of the other end's."""
    near, far = _ENDS[report.ends]
    if f"{near}ip" in places:
        return near, far if far else ("dst_" if near == "" and "dst_ip" in places else "")
    for ends in ("plain", "attacker", "victim", "referer"):
        if f"{_ENDS[ends][0]}ip" in places:
            return _ENDS[ends]
    return near, far


def _getter(at: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(at) > 1:
        return itemgetter(*at)
    if not at:
        return lambda _: ()
    only = at[0]
    return lambda fields: (fields[only],)


_TRANSPORTS: Final = {
    "tcp": "tcp", "udp": "udp", "TCP": "tcp", "UDP": "udp", "6": "tcp", "17": "udp",
}  # fmt: skip
_NO_TIME: Final = "has no time that can be read"


def _time(text: str) -> datetime:
    moment = as_time(text)
    if moment is None:
        raise Unreadable(_NO_TIME)
    return moment


def _joined(path: str, host: str, service: str) -> str | None:
    """Return the URL that a path and a host make."""
    if not host or "://" in path:
        return None
    scheme = "https" if service.lower() == "https" else "http"
    return as_url(f"{scheme}://{host}/{path.lstrip('/')}")


def _other_asset(
    address: str | None,
    host: str | None,
    web: str | None,
    wanted_url: str | None,
    network: str,
    asn: int | None,
    url: str | None,
) -> Asset:
    """Return what a row is about where that is no address: the most telling of what it names."""
    if wanted_url:
        return Asset(kind=AssetKind.URL, value=wanted_url)
    if web:
        return Asset(kind=AssetKind.HOST, value=web)
    if address:
        return Asset(kind=AssetKind.ADDRESS, value=address)
    if url:
        return Asset(kind=AssetKind.URL, value=url)
    if host:
        return Asset(kind=AssetKind.HOST, value=host)
    if network and (prefix := as_network(network)):
        return Asset(kind=AssetKind.NETWORK, value=prefix)
    if asn:
        return Asset(kind=AssetKind.ASN, value=str(asn))
    raise Unreadable("names no address, host, URL or network")

"""One row of a Shadowserver report becomes one Event: a function made once for each header.

Which columns fill what is settled when the header is known, so that a row costs little; this is the
reader that must keep up with millions of rows.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import compress
from operator import itemgetter
from socket import AF_INET, inet_pton
from typing import Final, NamedTuple

from lionrock.core.cells import Cells, Shape
from lionrock.core.events import Asset, AssetKind, Event, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.feeds.reading import (
    Memo,
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

_MOST_WORDS: Final = 5_000
_MOST_SHAPES: Final = 5_000
"""Combinations that are remembered before all are forgotten."""
_LONGEST_WORDS: Final = 512
"""Characters of a combination that is worth remembering."""
_WORDS: Final = (*("transport", "service", "family", "infection", "tag", "hole", "severity"),)
"""Roles whose columns hold words, of which a report has few."""
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
    service_at, count_at, until_at, ref_at = (
        place("service"), place("count"), place("until"), place("ref"),
    )  # fmt: skip
    other_at, other_port_at = place("other_address"), place("other_port")
    other_asn_at, other_country_at = place("other_asn"), place("other_country")

    shown = _SHOWN | {"web_host"} if report.ends == "account" else _SHOWN
    used = {column for role, column in roles.items() if role not in shown}
    zeroed = [n for n in places if n not in used and n.endswith(_ZEROED)]
    kept_names = tuple(n for n in places if n and n not in used and n not in zeroed) + tuple(zeroed)
    kept = frozenset(kept_names)
    kept_values = _getter([places[n] for n in kept_names])
    zeroed_at = tuple(places[n] for n in zeroed)

    part, seen = report.part, report.seen
    # Whom a bot calls is no victim: it is a sinkhole, or what controls it.
    other_part = Part.HOST if report.kind is Rsit.INFECTED_SYSTEM else _OPPOSITE[part]
    prefers_web = report.ends in {"url", "host", "account"}
    prefers_url = report.ends == "url"
    ephemeral = report.ephemeral
    port_default = None if ephemeral else report.port

    word_cells, words_of = _words_reader(places, roles, report)
    words_known: dict[tuple[str, ...], _Words] = {}
    ports, asns, countries = Memo(as_port), Memo(as_asn), Memo(as_country)
    moments, others, shapes = Memo(_moment), Memo(_address_asset), _Shapes()
    address_kind = AssetKind.ADDRESS
    plain_host = _PLAIN_HOST.fullmatch

    def make(line: int, fields: list[str]) -> Event:
        more_fields: list[str] = []
        if len(fields) != width:
            more_fields = fields[width:]
            del fields[width:]
            fields.extend([""] * (width - len(fields)))
        fields.append("")  # what a column that is missing holds: its place is -1
        odd: dict[str, str] = {}

        moment = moments[text] if (text := fields[time_at]) else when

        address = prefix = None
        if text := fields[address_at]:
            try:
                inet_pton(AF_INET, text)
                address = text
            except (OSError, ValueError):
                address = as_address(text)
                if address is None:
                    prefix = as_network(text)
                    if prefix is None:
                        odd[roles["address"]] = text

        port = port_default
        if text := fields[port_at]:
            port = ports[text]
            if port is None:
                if text != "0":
                    odd[roles["port"]] = text
                port = port_default
            elif ephemeral:
                odd[roles["port"]] = text
                port = None

        asn = None
        if text := fields[asn_at]:
            asn = asns[text]
            if asn is None and text != "0":
                odd[roles["asn"]] = text
        country = None
        if text := fields[country_at]:
            country = countries[text]
            if country is None:
                odd[roles["country"]] = text

        host = None
        if text := fields[host_at]:
            host = text if plain_host(text) and "xn--" not in text else as_host(text)
            if host is None:
                odd[roles["host"]] = text
        url = None
        web = None
        if text := fields[web_at]:
            web = _web_host(text)
            if web != text:
                odd[roles["web_host"]] = text
        if text := fields[mail_at]:
            web = as_host(text.rpartition("@")[2]) or web
        if text := fields[url_at]:
            url = as_url(text) or _joined(text, fields[web_at], fields[service_at])
            if url is None:
                odd[roles["url"]] = text

        cells = word_cells(fields)
        words = words_known.get(cells)
        if words is None:
            words = words_of(cells)
            if sum(map(len, cells)) <= _LONGEST_WORDS:
                if len(words_known) >= _MOST_WORDS:
                    words_known.clear()
                words_known[cells] = words
        if words.odd:
            odd.update(words.odd)

        other = None
        if text := fields[other_at]:
            other = others[text]
            if other is None:
                odd[roles["other_address"]] = text
        other_port = other_asn = None
        other_country = None
        if text := fields[other_port_at]:
            other_port = ports[text]
        if text := fields[other_asn_at]:
            other_asn = asns[text]
        if text := fields[other_country_at]:
            other_country = countries[text]

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
                odd[roles["until"]] = text
        for extra, text in enumerate(more_fields, start=width + 1):
            if text:
                odd[f"column_{extra}"] = text

        for at in zeroed_at:
            if fields[at] == "0":
                fields[at] = ""
        values = kept_values(fields)
        names = tuple(compress(kept_names, values))
        texts = tuple(filter(None, values))
        if odd:
            if kept.isdisjoint(odd):
                names += tuple(odd)
                texts += tuple(odd.values())
            else:
                merged = dict(zip(names, texts, strict=True)) | odd
                names, texts = tuple(merged), tuple(merged.values())

        return Event(
            line=line,
            at=moment,
            asset=asset,
            part=part,
            kind=words.kind,
            severity=words.severity,
            seen=seen,
            variant=words.variant,
            address=address,
            host=host,
            url=url,
            port=port,
            transport=words.transport,
            service=words.service,
            family=words.family,
            cves=words.cves,
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
            details=Cells(shapes[names], texts),
        )

    return make


class _Words(NamedTuple):
    """What the columns that hold words say together; ``odd`` goes to the details."""

    kind: Rsit
    severity: Severity
    variant: str
    transport: str | None
    service: str | None
    family: str | None
    cves: tuple[str, ...]
    odd: Mapping[str, str]


class _Shapes(dict[tuple[str, ...], Shape]):
    """The shape of each set of filled columns that was met."""

    def __missing__(self, names: tuple[str, ...]) -> Shape:
        if len(self) >= _MOST_SHAPES:
            self.clear()
        found = self[names] = Shape(names)
        return found


def _words_reader(
    places: Mapping[str, int], roles: Mapping[str, str], report: Report
) -> tuple[Callable[[list[str]], tuple[str, ...]], Callable[[tuple[str, ...]], _Words]]:
    """Return what takes a row's words, and what reads them: of a report few combinations come."""
    changes = [c for c in report.changes if c.column in places]
    columns = [
        *(roles.get(role, "") for role in _WORDS),
        report.named_by if report.named_by in places else "",
        *(change.column for change in changes),
    ]
    take = _getter([places[column] if column else -1 for column in columns])
    infected = report.kind.classification == "malicious-code"

    def read(cells: tuple[str, ...]) -> _Words:
        protocol, said_service, said_family, infection, tag, hole, said_severity, named = cells[:8]
        odd: dict[str, str] = {}
        transport = report.transport
        if protocol:
            transport = _TRANSPORTS.get(protocol)
            if transport is None:
                odd[roles["transport"]] = protocol
                transport = report.transport

        family = said_family.lower()
        if infection:
            if infected and not family:
                family = infection.lower()
            elif infection.lower() != family:
                odd[roles["infection"]] = infection
        if infected and tag and not family:
            word = _FLAGS.split(tag, maxsplit=1)[0].lower()
            family = "" if word.startswith("cve-") else word
        service = report.service
        if said_service:
            if said_service.lower() == family:
                odd[roles["service"]] = said_service
            else:
                service = said_service.lower()

        kind, severity = report.kind, report.severity
        if said_severity:
            severity = _SEVERITIES.get(said_severity.lower()) or severity
        for change, text in zip(changes, cells[8:], strict=True):
            if change.word in _FLAGS.split(text.lower()):
                kind, severity = change.kind, change.severity
        return _Words(
            kind=kind,
            severity=severity,
            variant=(kebab(named)[:60] if named else "") or report.variant,
            transport=transport,
            service=service,
            family=family or report.family,
            cves=as_cves(f"{tag} {hole}") if tag or hole else (),
            odd=odd,
        )

    return take, read


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


def _moment(text: str) -> datetime:
    moment = as_time(text)
    if moment is None:
        raise Unreadable(_NO_TIME)
    return moment


def _address_asset(text: str) -> Asset | None:
    address = as_address(text)
    return None if address is None else Asset(kind=AssetKind.ADDRESS, value=address)


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

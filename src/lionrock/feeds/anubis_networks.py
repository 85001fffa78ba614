"""AnubisNetworks' Cyberfeed (Bitsight): infected machines that called its sinkholes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
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
    as_host,
    as_port,
    read_json,
)

_ADDRESSES: Final = frozenset({AssetKind.ADDRESS})
_INFECTED: Final = Claim(
    kind=Rsit.INFECTED_SYSTEM,
    part=Part.SOURCE,
    severity=Severity.HIGH,
    seen=Seen.PASSIVE,
    report="infections",
)
_TEST: Final = Claim(
    kind=Rsit.TEST, part=Part.SOURCE, severity=Severity.INFO, seen=Seen.PASSIVE, report="test"
)
_TESTS: Final = {"testsinkholingloss"}
_SEVERITIES: Final = {
    "0": Severity.INFO,
    "1": Severity.LOW,
    "2": Severity.MEDIUM,
    "3": Severity.HIGH,
}
"""The stream's own rating; a missing one leaves ours."""


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per message of the stream, in its present form and the older one (``env``)."""
    return read_json(delivery, _message)


def _message(record: Record) -> Event:
    message = record.value
    if not isinstance(message, dict):
        raise Unreadable("is no JSON object")
    env, src, dst = (_within(message, name) for name in ("env", "src", "dst"))
    malware, traffic = _within(message, "malw"), _within(message, "comm")
    family = text_of(malware, "family") or text_of(message, "trojanfamily")
    asset = assets(text_of(src, "ip") or text_of(env, "remote_addr"), kinds=_ADDRESSES)
    made = event(
        _TEST if family.lower() in _TESTS else _INFECTED,
        line=record.line,
        at=moment_of(text_of(message, "_ts")),
        asset=asset,
    )
    place = _within(message, "_geo_src_ip") or _within(message, "_geo_env_remote_addr")
    server = as_address(text_of(dst, "ip") or text_of(env, "server_addr"))
    http = _within(traffic, "http")
    called = as_host(text_of(http, "host") or text_of(env, "server_name"))
    other = _other(server, called)
    categories = malware.get("categories")
    details: dict[str, str | tuple[str, ...]] = {
        "method": text_of(traffic, "method"),
        "http_host": text_of(http, "host") or text_of(env, "server_name"),
        "http_path": text_of(http, "path") or text_of(env, "path_info"),
        "http_method": text_of(http, "method") or text_of(env, "request_method"),
        "user_agent": text_of(http, "user_agent") or text_of(env, "http_user_agent"),
        "dns_name": text_of(_within(traffic, "dns"), "name"),
        "variant": text_of(malware, "variant"),
        "as_name": text_of(place, "asn_name"),
        "categories": tuple(map(str, categories)) if isinstance(categories, list) else (),
    }
    return replace(
        made,
        severity=_SEVERITIES.get(text_of(malware, "severity"), made.severity),
        family=family.lower() or None,
        port=as_port(text_of(src, "port") or text_of(env, "remote_port")),
        service=text_of(traffic, "proto").lower() or ("http" if env else None),
        other=other,
        other_part=Part.HOST if other else None,
        other_port=as_port(text_of(dst, "port") or text_of(env, "server_port")),
        reported_asn=as_asn(text_of(place, "asn")),
        reported_country=as_country(text_of(place, "country_code")),
        details={name: value for name, value in details.items() if value},
    )


def _other(address: str | None, host: str | None) -> Asset | None:
    if address:
        return Asset(kind=AssetKind.ADDRESS, value=address)
    return Asset(kind=AssetKind.HOST, value=host) if host else None


def _within(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = message.get(name)
    return found if isinstance(found, dict) else {}


FEED = Feed(
    id="anubis-networks",
    title="AnubisNetworks Cyberfeed",
    provider="Bitsight (AnubisNetworks)",
    home="https://www.bitsight.com/",
    tlp=Tlp.AMBER,
    trust=80,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(hours=1),
    may_be_empty=True,
    carrier=Carrier.PUSH,
    licence="by contract",
)

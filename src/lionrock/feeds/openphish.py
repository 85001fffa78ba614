"""OpenPhish: phishing pages, as the free list of URLs or the paid lines of JSON."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, moment_of
from lionrock.feeds.reading import (
    Line,
    Record,
    Unreadable,
    as_address,
    as_asn,
    as_country,
    read_json_lines,
    read_lines,
)

_URLS: Final = frozenset({AssetKind.URL})
_DOTS: Final = re.compile(r"(?<=[a-z0-9])\.{2,}(?=[a-z0-9])", re.IGNORECASE)
_CLAIM: Final = Claim(
    kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH, report="openphish"
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per URL; the doubled dot its list sometimes has in a host counts as one."""
    if beginning(delivery).startswith("{"):
        return read_json_lines(delivery, _page)

    def line(found: Line) -> Event:
        return event(
            _CLAIM,
            line=found.line,
            at=delivery.received,
            asset=assets(_mended(found.value), kinds=_URLS),
        )

    return read_lines(delivery, line)


def _page(record: Record) -> Event:
    page = record.value
    if not isinstance(page, dict):
        raise Unreadable("is no JSON object")
    at = moment_of(str(page.get("isotime") or page.get("discover_time") or ""))
    made = event(
        _CLAIM,
        line=record.line,
        at=at,
        asset=assets(_mended(str(page.get("url", ""))), kinds=_URLS),
    )
    kept = ("sector", "family_id", "phishing_kit", "asn_name")
    return replace(
        made,
        address=as_address(str(page.get("ip") or "")) or made.address,
        brand=str(page["brand"]) if page.get("brand") else None,
        reported_asn=as_asn(str(page.get("asn") or "")),
        reported_country=as_country(str(page.get("country_code") or "")),
        details={name: str(page[name]) for name in kept if page.get(name)},
    )


def _mended(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{_DOTS.sub('.', host)}{slash}{path}"


FEED = Feed(
    id="openphish",
    title="OpenPhish",
    provider="OpenPhish",
    home="https://openphish.com/phishing_feeds.html",
    tlp=Tlp.CLEAR,
    trust=75,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(hours=12),
    carrier=Carrier.HTTP,
    address="https://openphish.com/feed.txt",
    licence="free list: non-commercial; other lists: key needed",
)

"""Writes a notice's episodes as a table that programs read and spreadsheets open without harm."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from lionrock.core.events import AssetKind
from lionrock.letters.notice import Item
from lionrock.letters.plainly import harmless, one_line

CONTENT_TYPE: Final = "text/csv; charset=utf-8"
COLUMNS: Final = (
    "ticket",
    "episode",
    "asset_kind",
    "asset",
    "part",
    "kind",
    "variant",
    "severity",
    "first_seen_utc",
    "last_seen_utc",
    "events",
    "address",
    "port",
    "transport",
    "service",
    "family",
    "cves",
    "host",
    "url",
    "network",
    "asn",
    "source_port",
    "others",
    "brand",
    "reported_as",
    "sources",
    "tlp",
)
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST: Final = 4096


def table(items: Iterable[Item], *, ticket: str) -> bytes:
    """Return the table (RFC 4180, UTF-8 without a mark), a header first, one line per episode.

    Addresses, networks and host names stand exactly as they are, for programs; links begin with
    ``hxxp`` so that nobody opens them. A cell that a spreadsheet would take for a formula begins with
    an apostrophe (OWASP, CSV injection).
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for item in items:
        writer.writerow([_safe(cell) for cell in _cells(item, ticket)])
    return buffer.getvalue().encode("utf-8")


def unclickable(url: str) -> str:
    """Return a link whose scheme no program opens, otherwise exact."""
    scheme, found, rest = url.partition("://")
    if not found:
        return url
    return f"{scheme.lower().replace('http', 'hxxp').replace('ftp', 'fxp')}://{rest}"


def _cells(item: Item, ticket: str) -> tuple[str, ...]:
    return (
        ticket,
        str(item.episode),
        item.asset_kind.value,
        unclickable(item.asset) if item.asset_kind is AssetKind.URL else item.asset,
        item.part.value,
        item.kind.value,
        item.variant,
        item.severity.value,
        _time(item.first_seen),
        _time(item.last_seen),
        str(item.events),
        item.address,
        str(item.port or ""),
        item.transport,
        item.service,
        item.family,
        " ".join(item.cves),
        item.host,
        unclickable(item.url),
        item.network,
        str(item.asn or ""),
        str(item.source_port or ""),
        " ".join(unclickable(other) for other in item.others),
        item.brand,
        harmless(item.said, _LONGEST),
        ", ".join(item.feeds),
        item.tlp.value,
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _safe(cell: str) -> str:
    clean = one_line(cell, _LONGEST)
    return f"'{clean}" if clean.startswith(_STARTS_A_FORMULA) else clean

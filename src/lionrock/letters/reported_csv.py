"""Writes events as a table that spreadsheets open without running what a value holds."""

from collections.abc import Iterable, Iterator
from typing import Final

from lionrock.letters.csv import CONTENT_TYPE, line
from lionrock.letters.reported import ReportedEvent

__all__ = ["COLUMNS", "CONTENT_TYPE", "reported_csv"]

COLUMNS: Final = (
    *("at", "kind", "variant", "severity", "asset_kind", "asset", "part"),
    *("address", "host", "url", "port", "transport", "service", "family", "cves"),
    *("network", "asn", "located", "registered", "why", "constituent"),
    *("other_kind", "other", "other_port", "other_asn", "other_country"),
    *("count", "feed", "report", "ref", "tlp", "episode", "id"),
)


def reported_csv(events: Iterable[ReportedEvent]) -> Iterator[bytes]:
    """Yield the table (RFC 4180, UTF-8 without a mark) line by line, a header first.

    Times are UTC; several CVE ids stand in one cell, a space between.
    """
    yield line(COLUMNS)
    for event in events:
        yield line(_cell(event, column) for column in COLUMNS)


def _cell(event: ReportedEvent, column: str) -> str:
    if column == "at":
        return event.at.isoformat(timespec="seconds")
    if column == "cves":
        return " ".join(event.cves)
    value = getattr(event, column)
    return "" if value is None else str(value)

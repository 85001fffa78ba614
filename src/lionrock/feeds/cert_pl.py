"""CERT Polska's warning list: hosts that defraud people of data or money."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, moment_of, text_of
from lionrock.feeds.reading import Line, Record, Unreadable, read_json, read_lines

_HOSTS: Final = frozenset({AssetKind.HOST, AssetKind.ADDRESS})
_POLAND: Final = ZoneInfo("Europe/Warsaw")
_CLAIM: Final = Claim(
    kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH, report="warning-list"
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per listed host; what has left the list (a date of deletion) says nothing.

    Read are the plain list, the tab-separated and the JSON register. Its times are Poland's unless
    they name their offset.
    """
    if beginning(delivery, 64).startswith(("[", "{")):
        return read_json(delivery, _entry)

    def line(found: Line) -> Event | None:
        fields = [field.strip() for field in found.text.split("\t")]
        if not fields[0].isdecimal():
            if len(fields) > 1:
                return None
            return event(
                _CLAIM,
                line=found.line,
                at=delivery.received,
                asset=assets(fields[0], kinds=_HOSTS),
            )
        if len(fields) < 3:
            raise Unreadable("has fewer than three fields")
        if len(fields) > 3 and fields[3]:
            return None
        return _event(found.line, fields[0], fields[1], fields[2])

    return read_lines(delivery, line)


def _entry(record: Record) -> Event | None:
    entry = record.value
    if not isinstance(entry, dict):
        raise Unreadable("is no JSON object")
    if text_of(entry, "DeleteDate"):
        return None
    return _event(
        record.line,
        text_of(entry, "RegisterPositionId"),
        text_of(entry, "DomainAddress"),
        text_of(entry, "InsertDate"),
    )


def _event(line: int, ref: str, host: str, when: str) -> Event:
    made = event(_CLAIM, line=line, at=_time(when), asset=assets(host, kinds=_HOSTS))
    return replace(made, ref=ref or None)


def _time(text: str) -> datetime:
    at = moment_of(text)
    offset = text.endswith("Z") or "+" in text or text[-6:-5] == "-"
    if offset:
        return at
    return at.replace(tzinfo=_POLAND).astimezone(UTC)


FEED = Feed(
    id="cert-pl",
    title="CERT Polska warning list",
    provider="CERT Polska",
    home="https://cert.pl/en/warning-list/",
    tlp=Tlp.CLEAR,
    trust=90,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(hours=6),
    carrier=Carrier.HTTP,
    address="https://hole.cert.pl/domains/v2/domains.json",
    licence="free",
)

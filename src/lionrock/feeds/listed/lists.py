"""Make events of a list's entries, where all entries say the same of different assets."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Read
from lionrock.core.rsit import Rsit
from lionrock.feeds.reading import (
    Line,
    Unreadable,
    as_time,
    asset_of,
    ends_of,
    read_lines,
    read_text,
)

ANY: Final = frozenset(AssetKind)
NETS: Final = frozenset({AssetKind.ADDRESS, AssetKind.NETWORK})
NAMES: Final = frozenset({AssetKind.HOST})
SITES: Final = frozenset({AssetKind.HOST, AssetKind.ADDRESS, AssetKind.URL})
COMMENTS: Final = ("#", ";", "//")
CURRENT: Final = timedelta(days=90)
_REMARK: Final = re.compile(r"\s[#;]|\s//")
_WORDS: Final = {
    AssetKind.ADDRESS: "address",
    AssetKind.NETWORK: "network",
    AssetKind.ASN: "AS number",
    AssetKind.HOST: "host name",
    AssetKind.URL: "URL",
    AssetKind.HASH: "hash",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a list says of everything that stands on it."""

    kind: Rsit
    part: Part
    severity: Severity = Severity.MEDIUM
    seen: Seen = Seen.LISTED
    variant: str = ""
    service: str | None = None
    report: str = ""


def plain(
    claim: Claim | Callable[[str], Claim],
    *,
    kinds: frozenset[AssetKind] = NETS,
    comments: Sequence[str] = COMMENTS,
) -> Read:
    """Return a reader of lists with one asset per line, remarks after ``#`` or ``;`` aside.

    ``claim`` may depend on the delivery's name, for a provider with a list per kind of attack. The
    list has no times: an entry holds when the delivery came.
    """

    def read(delivery: Delivery) -> Iterator[Event | Reject]:
        said = claim(delivery.name) if callable(claim) else claim

        def entry(line: Line) -> Event:
            value = _REMARK.split(line.value, maxsplit=1)[0].strip().strip('",')
            return event(
                said, line=line.line, at=delivery.received, asset=assets(value, kinds=kinds)
            )

        return read_lines(delivery, entry, comments=comments)

    return read


def attackers(report: str, kind: Rsit = Rsit.SCANNER) -> Read:
    """Return a reader of a block list of addresses that attacked somebody, in no telling way.

    The list's word is its keeper's score, not what was seen, so it weighs little.
    """
    return plain(
        Claim(
            kind=kind,
            part=Part.SOURCE,
            severity=Severity.LOW,
            variant="blocklist",
            report=report,
        )
    )


def assets(text: str, *, kinds: frozenset[AssetKind] = ANY) -> Asset:
    """Return the asset that ``text`` names, of one of ``kinds``; raise Unreadable when it names none."""
    asset = asset_of(text) if text else None
    if asset is None or asset.kind not in kinds:
        words = [word for kind, word in _WORDS.items() if kind in kinds]
        before = ", ".join(words[:-1])
        raise Unreadable(f"has no {before} or {words[-1]}" if before else f"has no {words[-1]}")
    return asset


def event(claim: Claim, *, line: int, at: datetime, asset: Asset) -> Event:
    """Return the event of one entry."""
    return completed(
        Event(
            line=line,
            at=at,
            asset=asset,
            part=claim.part,
            kind=claim.kind,
            severity=claim.severity,
            seen=claim.seen,
            variant=claim.variant,
            service=claim.service,
            report=claim.report,
        )
    )


def completed(event: Event) -> Event:
    """Return the event with address, host, URL, port and service of its end, as its asset tells them.

    What is set stays as it is.
    """
    match event.asset.kind:
        case AssetKind.ADDRESS:
            return replace(event, address=event.address or event.asset.value)
        case AssetKind.HOST:
            return replace(event, host=event.host or event.asset.value)
        case AssetKind.URL:
            ends = ends_of(event.asset.value)
            return replace(
                event,
                url=event.url or event.asset.value,
                address=event.address or ends.address,
                host=event.host or ends.host,
                port=event.port or ends.port,
                service=event.service or ends.service,
                transport=event.transport or ("tcp" if ends.port else None),
            )
        case _:
            return event


def from_archive(records: Iterable[Event | Reject], received: datetime) -> Iterator[Event | Reject]:
    """Yield the records of a list that keeps, or a partner who shares, what may be long gone.

    What was last seen more than ``CURRENT`` before it came is for information alone.
    """
    for record in records:
        if isinstance(record, Event) and received - (record.until or record.at) > CURRENT:
            yield replace(record, severity=Severity.INFO)
        else:
            yield record


def text_of(entry: Mapping[str, object], *names: str) -> str:
    """Return the first of the named values that is plain and not empty, as trimmed text."""
    for name in names:
        value = entry.get(name)
        if value is None or isinstance(value, (dict, list)):
            continue
        if text := str(value).strip():
            return text
    return ""


def moment_of(text: str, *forms: str) -> datetime:
    """Return the moment a source names (see ``as_time``); raise Unreadable when it names none."""
    at = as_time(text, *forms)
    if at is None:
        raise Unreadable("has no time that can be read")
    return at


def beginning(delivery: Delivery, size: int = 65536) -> str:
    """Return the start of a delivery as text, for telling one form of a feed from another."""
    with delivery.open() as stream:
        start = Delivery.of(stream.read(size), name="", received=delivery.received)
    with start.open() as stream:
        return (read_text(stream, size * 4) or "").lstrip("\ufeff \t\r\n")


def heading(delivery: Delivery, default: Sequence[str], *, holding: str) -> tuple[str, ...]:
    """Return the columns a list names in its comments, so that a new column moves none.

    Many lists write their heading as the last comment before the rows; it is known by ``holding``,
    a column that every version had. Without such a comment, ``default``.
    """
    found = tuple(default)
    for line in beginning(delivery).splitlines():
        if not line.startswith("#"):
            break
        names = [
            name.strip()
            for name in next(csv.reader([line.lstrip("# \t")], skipinitialspace=True), [])
        ]
        if holding in names and len(names) > 1:
            found = tuple(names)
    return found

"""Find the X-ARF reports in a mail or a file, whichever version they are written in."""

from collections.abc import Iterable, Iterator
from typing import Any

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds.mailing import xarf3, xarf4
from lionrock.feeds.mailing.parts import Leaf, Mail
from lionrock.feeds.mailing.signed import SEALED
from lionrock.feeds.reading import Unreadable, json_records, parts, shown

_HEADERS = ("x-xarf", "x-arf")
_MOST_REPORTS = 100_000
_YAML = {"text/plain", "application/x-yaml", "text/yaml"}


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return the events of a mail's reports: JSON parts, ``report.txt``, or a BULK mail's archives.

    A SECURE mail is a PLAIN one with a signature around it, which is not verified: whoever can write
    to the mailbox can report, and a source's trust is what an administrator gave its feed.
    """
    announced = any(name in mail.headers for name in _HEADERS)
    bulk = mail.headers.get("x-xarf", "").upper() == "BULK"
    found: list[Event | Reject] = []
    for leaf in mail.leaves:
        found.extend(_of_leaf(leaf, delivery, len(found), bulk=bulk))
        if len(found) > _MOST_REPORTS:
            break
    if found:
        return found
    if announced and not mail.broken:
        why = "is announced as X-ARF but holds no report"
        if any(leaf.kind in SEALED for leaf in mail.leaves):
            why = "is X-ARF inside one signed piece (S/MIME), which is not opened"
        return [Reject(line=1, text=shown(f"Subject: {mail.subject}"), why=why)]
    return None


def of_json(value: Any, text: str, *, line: int) -> Event | Reject:
    """Return the event of one JSON report of either version, or why there is none."""
    if not isinstance(value, dict):
        return Reject(line=line, text=shown(text), why="is no X-ARF report")
    try:
        if "xarf_version" in value:
            return xarf4.event_of(value, line=line)
        return xarf3.event_of(value, line=line)
    except Unreadable as why:
        return Reject(line=line, text=shown(text), why=str(why))


def is_report(value: Any) -> bool:
    """Tell an X-ARF report from other JSON by the fields all reports have."""
    return isinstance(value, dict) and (
        "xarf_version" in value or ("ReporterInfo" in value and "Report" in value)
    )


def _of_leaf(
    leaf: Leaf, delivery: Delivery, before: int, *, bulk: bool
) -> Iterator[Event | Reject]:
    named = leaf.name.lower()
    if leaf.inner is not None:
        return
    if leaf.kind == "application/json" or named.endswith(".json") or leaf.content[:1] == b"{":
        yield from _of_json_part(leaf.delivery(delivery.received), before)
    elif leaf.content.startswith((b"PK\x03\x04", b"\x1f\x8b")) and bulk:
        for part in parts(leaf.delivery(delivery.received)):
            if isinstance(part, Reject):
                yield Reject(line=before + 1, text=part.text, why=part.why)
                before += 1
                continue
            for record in _of_file(part.delivery, before):
                before = record.line
                yield record
    elif leaf.kind in _YAML or named.endswith(".txt"):
        yield from _of_text(leaf.text, before + 1)


def _of_file(delivery: Delivery, before: int) -> Iterator[Event | Reject]:
    with delivery.open() as stream:
        start = stream.read(64).lstrip()
    if start.startswith((b"{", b"[")):
        yield from _of_json_part(delivery, before)
        return
    with delivery.open() as stream:
        text = stream.read(1 << 20).decode("utf-8", "replace")
    yield from _of_text(text, before + 1)


def _of_json_part(delivery: Delivery, before: int) -> Iterator[Event | Reject]:
    with delivery.open() as stream:
        for item in json_records(stream):
            if isinstance(item, Reject):
                continue
            _, text, value = item
            if is_report(value):
                before += 1
                yield of_json(value, text, line=before)


def _of_text(text: str, line: int) -> Iterator[Event | Reject]:
    fields = xarf3.header_report(text)
    if fields is None:
        return
    try:
        yield xarf3.header_event(fields, line=line)
    except Unreadable as why:
        yield Reject(line=line, text=shown(text), why=str(why))

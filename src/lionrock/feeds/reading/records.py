"""Read a delivery record by record with one function per record: the way most feeds are read.

The function gets a record and returns an Event, several, or None where the record says nothing (a
heading, a keep-alive); it raises Unreadable to make a Reject of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds.reading.documents import Json, json_lines, json_records
from lionrock.feeds.reading.lines import line_blocks, shown
from lionrock.feeds.reading.table import Row, Rows, columns_of
from lionrock.feeds.reading.unreadable import Unreadable

Result = Event | Reject | Iterable[Event | Reject] | None
COMMENTS: Final = ("#",)
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list, trimmed; ``text`` is the line as it came."""

    line: int
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One JSON value and its number."""

    line: int
    value: Json
    text: str


def read_lines(
    delivery: Delivery,
    record: Callable[[Line], Result],
    *,
    comments: Sequence[str] = COMMENTS,
    comment: Callable[[str], None] | None = None,
) -> Iterator[Event | Reject]:
    """Yield what ``record`` makes of each line that is neither empty nor a comment.

    ``comment`` is told each comment line, for lists that state their time in one.
    """
    too_long: dict[int, Reject] = {}
    marks = tuple(comments)
    line = 0
    with delivery.open() as stream:
        for block in line_blocks(stream, too_long):
            for text in block:
                line += 1
                value = text.strip()
                if not value:
                    if line in too_long:
                        yield too_long.pop(line)
                elif marks and value.startswith(marks):
                    if comment is not None:
                        comment(value)
                else:
                    yield from _made(record, Line(line=line, value=value, text=text), line, text)


def read_csv(
    delivery: Delivery,
    record: Callable[[Row], Result],
    *,
    columns: Sequence[str] = (),
    delimiter: str = ",",
    comments: Sequence[str] = COMMENTS,
    comment: Callable[[str], None] | None = None,
    required: Sequence[str] = (),
    spaced: bool = False,
) -> Iterator[Event | Reject]:
    """Yield what ``record`` makes of each row, by column names.

    ``columns`` names the columns of a table without a header; otherwise the first row that is no
    comment is the header. Rows whose first field starts with a comment mark are passed over. A
    header that lacks a ``required`` column makes the delivery one Reject with ``whole``. ``spaced``
    tables write a space after the delimiter, before the quote.
    """
    marks = tuple(comments)
    places = columns_of(list(columns)) if columns else None
    with delivery.open() as stream:
        rows = Rows(stream, delimiter=delimiter, spaced=spaced)
        for found in rows:
            if isinstance(found, Reject):
                yield found
                continue
            line, fields = found
            if marks and fields[0].lstrip().startswith(marks):
                if comment is not None:
                    comment(rows.text())
                continue
            if not any(fields):
                continue
            if places is None:
                places = columns_of(fields)
                missing = [name for name in required if name not in places]
                if missing:
                    yield Reject(
                        line=line,
                        text=shown(rows.text()),
                        why=f"is a header without {', '.join(missing)}",
                        whole=True,
                    )
                    return
                continue
            try:
                result = record(Row(line, places, fields))
            except Unreadable as error:
                yield Reject(line=line, text=shown(rows.text()), why=str(error))
                continue
            if isinstance(result, (Event, Reject)):
                yield result
            elif result is not None:
                yield from _held(result, line, rows.text())


def read_json_lines(
    delivery: Delivery, record: Callable[[Record], Result]
) -> Iterator[Event | Reject]:
    """Yield what ``record`` makes of the JSON value on each line."""
    with delivery.open() as stream:
        yield from _of_json(json_lines(stream), record)


def read_json(
    delivery: Delivery, record: Callable[[Record], Result], *, path: Sequence[str] = ()
) -> Iterator[Event | Reject]:
    """Yield what ``record`` makes of each JSON record at ``path`` (see ``json_records``)."""
    with delivery.open() as stream:
        yield from _of_json(json_records(stream, path), record)


def _of_json(
    found: Iterator[tuple[int, str, Json] | Reject], record: Callable[[Record], Result]
) -> Iterator[Event | Reject]:
    for item in found:
        if isinstance(item, Reject):
            yield item
            continue
        line, text, value = item
        yield from _made(record, Record(line=line, value=value, text=text), line, text)


def _made(
    record: Callable[[_R], Result], given: _R, line: int, text: str
) -> Iterator[Event | Reject]:
    try:
        result = record(given)
    except Unreadable as error:
        yield Reject(line=line, text=shown(text), why=str(error))
        return
    if isinstance(result, (Event, Reject)):
        yield result
    elif result is not None:
        yield from _held(result, line, text)


def _held(results: Iterable[Event | Reject], line: int, text: str) -> Iterator[Event | Reject]:
    """Yield from a record's own generator; what it raises on the way becomes the record's Reject."""
    try:
        yield from results
    except Unreadable as error:
        yield Reject(line=line, text=shown(text), why=str(error))

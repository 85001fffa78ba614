"""Tell from the first lines of an input, and its name, in which form it holds names."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lionrock.core.errors import GiveUp
from lionrock.core.hosts import as_host
from lionrock.names.streams.bytes import Pieces
from lionrock.names.streams.columns import NO_SEPARATOR


class Form(StrEnum):
    """The forms in which names arrive."""

    LINES = "lines"
    """One name per line."""
    COLUMNS = "columns"
    """Columns without a header, as lists of newly registered domains have them."""
    CSV = "csv"
    """Columns with a header; tabs, semicolons and bars separate as well as commas."""
    JSONL = "jsonl"
    """One JSON object per line."""
    PARQUET = "parquet"
    """A Parquet file."""
    ZONE = "zone"
    """A DNS zone in master-file format (RFC 1035, section 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How to read an input: its form, where the data begins, and which column holds the names."""

    form: Form
    bytes_before: int = 0
    lines_before: int = 0
    wanted: int = 0
    separator: int = NO_SEPARATOR
    quotes: bool = False


COLUMN_NAMES: Final = ("domain", "host", "hostname", "fqdn", "name", "domain_name", "url")
"""Header names taken for the names' column when none is asked for, best first."""

_HEAD: Final = 65_536
_SEPARATORS: Final = "\t,;|"
_BY_ENDING: Final = {
    ".csv": Form.CSV,
    ".tsv": Form.CSV,
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".json": Form.JSONL,
    ".parquet": Form.PARQUET,
    ".zone": Form.ZONE,
}
_RECORD: Final = re.compile(
    r"\S*\s+(?:(?:[0-9]+[smhdw]?)+\s+|(?:in|ch|hs)\s+){0,2}"
    r"(?:soa|ns|a|aaaa|txt|mx|cname|dname|ds|rrsig|nsec3?|nsec3param|dnskey|ptr|srv|caa|svcb|https)"
    r"\s+\S",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"\$(?:origin|ttl|include|generate)\s", re.IGNORECASE)


def shape_of(pieces: Pieces, column: str | None, form: Form | None) -> Shape:
    """Return how to read ``pieces``; ``form`` and ``column`` are what the caller asked for."""
    head = pieces.peek(_HEAD)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise GiveUp(f"{pieces.name}: is UTF-16 text; convert it to UTF-8 first")
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    rows = _Rows(head[bom:], whole=len(head) < _HEAD, offset=bom)
    form = form or _form_of(pieces.name, head, rows, column)
    if form in (Form.CSV, Form.COLUMNS):
        return _columned(pieces.name, rows, column, form)
    return Shape(form=form, bytes_before=bom)


class _Rows:
    """The first lines that are neither blank nor a comment, with where each begins."""

    def __init__(self, head: bytes, *, whole: bool, offset: int) -> None:
        lines = head.split(b"\n")
        if not whole and len(lines) > 1:
            lines.pop()
        self.texts: list[str] = []
        self.before: list[tuple[int, int]] = []
        self.after: list[tuple[int, int]] = []
        for number, line in enumerate(lines[:500]):
            end = offset + len(line) + 1
            if (text := line.strip(b" \r\n")) and not text.startswith(b"#"):
                self.texts.append(text.decode("utf-8", "replace"))
                self.before.append((offset, number))
                self.after.append((end, number + 1))
            offset = end
        self._join_the_first()

    def _join_the_first(self) -> None:
        """Put a header together whose quotes hold line ends."""
        quotes = 0
        for place, text in enumerate(self.texts):
            quotes += text.count('"')
            if quotes % 2 == 0:
                self.texts[: place + 1] = ["\n".join(self.texts[: place + 1])]
                self.before[1 : place + 1] = []
                self.after[:place] = []
                return

    def first(self) -> str:
        return self.texts[0] if self.texts else ""


def _form_of(name: str, head: bytes, rows: _Rows, column: str | None) -> Form:
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    first = rows.first().lstrip()
    if first.startswith(("[{", '["')) or (ending == ".json" and first.startswith("[")):
        raise GiveUp(f"{name}: is one JSON array; give one object per line")
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if first.startswith("{"):
        return Form.JSONL
    if _is_zone(rows.texts):
        return Form.ZONE
    if column is not None or _header(rows.first(), None) is not None:
        return Form.CSV
    return Form.LINES if _names_column(rows.texts) is None else Form.COLUMNS


def _is_zone(texts: Sequence[str]) -> bool:
    for text in texts:
        if not text.startswith(";"):
            return bool(_CONTROL.match(text) or _RECORD.match(text))
    return False


def _columned(name: str, rows: _Rows, column: str | None, form: Form) -> Shape:
    if not rows.texts:
        return Shape(form=form)
    if column is not None and column.isdecimal():
        separator = _separator(rows.first())
        return _shape(form, int(column) - 1, separator, rows.before[0])
    if form is Form.CSV and (found := _header(rows.first(), column)) is not None:
        return _shape(form, *found, rows.after[0])
    if column is None and (found := _names_column(rows.texts)) is not None:
        return _shape(Form.COLUMNS, *found, rows.before[0])
    titles = ", ".join(_fields(rows.first(), _separator(rows.first())))[:300]
    asked = f"column {column!r}" if column else "column that is known to hold names"
    raise GiveUp(f"{name}: has no {asked}; the first row is: {titles}")


def _shape(form: Form, wanted: int, separator: str, begin: tuple[int, int]) -> Shape:
    if wanted < 0:
        raise GiveUp("columns are counted from 1")
    return Shape(
        form=form,
        bytes_before=begin[0],
        lines_before=begin[1],
        wanted=wanted,
        separator=ord(separator),
        quotes=separator != "\t",
    )


def _header(first: str, column: str | None) -> tuple[int, str] | None:
    """Return place and separator of the names' column when ``first`` is a header that has it."""
    separator = _separator(first)
    titles = [title.strip().lower() for title in _fields(first, separator)]
    for wanted in COLUMN_NAMES if column is None else (column.strip().lower(),):
        if wanted in titles:
            return titles.index(wanted), separator
    return None


def _names_column(texts: Sequence[str]) -> tuple[int, str] | None:
    """Return place and separator of the column whose fields are hosts; None for plain lines."""
    sample = texts[:50]
    if not sample:
        return None
    separator = _separator(sample[0])
    rows = [_fields(text, separator) for text in sample]
    width, alike = Counter(map(len, rows)).most_common(1)[0]
    if width < 2 or alike < 0.8 * len(rows):
        return None
    best: tuple[int, int, int] | None = None
    for place in range(width):
        fields = [row[place] for row in rows if len(row) == width]
        hosts = [host for field in fields if (host := as_host(field))]
        if len(hosts) >= 0.6 * len(fields):
            best = max(best or (0, 0, 0), (len(set(hosts)), len(hosts), -place))
    return None if best is None else (-best[2], separator)


def _separator(row: str) -> str:
    return max(_SEPARATORS, key=row.count) if any(s in row for s in _SEPARATORS) else ","


def _fields(row: str, separator: str) -> list[str]:
    if separator == "\t":
        return row.split("\t")
    try:
        return next(csv.reader(row.splitlines(keepends=True), delimiter=separator), [])
    except csv.Error:
        return row.split(separator)

"""Reads a file of cases as ticket systems write it, CSV or JSON lines, each row strictly."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lionrock.core.cases import by_name, spelt
from lionrock.core.errors import GiveUp
from lionrock.core.hosts import as_host
from lionrock.core.region import Region
from lionrock.core.saved import text_of
from lionrock.desk.constituents.reading import one_line

COLUMNS: Final = (
    *("reference", "opened", "closed", "category", "channel", "sector", "brand", "urls"),
)
"""What a row may say; all but reference, opened and category may be left out."""

ALSO: Final = {
    **dict.fromkeys(("id", "case", "case_id", "case_number", "ticket", "number"), "reference"),
    **dict.fromkeys(("opened_at", "opened_on", "created", "created_at", "received"), "opened"),
    **dict.fromkeys(("closed_at", "closed_on", "resolved", "resolved_at"), "closed"),
    **dict.fromkeys(("type", "incident_type"), "category"),
    **dict.fromkeys(("source", "reported_by"), "channel"),
    **dict.fromkeys(("brand_imitated", "imitates", "impersonated"), "brand"),
    **dict.fromkeys(("url", "url_count"), "urls"),
}
"""Other names of the columns."""

LARGEST: Final = 64 * 2**20
"""Bytes of a file."""
MOST_ROWS: Final = 200_000
LONGEST_ROW: Final = 100_000
"""Characters of a row."""
MOST_URLS: Final = 2_000
"""URLs that one case may list."""
EARLIEST: Final = date(1988, 1, 1)
"""Nobody kept cases before there was a team to keep them."""

Cells = Mapping[str, str]


class Unreadable(StrEnum):
    """Why a whole file is refused; ``words.UNREADABLE`` says it in words."""

    TOO_LARGE = "too-large"
    ENCODING = "encoding"
    NO_COLUMNS = "no-columns"
    TOO_MANY_ROWS = "too-many-rows"
    BROKEN = "broken"
    NO_CATEGORIES = "no-categories"


class Why(StrEnum):
    """Why a row is no case; ``words.WHY`` says it in words."""

    BROKEN = "broken"
    TOO_LONG = "too-long"
    CELLS = "cells"
    REFERENCE = "reference"
    CONTRADICTS = "contradicts"
    OPENED = "opened"
    FUTURE = "future"
    CLOSED = "closed"
    BACKWARDS = "backwards"
    CATEGORY = "category"
    CHANNEL = "channel"
    SECTOR = "sector"
    BRAND = "brand"
    URLS = "urls"


class NoCases(GiveUp):
    """The bytes are no file of cases: nothing of it is taken."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.value)
        self.why = why


class Unfit(GiveUp):
    """A row is no case: ``why``, and the ``value`` at fault."""

    def __init__(self, why: Why, value: str = "") -> None:
        super().__init__(f"{why.value}: {value[:200]!r}")
        self.why = why
        self.value = one_line(value)[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a region's words mean: every name, as ``spelt``, to its id."""

    zone: ZoneInfo
    categories: Mapping[str, str]
    channels: Mapping[str, str]
    sectors: Mapping[str, str]
    brands: Mapping[str, str]
    sector_of: Mapping[str, str]
    """A brand's id to its sector."""

    @classmethod
    def of(cls, region: Region) -> "Vocabulary":
        """Return the vocabulary of a region pack."""
        brands: dict[str, str] = {}
        for brand in region.brands:
            for name in (brand.id, *brand.names.values(), *brand.aliases, *brand.labels):
                brands.setdefault(spelt(name), brand.id)
        return cls(
            zone=ZoneInfo(region.timezone),
            categories=by_name(region.cases.categories),
            channels=by_name(region.cases.channels),
            sectors={
                spelt(name): sector
                for sector, names in region.sectors.items()
                for name in (sector, *names.values())
            },
            brands=brands,
            sector_of={brand.id: brand.sector for brand in region.brands},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file: its line, and its cells by column, or what was written where it is none."""

    line: int
    cells: Cells | None
    text: str
    """The row so that it can be read again."""
    why: Why | None = None
    """Why it has no cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a row says of a case."""

    reference: str
    opened_at: datetime
    opened_on: date
    closed_at: datetime | None
    category: str
    channel: str
    sector: str
    brand: str
    brand_named: str
    urls: int
    listed: tuple[str, ...]
    """Its URLs, where the row lists them: each once, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The rows of a file, and its columns that have no place here."""

    rows: tuple[Row, ...]
    passed_over: tuple[str, ...]


def read_file(content: bytes) -> File:
    """Return the rows of a CSV table or of JSON lines; raise NoCases for what is neither."""
    text = _decoded(content)
    rows, columns = _json_lines(text) if text.lstrip()[:1] == "{" else _table(text)
    if len(rows) > MOST_ROWS:
        raise NoCases(Unreadable.TOO_MANY_ROWS)
    unknown = tuple(one_line(name)[:60] for name in columns if name and name not in COLUMNS)
    return File(rows=tuple(rows), passed_over=tuple(dict.fromkeys(unknown))[:100])


def read_again(text: str, *, line: int) -> Row:
    """Return a row from the text that was kept of it."""
    return _object(text, line)


def read_row(row: Row, words: Vocabulary, *, now: datetime) -> Told:
    """Return what a row says; raise Unfit for anything in it that cannot be so."""
    if row.cells is None:
        raise Unfit(row.why or Why.BROKEN, row.text)
    cells = row.cells
    opened_at, opened_on = _opened(cells.get("opened", ""), words.zone, now=now)
    brand, brand_named = _brand(cells.get("brand", ""), words)
    sector = _named(words.sectors, cells.get("sector", ""), Why.SECTOR)
    count, listed = _urls(cells.get("urls", ""))
    return Told(
        reference=_reference(cells),
        opened_at=opened_at,
        opened_on=opened_on,
        closed_at=_closed(cells.get("closed", ""), words.zone, opened_at, now=now),
        category=_category(cells.get("category", ""), words),
        channel=_named(words.channels, cells.get("channel", ""), Why.CHANNEL),
        sector=sector or words.sector_of.get(brand, ""),
        brand=brand,
        brand_named=brand_named,
        urls=count,
        listed=listed,
    )


def reference_of(row: Row) -> str:
    """Return the reference of a row that may be no case; empty where it has none."""
    return one_line((row.cells or {}).get("reference", ""))[:120]


def digest_of(text: str) -> str:
    """Return by what the same text is known again: SHA-256, hex."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# A file becomes rows ------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise NoCases(Unreadable.TOO_LARGE)
    try:
        return text_of(content)
    except UnicodeError as error:
        raise NoCases(Unreadable.ENCODING) from error


def _json_lines(text: str) -> tuple[list[Row], list[str]]:
    rows = []
    columns: dict[str, None] = {}
    for number, line in enumerate(io.StringIO(text), start=1):
        if not line.strip():
            continue
        row = _object(line.strip(), number)
        rows.append(row)
        if len(columns) < 1000:
            columns.update(dict.fromkeys(row.cells or ()))
    return rows, list(columns)


def _table(text: str) -> tuple[list[Row], list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [_column(cell) for cell in next(reader, [])]
        if not {"reference", "opened", "category"} <= set(header):
            raise NoCases(Unreadable.NO_COLUMNS)
        if len(set(header)) < len(header):
            raise NoCases(Unreadable.BROKEN)  # two columns that mean the same
        return list(_table_rows(reader, header)), header
    except csv.Error as error:
        raise NoCases(Unreadable.BROKEN) from error


def _table_rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    line = 1
    for cells in reader:
        line = getattr(reader, "line_num", line + 1)
        if not any(cell.strip() for cell in cells):
            continue
        held = {
            name: _cell(cell) for name, cell in zip(header, cells, strict=False) if name in COLUMNS
        }
        more = [cell for cell in cells[len(header) :] if cell.strip()]
        yield _kept(held, line, Why.CELLS if more else None, more)


def _kept(held: dict[str, str], line: int, why: Why | None, more: list[str]) -> Row:
    told = {name: value for name, value in held.items() if value}
    text = json.dumps({**told, **({"": more} if more else {})}, ensure_ascii=False, sort_keys=True)
    if len(text) > LONGEST_ROW:
        return Row(line=line, cells=None, text=text[:LONGEST_ROW], why=Why.TOO_LONG)
    return Row(line=line, cells=None if why else told, text=text, why=why)


def _object(text: str, line: int) -> Row:
    """Return the row that a line of JSON holds."""

    def broken(why: Why = Why.BROKEN) -> Row:
        return Row(line=line, cells=None, text=text[:LONGEST_ROW], why=why)

    if len(text) > LONGEST_ROW:
        return broken(Why.TOO_LONG)
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return broken()
    if not isinstance(table, dict):
        return broken()
    if "" in table:
        return broken(Why.CELLS)
    held: dict[str, str] = {}
    for name, value in table.items():
        column = _column(name)
        said = _said(value)
        if column not in COLUMNS:
            held.setdefault(column, "")  # only its name is told
        elif said is None or held.get(column):
            return broken()
        else:
            held[column] = said
    return Row(line=line, cells=held, text=text)


def _said(value: object) -> str | None:
    """Return a cell's text from JSON; None for what no cell holds."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _cell(value.replace("\0", "\N{REPLACEMENT CHARACTER}"))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(item.replace(" ", "%20") for item in value)
    return None


def _column(cell: str) -> str:
    name = "_".join(one_line(cell).lower().replace("-", " ").split())
    return ALSO.get(name, name)


def _cell(cell: str) -> str:
    cell = cell.strip()
    # What tables guard against formulas with.
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


# A row becomes a case -----------------------------------------------------------------------


def _reference(cells: Cells) -> str:
    written = cells.get("reference", "")
    reference = one_line(written)
    if not reference or len(reference) > 120 or "\N{REPLACEMENT CHARACTER}" in reference:
        raise Unfit(Why.REFERENCE, written)
    return reference


def _opened(text: str, zone: ZoneInfo, *, now: datetime) -> tuple[datetime, date]:
    at = _when(text, zone)
    if at is None or at.astimezone(zone).date() < EARLIEST:
        raise Unfit(Why.OPENED, text)
    if at > now + timedelta(days=1):
        raise Unfit(Why.FUTURE, text)
    return at, at.astimezone(zone).date()


def _closed(text: str, zone: ZoneInfo, opened_at: datetime, *, now: datetime) -> datetime | None:
    if not text:
        return None
    at = _when(text, zone)
    if at is None:
        raise Unfit(Why.CLOSED, text)
    if at > now + timedelta(days=1):
        raise Unfit(Why.FUTURE, text)
    if at.astimezone(zone).date() < opened_at.astimezone(zone).date():
        raise Unfit(Why.BACKWARDS, text)
    return max(at, opened_at)  # a bare day begins before the hour in which the case was opened


def _when(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the time that an ISO date or time says, in UTC; without a zone it is the region's."""
    if not text[:4].isdigit() or text[4:5] != "-" or len(text) > 40:
        return None
    try:
        at = (
            datetime.combine(date.fromisoformat(text), time())
            if len(text) == 10
            else datetime.fromisoformat(text)
        )
        if not 1900 < at.year < 3000:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _category(text: str, words: Vocabulary) -> str:
    found = _named(words.categories, text, Why.CATEGORY)
    if not found:
        raise Unfit(Why.CATEGORY, text)
    return found


def _named(names: Mapping[str, str], text: str, why: Why) -> str:
    if not text:
        return ""
    found = names.get(spelt(text))
    if found is None:
        raise Unfit(why, text)
    return found


def _brand(text: str, words: Vocabulary) -> tuple[str, str]:
    """Return the id of a brand, empty where the pack knows none of that name, and the name given."""
    named = one_line(text)
    if len(named) > 200:
        raise Unfit(Why.BRAND, named)
    return words.brands.get(spelt(named), "") if named else "", named


def _urls(text: str) -> tuple[int, tuple[str, ...]]:
    """Return how many URLs there are, and the URLs themselves where they are listed."""
    if not text:
        return 0, ()
    if text.isascii() and text.isdigit():
        if len(text) > 7:
            raise Unfit(Why.URLS, text)
        return int(text), ()
    listed = {_url(piece) for piece in text.split()}
    if len(listed) > MOST_URLS:
        raise Unfit(Why.URLS, text)
    return len(listed), tuple(sorted(listed))


def _url(text: str) -> str:
    """Return a URL as it is counted: scheme and host in lower case, no fragment, never defanged."""
    plain = text.strip("<>,;\"'").replace("[:]", ":").replace("[.]", ".").replace("(.)", ".")
    if plain[:4].lower() == "hxxp":
        plain = f"http{plain[4:]}"
    try:
        parts = urlsplit(plain)
        host = as_host(parts.hostname or "") or (parts.hostname or "")
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise Unfit(Why.URLS, text) from error
    if parts.scheme.lower() not in {"http", "https"} or not host or len(plain) > 4000:
        raise Unfit(Why.URLS, text)
    if not plain.isprintable():
        raise Unfit(Why.URLS, text)
    query = f"?{parts.query}" if parts.query else ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{shown}{port}{parts.path or '/'}{query}"

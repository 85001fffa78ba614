"""Read the tables of a web page as rows by column names: how small sources publish."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds.reading import Result, Unreadable, shown

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

LARGEST_PAGE: Final = 32 * 1024 * 1024
"""Bytes of one page that are read; the whole page has to be held."""
WIDEST: Final = 200
_SPACES: Final = re.compile(r"\s+")


def html_rows(
    delivery: Delivery, record: Callable[[int, dict[str, str]], Result]
) -> Iterator[Event | Reject]:
    """Yield what ``record`` makes of each row of each table, given its number and its cells by name.

    A table's first row names the columns when its cells are headings (``th``, or within ``thead``);
    otherwise they are called ``1``, ``2`` and so on, as is a column without a name. Rows are
    counted from 1 over all tables; tables within tables count for themselves.
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  few feeds need it

    with delivery.open() as stream:
        page = stream.read(LARGEST_PAGE + 1)
    if len(page) > LARGEST_PAGE:
        why = f"is a page longer than {LARGEST_PAGE:,} bytes"
        yield Reject(line=1, text=shown(page[:16384]), why=why, whole=True)
        return
    number = 0
    for table in LexborHTMLParser(page).css("table"):
        names: list[str] = []
        for row in table.css("tr"):
            if _table_of(row) != table:
                continue
            cells = [c for c in row.iter() if c.tag in {"td", "th"}][:WIDEST]
            texts = [_text(cell) for cell in cells]
            if not names and cells and _is_heading(row, cells):
                names = texts
                continue
            if not any(texts):
                continue
            number += 1
            yield from _made(record, number, _named(names, texts))


def _made(
    record: Callable[[int, dict[str, str]], Result], number: int, row: dict[str, str]
) -> Iterator[Event | Reject]:
    try:
        made = record(number, row)
        if isinstance(made, (Event, Reject)):
            yield made
        elif made is not None:
            yield from made
    except Unreadable as why:
        yield Reject(line=number, text=shown(" | ".join(row.values())), why=str(why))


def _named(names: list[str], texts: list[str]) -> dict[str, str]:
    row: dict[str, str] = {}
    for place, text in enumerate(texts):
        name = names[place] if place < len(names) else ""
        row[name if name and name not in row else str(place + 1)] = text
    return row


def _is_heading(row: "LexborNode", cells: "list[LexborNode]") -> bool:
    if all(cell.tag == "th" for cell in cells):
        return True
    return row.parent is not None and row.parent.tag == "thead"


def _table_of(row: "LexborNode") -> "LexborNode | None":
    above = row.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above


def _text(cell: "LexborNode") -> str:
    return _SPACES.sub(" ", cell.text(deep=True).replace("\xa0", " ")).strip()

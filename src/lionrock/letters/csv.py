"""Writes confirmed names as a table that spreadsheets open without running what a name holds."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from lionrock.letters.confirmed import ConfirmedName
from lionrock.letters.guard import Never

CONTENT_TYPE: Final = "text/csv; charset=utf-8"
COLUMNS: Final = (
    "name",
    "unicode",
    "registrable",
    "tenant_of",
    "brand",
    "brand_name",
    "sector",
    "score",
    "reasons",
    "first_read_at",
    "confirmed_at",
    "blockable",
    "tlp",
)
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def confirmed_csv(
    names: Iterable[ConfirmedName],
    *,
    never: Never,
    tlp: str,
    now: datetime,
) -> Iterator[bytes]:
    """Yield the table (RFC 4180, UTF-8 without a mark) line by line, a header first.

    A cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV
    injection).
    """
    yield line(COLUMNS)
    for name in names:
        yield line(
            (
                name.host,
                name.unicode,
                name.registrable,
                name.tenant_of or "",
                name.brand,
                name.brand_name,
                name.sector,
                repr(name.score),
                " ".join(name.reasons),
                name.first_read_at.isoformat(timespec="seconds"),
                name.confirmed_at.isoformat(timespec="seconds"),
                "yes" if never.refusal(name.host) is None else "no",
                tlp,
            )
        )


def line(cells: Iterable[str]) -> bytes:
    """Return one line of a table, each cell guarded."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([_safe(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell

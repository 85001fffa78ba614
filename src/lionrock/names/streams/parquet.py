"""Read names from a column of a Parquet file."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Lines
from lionrock.names.streams.bytes import Pieces
from lionrock.names.streams.forms import COLUMN_NAMES
from lionrock.names.streams.pages import Collector

_ROWS: Final = 8192


def read_parquet(
    pieces: Pieces, *, column: str | None, first_row: int, groups: Sequence[int] | None = None
) -> Iterator[Lines]:
    """Yield the texts of ``column``, row group by row group; rows count as lines.

    ``groups`` are the row groups to read, all by default; ``first_row`` is the number of the first.
    Parquet keeps its table of contents at the end, so what is no file yet is written to a
    temporary one. Raises GiveUp for a damaged file and for a column that is absent or no text.
    """
    with ExitStack() as closing:
        file = pieces.file
        if file is None:
            file = cast(
                BinaryIO, closing.enter_context(tempfile.TemporaryFile())
            )  # typeshed's wrapper type
            for piece in pieces:
                file.write(piece)
            file.seek(0)
        try:
            yield from _rows(pq.ParquetFile(file), pieces.name, column, first_row, groups)
        except (pa.ArrowException, OSError) as broken:
            why = str(broken).splitlines()[0] if str(broken) else type(broken).__name__
            raise GiveUp(f"{pieces.name}: the Parquet file is damaged: {why}") from broken


def _rows(
    table: Any,
    name: str,
    column: str | None,
    row: int,  # Any: pyarrow has no types
    groups: Sequence[int] | None,
) -> Iterator[Lines]:
    schema = table.schema_arrow
    wanted = names_column(schema.names, column)
    if wanted is None:
        raise GiveUp(f"{name}: has no column {column!r}; there are {', '.join(schema.names)}"[:500])
    kind = schema.field(wanted).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    binary = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_binary,
        pa.types.is_large_binary,
    )
    if not any(is_kind(kind) for is_kind in binary):
        raise GiveUp(f"{name}: column {wanted!r} holds {kind}, not text")
    found = Collector()
    # One thread: Arrow's own threads, when they read from a Python file, can abort a process that
    # ends soon afterwards, and they have nothing to gain on a single column.
    for batch in table.iter_batches(
        batch_size=_ROWS, row_groups=groups, columns=[wanted], use_threads=False
    ):
        values = batch.column(0).cast(kind).cast(pa.large_binary())
        for number, value in enumerate(values.to_pylist(), start=row):
            if found.full():
                yield found.take()
            found.add(value or b"", number)
        row += len(values)
    if found:
        yield found.take()


def names_column(names: list[str], column: str | None) -> str | None:
    """Return which of the columns holds the names; None when there is none such."""
    by_lower = {name.lower(): name for name in reversed(names)}
    if column is None:
        return next((by_lower[name] for name in COLUMN_NAMES if name in by_lower), None)
    if column in names:
        return column
    return by_lower.get(column.lower())

"""Write judged names in the formats that machines and people read."""

from collections.abc import Callable, Sequence
from typing import BinaryIO, Final, Protocol

from lionrock.core.errors import GiveUp
from lionrock.core.judgement import Judgement
from lionrock.names.writers.parquet import ParquetWriter
from lionrock.names.writers.rejects import RejectsWriter
from lionrock.names.writers.table import TableWriter
from lionrock.names.writers.text import CsvWriter, JsonlWriter

__all__ = ["FORMATS", "RejectsWriter", "Writer", "open_writer"]


class Writer(Protocol):
    """Takes judgements in order; what it was given last is in the stream after ``close``."""

    def write(self, judgements: Sequence[Judgement]) -> None:
        """Append the judgements."""

    def close(self) -> None:
        """Finish the format. The stream stays open: whoever opened it closes it."""


_WRITERS: Final[dict[str, Callable[[BinaryIO], Writer]]] = {
    "jsonl": JsonlWriter,
    "csv": CsvWriter,
    "parquet": ParquetWriter,
    "table": TableWriter,
}
FORMATS: Final = tuple(_WRITERS)


def open_writer(format: str, stream: BinaryIO) -> Writer:
    """Return a writer of ``format`` (one of ``FORMATS``) to a binary stream.

    Every format has the fields name, registrable, tenant_of, score, verdict, brand, reasons,
    model_version, in this order; a reason is code, span (start and end in the host, or null) and
    words. The table is for people and leaves out the model's version.
    """
    if format not in _WRITERS:
        raise GiveUp(f"no format is called {format!r}; there are {', '.join(FORMATS)}")
    return _WRITERS[format](stream)

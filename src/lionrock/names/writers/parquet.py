"""Write judged names as a Parquet file."""

from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lionrock.core.judgement import Judgement
from lionrock.names.writers.text import FIELDS, words

_GROUP: Final = 65_536
_REASON: Final = pa.struct(
    [("code", pa.string()), ("span", pa.list_(pa.int32())), ("words", pa.string())]
)
_TYPES: Final = (
    pa.string(),
    pa.string(),
    pa.string(),
    pa.float64(),
    pa.string(),
    pa.string(),
    pa.list_(_REASON),
    pa.string(),
)
_SCHEMA: Final = pa.schema(list(zip(FIELDS, _TYPES, strict=True)))


class ParquetWriter:
    """Row groups of 65,536 judgements, zstd."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._file = pq.ParquetWriter(stream, _SCHEMA, compression="zstd")
        self._kept: list[Judgement] = []

    def write(self, judgements: Sequence[Judgement]) -> None:
        """Append the judgements, a row group at a time."""
        self._kept += judgements
        while len(self._kept) >= _GROUP:
            self._write_group(self._kept[:_GROUP])
            self._kept = self._kept[_GROUP:]

    def close(self) -> None:
        """Write the last row group and the table of contents."""
        if self._kept:
            self._write_group(self._kept)
            self._kept = []
        self._file.close()
        self._stream.flush()

    def _write_group(self, judgements: Sequence[Judgement]) -> None:
        columns = {
            "name": [_text(j.name) for j in judgements],
            "registrable": [j.registrable for j in judgements],
            "tenant_of": [j.tenant_of for j in judgements],
            "score": [j.score for j in judgements],
            "verdict": [j.verdict.value for j in judgements],
            "brand": [j.brand for j in judgements],
            "reasons": [_reasons(j) for j in judgements],
            "model_version": [j.model_version for j in judgements],
        }
        self._file.write_table(pa.table(columns, schema=_SCHEMA))


def _reasons(judgement: Judgement) -> list[dict[str, Any]]:  # Any: Arrow's rows are mixed
    return [
        {
            "code": reason.code,
            "span": judgement.span(reason),
            "words": words(reason),
        }
        for reason in judgement.reasons
    ]


def _text(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")

"""How a set of files divides into shards that can be judged apart, and how one shard is read."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lionrock.core.errors import GiveUp, TryLater
from lionrock.names.blocks import Lines
from lionrock.names.streams import Form, as_form, open_names, read_shaped
from lionrock.names.streams.bytes import PIECE, Pieces
from lionrock.names.streams.forms import Shape, shape_of
from lionrock.names.streams.parquet import names_column, read_parquet
from lionrock.names.streams.row_starts import row_starts

SHARD_BYTES: Final = 64 << 20
"""About three million names as plain lines: half a minute's work of one core, or less."""

_PACKED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06")
_LOOK: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was listed: ``changed`` in nanoseconds since 1970, 0 where its store tells none."""

    path: str
    size: int
    changed: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name


class Part(StrEnum):
    """What of a file a shard is."""

    WHOLE = "whole"
    BYTES = "bytes"
    ROW_GROUPS = "row groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a file that is judged by itself.

    ``begin`` and ``end`` (exclusive) count bytes or row groups. ``line`` is the number of its first
    line (or row) in the file; where finding it would have meant to read the file, it is 1 with
    ``relative`` set, and what is told of the shard counts from there until shards are joined.
    ``shape`` says how bytes are read, since only the file's head tells.
    """

    number: int
    file: File
    part: Part
    begin: int = 0
    end: int = 0
    line: int = 1
    relative: bool = False
    shape: Shape | None = None

    def words(self) -> str:
        """Say which shard it is, for people."""
        within = "" if self.part is Part.WHOLE else f", {self.part} {self.begin} to {self.end}"
        return f"shard {self.number} ({self.file.path}{within})"

    @property
    def weight(self) -> int:
        """Return about how much work it is, in plain bytes."""
        if self.part is Part.BYTES:
            return self.end - self.begin
        return 4 * self.file.size if self.part is Part.WHOLE else SHARD_BYTES


def divide(
    files: Iterable[File],
    open_file: Callable[[File], AbstractContextManager[BinaryIO]],
    *,
    column: str | None = None,
    form: str | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> list[Shard]:
    """Return the shards of ``files``, in the order in which one machine would read them.

    A file of at most ``shard_bytes``, a compressed one and a zone (whose lines lean on those before)
    is one shard. Parquet divides by row group; lines, columns and JSON lines by stretches of bytes
    that end with a row. Only large files are opened, and only those with quoted fields read through.
    """
    wanted = as_form(form)
    shards: list[Shard] = []
    for file in files:
        parts = [Shard(number=0, file=file, part=Part.WHOLE)]
        if file.size > shard_bytes:
            with open_file(file) as stream:
                parts = _parts(file, stream, column, wanted, shard_bytes) or parts
        shards += [replace(part, number=len(shards) + i) for i, part in enumerate(parts)]
    return shards


def fingerprint(shards: Sequence[Shard]) -> str:
    """Return a digest that differs when a file's path, size or time, or the division, differs."""
    content = json.dumps([asdict(shard) for shard in shards], sort_keys=True)
    return hashlib.sha256(content.encode("utf-8", "surrogateescape")).hexdigest()


class Reading:
    """The values of one shard; ``lines`` counts the line ends of a stretch of bytes as it is read."""

    def __init__(
        self, shard: Shard, stream: BinaryIO, *, column: str | None = None, form: str | None = None
    ) -> None:
        self.lines = 0
        self._shard = shard
        self._stream = stream
        self._column = column
        self._form = form

    def __iter__(self) -> Iterator[Lines]:
        """Yield the blocks; raise GiveUp as ``open_names`` does, after what could be read."""
        shard = self._shard
        if shard.part is Part.WHOLE:
            yield from open_names(
                self._stream, column=self._column, form=self._form, name=shard.file.name
            )
        elif shard.part is Part.ROW_GROUPS:
            yield from read_parquet(
                Pieces(shard.file.name, iter(()), file=self._stream),
                column=self._column,
                first_row=shard.line,
                groups=range(shard.begin, shard.end),
            )
        elif shard.shape is not None:
            pieces = Pieces(shard.file.name, self._stretch())
            yield from read_shaped(pieces, shard.shape, self._column, shard.line)

    def _stretch(self) -> Iterator[bytes]:
        self._stream.seek(self._shard.begin)
        left = self._shard.end - self._shard.begin
        while left > 0:
            piece = self._stream.read(min(PIECE, left))
            if not piece:
                raise TryLater(f"{self._shard.file.path}: is shorter than when it was listed")
            left -= len(piece)
            self.lines += piece.count(b"\n")
            yield piece


class LineNumbers:
    """Turns line numbers that count from a shard's beginning into those of its file.

    Shards are asked for in order: each tells how many lines the next one stands behind.
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._next = 1

    def before(self, shard: Shard, lines: int) -> int:
        """Return what to add to the numbers of ``shard``, which holds ``lines`` line ends."""
        if shard.file.path != self._path or not shard.relative:
            self._path = shard.file.path
            self._next = shard.line
        added = self._next - shard.line if shard.relative else 0
        self._next += lines
        return added


def _parts(
    file: File, stream: BinaryIO, column: str | None, form: Form | None, shard_bytes: int
) -> list[Shard]:
    """Return the parts of a large file; none when it is one shard, or cannot be read: its task tells."""
    head = stream.read(4)
    stream.seek(0)
    try:
        if head == b"PAR1":
            return _row_groups(file, stream, column, shard_bytes)
        if head.startswith(_PACKED):
            return []
        pieces = Pieces(file.name, iter(partial(stream.read, _LOOK), b""))
        shape = shape_of(pieces, column, form)
    except (GiveUp, pa.ArrowException):
        return []
    if shape.form in (Form.ZONE, Form.PARQUET):
        return []
    begin, line = shape.bytes_before, 1 + shape.lines_before
    stream.seek(begin)
    if shape.quotes:
        starts = row_starts(
            iter(partial(stream.read, PIECE), b""),
            separator=shape.separator,
            begin=begin,
            first_line=line,
            every=shard_bytes,
        )
        relative = False
    else:
        starts = [
            (begin, line),
            *((at, 1) for at in _line_starts(file, stream, begin, shard_bytes)),
        ]
        relative = True
    ends = [at for at, _ in starts[1:]] + [file.size]
    return [
        Shard(
            number=0,
            file=file,
            part=Part.BYTES,
            begin=at,
            end=end,
            line=number,
            relative=relative and at != begin,
            shape=shape,
        )
        for (at, number), end in zip(starts, ends, strict=True)
    ]


def _line_starts(file: File, stream: BinaryIO, begin: int, shard_bytes: int) -> Iterator[int]:
    """Yield where the first line at or after every ``shard_bytes`` bytes begins."""
    while (begin := _line_after(stream, begin + shard_bytes, file.size)) < file.size:
        yield begin


def _line_after(stream: BinaryIO, at: int, size: int) -> int:
    at -= 1  # a line end just before means that a line begins here
    while at < size:
        stream.seek(at)
        piece = stream.read(_LOOK)
        if not piece:
            break
        found = piece.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(piece)
    return size


def _row_groups(file: File, stream: BinaryIO, column: str | None, shard_bytes: int) -> list[Shard]:
    """Return one shard per row group, or per some of them where they are small."""
    table = pq.ParquetFile(stream)
    wanted = names_column(table.schema_arrow.names, column)
    if wanted is None:
        return []
    shards: list[Shard] = []
    begin, row, first_row, held = 0, 1, 1, 0
    for group in range(table.num_row_groups):
        facts = table.metadata.row_group(group)
        columns = [facts.column(i) for i in range(facts.num_columns)]
        size = sum(c.total_uncompressed_size for c in columns if c.path_in_schema == wanted)
        if held and held + size > shard_bytes:
            shards.append(_groups(file, begin, group, first_row))
            begin, first_row, held = group, row, 0
        held += size
        row += facts.num_rows
    shards.append(_groups(file, begin, table.num_row_groups, first_row))
    return shards


def _groups(file: File, begin: int, end: int, row: int) -> Shard:
    return Shard(number=0, file=file, part=Part.ROW_GROUPS, begin=begin, end=end, line=row)

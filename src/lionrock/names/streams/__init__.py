"""Read names from files, pipes and archives of every form the field delivers."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Literal, cast

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Lines
from lionrock.names.streams.bytes import Pieces, members
from lionrock.names.streams.columns import read_columns
from lionrock.names.streams.forms import Form, Shape, shape_of
from lionrock.names.streams.jsonl import read_jsonl
from lionrock.names.streams.parquet import read_parquet
from lionrock.names.streams.zone import read_zone

__all__ = ["Form", "as_form", "open_names", "read_shaped"]


def open_names(
    source: Path | Literal["-"] | BinaryIO,
    *,
    column: str | None = None,
    form: str | None = None,
    name: str | None = None,
) -> Iterator[Lines]:
    """Yield the values of ``source`` in blocks of at most 65,536 values and 8 MiB.

    ``source`` is a file, ``"-"`` for standard input, or an open binary stream, which ``name`` names;
    gz, zst and zip are told by their first bytes. ``column`` names the CSV or Parquet column (or its number from 1) or
    the JSON key (dotted; lists are walked); ``form`` is a value of ``Form`` and overrides what
    content and file name suggest. Lines are counted through all members of a zip. Raises GiveUp
    when nothing can be read, or, after all that could be read, with the line where it ended.
    """
    wanted = as_form(form)
    with ExitStack() as closing:
        called, stream = _opened(source, closing)
        line = 0
        for pieces in members(name or called, stream):
            shape = shape_of(pieces, column, wanted)
            pieces.skip(shape.bytes_before)
            for lines in read_shaped(pieces, shape, column, line + 1 + shape.lines_before):
                line = _last_line(lines, line)
                yield lines
            if pieces.broken is not None:
                raise GiveUp(f"{pieces.name}: {pieces.broken}; the last whole line read is {line}")


def as_form(form: str | None) -> Form | None:
    """Return the form called so; raise GiveUp when there is none."""
    try:
        return None if form is None else Form(form)
    except ValueError as unknown:
        raise GiveUp(f"no form is called {form!r}; there are {', '.join(Form)}") from unknown


def _opened(source: Path | str | BinaryIO, closing: ExitStack) -> tuple[str, BinaryIO]:
    if source == "-":
        return "standard input", sys.stdin.buffer
    if isinstance(source, Path):
        try:
            return source.name, closing.enter_context(source.open("rb"))
        except OSError as error:
            raise GiveUp(f"{source}: {error.strerror or error}") from error
    stream = cast(BinaryIO, source)  # a str other than "-" is ruled out by the signature
    name = getattr(stream, "name", None)
    return Path(name).name if isinstance(name, str) else "the stream", stream


def read_shaped(
    pieces: Pieces, shape: Shape, column: str | None, first_line: int
) -> Iterator[Lines]:
    """Yield the values of ``pieces``, which begin with the first line of data, ``first_line``."""
    match shape.form:
        case Form.PARQUET:
            return read_parquet(pieces, column=column, first_row=first_line)
        case Form.JSONL:
            return read_jsonl(pieces, key=column, first_line=first_line)
        case Form.ZONE:
            return read_zone(pieces, first_line=first_line)
        case _:
            return read_columns(
                pieces,
                wanted=shape.wanted,
                separator=shape.separator,
                quotes=shape.quotes,
                first_line=first_line,
            )


def _last_line(lines: Lines, line: int) -> int:
    last = int(lines.numbers[-1]) if len(lines) else 0
    return max(line, last, *(reject.line for reject in lines.rejects[-1:]))

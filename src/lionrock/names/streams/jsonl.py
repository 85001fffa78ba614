"""Read names from JSON lines."""

import json
from collections.abc import Iterator
from typing import Any, Final

from lionrock.names.blocks import Lines
from lionrock.names.streams.bytes import Pieces
from lionrock.names.streams.forms import COLUMN_NAMES
from lionrock.names.streams.pages import Collector

_LONGEST_LINE: Final = 4 << 20
_TOO_LONG: Final = f"is longer than {_LONGEST_LINE >> 20} MiB"


def read_jsonl(pieces: Pieces, *, key: str | None, first_line: int) -> Iterator[Lines]:
    """Yield the texts under ``key`` of every object, or under the first customary name it has.

    A dotted key walks into objects, and into every member of a list on the way. A line that is no
    JSON, or has no text there, is a Reject.
    """
    found = Collector()
    keys = COLUMN_NAMES if key is None else (key,)
    for number, line in enumerate(_lines(pieces), start=first_line):
        if found.full():
            yield found.take()
        if line.isspace() or not line:
            continue
        if len(line) > _LONGEST_LINE:
            found.reject(line, number, _TOO_LONG)
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            found.reject(line, number, "is no JSON")
            continue
        texts = _first(value, keys)
        if not texts:
            found.reject(line, number, f"has no text under {' or '.join(map(repr, keys))}")
        for text in texts:
            if found.full():
                yield found.take()
            found.add(text.encode("utf-8", "surrogatepass"), number)
    if found:
        yield found.take()


def _first(value: Any, keys: tuple[str, ...]) -> list[str]:  # Any: JSON is what it is
    """Return the texts under the first key that has some."""
    for key in keys:
        if isinstance(value, dict) and isinstance(text := value.get(key), str):
            return [text]
        if texts := list(_texts(value, key)):
            return texts
    return []


def _texts(value: Any, key: str) -> Iterator[str]:  # Any: as above
    if isinstance(value, list):
        for member in value:
            yield from _texts(member, key)
    elif not key:
        if isinstance(value, str):
            yield value
    elif isinstance(value, dict):
        if key in value:
            yield from _texts(value[key], "")
        else:
            first, _, rest = key.partition(".")
            if rest and first in value:
                yield from _texts(value[first], rest)


def _lines(pieces: Pieces) -> Iterator[bytes]:
    """Yield whole lines; of one that is too long, its first bytes and one more than allowed."""
    begun: list[bytes] = []
    size = 0
    for piece in pieces:
        head, *rest = piece.split(b"\n")
        if size <= _LONGEST_LINE:
            begun.append(head[: _LONGEST_LINE + 1])
            size += len(head)
        for line in rest:
            yield b"".join(begun)
            begun, size = [line], len(line)
    if pieces.broken is None and size:
        yield b"".join(begun)

"""Find where rows begin in columns whose quotes may hold line ends, so that a file can be divided."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names.compiled import compiled

_LINE: Final = 0  # the line on which the next byte stands
_QUOTED: Final = 1  # 0 no, 1 inside quotes, 2 a quote was just read inside quotes
_FRESH: Final = 2  # nothing of this field was read yet
_QUOTE: Final = 34


def row_starts(
    pieces: Iterable[bytes], *, separator: int, begin: int, first_line: int, every: int
) -> list[tuple[int, int]]:
    """Return offset and line of a row's beginning after every ``every`` bytes of ``pieces``.

    ``pieces`` begin at offset ``begin`` of the file with a row, on ``first_line``; that row is the
    first of the list. Quotes are those of ``read_columns``. The end of the input begins no row.
    """
    state = np.array([first_line, 0, 1], dtype=np.int64)
    found = [(begin, first_line)]
    offset = begin
    for piece in pieces:
        data = np.frombuffer(piece, dtype=np.uint8)
        at = 0
        while at < len(data):
            at = _next_start(data, at, found[-1][0] + every - offset, separator, state)
            if at >= 0:
                found.append((offset + at, int(state[_LINE])))
            else:
                break
        offset += len(data)
    if len(found) > 1 and found[-1][0] == offset:
        found.pop()
    return found


@compiled
def _next_start(
    data: NDArray[np.uint8], at: int, least: int, separator: int, state: NDArray[np.int64]
) -> int:
    """Walk on from ``at``; return where the first row at or after ``least`` begins, -1 if none."""
    quoted = state[_QUOTED]
    fresh = state[_FRESH]
    found = -1
    while at < len(data) and found < 0:
        byte = data[at]
        at += 1
        if quoted == 1:
            if byte == _QUOTE:
                quoted = 2
            elif byte == 10:
                state[_LINE] += 1
            continue
        if byte == 10:
            state[_LINE] += 1
            quoted = 0
            fresh = 1
            if at >= least:
                found = at
            continue
        if byte == separator:
            quoted = 0
            fresh = 1
            continue
        if byte == _QUOTE and (fresh or quoted == 2):
            quoted = 1
        elif quoted == 2:
            quoted = 0
        fresh = 0
    state[_QUOTED] = quoted
    state[_FRESH] = fresh
    return found

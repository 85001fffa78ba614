"""Cut plain lines and separated columns into values, without a step of Python per line."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import GiveUp
from lionrock.core.hosts import LONGEST_VALUE
from lionrock.names.blocks import Lines, Reject, shown
from lionrock.names.compiled import compiled
from lionrock.names.streams.bytes import Pieces
from lionrock.names.streams.pages import TEXT_BYTES, VALUES, Page, lines_on, new_page

NO_SEPARATOR: Final = -1
_QUOTE: Final = 34

# What the cutter remembers from one piece to the next, by place in its ``state``.
_LINE: Final = 0  # the line being read
_ROW: Final = 1  # the line on which the present row began
_COLUMN: Final = 2
_QUOTED: Final = 3  # 0 no, 1 inside quotes, 2 a quote was just read inside quotes
_VALUES: Final = 4
_TEXT: Final = 5  # bytes of finished values
_END: Final = 6  # end of the unfinished value
_DONE: Final = 7  # the wanted field of this row is complete
_FRESH: Final = 8  # nothing of this field was read yet
_SIZE: Final = 9


class _Cut(NamedTuple):
    """What to cut: which field, between which bytes, and whether quotes hold a field together."""

    wanted: int
    separator: int
    quotes: bool


def read_columns(
    pieces: Pieces, *, wanted: int, separator: int, quotes: bool, first_line: int
) -> Iterator[Lines]:
    """Yield the values of field ``wanted`` (from 0) of every row.

    ``separator`` is a byte or ``NO_SEPARATOR`` for whole lines. With ``quotes`` a field may stand
    in double quotes as RFC 4180 has it, line ends included; a quote that never closes is a GiveUp
    at the end that names its line. A row too short for the field is a Reject.
    """
    state = np.zeros(_SIZE, dtype=np.int64)
    state[_LINE] = state[_ROW] = first_line
    state[_FRESH] = 1
    page = new_page()
    cut = _Cut(wanted=wanted, separator=separator, quotes=quotes)
    for piece in pieces:
        data = np.frombuffer(piece, dtype=np.uint8)
        at = 0
        while at < len(data):
            at = _cut(data, at, cut, state, page)
            if _full(state):
                yield _taken(page, state)
    if pieces.broken is None and state[_QUOTED] == 1:
        yield _taken(page, state)
        raise GiveUp(f"{pieces.name}: the quotation mark opened on line {state[_ROW]} never closes")
    if pieces.broken is None and (state[_END] > state[_TEXT] or state[_COLUMN] or state[_DONE]):
        _finish_row(state, wanted, page)
    if state[_VALUES]:
        yield _taken(page, state)


def _taken(page: Page, state: NDArray[np.int64]) -> Lines:
    """Take the finished values off the page and make room for the next."""
    count, text, end = int(state[_VALUES]), int(state[_TEXT]), int(state[_END])
    lines = lines_on(page, count)
    page.text[: end - text] = page.text[text:end].copy()
    state[_VALUES] = state[_TEXT] = 0
    state[_END] = end - text
    missing = page.short[:count].astype(bool)
    if not missing.any():
        return lines
    rejects = tuple(
        Reject(line=int(lines.numbers[i]), text=shown(lines.value(i)), why="has too few columns")
        for i in np.flatnonzero(missing).tolist()
    )
    return lines.without(missing, rejects)


@compiled
def _full(state: NDArray[np.int64]) -> bool:
    """Say whether the page must be taken before another value begins."""
    return bool(state[_VALUES] == VALUES or state[_TEXT] + LONGEST_VALUE + 1 > TEXT_BYTES)


@compiled
def _cut(data: NDArray[np.uint8], at: int, cut: _Cut, state: NDArray[np.int64], page: Page) -> int:
    """Cut ``data`` from ``at`` on; return where it stopped, because the page is full or at the end."""
    wanted, separator, quotes = cut
    text = page.text
    column = state[_COLUMN]
    quoted = state[_QUOTED]
    end = state[_END]
    done = state[_DONE]
    fresh = state[_FRESH]
    limit = state[_TEXT] + LONGEST_VALUE + 1
    size = len(data)
    while at < size:
        byte = data[at]
        at += 1
        if quoted == 1:
            if byte == _QUOTE:
                quoted = 2
                continue
            if byte == 10:
                state[_LINE] += 1
        elif byte == 10:
            state[_COLUMN] = column
            state[_END] = end
            state[_DONE] = done
            _finish_row(state, wanted, page)
            column = quoted = done = 0
            fresh = 1
            end = state[_TEXT]
            limit = end + LONGEST_VALUE + 1
            state[_LINE] += 1
            state[_ROW] = state[_LINE]
            if _full(state):
                break
            continue
        elif byte == separator:
            if column == wanted:
                done = 1
            column += 1
            quoted = 0
            fresh = 1
            if column == wanted:
                end = state[_TEXT]
            elif done == 0 and end < limit:
                text[end] = byte
                end += 1
            continue
        elif quotes and byte == _QUOTE and (fresh or quoted == 2):
            if fresh:
                quoted = 1
                fresh = 0
                continue
            quoted = 1
        elif quoted == 2:
            quoted = 0
        fresh = 0
        if done == 0 and end < limit:
            text[end] = byte
            end += 1
    state[_COLUMN] = column
    state[_QUOTED] = quoted
    state[_END] = end
    state[_DONE] = done
    state[_FRESH] = fresh
    return at


@compiled
def _finish_row(state: NDArray[np.int64], wanted: int, page: Page) -> None:
    """Close the row's value; a row that ended before the wanted field keeps its first bytes."""
    count = state[_VALUES]
    end = state[_END]
    if state[_DONE] == 0 and end > state[_TEXT] and page.text[end - 1] == 13:
        end -= 1
    page.short[count] = 1 if state[_COLUMN] < wanted and end > state[_TEXT] else 0
    page.numbers[count] = state[_ROW]
    page.starts[count + 1] = end
    state[_VALUES] = count + 1
    state[_TEXT] = end
    state[_END] = end

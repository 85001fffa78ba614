"""The page a reader writes its values on before they leave as one block."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import LONGEST_VALUE
from lionrock.names.blocks import Lines, Reject, shown

VALUES: Final = 65_536
"""Values in a block, at most."""

TEXT_BYTES: Final = 8 << 20
"""Bytes of text in a block, at most."""


class Page(NamedTuple):
    """Room for one block, used again and again: what leaves it is a copy. Compiled code reads it."""

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]
    short: NDArray[np.uint8]
    """1 where a row ended before its value; the text is then what stood there instead."""


def new_page() -> Page:
    """Return an empty page."""
    return Page(
        text=np.empty(TEXT_BYTES, dtype=np.uint8),
        starts=np.zeros(VALUES + 1, dtype=np.int64),
        numbers=np.zeros(VALUES, dtype=np.int64),
        short=np.zeros(VALUES, dtype=np.uint8),
    )


def lines_on(page: Page, count: int) -> Lines:
    """Return the first ``count`` values on the page as a block of their own."""
    starts = page.starts[: count + 1].copy()
    text = page.text[: starts[-1]].copy()
    return Lines(text=text, starts=starts, numbers=page.numbers[:count].copy())


class Collector:
    """Gathers values one by one for readers that decode each line anyway."""

    def __init__(self) -> None:
        self._values: list[bytes] = []
        self._numbers: list[int] = []
        self._rejects: list[Reject] = []
        self._bytes = 0

    def add(self, value: bytes, number: int) -> None:
        """Take a value, cut to what a block may hold."""
        value = value[: LONGEST_VALUE + 1]
        self._values.append(value)
        self._numbers.append(number)
        self._bytes += len(value)

    def reject(self, text: bytes, number: int, why: str) -> None:
        """Take a line that holds no value."""
        self._rejects.append(Reject(line=number, text=shown(text), why=why))

    def full(self) -> bool:
        """Say whether the block should leave before another value comes."""
        return (
            len(self._values) >= VALUES
            or len(self._rejects) >= VALUES
            or self._bytes + LONGEST_VALUE >= TEXT_BYTES
        )

    def take(self) -> Lines:
        """Return what was gathered as a block and begin anew."""
        starts = np.zeros(len(self._values) + 1, dtype=np.int64)
        np.cumsum([len(value) for value in self._values], out=starts[1:])
        lines = Lines(
            text=np.frombuffer(b"".join(self._values), dtype=np.uint8),
            starts=starts,
            numbers=np.array(self._numbers, dtype=np.int64),
            rejects=tuple(self._rejects),
        )
        self._values, self._numbers, self._rejects, self._bytes = [], [], [], 0
        return lines

    def __bool__(self) -> bool:
        return bool(self._values or self._rejects)

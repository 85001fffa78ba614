"""The page a reader writes its values on before they leave as one block."""

from typing import Final

import numpy as np

from lionrock.core.hosts import LONGEST_VALUE
from lionrock.names.blocks import Lines, Reject, shown

VALUES: Final = 65_536
"""Values in a block, at most."""

TEXT_BYTES: Final = 8 << 20
"""Bytes of text in a block, at most."""


class Page:
    """Room for one block, used again and again: what leaves it is a copy."""

    def __init__(self) -> None:
        self.text = np.empty(TEXT_BYTES, dtype=np.uint8)
        self.starts = np.zeros(VALUES + 1, dtype=np.int64)
        self.numbers = np.zeros(VALUES, dtype=np.int64)

    def lines(self, count: int) -> Lines:
        """Return the first ``count`` values as a block of their own."""
        starts = self.starts[: count + 1].copy()
        text = self.text[: starts[-1]].copy()
        return Lines(text=text, starts=starts, numbers=self.numbers[:count].copy())


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

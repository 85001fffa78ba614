"""Columns of names: the one shape in which names travel from the readers to triage."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A line that is no name: its number, its text (cut to 200 characters), and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Consecutive values as they were read, not yet looked at.

    Value ``i`` is ``text[starts[i]:starts[i + 1]]`` (bytes, usually UTF-8) and came from line
    ``numbers[i]`` of the input (1-based; the row number for Parquet). A value longer than
    ``LONGEST_VALUE`` bytes is cut to one byte more than that. ``rejects`` are the lines near here
    in which the reader found no value at all (a row without the column, broken JSON).
    """

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]
    rejects: tuple[Reject, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def value(self, i: int) -> bytes:
        """Return value ``i`` as bytes."""
        return self.text[self.starts[i] : self.starts[i + 1]].tobytes()

    def without(self, gone: NDArray[np.bool_], rejects: tuple[Reject, ...]) -> "Lines":
        """Return the values that are not ``gone``; ``rejects`` say what became of the others."""
        lengths = np.diff(self.starts)
        starts = np.zeros(int((~gone).sum()) + 1, dtype=np.int64)
        np.cumsum(lengths[~gone], out=starts[1:])
        text = self.text[np.repeat(~gone, lengths)]
        return Lines(
            text=text, starts=starts, numbers=self.numbers[~gone], rejects=self.rejects + rejects
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Normalised hosts: lower-case A-labels without a final dot, only ``[a-z0-9._-]`` bytes.

    Host ``i`` is ``text[starts[i]:starts[i + 1]]`` and came from value ``rows[i]`` of the Lines it
    was read from.
    """

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def host(self, i: int) -> str:
        """Return host ``i`` as text."""
        return self.text[self.starts[i] : self.starts[i + 1]].tobytes().decode("ascii")

    def only(self, kept: NDArray[np.bool_]) -> "Hosts":
        """Return the hosts that are ``kept``."""
        if kept.all():
            return self
        lengths = np.diff(self.starts)
        starts = np.zeros(int(kept.sum()) + 1, dtype=np.int64)
        np.cumsum(lengths[kept], out=starts[1:])
        return Hosts(text=self.text[np.repeat(kept, lengths)], starts=starts, rows=self.rows[kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """Where each host of a Hosts divides, as offsets from the start of that host (int32).

    ``suffix[i]`` is where the public suffix begins and ``registrable[i]`` where the registrable
    domain begins; ``registrable[i] == -1`` when the host is itself a suffix (nobody registered
    anything). Under a tenant suffix both count from that suffix: for ``a.evil.pages.dev`` the
    suffix is ``pages.dev`` and the registrable name ``evil.pages.dev``. ``kind[i]``: 0 = ICANN
    section, or no rule (the last label is the suffix then); 1 = private section of the Public
    Suffix List; 2 = our own list of hosting and dynamic-DNS suffixes.
    """

    suffix: NDArray[np.int32]
    registrable: NDArray[np.int32]
    kind: NDArray[np.uint8]


def lines_of(values: list[bytes], *, first_number: int = 1) -> Lines:
    """Return a block that holds ``values``, numbered from ``first_number``."""
    starts = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum([len(value) for value in values], out=starts[1:])
    text = np.frombuffer(b"".join(values), dtype=np.uint8)
    numbers = np.arange(first_number, first_number + len(values), dtype=np.int64)
    return Lines(text=text, starts=starts, numbers=numbers)


def hosts_of(values: list[str]) -> Hosts:
    """Return a block that holds ``values``, which are already in normal form."""
    lines = lines_of([value.encode("ascii") for value in values])
    return Hosts(text=lines.text, starts=lines.starts, rows=lines.numbers - 1)


def shown(value: bytes) -> str:
    """Return what a Reject keeps of ``value``: 200 characters, bytes that are no text escaped."""
    return value[: 4 * _SHOWN].decode("utf-8", "backslashreplace")[:_SHOWN]

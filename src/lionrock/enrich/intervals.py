"""Answers for millions of addresses which range each lies in: nested ranges laid flat, then searched."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_LENGTH: Final = 255
"""Stands where a range is no prefix, or where its prefix says nothing."""

BITS: Final = {4: 32, 6: 128}
KEYS: Final[dict[int, str]] = {4: "<u4", 6: "S16"}
"""How addresses are compared: as numbers, or as sixteen bytes from the most significant on."""

Keys = NDArray[np.uint32] | NDArray[np.bytes_]


class Range(NamedTuple):
    """Addresses from ``first`` to ``last``, both included, and what holds for them.

    ``value`` is never 0, which stands for "nobody knows"; ``length`` is the prefix's.
    """

    first: int
    last: int
    value: int
    length: int = NO_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intervals:
    """Disjoint intervals over the whole address space of one family, in order.

    Row ``i`` reaches from ``starts[i]`` to just before ``starts[i + 1]``; the first starts at 0.
    ``values[i]`` is 0 where nothing is known. The arrays may be memory-mapped.
    """

    version: int
    starts: Keys
    values: NDArray[np.uint32]
    lengths: NDArray[np.uint8]

    def rows(self, keys: Keys) -> NDArray[np.int64]:
        """Return the row each key lies in (any shape of ``len(keys)``; sorted keys are fastest)."""
        return np.searchsorted(self.starts, keys, side="right").astype(np.int64) - 1

    def first(self, row: int) -> int:
        """Return the first address of a row as a number."""
        return as_number(self.starts[row])


def flatten(version: int, ranges: Iterable[Range], *, merged: bool) -> Intervals:
    """Lay ranges flat, so that the narrowest range over an address wins; of equals, the first.

    ``merged`` joins neighbours of one value, which loses the prefixes' lengths: for tables whose
    prefixes mean nothing by themselves, such as country tables.
    """
    order = sorted(ranges, key=lambda one: (one.first, -one.last))
    return _packed(version, _joined(_flat(order)) if merged else _flat(order))


def disjoint(version: int, ranges: Iterable[Range]) -> Intervals:
    """Pack ranges that come in order and do not overlap, joining neighbours of one value.

    Nothing is held but the result: for files of many millions of ranges.
    """
    return _packed(version, _joined(ranges))


def as_number(key: object) -> int:
    """Return an address's key as a number."""
    if isinstance(key, bytes):
        return int.from_bytes(key.ljust(16, b"\0"), "big")
    return int(key)  # type: ignore[call-overload,no-any-return]  # numpy's scalars are numbers


def _flat(order: Sequence[Range]) -> Iterator[Range]:
    """Yield the parts of sorted ranges that no narrower one covers, in order."""
    open_ranges: list[Range] = []
    at = 0
    seen: tuple[int, int] | None = None
    for new in order:
        if seen == (new.first, new.last):
            continue
        seen = (new.first, new.last)
        while open_ranges and open_ranges[-1].last < new.first:
            ended = open_ranges.pop()
            if at <= ended.last:
                yield ended._replace(first=at)
                at = ended.last + 1
        if open_ranges and at < new.first:
            yield open_ranges[-1]._replace(first=at, last=new.first - 1)
        at = max(at, new.first)
        open_ranges.append(new)
    while open_ranges:
        ended = open_ranges.pop()
        if at <= ended.last:
            yield ended._replace(first=at)
            at = ended.last + 1


def _joined(ranges: Iterable[Range]) -> Iterator[Range]:
    held: Range | None = None
    for one in ranges:
        if held is not None and held.last + 1 == one.first and held.value == one.value:
            held = held._replace(last=one.last, length=NO_LENGTH)
            continue
        if held is not None:
            yield held
        held = one._replace(length=NO_LENGTH)
    if held is not None:
        yield held


def _packed(version: int, ranges: Iterable[Range]) -> Intervals:
    starts: list[int] = [0]
    values: list[int] = [0]
    lengths: list[int] = [NO_LENGTH]
    end = 1 << BITS[version]
    at = 0
    for one in ranges:
        if one.first == at:
            starts.pop(), values.pop(), lengths.pop()
        starts.append(one.first)
        values.append(one.value)
        lengths.append(one.length)
        at = one.last + 1
        if at < end:
            starts.append(at)
            values.append(0)
            lengths.append(NO_LENGTH)
    return Intervals(
        version=version,
        starts=_keys(version, starts),
        values=np.array(values, dtype=np.uint32),
        lengths=np.array(lengths, dtype=np.uint8),
    )


def _keys(version: int, numbers: Sequence[int]) -> Keys:
    if version == 4:
        return np.array(numbers, dtype=np.uint32)
    packed = b"".join(number.to_bytes(16, "big") for number in numbers)
    return np.frombuffer(packed, dtype="S16").copy()

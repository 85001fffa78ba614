"""Sets of words as hash tables that compiled code can look into: FNV-1a and open addressing.

Hashes are 64 bits wide (Fowler, Noll and Vo); a table is a power of two of them, 0 marks a free slot,
and a value stands in the first free slot from ``value & (size - 1)`` on. Compiled readers repeat the
hash with the same two constants.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FNV_OFFSET: Final = 14695981039346656037
FNV_PRIME: Final = 1099511628211


def fnv1a(data: bytes) -> int:
    """Return the 64-bit FNV-1a hash of ``data``."""
    value = FNV_OFFSET
    for byte in data:
        value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return value


def empty_table(count: int) -> NDArray[np.uint64]:
    """Return a table with room for ``count`` values, at most half full."""
    return np.zeros(1 << max(8, (2 * count).bit_length()), dtype=np.uint64)


def place(table: NDArray[np.uint64], value: int) -> int:
    """Put ``value`` (not 0) into the table and return its slot."""
    slot = value & (len(table) - 1)
    while table[slot]:
        slot = (slot + 1) & (len(table) - 1)
    table[slot] = value
    return slot

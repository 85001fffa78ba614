"""Hash hosts with a key, so that nobody outside can choose names that collide."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names.compiled import compiled

_INIT: Final = (
    np.uint64(0x736F6D6570736575),
    np.uint64(0x646F72616E646F6D),
    np.uint64(0x6C7967656E657261),
    np.uint64(0x7465646279746573),
)
_FINAL: Final = np.uint64(0xFF)
_BITS: Final = np.uint64(64)


@compiled
def siphash(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    key: NDArray[np.uint64],
    out: NDArray[np.uint64],
) -> None:
    """Write the SipHash-1-3 of every ``text[starts[i]:starts[i + 1]]`` to ``out``.

    ``key`` is two words. The function is Aumasson's and Bernstein's (2012) with one round per word
    and three at the end, as the hash tables of several languages use it.
    """
    for row in range(len(starts) - 1):
        begin = starts[row]
        length = starts[row + 1] - begin
        a = key[0] ^ _INIT[0]
        b = key[1] ^ _INIT[1]
        c = key[0] ^ _INIT[2]
        d = key[1] ^ _INIT[3]
        for word in range(length // 8 + 1):
            value = np.uint64(0)
            at = begin + 8 * word
            for i in range(min(8, length - 8 * word)):
                value |= np.uint64(text[at + i]) << np.uint64(8 * i)
            if 8 * word + 8 > length:
                value |= np.uint64(length & 255) << np.uint64(56)
            d ^= value
            a, b, c, d = _round(a, b, c, d)
            a ^= value
        c ^= _FINAL
        for _ in range(3):
            a, b, c, d = _round(a, b, c, d)
        out[row] = a ^ b ^ c ^ d


@compiled
def _round(
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    a += b
    b = _turned(b, np.uint64(13)) ^ a
    a = _turned(a, np.uint64(32))
    c += d
    d = _turned(d, np.uint64(16)) ^ c
    a += d
    d = _turned(d, np.uint64(21)) ^ a
    c += b
    b = _turned(b, np.uint64(17)) ^ c
    c = _turned(c, np.uint64(32))
    return a, b, c, d


@compiled
def _turned(word: np.uint64, bits: np.uint64) -> np.uint64:
    return (word << bits) | (word >> (_BITS - bits))

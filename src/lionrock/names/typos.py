"""Finding words one or two slips away from an alias, through their common deletions.

Two words within one edit share a string made by deleting at most one letter from each (the
symmetric-delete index); within two edits, at most two from each. Only hashes are kept: what the
index proposes is checked letter by letter before anybody sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from lionrock.names.compiled import compiled
from lionrock.names.hashing import FNV_OFFSET, FNV_PRIME, empty_table, fnv1a, place

SHORTEST = 6
"""Aliases shorter than this have too many ordinary neighbours."""
TWO_SLIPS_FROM = 9
"""From this length on two slips still look like the brand."""
LONGEST = 24
MOST_HITS = 64
"""How many proposals are followed up for one word; far more than any word has."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR: dict[str, set[str]] = {}
for _r, _row in enumerate(_ROWS):
    for _c, _key in enumerate(_row):
        for _dr in (-1, 0, 1):
            for _dc in (-1, 0, 1):
                if 0 <= _r + _dr < 3 and 0 <= _c + _dc < len(_ROWS[_r + _dr]):
                    _NEAR.setdefault(_key, set()).add(_ROWS[_r + _dr][_c + _dc])


@dataclass(frozen=True, slots=True, kw_only=True)
class TypoIndex:
    """Aliases by the hashes of their deletions.

    ``table`` is an open-addressing hash set (0 = free); ``by_hash`` names the aliases behind one.
    """

    table: NDArray[np.uint64]
    filter: NDArray[np.uint8]
    by_hash: dict[int, tuple[str, ...]]

    @classmethod
    def build(cls, aliases: Sequence[str]) -> "TypoIndex":
        """Index those aliases (ASCII, no separators) that are long enough."""
        by_hash: dict[int, list[str]] = {}
        for alias in aliases:
            if SHORTEST <= len(alias) <= LONGEST:
                depth = 2 if len(alias) >= TWO_SLIPS_FROM else 1
                for shorter in _deletions(alias, depth):
                    by_hash.setdefault(_hash(shorter), []).append(alias)
        table = empty_table(len(by_hash))
        sieve = np.zeros(1 << 20, dtype=np.uint8)
        for value in by_hash:
            place(table, value)
            sieve[value >> 44] = 1
        return cls(
            table=table,
            filter=sieve,
            by_hash={value: tuple(dict.fromkeys(names)) for value, names in by_hash.items()},
        )

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return (alias, slips) for every indexed alias within its allowed distance, not itself."""
        hits = np.empty(MOST_HITS, dtype=np.uint64)
        raw = np.frombuffer(word.encode("ascii", "replace"), dtype=np.uint8)
        count = _deletion_hits(raw, 0, len(raw), self.table, self.filter, hits)
        proposed: dict[str, None] = {}
        for value in hits[:count].tolist():
            proposed |= dict.fromkeys(self.by_hash[value])
        found = []
        for alias in proposed:
            limit = 2 if len(alias) >= TWO_SLIPS_FROM else 1
            slips = OSA.distance(word, alias, score_cutoff=limit)
            if 0 < slips <= limit:
                found.append((alias, slips))
        return sorted(found, key=lambda pair: (pair[1], -len(pair[0]), pair[0]))


def kind_of_slip(word: str, alias: str) -> str:
    """Name the one slip between two words at distance 1: bit-flip, or typo of any other kind.

    A flipped bit is told apart only where no keyboard slip explains the change as well.
    """
    if len(word) == len(alias):
        changed = [(w, a) for w, a in zip(word, alias, strict=True) if w != a]
        if len(changed) == 1:
            w, a = changed[0]
            if w in _NEAR.get(a, ()):
                return "typo"
            if (ord(w) ^ ord(a)).bit_count() == 1:
                return "bit-flip"
    return "typo"


def _deletions(word: str, depth: int) -> set[str]:
    out = fresh = {word}
    for _ in range(depth):
        fresh = {left[:gone] + left[gone + 1 :] for left in fresh for gone in range(len(left))}
        out = out | fresh
    return out


def _hash(word: str) -> int:
    value = fnv1a(word.encode("ascii", "replace"))
    value ^= value >> 32
    value = (value * 0xD6E8FEB86659FD93) & 0xFFFFFFFFFFFFFFFF
    return (value ^ (value >> 32)) or 1


@compiled
def mark_near(
    text: NDArray[np.uint8],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    table: NDArray[np.uint64],
    sieve: NDArray[np.uint8],
    out: NDArray[np.bool_],
) -> None:
    """Mark the rows of which a word of ``text[first:last]``, between dots and hyphens, may be a slip."""
    one = np.empty(1, dtype=np.uint64)
    for row in range(first.shape[0]):
        a = first[row]
        end = last[row]
        while a < end and not out[row]:
            b = a
            while b < end and text[b] != 45 and text[b] != 46:
                b += 1
            out[row] = _deletion_hits(text, a, b, table, sieve, one) > 0
            a = b + 1


@compiled
def _deletion_hits(
    text: NDArray[np.uint8],
    a: int,
    b: int,
    table: NDArray[np.uint64],
    sieve: NDArray[np.uint8],
    hits: NDArray[np.uint64],
) -> int:
    """Write the indexed hashes of what deleting letters of ``text[a:b]`` leaves into ``hits``.

    Up to two letters are deleted from words of 8 to 26 letters, one from shorter ones. Returns how
    many hashes were found, repeats included, and stops when ``hits`` is full.
    """
    prime = np.uint64(FNV_PRIME)
    offset = np.uint64(FNV_OFFSET)
    mask = np.uint64(table.shape[0] - 1)
    n = b - a
    count = 0
    if n < SHORTEST - 1 or n > LONGEST + 2:
        return 0
    two = n >= TWO_SLIPS_FROM - 1
    for i in range(-1, n):
        for j in range(i + 1 if two and i >= 0 else n, n + 1):
            value = offset
            for k in range(n):
                if k not in (i, j):
                    value = (value ^ np.uint64(text[a + k])) * prime
            value ^= value >> np.uint64(32)
            value *= np.uint64(0xD6E8FEB86659FD93)
            value ^= value >> np.uint64(32)
            if value == 0:
                value = np.uint64(1)
            if sieve[value >> np.uint64(44)]:
                slot = value & mask
                while table[slot] != 0:
                    if table[slot] == value:
                        hits[count] = value
                        count += 1
                        if count == hits.shape[0]:
                            return count
                        break
                    slot = (slot + np.uint64(1)) & mask
    return count

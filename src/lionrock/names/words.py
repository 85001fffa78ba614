"""The words that domain names are made of, and how a label most likely divides into them.

A unigram model: the likeliest division of a label is the one whose words' costs (negative natural
logarithms of their share among hyphen-separated words of domain names) add up to the least.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lionrock.names.compiled import compiled
from lionrock.names.hashing import FNV_OFFSET, FNV_PRIME, empty_table, fnv1a, place

LONGEST = 16
UNKNOWN_START = 8.0
UNKNOWN_LETTER = 2.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A vocabulary as an open-addressing hash table: ``hashes`` (0 = free) beside ``costs`` (nats)."""

    hashes: NDArray[np.uint64]
    costs: NDArray[np.float32]

    @classmethod
    def build(cls, counts: Mapping[str, int], without: Iterable[str] = ()) -> "Words":
        """Build from word counts (ASCII, lower case), leaving out those in ``without``."""
        left_out = set(without)
        total = float(sum(counts.values())) or 1.0
        kept = {w: c for w, c in counts.items() if w not in left_out and 0 < len(w) <= LONGEST}
        hashes = empty_table(len(kept))
        costs = np.zeros(len(hashes), dtype=np.float32)
        for word, count in kept.items():
            costs[place(hashes, _hash(word))] = math.log(total / count)
        return cls(hashes=hashes, costs=costs)

    def cost(self, text: str) -> float:
        """Return the cost in nats of the likeliest division of ``text``; 0 for the empty text."""
        if not text:
            return 0.0
        raw = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
        return float(cost_of(raw, self.hashes, self.costs))

    def knows(self, word: str) -> float:
        """Return the word's own cost in nats, or infinity when the vocabulary lacks it."""
        value = _hash(word)
        size = len(self.hashes)
        slot = value & (size - 1)
        while self.hashes[slot]:
            if int(self.hashes[slot]) == value:
                return float(self.costs[slot])
            slot = (slot + 1) & (size - 1)
        return math.inf


def _hash(word: str) -> int:
    value = fnv1a(word.encode("ascii", "replace"))
    return (value ^ (value >> 32)) or 1


@compiled
def cost_of(
    text: NDArray[np.uint8], hashes: NDArray[np.uint64], costs: NDArray[np.float32]
) -> float:
    """Return the least cost of dividing ``text`` into known words and unknown stretches."""
    n = text.shape[0]
    mask = np.uint64(hashes.shape[0] - 1)
    prime = np.uint64(FNV_PRIME)
    best = np.empty(n + 1, dtype=np.float64)
    unknown = np.empty(n + 1, dtype=np.float64)
    best[0] = 0.0
    unknown[0] = 1e18
    for i in range(1, n + 1):
        best[i] = 1e18
        unknown[i] = 1e18
    for i in range(n):
        here = min(best[i], unknown[i])
        best[i] = min(best[i], here)
        opened = min(here + UNKNOWN_START, unknown[i]) + UNKNOWN_LETTER
        unknown[i + 1] = min(unknown[i + 1], opened)
        value = np.uint64(FNV_OFFSET)
        for j in range(i, min(n, i + LONGEST)):
            value = (value ^ np.uint64(text[j])) * prime
            key = value ^ (value >> np.uint64(32))
            slot = key & mask
            while hashes[slot] != 0:
                if hashes[slot] == key:
                    total = here + costs[slot]
                    best[j + 1] = min(best[j + 1], total)
                    break
                slot = (slot + np.uint64(1)) & mask
    return float(min(best[n], unknown[n]))

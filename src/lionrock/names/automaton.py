"""Finding thousands of fixed words in millions of host names in one pass (Aho and Corasick, 1975).

Written here rather than taken from ``ahocorasick_rs`` because that returns one Python tuple per
match: triage needs a few flags per host for all hosts and the matches for a few per cent of them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lionrock.names.compiled import compiled

LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789-._"
WIDTH = len(LETTERS) + 1
CODE: NDArray[np.uint8] = np.full(256, WIDTH - 1, dtype=np.uint8)
CODE[np.frombuffer(LETTERS, dtype=np.uint8)] = np.arange(len(LETTERS), dtype=np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """A dense transition table over host bytes, with the patterns that end in each state.

    ``ends[heads[s]:heads[s + 1]]`` are the pattern numbers ending in state ``s``, longest first.
    """

    goto: NDArray[np.int32]
    heads: NDArray[np.int32]
    ends: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def build(cls, patterns: Sequence[bytes]) -> "Automaton":
        """Build from patterns of host bytes (``a-z0-9-._``); the i-th pattern has number i."""
        children: list[dict[int, int]] = [{}]
        own: list[list[int]] = [[]]
        for number, pattern in enumerate(patterns):
            state = 0
            for byte in pattern:
                code = int(CODE[byte])
                if code not in children[state]:
                    children[state][code] = len(children)
                    children.append({})
                    own.append([])
                state = children[state][code]
            own[state].append(number)
        goto = np.zeros((len(children), WIDTH), dtype=np.int32)
        fail = [0] * len(children)
        ends: list[list[int]] = [list(numbers) for numbers in own]
        queue: deque[int] = deque()
        for code, child in children[0].items():
            goto[0, code] = child
            queue.append(child)
        while queue:
            state = queue.popleft()
            goto[state] = goto[fail[state]]
            ends[state] = own[state] + ends[fail[state]]
            for code, child in children[state].items():
                fail[child] = int(goto[fail[state], code])
                goto[state, code] = child
                queue.append(child)
        heads = np.zeros(len(children) + 1, dtype=np.int32)
        heads[1:] = np.cumsum([len(numbers) for numbers in ends])
        flat = [number for numbers in ends for number in numbers]
        return cls(
            goto=goto,
            heads=heads,
            ends=np.array(flat, dtype=np.int32),
            lengths=np.array([len(pattern) for pattern in patterns], dtype=np.int32),
        )

    def find(self, host: bytes) -> list[tuple[int, int, int]]:
        """Return every match in ``host`` as (pattern number, start, end)."""
        found = np.empty((256, 2), dtype=np.int32)
        count = find_all(
            np.frombuffer(host, dtype=np.uint8), CODE, self.goto, self.heads, self.ends, found
        )
        lengths = self.lengths
        return [(int(n), int(end) - int(lengths[n]), int(end)) for n, end in found[:count].tolist()]


@compiled
def find_all(
    text: NDArray[np.uint8],
    codes: NDArray[np.uint8],
    goto: NDArray[np.int32],
    heads: NDArray[np.int32],
    ends: NDArray[np.int32],
    found: NDArray[np.int32],
) -> int:
    """Write (pattern number, end) of every match into ``found``; return how many, capped at its size."""
    state = 0
    count = 0
    for i in range(text.shape[0]):
        state = goto[state, codes[text[i]]]
        for j in range(heads[state], heads[state + 1]):
            if count == found.shape[0]:
                return count
            found[count, 0] = ends[j]
            found[count, 1] = i + 1
            count += 1
    return count

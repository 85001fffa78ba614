"""Names as a network reads them: one small number per letter, and one for the public suffix."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.compiled import compiled
from lionrock.names.ngrams import spans

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-._"
"""Everything a normalised host is made of; letter ``i`` is number ``i + 1``, 0 is no letter."""
HIDDEN: Final = len(LETTERS) + 1
"""The number of a letter that is withheld: in pretraining to be guessed, later to be explained."""
SYMBOLS: Final = HIDDEN + 1
WIDTHS: Final = (12, 16, 20, 24, 32, 48)
"""How many letters a row may have. A name is read in the narrowest that holds it; of a longer one
the first and the last letters are read."""
SUFFIXES: Final = 4096
"""Public suffixes are told apart by a hash of this many values."""

_NUMBERS = np.zeros(256, dtype=np.uint8)
_NUMBERS[[ord(letter) for letter in LETTERS]] = np.arange(1, len(LETTERS) + 1)


def widths_of(hosts: Hosts, splits: Splits, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, per row, the index in ``WIDTHS`` of the width it is read in."""
    first, last = spans(hosts, splits)
    lengths = np.minimum(last[rows] - first[rows], WIDTHS[-1])
    places: NDArray[np.int64] = np.searchsorted(np.array(WIDTHS), lengths)
    return places


def encode(
    hosts: Hosts, splits: Splits, rows: NDArray[np.int64], width: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the letters (rows x ``width``) and the suffix numbers of some rows of a block.

    What is read of a host is what ``ngrams.spans`` says: its registered name with the public
    suffix, or a tenant's name without.
    """
    first, last = spans(hosts, splits)
    letters = np.zeros((len(rows), width), dtype=np.uint8)
    suffixes = np.zeros(len(rows), dtype=np.int64)
    begins = hosts.starts[:-1] + splits.suffix
    _encode(
        hosts.text, first[rows], last[rows], begins[rows], hosts.starts[1:][rows], _NUMBERS,
        letters, suffixes,
    )  # fmt: skip
    return letters, suffixes


@compiled
def _encode(
    text: NDArray[np.uint8],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    suffix: NDArray[np.int64],
    end: NDArray[np.int64],
    numbers: NDArray[np.uint8],
    letters: NDArray[np.uint8],
    suffixes: NDArray[np.int64],
) -> None:
    width = letters.shape[1]
    half = width // 2
    for row in range(first.shape[0]):
        size = last[row] - first[row]
        for place in range(min(size, width)):
            at = place if size <= width or place < half else size - width + place
            letters[row, place] = numbers[text[first[row] + at]]
        # FNV-1a over the suffix' letters; 0 is kept for none.
        value = np.uint64(2166136261)
        for at in range(suffix[row], end[row]):
            value = ((value ^ np.uint64(text[at])) * np.uint64(16777619)) & np.uint64(0xFFFFFFFF)
        value ^= value >> np.uint64(15)
        suffixes[row] = np.int64(value % np.uint64(SUFFIXES - 1)) + 1

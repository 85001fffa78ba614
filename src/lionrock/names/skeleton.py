"""What a name looks like: ASCII tricks and Unicode confusables folded to one spelling.

Unicode follows the skeleton of UTS 39, narrowed to what reads as a Latin letter or digit.
"""

import unicodedata
from functools import cache

import numpy as np
from confusable_homoglyphs.utils import load as load_confusables
from numpy.typing import NDArray

from lionrock.names.compiled import compiled

_FOLD = {"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
_PAIRS = {"rn": "m", "vv": "w", "cl": "d", "nn": "m", "uu": "w"}
FOLD: NDArray[np.uint8] = np.arange(256, dtype=np.uint8)
for _from, _to in _FOLD.items():
    FOLD[ord(_from)] = ord(_to)
_PAIR_LIST = np.array(
    [[ord(pair[0]), ord(pair[1]), ord(one)] for pair, one in _PAIRS.items()], dtype=np.uint8
)
PAIR: NDArray[np.uint8] = np.zeros((256, 256), dtype=np.uint8)
for _row in _PAIR_LIST:
    PAIR[_row[0], _row[1]] = _row[2]


def ascii_skeleton(text: str) -> str:
    """Fold digits and letter pairs that read alike: ``paypa1`` and ``paypal`` give one skeleton."""
    folded, _ = skeleton_with_offsets(text)
    return folded


def skeleton_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return the skeleton and, for each of its characters, where it began in ``text`` (+ the end)."""
    out: list[str] = []
    offsets: list[int] = []
    i = 0
    while i < len(text):
        pair = _PAIRS.get(text[i : i + 2])
        offsets.append(i)
        if pair is not None:
            out.append(pair)
            i += 2
        else:
            out.append(_FOLD.get(text[i], text[i]))
            i += 1
    offsets.append(len(text))
    return "".join(out), offsets


@compiled
def fold_block(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    fold: NDArray[np.uint8],
    pair: NDArray[np.uint8],
    out: NDArray[np.uint8],
    out_starts: NDArray[np.int64],
) -> None:
    """Write the skeleton of every host of a block into ``out``, which is as long as ``text``."""
    k = 0
    for row in range(starts.shape[0] - 1):
        out_starts[row] = k
        i = starts[row]
        end = starts[row + 1]
        while i < end:
            byte = text[i]
            if i + 1 < end and pair[byte, text[i + 1]] != 0:
                out[k] = pair[byte, text[i + 1]]
                i += 2
            else:
                out[k] = fold[byte]
                i += 1
            k += 1
    out_starts[starts.shape[0] - 1] = k


@cache
def _latin_look() -> dict[str, str]:
    """Map every character that reads as a Latin letter or digit to that letter or digit."""
    table: dict[str, str] = {}
    for char, likes in load_confusables("confusables.json").items():
        if len(char) != 1 or char.isascii():
            continue
        for like in likes:
            plain = like["c"].lower()
            if len(plain) == 1 and plain.isascii() and plain.isalnum():
                table[char] = plain
                break
    return table


def latin_skeleton(text: str) -> str:
    """Return how ``text`` reads in plain Latin letters; what reads as none of them stays itself.

    Marks on letters are dropped (``ḥṣbc`` reads ``hsbc``): in an address bar they pass unseen.
    """
    table = _latin_look()
    out: list[str] = []
    for char in text:
        plain = table.get(char)
        if plain is None:
            base = unicodedata.normalize("NFKD", char)
            plain = "".join(
                table.get(part, part) for part in base if not unicodedata.combining(part)
            )
        out.append(plain)
    return "".join(out).lower()

"""What chance gives: how often new names have an ending or a shape, and which letters follow which.

The shares are counted over millions of new names (`python -m scripts.series_rates`) and ship in
``data/series_rates.json``; the letters are those of long-standing sites, whose names are words.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

PRIOR: Final = 50_000
"""How many names of the batch itself weigh as much as the shares that ship."""
RARE: Final = 2e-6
"""The share of what was too rare to be written down."""
SHORTEST: Final = 4
"""Fewer letters can always be an abbreviation."""
_STEP: Final = 0.05
_LEAST: Final = -12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares of new names, and the log-probability of a letter after two others (27, 27, 27).

    ``shapes`` are those of whole labels (``LLL##``: L a letter, # a digit, - a hyphen), with a ``!``
    behind those that read like no word; ``rests`` those of what follows any beginning. ``habits`` are
    the shares of shapes among one ending's names (``cn LLLL!``), in the median month: what is always
    so there is no campaign. Letter 0 is
    the edge of a label, ``unlike`` the mean log-probability below which a label of so many letters
    (by index) reads like no word.
    """

    endings: Mapping[str, float]
    shapes: Mapping[str, float]
    rests: Mapping[str, float]
    habits: Mapping[str, float]
    letters: NDArray[np.float64]
    unlike: NDArray[np.float64]


@cache
def bundled() -> Rates:
    """Return the shares that ship."""
    text = (resources.files("lionrock.names") / "data" / "series_rates.json").read_text("utf-8")
    facts = json.loads(text)
    steps = np.frombuffer(base64.b64decode(facts["letters"]), dtype=np.uint8)
    return Rates(
        endings=facts["endings"],
        shapes=facts["shapes"],
        rests=facts["rests"],
        habits=facts["habits"],
        letters=(_LEAST + _STEP * steps.astype(np.float64)).reshape(27, 27, 27),
        unlike=np.array(facts["unlike"]),
    )


def packed(letters: NDArray[np.float64]) -> str:
    """Return log-probabilities in the form of the file: a byte each."""
    steps = np.clip(np.round((letters - _LEAST) / _STEP), 0, 255).astype(np.uint8)
    return base64.b64encode(steps.tobytes()).decode("ascii")


def smoothed(count: int, of: int, share: float) -> float:
    """Return the share of a batch's ``count`` of ``of`` names, drawn towards the share that ships."""
    return (count + PRIOR * max(share, RARE)) / (of + PRIOR)


def means(labels: NDArray[np.uint8], letters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean log-probability of each label's letters; what is no letter reads as an edge.

    ``labels`` holds one label per row, zeros behind its end.
    """
    codes = np.where((labels >= 97) & (labels <= 122), labels - 96, 0).astype(np.int64)
    total, told = np.zeros(len(labels)), np.zeros(len(labels))
    before = earlier = np.zeros(len(labels), dtype=np.int64)
    for place in range(labels.shape[1] + 1):
        now = codes[:, place] if place < labels.shape[1] else np.zeros_like(before)
        tells = (now > 0) | (before > 0)
        total += np.where(tells, letters[earlier, before, now], 0.0)
        told += tells
        earlier, before = before, now
    return total / np.maximum(told, 1)


def unlike_words(labels: NDArray[np.uint8], rates: Rates) -> NDArray[np.bool_]:
    """Tell the labels whose letters, at least four, stand in an order that words seldom have."""
    size = ((labels >= 97) & (labels <= 122)).sum(axis=1)
    least = rates.unlike[np.minimum(size, len(rates.unlike) - 1)]
    read: NDArray[np.bool_] = (size >= SHORTEST) & (means(labels, rates.letters) < least)
    return read


def wordless(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell the labels that hold a digit, and nowhere enough letters together for a word."""
    letter = (labels >= 97) & (labels <= 122)
    run = longest = np.zeros(len(labels), dtype=np.int64)
    for place in range(labels.shape[1]):
        run = np.where(letter[:, place], run + 1, 0)
        longest = np.maximum(longest, run)
    return ((labels >= 48) & (labels <= 57)).any(axis=1) & (longest < SHORTEST)

"""What the network of names learns from: which rows how often, what they lure with, what they imitate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.region import LURE_KINDS, Brand, Lure
from lionrock.names.catalogue import Catalogue
from lionrock.names.letters import WIDTHS
from lionrock.names.training_rows import Sample

LURES: Final = tuple(sorted(LURE_KINDS))
"""The kinds of lure the network tells apart, in the order of its output."""
PAIR_WIDTH: Final = WIDTHS[3]
"""The width in which made-up names are read."""
OF_SECTOR: Final = {
    "bank": "bank",
    "broker": "invest",
    "card": "bank",
    "crypto": "crypto",
    "government": "government",
    "messenger": "messenger",
    "payment": "payment",
    "parcel": "parcel",
    "shop": "shop",
    "job": "job",
    "tech": "account",
    "media": "account",
    "telecom": "account",
    "transport": "toll",
    "travel": "shop",
}
"""What an imitation of a brand of that sector is after."""
ENDINGS: Final = ("com", "top", "net", "xyz", "shop", "info", "cc", "vip", "online", "org", "cn")
LOOKS_LIKE: Final = {
    "o": ("0",), "l": ("1", "i"), "i": ("1", "l"), "e": ("3",), "a": ("4",), "s": ("5",), "m": ("rn", "nn"),
    "w": ("vv",), "g": ("q", "9"), "b": ("d", "6"), "u": ("v",), "c": ("k",), "k": ("c",), "z": ("s",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What the network learns from.

    ``draws`` is each row's chance to be drawn (0 for rows kept from it) and ``late`` the same in the
    last part of the course; ``lures`` the index in ``LURES`` of what a row's name lures with, or -1.
    ``pairs`` hands out so many names that imitate, and what each imitates; ``noise`` so many names of
    letters that nobody chose; ``encode`` turns such names into letters and suffix numbers.
    """

    sample: Sample
    draws: NDArray[np.float64]
    late: NDArray[np.float64]
    lures: NDArray[np.int64]
    pairs: Callable[[np.random.Generator, int], tuple[list[str], list[str]]]
    noise: Callable[[np.random.Generator, int], list[str]]
    encode: Callable[[list[str]], tuple[NDArray[np.uint8], NDArray[np.int64]]]


class Imitator:
    """Makes names that imitate: a brand's alias disguised, mistyped, lengthened, among lures."""

    def __init__(self, brands: Sequence[Brand], lures: Sequence[Lure]) -> None:
        self.aliases = sorted(
            {
                alias
                for brand in brands
                for alias in brand.aliases
                if alias.isascii() and len(alias) >= 4 and alias not in brand.ordinary
            }
        )
        self.lures = sorted({lure.word for lure in lures if lure.word.isascii()})

    def pairs(self, rng: np.random.Generator, count: int) -> tuple[list[str], list[str]]:
        """Return ``count`` imitations and, in the same order, what each imitates."""
        chosen = [self.aliases[i] for i in rng.integers(0, len(self.aliases), count)]
        return [self.imitation(rng, alias) for alias in chosen], [f"{a}.com" for a in chosen]

    def imitation(self, rng: np.random.Generator, alias: str) -> str:
        """Return one name that imitates ``alias``."""
        label = alias.replace("-", "") if rng.random() < 0.5 else alias
        for _ in range(int(rng.integers(0, 3))):
            label = _slip(rng, label)
        while rng.random() < 0.45:
            extra = (
                self.lures[rng.integers(0, len(self.lures))]
                if self.lures and rng.random() < 0.7
                else _scribble(rng, int(rng.integers(1, 5)))
            )
            join = "-" if rng.random() < 0.5 else ""
            label = f"{extra}{join}{label}" if rng.random() < 0.5 else f"{label}{join}{extra}"
        return f"{label[:40].strip('-')}.{ENDINGS[rng.integers(0, len(ENDINGS))]}"


def noise(rng: np.random.Generator, count: int) -> list[str]:
    """Return ``count`` names of letters that nobody chose, in the habits that campaigns show."""
    return [f"{_random_label(rng)}.{ENDINGS[rng.integers(0, len(ENDINGS))]}" for _ in range(count)]


def lures_of(
    sample: Sample, catalogue: Catalogue, brands_of: dict[str, Brand]
) -> NDArray[np.int64]:
    """Return, per row, the index in ``LURES`` of what its name lures with, -1 where nobody knows.

    ``brands_of`` maps reported names to the brand that the report gave: what such a name is after is
    known even when its letters do not say.
    """
    kinds = {lure.word: LURES.index(lure.kind) for lure in catalogue.region.lures}
    out = np.full(len(sample.hosts), -1, dtype=np.int64)
    for row in np.flatnonzero(sample.kinds == 0).tolist():
        host = sample.hosts.host(row)
        brand = brands_of.get(host)
        if brand is not None and brand.sector in OF_SECTOR:
            out[row] = LURES.index(OF_SECTOR[brand.sector])
            continue
        suffix = int(sample.splits.suffix[row])
        found = [
            catalogue.pattern_texts[number]
            for number, _, _ in catalogue.automaton.find(host[: max(suffix - 1, 0)].encode())
        ]
        words = [word for word in found if len(word) >= 4 and word in kinds]
        if words:
            out[row] = kinds[max(words, key=len)]
    return out


def _slip(rng: np.random.Generator, label: str) -> str:
    at = int(rng.integers(0, len(label)))
    letter = label[at]
    slip = int(rng.integers(0, 5))
    if slip == 0 and letter in LOOKS_LIKE:
        options = LOOKS_LIKE[letter]
        return label[:at] + options[int(rng.integers(0, len(options)))] + label[at + 1 :]
    if slip == 1 and len(label) > 4:
        return label[:at] + label[at + 1 :]
    if slip == 2:
        return label[:at] + letter + label[at:]
    if slip == 3 and at + 1 < len(label):
        return label[:at] + label[at + 1] + letter + label[at + 2 :]
    return label[:at] + _scribble(rng, 1) + label[at + 1 :]


def _scribble(rng: np.random.Generator, size: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(letters[i] for i in rng.integers(0, len(letters), size))


def _random_label(rng: np.random.Generator) -> str:
    habit = int(rng.integers(0, 5))
    letters = "abcdefghijklmnopqrstuvwxyz"
    size = int(rng.integers(5, 14))
    if habit == 0:
        return "".join(letters[i] for i in rng.integers(0, 26, size))
    if habit == 1:
        return _scribble(rng, size)
    if habit == 2:
        return "".join("bcdfghjklmnpqrstvwxz"[i] for i in rng.integers(0, 20, size - 1))
    if habit == 3:
        return "".join("0123456789abcdef"[i] for i in rng.integers(0, 16, size + 3))
    # Consonants and vowels in turn: can be spoken, means nothing.
    return "".join(
        ("bcdfghjklmnprstvwz"[i % 18] if place % 2 == 0 else "aeiou"[i % 5])
        for place, i in enumerate(rng.integers(0, 90, size).tolist())
    )

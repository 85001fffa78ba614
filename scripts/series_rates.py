"""Count the shares that `lionrock.names.series` compares with, and write them into the package.

python -m scripts.series_rates FOLDER, where the folder holds the measured names. The same names give
the same file.
"""

import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from lionrock.names import corpus, series_rates
from lionrock.names.blocks import hosts_of
from lionrock.names.series import LONGEST_REST, _Block
from lionrock.names.series_rates import Rates, means, packed
from lionrock.names.suffixes import Suffixes

BLOCK: Final = 200_000
LEAST: Final = 1e-5
COVERED: Final = 300
"""Names of an ending that a month must hold to tell of its habits."""
LEAST_HABIT: Final = 0.002
DIFFERS: Final = 2.0
UNLIKE: Final = 0.1
"""The share of sites' names that may read like no word."""


def main(folder: Path) -> None:
    """Count, and write the file."""
    suffixes = Suffixes.bundled()
    sites = sorted({registrable for _, registrable in corpus.benign(folder, "train")})
    blank = Rates(
        endings={},
        shapes={},
        rests={},
        habits={},
        letters=np.zeros((27, 27, 27)),
        unlike=np.full(33, -99.0),
    )
    hosts = hosts_of(sites)
    block = _Block.of(hosts, suffixes.split(hosts), blank)
    words = (block.classes <= 1).all(axis=1) & (block.lengths >= 3)
    _, first = np.unique(block.labels[words], axis=0, return_index=True)
    labels, lengths = block.labels[words][first], block.lengths[words][first]
    counts = np.full((27, 27, 27), 0.2)
    codes = np.where(labels > 0, labels - 96, 0).astype(np.int64)
    padded = np.pad(codes, ((0, 0), (2, 1)))
    for at in range(padded.shape[1] - 2):
        inside = at <= lengths
        np.add.at(counts, tuple(padded[inside, at + i] for i in range(3)), 1)
    letters = np.log(counts / counts.sum(axis=2, keepdims=True))
    read = means(labels, letters)
    unlike = [
        float(np.quantile(read[lengths == n], UNLIKE)) if (lengths == n).sum() >= 50 else -2.9
        for n in range(21)
    ]
    rates = Rates(
        endings={}, shapes={}, rests={}, habits={}, letters=letters, unlike=np.array(unlike)
    )
    endings, shapes, rests = Counter[str](), Counter[str](), Counter[str]()
    by_month: dict[str, list[str]] = {}
    for name in corpus.new_names(folder, "train"):
        by_month.setdefault(name.date[:7], []).append(name.domain)
    months: list[tuple[Counter[str], Counter[str]]] = []
    total = rest_total = 0
    for start, month, names in _blocks(by_month):
        if not start:
            months.append((Counter(), Counter()))
        of_ending, of_both = months[-1]
        hosts = hosts_of(names)
        block = _Block.of(hosts, suffixes.split(hosts), rates)
        for row in np.flatnonzero(block.usable).tolist():
            ending = block.ending(row)
            endings[ending] += 1
            of_ending[ending] += 1
            length = int(block.lengths[row])
            shape = "".join(".L#-_"[c] for c in block.classes[row, :length].tolist())
            total += 1
            if length <= LONGEST_REST:
                whole = f"{shape}!" if block.odd[row] else shape
                shapes[whole] += 1
                of_both[f"{ending} {whole}"] += 1
            for size in range(max(1, length - LONGEST_REST), length):
                rests[shape[size:]] += 1
                rest_total += 1
        sys.stderr.write(f"{month} {start:,}\n")
    place = Path(series_rates.__file__).parent / "data" / "series_rates.json"
    facts = {
        "endings": _shares(endings, total),
        "shapes": _shares(shapes, total),
        # Of names with a given beginning, what follows: every size of the beginning alike.
        "rests": _shares(rests, rest_total),
        "habits": _habits(months, _shares(shapes, total)),
        "unlike": [round(value, 3) for value in unlike],
        "letters": packed(letters),
    }
    place.write_text(json.dumps(facts, indent=0, sort_keys=True) + "\n", "utf-8")


def _blocks(by_month: dict[str, list[str]]) -> Iterator[tuple[int, str, list[str]]]:
    for month, names in sorted(by_month.items()):
        for start in range(0, len(names), BLOCK):
            yield start, month, names[start : start + BLOCK]


def _habits(
    months: list[tuple[Counter[str], Counter[str]]], shapes: dict[str, float]
) -> dict[str, float]:
    """Return the shares of shapes in the median month, where an ending differs from all names."""
    found = {}
    for key in sorted({key for _, of_both in months for key in of_both}):
        ending, shape = key.split(" ")
        if not shape.endswith("!") and "LLLL" in shape:
            continue  # like words, and never counted without a constant part
        covered = [(b[key], e[ending]) for e, b in months if e[ending] >= COVERED]
        if not covered:
            continue
        share = statistics.median(both / of_ending for both, of_ending in covered)
        if share > max(LEAST_HABIT, DIFFERS * shapes.get(shape, 0.0)):
            found[key] = float(f"{share:.3g}")
    return found


def _shares(counts: Counter[str], total: int) -> dict[str, float]:
    return {
        key: float(f"{count / total:.3g}")
        for key, count in counts.items()
        if count >= LEAST * total
    }


if __name__ == "__main__":
    main(corpus.folder_of(Path(sys.argv[1])))

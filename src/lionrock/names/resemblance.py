"""Finds series by resemblance: names that lie close together, though no one pattern fits them all."""

from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.series import By, Series

LEAST_MEMBERS: Final = 3
MOST_NAMES: Final = 10_000
"""Every name is compared with every other; more would take too long."""
LARGEST: Final = 200
"""A chain of neighbours longer than this joins strangers."""
_BLOCK: Final = 1_000


@runtime_checkable
class Embedder(Protocol):
    """Whatever gives names a place in a space where those alike lie close."""

    @property
    def near(self) -> float:
        """The cosine from which on two names count as alike."""

    def embed(self, hosts: Hosts, splits: Splits) -> NDArray[np.float32]:
        """Return one vector per host: (n, d)."""


def embedder_of(reader: object) -> Embedder:
    """Return a model's reader where it gives names a place, else runs of letters."""
    return reader if isinstance(reader, Embedder) else HashedNgrams()


class HashedNgrams:
    """Places names by the runs of three and four letters in their registrable label; knows no meaning."""

    near: Final = 0.72
    size: Final = 1024

    def embed(self, hosts: Hosts, splits: Splits) -> NDArray[np.float32]:
        """Return signed counts of hashed runs, longer ones counting more."""
        vectors = np.zeros((len(hosts), self.size), dtype=np.float32)
        text = hosts.text.tobytes()
        for row in range(len(hosts)):
            at = int(hosts.starts[row])
            begin, suffix = int(splits.registrable[row]), int(splits.suffix[row])
            if begin < 0:
                continue
            label = b"^" + text[at + begin : at + suffix - 1] + b"$"
            for length, weight in ((3, 1.0), (4, 1.5)):
                for start in range(len(label) - length + 1):
                    code = _fnv(label[start : start + length])
                    vectors[row, code % self.size] += weight if code >> 31 else -weight
        return vectors


def find_alike(
    hosts: Hosts, splits: Splits, rows: Sequence[int], embedder: Embedder
) -> list[Series]:
    """Return the series among some rows of a block, those of most names first.

    Two names are linked when they are near each other; what is linked, over others too, is a series. At most ``MOST_NAMES`` rows are looked at, from the
    front: put the most suspicious first.
    """
    chosen = np.array(list(dict.fromkeys(rows))[:MOST_NAMES], dtype=np.int64)
    if len(chosen) < LEAST_MEMBERS:
        return []
    kept = np.zeros(len(hosts), dtype=bool)
    kept[chosen] = True
    places = np.flatnonzero(kept)
    some = Splits(
        suffix=splits.suffix[places],
        registrable=splits.registrable[places],
        kind=splits.kind[places],
    )
    vectors = embedder.embed(hosts.only(kept), some)
    sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.divide(vectors, sizes, out=np.zeros_like(vectors), where=sizes > 0)
    groups = _linked(vectors, embedder.near)
    found = []
    for group in groups:
        members = [int(places[i]) for i in group]
        labels = [hosts.host(row)[int(splits.registrable[row]) :] for row in members]
        if len(set(labels)) >= LEAST_MEMBERS and len(members) <= LARGEST:
            endings = [hosts.host(row)[int(splits.suffix[row]) :] for row in members]
            found.append(
                Series(
                    name=f"{min(labels, key=lambda label: (len(label), label))} …",
                    rows=tuple(members),
                    by=By.RESEMBLANCE,
                    constant="",
                    endings=tuple(dict.fromkeys(sorted(endings))),
                    expected=None,
                )
            )
    return sorted(found, key=lambda series: (-len(series.rows), series.name))


def _linked(vectors: NDArray[np.float32], near: float) -> list[list[int]]:
    """Return the groups of vectors that hang together by cosines of at least ``near``."""
    first = np.arange(len(vectors))
    for start in range(0, len(vectors), _BLOCK):
        alike = vectors[start : start + _BLOCK] @ vectors[start:].T >= near
        for row in alike:
            # All that lie near one name become one group at once: ten thousand that are all
            # alike have more pairs than anybody could walk through.
            groups = np.unique(first[start + np.flatnonzero(row)])
            if len(groups) > 1:
                first[np.isin(first, groups)] = groups[0]
    order = np.argsort(first, kind="stable")
    cuts = np.flatnonzero(np.diff(first[order])) + 1
    return [group.tolist() for group in np.split(order, cuts)]


def _fnv(text: bytes) -> int:
    code = 2166136261
    for byte in text:
        code = (code ^ byte) * 16777619 & 0xFFFFFFFF
    # The low bits of this hash know little of the last bytes' high ones: mix once more.
    code ^= code >> 15
    return code * 2246822519 & 0xFFFFFFFF

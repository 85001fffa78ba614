"""A linear model over hashed character n-grams of the registered name: the first reader of names.

Logistic regression in the hashing-trick form (Weinberger et al., 2009), fitted with AdaGrad (Duchi
et al., 2011) in a fixed order, so that the same data give the same weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.compiled import compiled

SHORTEST, LONGEST = 2, 6
MOST_FEATURES = 1600
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramModel:
    """A fitted model: a power of two of one-byte ``weights``, each worth ``scale``, and an intercept."""

    weights: NDArray[np.int8]
    scale: float
    intercept: float
    version: str

    @classmethod
    def rounded(cls, fitted: NDArray[np.float64], version: str) -> "NgramModel":
        """Return the model of fitted weights (the intercept last), the rare outliers clipped."""
        weights = fitted[:-1]
        largest = (
            float(np.quantile(np.abs(weights[weights != 0]), 0.9999)) if weights.any() else 1.0
        )
        scale = largest / 127
        offsets = np.array([dither(number) for number in range(len(weights))])
        rounded = np.round(weights / scale - offsets)
        return cls(
            weights=np.clip(rounded, -127, 127).astype(np.int8),
            scale=scale,
            intercept=float(fitted[-1]),
            version=version,
        )

    def logits(self, hosts: Hosts, splits: Splits) -> NDArray[np.float64]:
        """Return, per host, the log-odds that its registered name is one of a reported phish.

        The registered name is read with its public suffix; a tenant's name without, because a
        hosting suffix says nothing about the tenant. A host that is itself a suffix is read whole.
        """
        rows = np.arange(len(hosts))
        return self.logits_of(hosts, splits, rows)

    def logits_of(
        self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the same for some rows of the block only."""
        first, last = spans(hosts, splits)
        first, last = first[rows], last[rows]
        out = np.empty(len(rows), dtype=np.float64)
        score_rows(hosts.text, first, last, self.weights, out)
        return out * self.scale + self.intercept


@compiled
def dither(number: int) -> float:
    """Return the fixed fraction in [-0.5, 0.5) that a weight's byte is kept relative to.

    Subtractive dither (Roberts, 1962): rounding errors become independent of the weights, and sums
    of bytes stay as finely graded as sums of fractions, so that names hardly ever tie.
    """
    return ((number * 2654435761) & 0xFFFFFFFF) / 4294967296.0 - 0.5


def spans(hosts: Hosts, splits: Splits) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where in the block's text the letters stand by which each host is judged."""
    begin = hosts.starts[:-1]
    end = hosts.starts[1:]
    named = splits.registrable >= 0
    first = begin + np.where(named, splits.registrable, 0)
    tenant = named & (splits.kind > 0)
    last = np.where(tenant, begin + splits.suffix - 1, end)
    return first.astype(np.int64), last.astype(np.int64)


@compiled
def features(
    text: NDArray[np.uint8],
    a: int,
    b: int,
    shortest: int,
    longest: int,
    shape: bool,
    mask: np.uint64,
    out: NDArray[np.int64],
) -> int:
    """Write the feature numbers of ``text[a:b]`` into ``out``; return how many.

    N-grams of ``shortest`` to ``longest`` bytes with an edge mark at either end; with ``shape`` also
    the suffix, lengths, digits, hyphens, vowels and the pattern of letters and digits.
    """
    prime = np.uint64(1099511628211)
    offset = np.uint64(14695981039346656037)
    n = min(b - a, LONGEST_NAME)
    m = n + 2
    buffer = np.empty(m, dtype=np.uint8)
    buffer[0] = 94
    for i in range(n):
        buffer[i + 1] = text[a + i]
    buffer[n + 1] = 36
    k = 0
    for s in range(m):
        value = offset
        for size in range(1, min(longest, m - s) + 1):
            value = (value ^ np.uint64(buffer[s + size - 1])) * prime
            if size >= shortest and k < out.shape[0] - 16:
                out[k] = np.int64((value ^ (value >> np.uint64(29))) & mask)
                k += 1
    if not shape:
        return k
    d = 0
    while d < n and text[a + d] != 46:
        d += 1
    suffix = np.uint64(77)
    for i in range(d, n):
        suffix = (suffix ^ np.uint64(text[a + i])) * prime
    digits = 0
    hyphens = 0
    vowels = 0
    run = 0
    longest_run = 0
    changes = 0
    before = 0
    pattern = np.uint64(11)
    for i in range(d):
        byte = text[a + i]
        if 48 <= byte <= 57:
            kind = 1
            digits += 1
            run = 0
        elif byte == 45:
            kind = 2
            hyphens += 1
            run = 0
        else:
            kind = 3
            if byte in (97, 101, 105, 111, 117, 121):
                vowels += 1
                run = 0
            else:
                run += 1
                longest_run = max(longest_run, run)
        if kind != before:
            changes += 1
        before = kind
        pattern = (pattern ^ np.uint64(kind)) * prime
    letters = max(1, d - digits - hyphens)
    share = (8 * vowels) // letters
    size = min(d, 30)
    extra = (
        suffix,
        suffix ^ np.uint64(1000 + size),
        suffix ^ np.uint64(2000 + 8 * min(digits, 9) + min(hyphens, 4)),
        np.uint64(3000 + size),
        np.uint64(4000 + min(digits, 12)),
        np.uint64(5000 + min(hyphens, 6)),
        np.uint64(6000 + min(changes, 12)),
        np.uint64(7000 + min(longest_run, 12)),
        np.uint64(8000 + 40 * share + size),
        suffix ^ np.uint64(9000 + share),
        pattern,
        pattern ^ suffix,
    )
    for raw in extra:
        value = raw * np.uint64(0xD6E8FEB86659FD93)
        value ^= value >> np.uint64(32)
        value *= np.uint64(0xD6E8FEB86659FD93)
        out[k] = np.int64((value >> np.uint64(20)) & mask)
        k += 1
    return k


@compiled
def fit(
    text: NDArray[np.uint8],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    labels: NDArray[np.float64],
    importance: NDArray[np.float64],
    order: NDArray[np.int64],
    shortest: int,
    longest: int,
    shape: bool,
    rate: float,
    weights: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> float:
    """Go once through the rows in ``order``, changing ``weights`` and ``squares``; return the mean loss."""
    mask = np.uint64(weights.shape[0] - 2)
    intercept = weights.shape[0] - 1
    numbers = np.empty(MOST_FEATURES, dtype=np.int64)
    loss = 0.0
    total = 1e-9
    for q in range(order.shape[0]):
        row = order[q]
        k = features(text, first[row], last[row], shortest, longest, shape, mask, numbers)
        scale = 1.0 / np.sqrt(k + 1.0)
        z = 0.0
        for j in range(k):
            z += weights[numbers[j]]
        z = z * scale + weights[intercept]
        p = 1.0 / (1.0 + np.exp(-z))
        y = labels[row]
        loss -= importance[row] * (y * np.log(p + 1e-12) + (1.0 - y) * np.log(1.0 - p + 1e-12))
        total += importance[row]
        slope = (p - y) * importance[row]
        step = slope * scale
        for j in range(k):
            t = numbers[j]
            squares[t] += step * step
            weights[t] -= rate * step / np.sqrt(squares[t])
        squares[intercept] += slope * slope
        weights[intercept] -= rate * slope / np.sqrt(squares[intercept])
    return loss / total


@compiled
def score_rows(
    text: NDArray[np.uint8],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    weights: NDArray[np.int8],
    out: NDArray[np.float64],
) -> None:
    """Write every row's sum of weights over the root of their number into ``out``."""
    mask = np.uint64(weights.shape[0] - 1)
    numbers = np.empty(MOST_FEATURES, dtype=np.int64)
    for row in range(first.shape[0]):
        k = features(text, first[row], last[row], SHORTEST, LONGEST, True, mask, numbers)
        total = 0.0
        for j in range(k):
            t = numbers[j]
            total += weights[t] + dither(t)
        out[row] = total / np.sqrt(k + 1.0)

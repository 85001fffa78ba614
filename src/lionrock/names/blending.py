"""Making one probability of abuse: what reports, and names that a person read, say of each trait."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names import corpus
from lionrock.names.findings import Examined
from lionrock.names.training_rows import Sample
from lionrock.names.traits import TRAITS, record_key

PRIOR: Final = 0.002
"""The share of abuse that scores of names without a look-alike are calibrated to: of the 4.2 million
new names measured, feeds later reported 0.19 %."""
ABUSE: Final = {"abuse": 1.0, "unclear": 0.4, "accident": 0.0, "nothing": 0.0}
"""What a reader's verdict is worth."""
GOOD_SITES_WEIGHT: Final = 600.0
"""How many read names all long-standing sites with a look-alike weigh together."""


def fit_blend(
    sample: Sample,
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    verdicts: Mapping[str, str],
) -> dict[str, float]:
    """Return the weight of each trait where a look-alike was found.

    Reports say which traits go with abuse, but not how often a look-alike among new names is one:
    feeds miss most. That is learned from names that a person read, on top of the reports' order.
    """
    labels, importance = sample.labels[rows], sample.importance[rows].copy()
    bad = labels == 1
    importance[bad] *= importance[~bad].sum() / max(1e-9, importance[bad].sum())
    importance *= 4000 / max(1e-9, importance.sum())
    order = fit_logistic(values, labels, importance, ridge=3.0)
    digests = [corpus.digest(sample.hosts.host(row)) for row in rows.tolist()]
    read = np.array([digest in verdicts for digest in digests])
    good = (sample.kinds[rows] >= 2) & ~read
    targets = np.array(
        [ABUSE[verdicts[digest]] if digest in verdicts else 0.0 for digest in digests]
    )
    weight = read + good * (GOOD_SITES_WEIGHT / max(1, good.sum()))
    used = weight > 0
    design = np.column_stack((values @ order, values))[used]
    fitted = fit_logistic(design, targets[used], weight[used], ridge=2.0)
    weights = fitted[0] * order + fitted[1:]
    return {name: round(float(w), 4) for name, w in zip(TRAITS, weights, strict=True)}


def fit_letters_slope(
    sample: Sample, found: NDArray[np.int64], logits: NDArray[np.float64]
) -> dict[str, float]:
    """Return slope and intercept that make the reader's logit a log-odds of abuse at ``PRIOR``."""
    rest = np.ones(len(logits), dtype=np.bool_)
    rest[found] = False
    importance = sample.importance[rest].copy()
    labels = sample.labels[rest]
    bad = labels == 1
    share = importance[~bad].sum() / max(1e-9, importance[bad].sum())
    importance[bad] *= PRIOR / (1 - PRIOR) * share
    design = np.column_stack((logits[rest], np.ones(int(rest.sum()))))
    slope, intercept = fit_logistic(design, labels, importance, ridge=1e-3)
    return {"slope": round(float(slope), 5), "intercept": round(float(intercept), 5)}


def fit_logistic(
    values: NDArray[np.float64],
    labels: NDArray[np.float64],
    importance: NDArray[np.float64],
    *,
    ridge: float,
) -> NDArray[np.float64]:
    """Return the weights of a ridge logistic regression, by Newton's method."""
    weights = np.zeros(values.shape[1])
    for _ in range(60):
        p = 1.0 / (1.0 + np.exp(-np.clip(values @ weights, -30, 30)))
        slope = values.T @ (importance * (p - labels)) + ridge * weights
        bend = (values * (importance * p * (1 - p))[:, None]).T @ values
        step = np.linalg.solve(bend + ridge * np.eye(len(weights)), slope)
        weights -= np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-7:
            break
    return weights


def alias_record(
    sample: Sample, found: Mapping[int, Examined], rows: NDArray[np.int64]
) -> dict[str, float]:
    """Return each alias' log-odds of standing in reported names rather than in others.

    Shrunk towards 0 by as many imagined names as make a rare alias say nothing.
    """
    inside = np.zeros(len(sample.hosts), dtype=np.bool_)
    inside[rows] = True
    seen: dict[str, list[float]] = {}
    for row, examined in found.items():
        if inside[row]:
            counts = seen.setdefault(record_key(examined.findings[0]), [0.0, 0.0])
            counts[int(sample.labels[row])] += float(sample.importance[row])
    everywhere = [sum(counts[label] for counts in seen.values()) for label in (0, 1)]
    usual = (everywhere[1] + 1.0) / (everywhere[0] + 1.0)
    return {
        key: math.log(((bad + 8.0 * usual) / (new + 8.0)) / usual)
        for key, (new, bad) in seen.items()
        if new + bad >= 3
    }

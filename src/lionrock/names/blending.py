"""Making one probability of abuse: what reports, and names that a person read, say of each trait."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names import corpus
from lionrock.names.findings import Examined, Finding
from lionrock.names.training_rows import Sample
from lionrock.names.traits import TRAITS, read_keys, record_key

PRIOR: Final = 0.002
"""The share of abuse among new names that nobody read: of the 4.2 million measured, feeds later reported
0.19 %."""
ABUSE: Final = {"abuse": 1.0, "unclear": 0.4, "accident": 0.0, "nothing": 0.0}
"""What a reader's verdict is worth."""
GOOD_SITES_WEIGHT: Final = 300.0
"""How many read names all long-standing sites with a look-alike weigh together."""
GOOD_SITES_TIMES: Final = 50.0
"""How many new names one long-standing site weighs where letters alone speak."""
FEW: Final = 4.0
"""As many imagined names, as good as any, make an alias that few hits were read of say little."""
STRATA: Final = (0.002, 0.006, 0.022)
"""The uppermost shares of new names, by letters alone, of which some were read."""
ENOUGH: Final = 20
"""So many read names speak for their stratum."""


def fit_blend(
    sample: Sample,
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    fair: NDArray[np.bool_],
    verdicts: Mapping[str, str],
) -> dict[str, float]:
    """Return the weight of each trait where a look-alike was found.

    Reports say which traits go with abuse, but not how often a look-alike among new names is one:
    feeds miss most. That is learned from names that a person read, on top of the reports' order.
    ``fair`` tells the rows that no reader of letters saw; of the others only good sites are used.
    """
    labels, importance = sample.labels[rows], np.where(fair, sample.importance[rows], 0.0)
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
    weight = (read & fair) + good * (GOOD_SITES_WEIGHT / max(1, good.sum()))
    used = weight > 0
    design = np.column_stack((values @ order, values))[used]
    fitted = fit_logistic(design, targets[used], weight[used], ridge=2.0)
    weights = fitted[0] * order + fitted[1:]
    # Good sites, which no stream of new names holds, must not press the level down.
    seen = read & fair
    level = np.column_stack((values @ weights, np.ones(len(rows))))[seen]
    slope, intercept = fit_logistic(level, targets[seen], np.ones(len(level)), ridge=1e-2)
    weights = slope * weights
    weights[TRAITS.index("found")] += intercept
    return {name: round(float(w), 4) for name, w in zip(TRAITS, weights, strict=True)}


def fit_letters_level(
    sample: Sample,
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    late: NDArray[np.bool_],
    verdicts: Mapping[str, str],
) -> dict[str, float]:
    """Return what makes letters alone a log-odds of abuse, on ``rows`` without a look-alike.

    ``values`` [n, 2] are the log-odds that the readers give: reported rather than new, and new rather
    than long-standing. How often abuse is meant is known from names that people read, which stand for
    all late new names of their stratum; further down, from what feeds later report (``PRIOR``).
    """
    kinds = sample.kinds[rows]
    order = np.flatnonzero((kinds == 1) & late[rows])
    order = order[np.argsort(-values[order, 0], kind="stable")]
    truth, weight = np.zeros(len(rows)), np.where(kinds >= 2, GOOD_SITES_TIMES, 0.0)
    begin = 0
    for share in STRATA:
        stratum = order[begin : int(share * len(order))]
        said = [verdicts.get(corpus.digest(sample.hosts.host(int(row)))) for row in rows[stratum]]
        read = np.array([verdict is not None for verdict in said], dtype=np.bool_)
        if read.sum() < ENOUGH:
            break
        truth[stratum[read]] = [ABUSE[verdict] for verdict in said if verdict is not None]
        weight[stratum[read]] = len(stratum) / read.sum()
        begin += len(stratum)
    truth[order[begin:]], weight[order[begin:]] = PRIOR, 1.0
    design = np.column_stack((values, np.ones(len(rows))))
    slope, novelty, intercept = fit_logistic(design, truth, weight, ridge=1e-2)
    return {
        "slope": round(float(slope), 5),
        "novelty": round(float(novelty), 5),
        "intercept": round(float(intercept), 5),
    }


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


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """What people saw in the hits of every alias and brand: how much abuse more than in any hit."""

    usual: float
    sums: Mapping[str, float]
    counts: Mapping[str, int]

    def of(self, finding: Finding, own: float | None) -> tuple[float, float]:
        """Return what is said of an alias and its brand by others than the name itself (worth ``own``)."""
        alias, brand = (self._shrunk(key, own) for key in read_keys(finding))
        return alias, brand

    def kept(self) -> dict[str, float]:
        """Return the record as a model keeps it."""
        return {key: round(self._shrunk(key, None), 3) for key in self.sums}

    def _shrunk(self, key: str, own: float | None) -> float:
        total, count = self.sums.get(key, 0.0), self.counts.get(key, 0)
        if own is not None:
            total, count = total - (own - self.usual), count - 1
        return total / (count + FEW)


def read_record(found: Mapping[int, Examined], worth: Mapping[int, float]) -> ReadRecord:
    """Return the record of the rows that people read; ``worth`` is what each was to them."""
    usual = sum(worth.values()) / max(1, len(worth))
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for row, value in worth.items():
        for key in read_keys(found[row].findings[0]):
            sums[key] = sums.get(key, 0.0) + value - usual
            counts[key] = counts.get(key, 0) + 1
    return ReadRecord(usual, sums, counts)

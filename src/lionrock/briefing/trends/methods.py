"""The methods of count surveillance, behind one signature, so that they can be measured side by side.

Each takes counts (series by days, ``nan`` where missing) and returns a score for every series and every
day from ``start`` on; the higher the more unusual. ``nan`` means that nothing can be said. A method's
``usual`` is the threshold its source names; what we alarm at is calibrated (see ``calibration``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from lionrock.briefing.trends.baseline import GUARD, WINDOW, expected
from lionrock.briefing.trends.panel import Counts

SCORED: Final = 300.0
"""The highest score by probability: 10^-300 is as little as a number holds."""
LENGTHS: Final = (1, 2, 4, 7)
"""Days over which counts are added up, so that what rises slowly is seen as what jumps is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method: its name, the threshold of its source, and what scores days by it."""

    name: str
    usual: float
    score: Callable[[Counts, NDArray[np.int64], int], Counts]


def _usual_score(probability: float) -> float:
    return float(-np.log10(probability))


def farrington(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score single days by the improved Farrington method: minus the logarithm of the upper tail.

    The tail is a negative binomial's with the baseline's mean and variance (Noufaily et al. 2013,
    section 3.5); their threshold is its 99.5th percentile.
    """
    return _over_lengths(counts, of_week, start, (1,))


def windows(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score the most unusual of the last day, 2, 4 and 7 days, each summed and judged by Farrington's.

    Adding up recent days is the prospective scan statistic's idea: M. Kulldorff, "Prospective time
    periodic geographical disease surveillance using a scan statistic", J. R. Statist. Soc. A 164
    (2001) 61-72. A sum's variance is the sum of the days', as if they were independent; that
    they are not is for calibration to find out.
    """
    return _over_lengths(counts, of_week, start, LENGTHS)


def _over_lengths(
    counts: Counts, of_week: NDArray[np.int64], start: int, lengths: tuple[int, ...]
) -> Counts:
    scores = np.full((len(counts), counts.shape[1] - start), np.nan)
    beta = None
    for day in range(start, counts.shape[1]):
        if day - GUARD < 1:
            continue
        model, beta = expected(counts, of_week, day, start=beta)
        days = np.arange(day - GUARD, day + 1)
        seen = counts[:, days]
        with np.errstate(invalid="ignore"):
            each = [
                surprise(*_summed(seen, model.mean, model.unsure, length), model.spread)
                for length in lengths
            ]
        scores[:, day - start] = np.fmax.reduce(each)
        # What is missing today says nothing today, whatever the days before say.
        scores[np.isnan(counts[:, day]), day - start] = np.nan
    return scores


def _summed(
    seen: Counts, mean: Counts, unsure: Counts, length: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what the last ``length`` days counted, should have, and how unsure that is."""
    known = ~np.isnan(seen[:, -length:])
    counted = np.where(known, seen[:, -length:], 0.0).sum(axis=1)
    should = np.where(known, mean[:, -length:], 0.0).sum(axis=1)
    # The baseline errs the same way on all days: its errors add up before they are squared.
    doubt = np.where(known, np.sqrt(unsure[:, -length:]), 0.0).sum(axis=1) ** 2
    should[np.isnan(mean[:, -1])] = np.nan
    return counted, should, doubt


def surprise(
    counted: NDArray[np.float64],
    mean: NDArray[np.float64],
    unsure: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return minus the decimal logarithm of the probability of so many or more.

    Negative binomial with that mean and the variance ``spread * mean + unsure``; Poisson where that
    is no more than the mean.
    """
    variance = spread * mean + unsure
    extra = np.maximum(variance - mean, 1e-9 * mean)
    size = mean**2 / extra
    # P(X >= k) of a negative binomial is the regularised incomplete beta function I_{1-p}(k, size).
    k = np.maximum(counted, 1e-12)
    tail = np.where(size > 1e7, gammainc(k, mean), betainc(k, size, mean / (mean + size)))
    tail = np.where(counted <= 0, 1.0, tail)
    scores: NDArray[np.float64] = -np.log10(np.maximum(tail, 10.0**-SCORED))
    return scores


# EARS ------------------------------------------------------------------------------------------


def ears_c1(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score by EARS C1: standard deviations above the mean of the seven days before.

    L. Hutwagner et al., "The bioterrorism preparedness and response Early Aberration Reporting System
    (EARS)", J. Urban Health 80 (2003) i89-i96. Threshold 3.
    """
    return _ears(counts, start, lag=0)


def ears_c2(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score by EARS C2: as C1, the two days before the judged one left out. Threshold 3."""
    return _ears(counts, start, lag=2)


def ears_c3(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score by EARS C3: the last three days' C2 beyond 1, added up, days beyond 3 left out before.

    Hutwagner et al. 2003 add the three days' excess; a day's own is always taken. Threshold 2.
    """
    early = max(start - 2, 0)
    c2 = _ears(counts, early, lag=2)
    excess = np.maximum(np.nan_to_num(c2, nan=0.0) - 1, 0.0)
    before = np.where(np.nan_to_num(c2, nan=0.0) > 3, 0.0, excess)
    total = excess.copy()
    total[:, 1:] += before[:, :-1]
    total[:, 2:] += before[:, :-2]
    total[np.isnan(c2)] = np.nan
    return total[:, start - early :]


def _ears(counts: Counts, start: int, *, lag: int) -> Counts:
    """Return (count - mean) / deviation over the last seven known days, ``lag`` days left out.

    The deviation is at least 0.5, so that series that are nearly always zero do not divide by none
    (the EARS programs use 0.2 to 0.5).
    """
    scores = np.full((len(counts), counts.shape[1] - start), np.nan)
    for day in range(start, counts.shape[1]):
        end = day - lag
        if end < 7:
            continue
        mean, deviation = _latest(counts[:, :end], 7)
        scores[:, day - start] = (counts[:, day] - mean) / np.maximum(deviation, 0.5)
    return scores


def _latest(counts: Counts, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and deviation of the last ``number`` days that are known, within three times as many."""
    recent = counts[:, -3 * number :][:, ::-1]
    known = ~np.isnan(recent)
    taken = known & (np.cumsum(known, axis=1) <= number)
    days = taken.sum(axis=1)
    filled = np.where(taken, recent, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=1) / days
        squares = np.where(taken, (recent - mean[:, None]) ** 2, 0.0).sum(axis=1)
        deviation = np.sqrt(squares / (days - 1))
    few = days < number - 2
    mean[few], deviation[few] = np.nan, np.nan
    return mean, deviation


def shewhart(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score by a Shewhart chart: deviations above the mean of the 28 days before. Threshold 3.

    W. A. Shewhart, "Economic Control of Quality of Manufactured Product" (1931).
    """
    scores = np.full((len(counts), counts.shape[1] - start), np.nan)
    for day in range(max(start, 28), counts.shape[1]):
        mean, deviation = _latest(counts[:, :day], 28)
        scores[:, day - start] = (counts[:, day] - mean) / np.maximum(deviation, 0.5)
    return scores


# Sums and updates ------------------------------------------------------------------------------

SLACK: Final = 1.0
DECISION: Final = 4.0


def cusum(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score by a one-sided CUSUM of Anscombe residuals from the regression's baseline.

    E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954) 100-115, over residuals as in
    G. Rossi, L. Lampugnani and M. Marchi, "An approximate CUSUM procedure for surveillance of health
    events", Statistics in Medicine 18 (1999) 2111-2122, with slack 1 and their decision interval 4.
    Missing days leave the sum as it is.
    """
    scores = np.full((len(counts), counts.shape[1] - start), np.nan)
    total = np.zeros(len(counts))
    beta = None
    for day in range(max(start - 14, GUARD + 1), counts.shape[1]):
        model, beta = expected(counts, of_week, day, start=beta)
        mean = model.mean[:, -1]
        spread = model.spread + model.unsure[:, -1] / mean
        residual = (
            1.5 * (counts[:, day] ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * spread**0.5)
        )
        known = ~np.isnan(residual)
        total = np.where(known, np.maximum(total + np.nan_to_num(residual) - SLACK, 0), total)
        if day >= start:
            scores[:, day - start] = np.where(known, total, np.nan)
    return scores


DISCOUNT: Final = 0.95


def discounted(counts: Counts, of_week: NDArray[np.int64], start: int) -> Counts:
    """Score by a Bayesian filter: the predictive tail of a Gamma-Poisson level that is slowly forgotten.

    A. C. Harvey and C. Fernandes, "Time series models for count or qualitative observations", J. Bus.
    Econ. Stat. 7 (1989) 407-417: the level's Gamma(a, b) becomes Gamma(wa, wb) overnight and (a + y,
    b + e) with a count y of exposure e, here the weekday's effect; the next count is negative
    binomial. Counts are divided by the series' dispersion first. A missing day is only forgotten
    over. Threshold: one in two hundred.
    """
    begin = max(start - WINDOW, 0)
    before = counts[:, begin:start] if start else counts[:, :1]
    effect, spread = _weekly(before, of_week[begin : max(start, 1)])
    a, b = np.full(len(counts), 0.1), np.full(len(counts), 0.1)
    scores = np.full((len(counts), counts.shape[1] - start), np.nan)
    for day in range(begin, counts.shape[1]):
        exposure = effect[:, of_week[day]]
        a, b = DISCOUNT * a, DISCOUNT * b
        known = ~np.isnan(counts[:, day])
        y = np.where(known, counts[:, day], 0.0) / spread
        if day >= start:
            tail = betainc(np.maximum(y, 1e-12), a, exposure / (exposure + b))
            tail = np.where(y <= 0, 1.0, np.maximum(tail, 10.0**-SCORED))
            scores[:, day - start] = np.where(known, -np.log10(tail), np.nan)
        a, b = np.where(known, a + y, a), np.where(known, b + exposure, b)
    return scores


def _weekly(
    counts: Counts, of_week: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each series' weekday effects, drawn towards 1, and its dispersion."""
    known = ~np.isnan(counts)
    filled = np.where(known, counts, 0.0)
    level = (filled.sum(axis=1) + 0.5) / np.maximum(known.sum(axis=1), 1)
    effect = np.ones((len(counts), 7))
    for weekday in range(7):
        at = of_week == weekday
        should = level * known[:, at].sum(axis=1)
        effect[:, weekday] = (filled[:, at].sum(axis=1) + 5) / (should + 5)
    mean = level[:, None] * effect[:, of_week]
    pearson = np.where(known, (filled - mean) ** 2 / mean, 0.0).sum(axis=1)
    spread = np.maximum(pearson / np.maximum(known.sum(axis=1) - 7, 1), 1.0)
    return effect, spread


METHODS: Final = (
    Method(name="windows", usual=_usual_score(0.005), score=windows),
    Method(name="farrington", usual=_usual_score(0.005), score=farrington),
    Method(name="discounted", usual=_usual_score(0.005), score=discounted),
    Method(name="cusum", usual=DECISION, score=cusum),
    Method(name="ears-c1", usual=3.0, score=ears_c1),
    Method(name="ears-c2", usual=3.0, score=ears_c2),
    Method(name="ears-c3", usual=2.0, score=ears_c3),
    Method(name="shewhart", usual=3.0, score=shewhart),
)
CHOSEN: Final = METHODS[0]
"""What trends are found by. ``bench/trends.py`` measures it beside the others: at the budget it meets far
more outbreaks than EARS or a Shewhart chart and has the fewest false trends; a CUSUM meets about as many,
but goes on long after an outbreak is over and does not say over which days counts were high."""

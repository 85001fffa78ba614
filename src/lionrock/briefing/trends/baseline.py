"""What a day's count should be, by what came before: a quasi-Poisson regression with weekday and trend.

The model is the "improved Farrington" one of A. Noufaily et al., "An improved algorithm for outbreak
detection in multiple surveillance systems", Statistics in Medicine 32 (2013) 1206-1222, which builds on
C. P. Farrington et al., "A statistical algorithm for the early detection of outbreaks of infectious
disease", J. R. Statist. Soc. A 159 (1996) 547-563: log-linear with a linear trend and a factor for the
season, fitted twice, the second time with days of large Anscombe residuals (> 2.58) weighed down by the
inverse square, a dispersion that is at least 1, and the last days left out, so that a beginning outbreak
does not hide itself. Here the season is the weekday, as counts are daily, and since many series are
sparse, weekdays and trend are held back by normal priors (a ridge penalty).

All series are fitted at once: they share the days, and so the design.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.briefing.trends.panel import Counts

WINDOW: Final = 84
"""Days that the baseline is fitted to."""
GUARD: Final = 7
"""Days before the judged one that the baseline leaves out."""
LARGE: Final = 2.58
"""Anscombe residuals from which on a day is weighed down (Noufaily et al. 2013, section 3.3)."""
LEAST_DAYS: Final = 21
"""Days with counts that a baseline needs; with fewer nothing is said."""
_WEEKDAY_PRIOR: Final = 1 / 0.6**2
_TREND_PRIOR: Final = 1 / 0.25**2
_LEVEL_PRIOR: Final = 0.05
_STEPS: Final = 3
_LOWEST, _HIGHEST = -10.0, 16.0
_DISPERSION_PRIOR: Final = 10.0
"""Days' worth of belief that a series is dispersed as its neighbours are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What days should have counted: ``mean[i, d]`` for the i-th series and d-th judged day.

    ``spread[i]`` is the dispersion: the variance of a day's count is ``spread * mean``, besides what
    the baseline itself is unsure of, ``unsure[i, d]`` (a variance). ``nan`` where too little is known.
    """

    mean: Counts
    spread: NDArray[np.float64]
    unsure: Counts


def expected(
    counts: Counts,
    of_week: NDArray[np.int64],
    day: int,
    *,
    window: int = WINDOW,
    guard: int = GUARD,
    start: NDArray[np.float64] | None = None,
) -> tuple[Expected, NDArray[np.float64]]:
    """Return what the day at ``day`` and the ``guard`` days before it should count, by those before.

    ``counts`` is series by days, ``of_week`` the weekday of each day. ``start`` are the coefficients
    of the day before, from which fewer steps lead to those of this one; the new ones are returned.
    """
    first = max(day - guard - window, 0)
    fitted, judged = np.arange(first, day - guard), np.arange(day - guard, day + 1)
    known = ~np.isnan(counts[:, fitted])
    y = np.where(known, counts[:, fitted], 0.0)
    design = _design(of_week, fitted, day, window)
    ahead = _design(of_week, judged, day, window)
    days = known.sum(axis=1)
    level = np.log((y.sum(axis=1) + 0.5) / np.maximum(days, 1))
    beta = np.zeros((len(counts), design.shape[1]))
    beta[:, 0] = level
    if start is not None and start.shape == beta.shape:
        beta = start
    weight = known.astype(np.float64)
    spread = np.ones(len(counts))
    beta, _ = _fit(y, design, weight, beta, level, spread)
    mean = np.exp(np.clip(beta @ design.T, _LOWEST, _HIGHEST))
    spread = _spread(y, mean, weight, days)
    large = np.abs(_anscombe(y, mean, spread[:, None]))
    weight = np.where(large > LARGE, 1 / np.maximum(large, 1) ** 2, 1.0) * known
    weight *= (days / np.maximum(weight.sum(axis=1), 1e-9))[:, None]
    beta, covariance = _fit(y, design, weight, beta, level, spread)
    mean = np.exp(np.clip(beta @ design.T, _LOWEST, _HIGHEST))
    spread = _shrunk(_spread(y, mean, weight, days), mean.mean(axis=1), days)
    forward = np.exp(np.clip(beta @ ahead.T, _LOWEST, _HIGHEST))
    forward = np.maximum(forward, (0.5 / np.maximum(days, 1))[:, None])
    doubt = np.einsum("dp,spq,dq->sd", ahead, covariance, ahead) * spread[:, None]
    unsure = forward**2 * np.minimum(doubt, 1.0)
    little = days < LEAST_DAYS
    forward[little], unsure[little] = np.nan, np.nan
    return Expected(mean=forward, spread=spread, unsure=unsure), beta


def _design(
    of_week: NDArray[np.int64], days: NDArray[np.int64], day: int, window: int
) -> NDArray[np.float64]:
    """Return one row per day: level, seven weekdays that the prior keeps around 0, trend.

    The trend grows by 1 over the window and is 0.5 at the judged day: the prior is about how much the
    level may have changed over the window.
    """
    rows = np.zeros((len(days), 9))
    rows[:, 0] = 1
    rows[np.arange(len(days)), 1 + of_week[days]] = 1
    rows[:, 8] = (days - day + window / 2) / window
    return rows


def _fit(
    y: Counts,
    design: NDArray[np.float64],
    weight: Counts,
    beta: NDArray[np.float64],
    level: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return penalised maximum-likelihood coefficients, and their covariance per unit of dispersion."""
    size = design.shape[1]
    prior = np.array([_LEVEL_PRIOR, *[_WEEKDAY_PRIOR] * 7, _TREND_PRIOR])
    penalty = np.einsum("s,p->sp", spread, prior)
    around = np.zeros_like(beta)
    around[:, 0] = level
    outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), size * size)
    for _ in range(_STEPS):
        eta = np.clip(beta @ design.T, _LOWEST, _HIGHEST)
        mean = np.exp(eta)
        heavy = weight * mean
        information: NDArray[np.float64] = (heavy @ outer).reshape(-1, size, size)
        information[:, np.arange(size), np.arange(size)] += penalty
        gradient = (weight * (y - mean)) @ design - penalty * (beta - around)
        step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
        beta = beta + np.clip(step, -2.0, 2.0)
    covariance = np.linalg.inv(information).astype(np.float64)
    return beta, covariance


def _spread(
    y: Counts, mean: Counts, weight: Counts, days: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return Pearson's estimate of the dispersion, at least 1."""
    pearson = (weight * (y - mean) ** 2 / np.maximum(mean, 0.05)).sum(axis=1)
    spread: NDArray[np.float64] = np.maximum(pearson / np.maximum(days - 5, 1), 1.0)
    return spread


def _anscombe(y: Counts, mean: Counts, spread: Counts) -> Counts:
    """Return Anscombe residuals of Poisson counts (Farrington et al. 1996, section 3.5)."""
    small = np.maximum(mean, 0.05)
    residuals: Counts = (
        1.5 * (y ** (2 / 3) - small ** (2 / 3)) / (small ** (1 / 6) * np.sqrt(spread))
    )
    return residuals


def _shrunk(
    spread: NDArray[np.float64], level: NDArray[np.float64], days: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return dispersions drawn towards those of series of like level: few days say little of it."""
    order = np.argsort(level, kind="stable")
    logs = np.log(spread[order])
    reach = max(len(order) // 10, 1)
    padded = np.concatenate(([0.0], np.cumsum(logs)))
    low = np.maximum(np.arange(len(order)) - reach, 0)
    high = np.minimum(np.arange(len(order)) + reach + 1, len(order))
    neighbours = (padded[high] - padded[low]) / (high - low)
    share = days[order] / (days[order] + _DISPERSION_PRIOR)
    drawn = np.empty(len(order))
    drawn[order] = np.exp(share * logs + (1 - share) * neighbours)
    return np.maximum(drawn, 1.0)

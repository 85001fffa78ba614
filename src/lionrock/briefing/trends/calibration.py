"""Sets a method's thresholds by what it says of resampled history, so that chance stays within a budget.

History is resampled in blocks of two weeks, weekdays kept, the same blocks for all series, so that what
moves together goes on moving together (a moving-block bootstrap: H. R. Künsch, "The jackknife and the
bootstrap for general stationary observations", Ann. Stat. 17 (1989) 1217-1241). Before that what rose
or fell over half a year is brought to one level, lest it be met again as a jump, and days beyond all
chance (past outbreaks) are cut down. What a method then says, it says by chance.

Resampling breaks some of how levels wander, so that a method errs somewhat more often on fresh quiet
histories than it does on resampled ones (up to 1.7 times; ``bench/trends.py`` prints it). ``SAFETY`` is
the part of the budget that is therefore spent.

Sparse and busy series err differently, so rates are measured in classes of level; all classes get the
same rate per series. Beyond what was met, rates fall exponentially with the score, by the mean excess.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lionrock.briefing.trends.baseline import GUARD, WINDOW
from lionrock.briefing.trends.methods import Method, surprise
from lionrock.briefing.trends.panel import Counts

BUDGET: Final = 52.0
"""False trends a year, over all series together: one a week."""
SAFETY: Final = 0.6
REPEATS: Final = 7
"""Days within which one series' alarms are one trend."""
BLOCK: Final = 14
JUDGED: Final = 56
"""Days of each resampled history that are judged, after those that the baseline needs."""
LEVELS: Final = (0.2, 1.0, 5.0, 30.0)
"""Mean counts a day at which one class of series ends and the next begins."""
BEYOND: Final = 6.0
"""The score (minus the logarithm of a probability) beyond which a day of history is cut down."""
_LEAST_ALARMS: Final = 25
"""Alarms of a class from which on its tail is its own; below, it borrows that of all classes."""
_SMOOTH: Final = 169


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """How often one class of series alarms by chance at a score or higher.

    ``peaks`` are scores in ascending order and ``alarms`` how many folded alarms there were at each;
    ``years`` how many years of one series were judged; ``scale`` the score over which the number falls
    to its e-th part beyond the last.
    """

    peaks: tuple[float, ...]
    alarms: tuple[int, ...]
    years: float
    scale: float

    def rate(self, score: float) -> float:
        """Return the alarms a year of one series by chance at this score or higher."""
        place = bisect_left(self.peaks, score)
        if place < len(self.peaks):
            return self.alarms[place] / self.years
        beyond = score - self.peaks[-1]
        return float(self.alarms[-1] / self.years * np.exp(-beyond / self.scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What a method's scores mean for ``series`` series: a tail per class of level.

    ``weeks`` is how many weeks of all series were judged to find that out.
    """

    method: str
    series: int
    weeks: float
    tails: tuple[Tail, ...]

    def rate(self, score: float, level: float) -> float:
        """Return how often a year chance gives so unusual a day somewhere among all series."""
        return self.tails[level_class(level)].rate(score) * self.series / SAFETY

    def rates(self, scores: Counts, levels: NDArray[np.float64]) -> Counts:
        """Return the rate of every score (series by days); infinite where nothing can be said."""
        found = np.full(scores.shape, np.inf)
        classes = level_classes(levels)
        for number, tail in enumerate(self.tails):
            at = classes == number
            if at.any():
                found[at] = _rates(tail, scores[at]) * self.series / SAFETY
        found[np.isnan(scores)] = np.inf
        return found

    def threshold(self, level: float, *, budget: float = BUDGET) -> float:
        """Return the score at which series of this level spend their part of the budget."""
        tail = self.tails[level_class(level)]
        return _threshold(tail, SAFETY * budget / self.series)


def as_json(calibration: Calibration) -> dict[str, object]:
    """Return a calibration as what JSON can hold."""
    return asdict(calibration)


def from_json(kept: Mapping[str, Any]) -> Calibration:  # Any: what JSON held
    """Return the calibration that was kept."""
    return Calibration(
        method=kept["method"],
        series=kept["series"],
        weeks=kept["weeks"],
        tails=tuple(
            Tail(
                peaks=tuple(tail["peaks"]),
                alarms=tuple(tail["alarms"]),
                years=tail["years"],
                scale=tail["scale"],
            )
            for tail in kept["tails"]
        ),
    )


def level_class(level: float) -> int:
    """Return which class a series of so many counts a day belongs to."""
    return int(np.searchsorted(LEVELS, level, side="right"))


def level_classes(levels: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the class of every level."""
    return np.searchsorted(LEVELS, levels, side="right").astype(np.int64)


def levels_of(counts: Counts) -> NDArray[np.float64]:
    """Return each series' mean count a day over the known ones; 0 where none is known."""
    known = ~np.isnan(counts)
    levels: NDArray[np.float64] = np.where(known, counts, 0.0).sum(axis=1) / np.maximum(
        known.sum(axis=1), 1
    )
    return levels


def calibrate(
    method: Method,
    counts: Counts,
    of_week: NDArray[np.int64],
    *,
    seed: int,
    histories: int = 8,
    series: int | None = None,
) -> Calibration:
    """Measure a method's false alarms on resampled histories of these counts.

    ``series`` is how many series share the budget, where it is not those at hand.
    """
    rng = np.random.default_rng(seed)
    classes = level_classes(levels_of(counts))
    scores: list[Counts] = []
    start = WINDOW + GUARD
    for history, weekdays in resampled(counts, of_week, rng, days=start + JUDGED, number=histories):
        scores.append(method.score(history, weekdays, start))
    years = histories * JUDGED / 365.25
    whole = _tail(scores, np.ones(len(counts), dtype=np.bool_), years * len(counts), None)
    tails = []
    for number in range(len(LEVELS) + 1):
        at = classes == number
        enough = at.any() and _alarms(scores, at) >= _LEAST_ALARMS
        tails.append(_tail(scores, at, years * int(at.sum()), whole.scale) if enough else whole)
    return Calibration(
        method=method.name,
        series=series or len(counts),
        weeks=histories * JUDGED / 7,
        tails=tuple(tails),
    )


def resampled(
    counts: Counts,
    of_week: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    days: int,
    number: int,
) -> Iterator[tuple[Counts, NDArray[np.int64]]]:
    """Yield histories of ``days`` days, made of blocks of the given one, with their weekdays."""
    level = _smooth(counts)
    with np.errstate(invalid="ignore"):
        known = np.where(np.isnan(counts), 0.0, counts)
        ceiling = _ceiling(counts, level)
        capped = np.minimum(known, ceiling)
    target = np.median(level, axis=1)[:, None]
    scaled = np.where(np.isnan(counts), np.nan, capped * target / level)
    for _ in range(number):
        first = int(rng.integers(7))
        weekdays = (np.arange(days) + first) % 7
        places: list[NDArray[np.int64]] = []
        while sum(len(each) for each in places) < days:
            at = sum(len(each) for each in places)
            fitting = np.flatnonzero(of_week[: max(len(of_week) - BLOCK, 1)] == weekdays[at])
            start = int(rng.choice(fitting)) if len(fitting) else 0
            places.append(np.arange(start, min(start + BLOCK, len(of_week))))
        chosen = np.concatenate(places)[:days]
        # Rounded up or down by chance, so that sparse series stay counts and keep their mean.
        history = np.floor(scaled[:, chosen] + rng.random((len(counts), days)))
        yield history, weekdays


def _smooth(counts: Counts) -> Counts:
    """Return each day's level: the mean of the known days around it."""
    known = ~np.isnan(counts)
    filled = np.where(known, counts, 0.0)
    kernel = np.ones(min(_SMOOTH, 2 * counts.shape[1] - 1))
    half = len(kernel) // 2
    rows = [np.convolve(row, kernel)[half : half + counts.shape[1]] for row in filled]
    days = [np.convolve(row, kernel)[half : half + counts.shape[1]] for row in known.astype(float)]
    summed = np.array(rows).reshape(counts.shape)
    number = np.array(days).reshape(counts.shape)
    # A little of the whole mean holds up what is sparse, where a month may be empty.
    whole = levels_of(counts)[:, None]
    level: Counts = (summed + 7 * (whole + 0.01)) / (number + 7)
    return level


def _ceiling(counts: Counts, level: Counts) -> Counts:
    """Return the count of each day that lies beyond chance, by level and dispersion."""
    squares = np.where(np.isnan(counts), 0.0, (counts - level) ** 2 / level)
    # The mean without its highest part, since the outbreaks to be cut would make room for themselves.
    highest = max(counts.shape[1] // 20, 1)
    kept = np.sort(squares, axis=1)[:, : counts.shape[1] - highest]
    spread = np.maximum(1.3 * kept.mean(axis=1), 1.0)[:, None] * np.ones_like(level)
    low, high = level.copy(), 20 * level + 40 * spread + 60
    for _ in range(30):
        middle = (low + high) / 2
        much = surprise(middle, level, np.zeros_like(level), spread) > BEYOND
        low, high = np.where(much, low, middle), np.where(much, middle, high)
    ceiling: Counts = np.ceil(high)
    return ceiling


def folded(scores: Counts, threshold: float | NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which days begin an alarm: at or above the threshold, and none of the days before was."""
    above = np.nan_to_num(scores, nan=-np.inf) >= threshold
    begins = above.copy()
    for back in range(1, REPEATS + 1):
        begins[:, back:] &= ~above[:, :-back]
    return begins


def _tail(scores: list[Counts], at: NDArray[np.bool_], years: float, scale: float | None) -> Tail:
    peaks, before = _peaks(scores, at)
    steps = np.unique(peaks[peaks > 0])
    if not len(steps):
        return Tail(peaks=(0.0,), alarms=(1,), years=max(years, 1e-6), scale=scale or 0.5)
    if len(steps) > 400:  # as many as say anything: more in the tail than in the middle
        steps = np.unique(np.quantile(steps, 1 - np.geomspace(1, 1 / len(steps), 400)))
    above = len(peaks) - np.searchsorted(np.sort(peaks), steps, side="left")
    still = len(before) - np.searchsorted(np.sort(before), steps, side="left")
    # Folding makes the number rise again at low scores, where all days run into one: no rate is lower
    # than that of a higher score.
    number = np.maximum.accumulate((above - still)[::-1])[::-1]
    tail_from = steps[np.searchsorted(-number, -_LEAST_ALARMS)] if number[0] > 0 else steps[0]
    highest = peaks[(peaks >= tail_from) & (peaks > before)]
    own = float((highest - tail_from).mean()) if len(highest) > 1 else (scale or 0.5)
    keep = number > 0
    return Tail(
        peaks=tuple(np.round(steps[keep], 6).tolist()),
        alarms=tuple(number[keep].astype(int).tolist()),
        years=years,
        scale=max(own, 0.05),
    )


def _peaks(
    scores: list[Counts], at: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return every day's score, and the lower of it and the highest of the days before."""
    days, lower = [], []
    for each in scores:
        known = np.nan_to_num(each[at], nan=-np.inf)
        highest = np.full(known.shape, -np.inf)
        for back in range(1, REPEATS + 1):
            highest[:, back:] = np.maximum(highest[:, back:], known[:, :-back])
        days.append(known.ravel())
        lower.append(np.minimum(known, highest).ravel())
    return np.concatenate(days), np.concatenate(lower)


def _alarms(scores: list[Counts], at: NDArray[np.bool_]) -> int:
    return sum(int((np.nan_to_num(each[at], nan=0.0) > 0).sum()) for each in scores)


def _rates(tail: Tail, scores: Counts) -> Counts:
    peaks, alarms = np.array(tail.peaks), np.array(tail.alarms, dtype=np.float64)
    places = np.searchsorted(peaks, scores)
    within = alarms[np.minimum(places, len(alarms) - 1)]
    beyond = np.maximum(scores - peaks[-1], 0.0)
    rates: Counts = (
        within / tail.years * np.where(places >= len(peaks), np.exp(-beyond / tail.scale), 1.0)
    )
    return rates


def _threshold(tail: Tail, rate: float) -> float:
    wanted = rate * tail.years
    if tail.alarms[-1] > wanted:
        return tail.peaks[-1] + tail.scale * float(np.log(tail.alarms[-1] / max(wanted, 1e-12)))
    for peak, number in zip(tail.peaks, tail.alarms, strict=True):
        if number <= wanted:
            return peak
    return tail.peaks[-1]

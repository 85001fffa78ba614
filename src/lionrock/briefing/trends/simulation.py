"""Makes histories whose outbreaks are known, for methods to be measured by.

The base is what feeds of a region look like: levels from a few a month to hundreds a day, more variance
than Poisson's, weekdays, levels that wander, feeds that fall silent for days and catch up, feeds that
are heard in part, and feeds that begin in the middle. Outbreaks are laid over it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.briefing.trends.panel import Cell, Counts, Heard, Series

SHAPES: Final = ("burst", "step", "ramp")
"""Three days at once; two weeks on a higher level; three weeks of growth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbreak:
    """One outbreak: in which series (its row), from which day on, of which shape."""

    row: int
    day: int
    days: int
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Counts by source, series and day, what was heard, and the outbreaks in it."""

    first: date
    series: tuple[Series, ...]
    sources: tuple[str, ...]
    counts: NDArray[np.float64]
    """Sources by series by days; what an unheard source would have said is not in it."""
    heard: NDArray[np.float64]
    """Sources by days: all that came, in and outside the region."""
    outbreaks: tuple[Outbreak, ...]

    def raw(self) -> Counts:
        """Return the series as somebody counts them who knows of no sources: silence is zero."""
        summed: Counts = self.counts.sum(axis=0)
        return summed

    def cells(self) -> list[Cell]:
        """Return the counts as cells."""
        return [
            Cell(
                day=self.first + timedelta(days=int(day)),
                source=self.sources[source],
                series=self.series[row],
                count=int(self.counts[source, row, day]),
            )
            for source, row, day in zip(*np.nonzero(self.counts), strict=True)
        ]

    def deliveries(self) -> list[Heard]:
        """Return what was heard by source and day."""
        return [
            Heard(
                day=self.first + timedelta(days=int(day)),
                source=self.sources[source],
                count=int(self.heard[source, day]),
            )
            for source, day in zip(*np.nonzero(self.heard), strict=True)
        ]


def history(
    *,
    seed: int,
    series: int = 300,
    days: int = 300,
    sources: int = 8,
    quiet: int = 150,
    outbreaks: int = 0,
    sizes: tuple[float, float] = (3.0, 8.0),
    first: date = date(2025, 1, 6),
) -> History:
    """Return a history; outbreaks begin after ``quiet`` days, at most one to a series.

    ``sizes`` is the range of the highest day's extra count, in standard deviations of the series,
    but never below 3.
    """
    rng = np.random.default_rng(seed)
    of_week = (np.arange(days) + first.weekday()) % 7
    level = np.exp(rng.uniform(np.log(0.05), np.log(300), series))
    spread = 1 + rng.gamma(1.2, 1.2, series) * (level > 0.5)
    weekend = rng.uniform(0.4, 1.15, series)
    week = np.where(of_week[None, :] >= 5, weekend[:, None], 1.0)
    wander = np.zeros((series, days), dtype=np.float64)
    steps = rng.normal(0, 0.03, (series, days))
    for day in range(1, days):
        wander[:, day] = 0.985 * wander[:, day - 1] + steps[:, day]
    mean = level[:, None] * week * np.exp(wander)
    share = np.zeros((sources, series))
    for row in range(series):
        its = rng.choice(sources, size=int(rng.integers(1, 4)), replace=False)
        share[its, row] = rng.dirichlet(np.full(len(its), 2.0))
    began = np.zeros(sources, dtype=np.int64)
    late = rng.choice(sources, size=max(sources // 4, 1), replace=False)
    began[late] = rng.integers(quiet, days - 20, len(late))
    counts = np.zeros((sources, series, days))
    for source in range(sources):
        part = share[source][:, None] * mean
        counts[source] = _negative_binomial(rng, part, spread[:, None])
    laid = _outbreaks(rng, series, days, quiet, outbreaks)
    extra = _extra(rng, laid, mean, spread, sizes)
    for outbreak in laid:
        settled = share[:, outbreak.row] * (began < quiet)
        source = int(np.argmax(settled)) if settled.any() else int(np.argmin(began))
        counts[source, outbreak.row] += extra[outbreak.row]
    heard = _negative_binomial(
        rng,
        np.outer(rng.uniform(200, 4000, sources), np.where(of_week >= 5, 0.8, 1.0)),
        np.full((sources, 1), 30.0),
    )
    for source in range(sources):
        counts[source][:, : began[source]], heard[source, : began[source]] = 0, 0
        _silences(rng, counts[source], heard[source], int(began[source]))
    return History(
        first=first,
        series=tuple(Series(dimension="family", value=f"family-{row:03}") for row in range(series)),
        sources=tuple(f"feed-{source}/report" for source in range(sources)),
        counts=counts,
        heard=heard,
        outbreaks=laid,
    )


def _negative_binomial(
    rng: np.random.Generator, mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw counts of the given mean whose variance is ``spread`` times it."""
    shape = np.maximum(mean, 1e-9) / np.maximum(spread - 1, 1e-3)
    drawn: NDArray[np.float64] = rng.poisson(
        np.minimum(rng.gamma(shape) * np.maximum(spread - 1, 1e-3), 1e7)
    ).astype(np.float64)
    return drawn


def _outbreaks(
    rng: np.random.Generator, series: int, days: int, quiet: int, number: int
) -> tuple[Outbreak, ...]:
    rows = rng.choice(series, size=number, replace=False)
    lengths = {"burst": 3, "step": 14, "ramp": 21}
    return tuple(
        Outbreak(
            row=int(row),
            day=int(rng.integers(quiet, days - 22)),
            days=lengths[SHAPES[place % 3]],
            shape=SHAPES[place % 3],
        )
        for place, row in enumerate(rows)
    )


def _extra(
    rng: np.random.Generator,
    outbreaks: tuple[Outbreak, ...],
    mean: Counts,
    spread: NDArray[np.float64],
    sizes: tuple[float, float],
) -> Counts:
    """Return what the outbreaks add: Poisson around a height in the series' standard deviations."""
    extra = np.zeros(mean.shape)
    for each in outbreaks:
        usual = float(mean[each.row].mean())
        height = max(float(rng.uniform(*sizes) * np.sqrt(usual * spread[each.row])), 3.0)
        part = np.ones(each.days)
        if each.shape == "step":
            height, part = max(height / 2, 1.5), np.ones(each.days)
        elif each.shape == "ramp":
            part = np.linspace(1 / each.days, 1, each.days)
        extra[each.row, each.day : each.day + each.days] = rng.poisson(height * part)
    return extra


def _silences(
    rng: np.random.Generator, counts: Counts, heard: NDArray[np.float64], began: int
) -> None:
    """Silence a source for some stretches, let it catch up after half of them, cut it once."""
    days = counts.shape[1]
    for _ in range(int(rng.poisson(4))):
        start = int(rng.integers(began, days - 6))
        end = start + int(rng.integers(1, 6))
        lost, unheard = counts[:, start:end].sum(axis=1), heard[start:end].sum()
        counts[:, start:end], heard[start:end] = 0, 0
        if rng.random() < 0.5:
            counts[:, end] += lost
            heard[end] += unheard
    start = int(rng.integers(began, days - 3))
    kept = rng.uniform(0.02, 0.15)
    counts[:, start : start + 2] = np.floor(kept * counts[:, start : start + 2])
    heard[start : start + 2] = np.floor(kept * heard[start : start + 2])

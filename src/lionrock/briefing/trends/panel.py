"""Lays counted cells out as series of days, so that a feed that came or fell silent is no rise.

Two days are compared only over sources that reported on both. A source is a feed and its report
(``shadowserver/scan_telnet``): providers add reports as they add feeds. Of the sources at hand

- one that is silent on the last day is left out of every day: its absence is no fall, and when it is
  back it is no rise;
- one that began less than ``SETTLED`` days ago is left out of every day: what it sees was there before;
- where one that carries a series was silent or had not begun, that day of the series is missing, which
  is not zero; so is the day on which it came back with what had piled up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""One row per series, one column per day or hour; ``nan`` is missing."""

SETTLED: Final = 42
"""Days after which what a new source sees may be compared with what it saw: five weeks before, and the
week that methods leave out before the day they judge."""
CARRIES: Final = 0.02
"""The share of a series' counts from which on a source carries it; of small series, any count."""
SMALL: Final = 100
"""Counts in the whole window up to which a series is small."""
USUAL: Final = 7.0
"""Events a day from which on a day without any is no chance (e^-7 is one in a thousand)."""
PARTIAL: Final = 0.2
"""The part of what a source usually has on that weekday below which it was only partly heard."""
PARTIAL_FROM: Final = 30.0
PILED_UP: Final = 1.7
"""Times the usual on the first day after a silence from which on it holds what had piled up."""
RARE: Final = 1e-3
"""How likely a run of empty days of a rare source must be for it not to be a silence."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Series:
    """What is counted by day: ``dimension`` is one of ``DIMENSIONS``, ``value`` the one looked at."""

    dimension: str
    value: str

    @property
    def key(self) -> str:
        """The series as one text, ``family:mirai``."""
        return f"{self.dimension}:{self.value}"


DIMENSIONS: Final = (
    "campaign",
    "family",
    "brand",
    "cve",
    "product",
    "port",
    "network",
    "constituent",
    "sensor",
    "sector",
    "kind",
)
"""What series are made by, the most telling first: of two that tell the same, the first is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many distinct assets one source saw of one series on one day (or in one hour of it)."""

    day: date
    source: str
    series: Series
    count: int
    hour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one source delivered on one day, in and outside the region."""

    day: date
    source: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Series of days that may be compared; ``counts[i]`` belongs to ``series[i]``.

    ``left_out`` names the sources that were not looked at, with the reason (``new``, ``silent``);
    ``first_seen`` the first day with a count of each series over settled sources.
    """

    first: date
    series: tuple[Series, ...]
    counts: Counts
    left_out: Mapping[str, str]

    @property
    def last(self) -> date:
        """The last day, the one that is judged."""
        return self.first + timedelta(days=self.counts.shape[1] - 1)

    def day(self, place: int) -> date:
        """Return the day of a column."""
        return self.first + timedelta(days=place)


def weekdays(first: date, days: int) -> NDArray[np.int64]:
    """Return the weekday of each of so many days, 0 for Monday."""
    return (np.arange(days) + first.weekday()) % 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Which sources could be heard on which days; ``heard[i, day]`` belongs to ``sources[i]``.

    ``began[i]`` is the place of the first day with anything, counted from the panel's first day;
    a source that was there before has 0.
    """

    sources: tuple[str, ...]
    heard: NDArray[np.bool_]
    began: NDArray[np.int64]

    def place(self) -> dict[str, int]:
        """Return the place of each source."""
        return {source: place for place, source in enumerate(self.sources)}


def presence(
    heard: Iterable[Heard],
    *,
    first: date,
    days: int,
    silences: Iterable[tuple[str, date, date]] = (),
    begins: Mapping[str, date] | None = None,
) -> Presence:
    """Tell on which days each source was heard in full.

    ``heard`` is all that came, in and outside the region; ``silences`` are stretches (source or feed,
    first day, last day) that are known besides; ``begins`` says since when a source is collected,
    where its first event is later than that.
    """
    totals: dict[str, Counts] = {}
    for each in heard:
        place = (each.day - first).days
        if 0 <= place < days:
            row = totals.setdefault(each.source, np.zeros(days))
            row[place] += each.count
    sources = tuple(sorted(totals))
    present = np.ones((len(sources), days), dtype=np.bool_)
    began = np.zeros(len(sources), dtype=np.int64)
    of_week = weekdays(first, days)
    for number, source in enumerate(sources):
        row = totals[source]
        start = int(np.flatnonzero(row)[0])
        if begins and source in begins:
            start = min(start, max((begins[source] - first).days, 0))
        elif start <= _usual_gap(row):
            start = 0
        began[number] = start
        present[number, :start] = False
        present[number, start:] = _in_full(row[start:], of_week[start:])
    places: dict[str, list[int]] = {}
    for number, source in enumerate(sources):
        places.setdefault(source, []).append(number)
        places.setdefault(source.partition("/")[0], []).append(number)
    for source, begin, end in silences:
        low, high = max((begin - first).days, 0), min((end - first).days + 1, days)
        for number in set(places.get(source, [])):
            if low < high:
                present[number, low:high] = False
    return Presence(sources=sources, heard=present, began=began)


def _usual_gap(row: Counts) -> int:
    """Return for how many days in a row a source may say nothing by its rhythm: twice what is usual."""
    days = np.flatnonzero(row)
    return 2 * int(np.median(np.diff(days))) if len(days) > 1 else len(row)


def _in_full(row: Counts, of_week: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each day since a source began whether it was heard in full."""
    usual = np.zeros(7)
    for weekday in range(7):
        its = row[of_week == weekday]
        usual[weekday] = float(np.median(its)) if len(its) else 0.0
    expected = usual[of_week]
    silent = (row == 0) & (expected >= USUAL)
    silent |= (expected >= PARTIAL_FROM) & (row < PARTIAL * expected)
    mean = float(row.mean())
    if 0 < mean < USUAL:
        silent |= _long_runs(row, mean)
    back = np.zeros(len(row), dtype=np.bool_)
    back[1:] = silent[:-1] & ~silent[1:]
    full: NDArray[np.bool_] = ~(silent | (back & (row > PILED_UP * expected) & (expected > 0)))
    return full


def _long_runs(row: Counts, mean: float) -> NDArray[np.bool_]:
    """Tell which empty days belong to a run that neither chance nor the source's rhythm gives."""
    empty = row == 0
    longest = max(int(np.ceil(-np.log(RARE / len(row)) / mean)), _usual_gap(row))
    marks = np.diff(np.concatenate(([0], empty.astype(np.int64), [0])))
    silent = np.zeros(len(row), dtype=np.bool_)
    starts, ends = np.flatnonzero(marks == 1), np.flatnonzero(marks == -1)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start >= longest:
            silent[start:end] = True
    return silent


def panel(
    cells: Iterable[Cell], present: Presence, *, first: date, days: int, settled: int = SETTLED
) -> Panel:
    """Return the series of ``days`` days from ``first`` on that may be compared with their last day."""
    place_of = present.place()
    left_out = {
        source: "silent" if not present.heard[number, days - 1] else "new"
        for source, number in place_of.items()
        if not present.heard[number, days - 1] or present.began[number] > days - settled
    }
    rows: dict[Series, Counts] = {}
    shares: dict[Series, dict[int, float]] = {}
    for cell in cells:
        place = (cell.day - first).days
        if 0 <= place < days and cell.source not in left_out:
            row = rows.get(cell.series)
            if row is None:
                row = rows[cell.series] = np.zeros(days)
            row[place] += cell.count
            number = place_of.get(cell.source)
            if number is not None:
                carried = shares.setdefault(cell.series, {})
                carried[number] = carried.get(number, 0.0) + cell.count
    series = tuple(sorted(rows))
    counts = np.zeros((len(series), days))
    for place, each in enumerate(series):
        counts[place] = rows[each]
        total = float(rows[each].sum())
        least = 0.0 if total <= SMALL else CARRIES * total
        for number, carried_counts in shares.get(each, {}).items():
            if carried_counts > least:
                counts[place, ~present.heard[number]] = np.nan
    return Panel(first=first, series=series, counts=counts, left_out=left_out)


def stacked(rows: Sequence[Sequence[float | None]]) -> Counts:
    """Return rows of numbers as counts; ``None`` is missing."""
    return np.array(
        [[np.nan if each is None else each for each in row] for row in rows], dtype=np.float64
    )

"""Measures methods of noticing on made histories whose outbreaks are known: false trends, power, delay.

Each method stands twice: as its textbook has it (its usual threshold, counts as they come, silence being
zero), and with what Lionrock puts around it (days compared over the same feeds, thresholds calibrated to
one false trend a week over all series). Quiet histories that were used for nothing else tell how many
false trends a week there really are. Prints figures; asserts nothing.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: its threads only spin here

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lionrock.briefing.trends.calibration import calibrate, folded, levels_of
from lionrock.briefing.trends.methods import METHODS, Method
from lionrock.briefing.trends.panel import SETTLED, Counts, panel, presence, weekdays
from lionrock.briefing.trends.simulation import SHAPES, History, history

SERIES = 300
DAYS = 280
JUDGED = 140
"""The last days of each history, which are judged."""
WITHIN = 14
"""Days within which an outbreak must be met to count as found."""
QUIET = (101, 102)
LOUD = (201, 202)
OUTBREAKS = 90


@dataclass(slots=True, kw_only=True)
class Result:
    """What one way of noticing gave."""

    weeks: float = 0.0
    false: int = 0
    found: dict[str, list[int]] = field(default_factory=dict)
    """Days until each outbreak was met, by shape; -1 where it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A history as a textbook counts it, and as it is compared here; ``rows`` are series' places."""

    past: History
    raw: Counts
    compared: Counts
    rows: dict[str, int]


def main() -> None:
    """Measure every method and print a table."""
    began = time.process_time()
    quiet = [laid(history(seed=seed, series=SERIES, days=DAYS)) for seed in QUIET]
    loud = [
        laid(history(seed=seed, series=SERIES, days=DAYS, quiet=JUDGED, outbreaks=OUTBREAKS))
        for seed in LOUD
    ]
    sys.stdout.write(
        f"{SERIES} series, {JUDGED} judged days; {len(LOUD) * OUTBREAKS} outbreaks of 3 to 8 standard "
        f"deviations; found: within {WITHIN} days\n\n"
        f"{'':34}{'false a':>9}{'found':>8}{'days':>6}   "
        + "".join(f"{shape:>14}" for shape in SHAPES)
        + f"\n{'':34}{'week':>9}{'':>8}{'(mean)':>6}   "
        + "".join(f"{'found, days':>14}" for _ in SHAPES)
        + "\n"
    )
    for method in METHODS:
        for title, result in ways(method, quiet, loud):
            sys.stdout.write(line(f"{method.name}, {title}", result))
            sys.stdout.flush()
    sys.stdout.write(f"\n{time.process_time() - began:.0f} s of one processor\n")


def laid(past: History) -> Laid:
    """Return a history in both ways of counting it."""
    present = presence(past.deliveries(), first=past.first, days=DAYS)
    # What began after the judged days had begun is left out of all, as it would be until it settled.
    compared = panel(past.cells(), present, first=past.first, days=DAYS, settled=JUDGED + SETTLED)
    rows = {series.value: row for row, series in enumerate(compared.series)}
    return Laid(past=past, raw=past.raw(), compared=compared.counts, rows=rows)


def ways(method: Method, quiet: list[Laid], loud: list[Laid]) -> Iterator[tuple[str, Result]]:
    """Yield what the method gives by the textbook, and compared and calibrated."""
    textbook, ours = Result(), Result()
    for each in (*quiet, *loud):
        of_week = weekdays(each.past.first, DAYS)
        start = DAYS - JUDGED
        raw = method.score(each.raw, of_week, start)
        places = {series.value: row for row, series in enumerate(each.past.series)}
        add(textbook, each, raw, np.full((len(raw), 1), method.usual), places)
        compared = method.score(each.compared, of_week, start)
        # As on the day before what is judged: nothing of the outbreaks is known yet.
        measured = calibrate(method, each.compared[:, :start], of_week[:start], seed=1, histories=4)
        levels = levels_of(each.compared[:, :start])
        thresholds = np.array([[measured.threshold(level)] for level in levels])
        add(ours, each, compared, thresholds, each.rows)
    yield "textbook", textbook
    yield "calibrated", ours


def add(
    result: Result,
    each: Laid,
    scores: Counts,
    thresholds: NDArray[np.float64],
    rows: dict[str, int],
) -> None:
    """Count the false trends of a quiet history, or what was found of a loud one."""
    if not each.past.outbreaks:
        result.weeks += JUDGED / 7
        result.false += int(folded(scores, thresholds).sum())
        return
    above = np.nan_to_num(scores, nan=-np.inf) >= thresholds
    for outbreak in each.past.outbreaks:
        name = each.past.series[outbreak.row].value
        delays = result.found.setdefault(outbreak.shape, [])
        row = rows.get(name)
        at = outbreak.day - (DAYS - JUDGED)
        met = [] if row is None else np.flatnonzero(above[row, at : at + WITHIN]).tolist()
        delays.append(met[0] if met else -1)


def line(title: str, result: Result) -> str:
    """Return one line of the table."""
    every = [delay for delays in result.found.values() for delay in delays]
    parts = [f"{title:34}{result.false / max(result.weeks, 1):9.2f}{share(every)}"]
    parts.append(f"{mean(every):6.1f}   ")
    parts += [f"{share(result.found[shape])}{mean(result.found[shape]):6.1f}" for shape in SHAPES]
    return "".join(parts) + "\n"


def share(delays: list[int]) -> str:
    """Return the share that was found, in per cent."""
    return f"{100 * sum(delay >= 0 for delay in delays) / max(len(delays), 1):7.0f}%"


def mean(delays: list[int]) -> float:
    """Return the mean days until what was found was found."""
    found = [delay for delay in delays if delay >= 0]
    return sum(found) / max(len(found), 1)


if __name__ == "__main__":
    main()

"""The rows that training reads: reported, new and good names, what each weighs, and who may not see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names import corpus
from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.labels import Label, Said
from lionrock.names.suffixes import Suffixes

SEED: Final = 20260101
LATE_DAYS: Final = 210
"""Reports of so many days before the dev part count as late."""
OLDER_NAMES: Final = 1_500_000
"""How many new names from before the last two months join the last two months'."""
OLD_NAMES_WEIGHT: Final = 0.6
YEARS: Final = {"2019": 0.2, "2020": 0.2, "2021": 0.3, "2022": 0.3, "2023": 0.5, "2024": 1.0}
LATEST_YEARS: Final = 2.0
DECIDED: Final = 4.0
"""What a name weighs about which an analyst decided."""
SOURCES: Final = {"jpcert": 0.7, "jarelllama": 0.3, "pdb": 2.0}
"""What a report weighs by its year and by its source: recent habits and careful sources weigh more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRows:
    """What training reads: names with their importance, and sites known to be good."""

    reported: list[tuple[str, float]]
    fresh: list[tuple[str, float]]
    standing: list[str]
    own: list[str]
    met: frozenset[str]
    """Reported names that stood among the new names: what an analyst wants to find there."""
    late: frozenset[str]
    """Names of the last months, reported or new: campaigns change, and the next days are like these."""
    brands: Mapping[str, str]
    """Reported name to the brand its report gave, as the report calls it."""


def training_rows(folder: Path) -> TrainingRows:
    """Read everything training may see; the held-out tenth is left out.

    Nothing that was known only on or after the first day of the dev part is read.
    """
    first_day = min(name.date for name in corpus.new_names(folder, "dev"))
    found: dict[str, float] = {}
    brands: dict[str, str] = {}
    last: dict[str, str] = {}
    for report in corpus.reports(folder, "train"):
        labelled = bool(report.brand_label) and corpus.held_out(report.registrable)
        if report.kind != "own" or labelled or report.date >= first_day:
            continue
        name = report.registrable
        weight = YEARS.get(report.date[:4], LATEST_YEARS) * SOURCES.get(report.source, 1.0)
        found[name] = max(found.get(name, 0.0), weight)
        last[name] = max(last.get(name, ""), report.date)
        if report.brand_label:
            brands[name] = report.brand_label
    names = list(corpus.new_names(folder, "train"))
    months = sorted({name.date[:7] for name in names})[-2:]
    met = {name: on for on, name in corpus.reported_new(folder, first_day)}
    for name, on in met.items():
        found[name] = max(found.get(name, 0.0), LATEST_YEARS)
        last[name] = max(last.get(name, ""), on)
    since = f"{months[0]}-01"
    half_year_ago = (date.fromisoformat(first_day) - timedelta(days=LATE_DAYS)).isoformat()
    late = {name for name, on in last.items() if on >= half_year_ago}
    return TrainingRows(
        reported=sorted(found.items()),
        fresh=_fresh(names, months),
        standing=[registrable for _, registrable in corpus.benign(folder, "train")],
        own=[r for _, r in corpus.regional_benign(folder) if not corpus.held_out(r)],
        met=frozenset(met),
        late=frozenset(late | {name.domain for name in names if name.date >= since}),
        brands=brands,
    )


def with_labels(rows: TrainingRows, labels: Mapping[str, Label]) -> TrainingRows:
    """Return the rows with what analysts decided about: abuse joins the reported, harmless the new names.

    They are late, they were met among new names, and they weigh ``DECIDED``. What was left unclear,
    and what is held out for the exam, is not added.
    """
    labels = {name: label for name, label in labels.items() if not corpus.held_out(name)}
    bad = {name for name, label in labels.items() if label.verdict is Said.ABUSE}
    fine = {name for name, label in labels.items() if label.verdict is Said.BENIGN}
    return replace(
        rows,
        reported=sorted(
            [(name, weight) for name, weight in rows.reported if name not in bad | fine]
            + [(name, DECIDED) for name in bad]
        ),
        fresh=[(name, weight) for name, weight in rows.fresh if name not in bad | fine]
        + [(name, DECIDED) for name in sorted(fine)],
        met=frozenset((rows.met | bad) - fine),
        late=rows.late | bad | fine,
    )


def _fresh(names: Sequence[corpus.NewName], months: Sequence[str]) -> list[tuple[str, float]]:
    """Return new names with their importance: all of the last two months, a draw of the older."""
    recent = [(name.domain, 1.0) for name in names if name.date[:7] in months]
    older = [name.domain for name in names if name.date[:7] not in months]
    drawn = np.random.default_rng(SEED).permutation(len(older))[:OLDER_NAMES]
    return recent + [(older[i], OLD_NAMES_WEIGHT) for i in drawn.tolist()]


def count_words(fresh: Iterable[str], standing: Iterable[str]) -> dict[str, int]:
    """Count the words of domain names: what stands between hyphens, and labels under many endings."""
    between: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for name in {*fresh, *standing}:
        label = name.partition(".")[0]
        if label.startswith("xn--"):
            continue
        if "-" in label:
            between.update({part for part in label.split("-") if part.isalpha()})
        elif label.isalpha() and 3 <= len(label) <= 14:
            alone[label] += 1
    counts = {
        word: count + 3 * alone[word]
        for word, count in between.items()
        if count >= 4 and len(word) >= 2
    }
    for word, count in alone.items():
        if count >= 4:
            counts.setdefault(word, 3 * count)
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Training rows: hosts with their splits, 1 for reported and 0 for the rest, and importances."""

    hosts: Hosts
    splits: Splits
    labels: NDArray[np.float64]
    importance: NDArray[np.float64]
    kinds: NDArray[np.uint8]
    """0 = reported, 1 = new, 2 = long-standing, 3 = the region's own."""

    def rows(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return ``chosen`` in a fixed random order."""
        return np.random.default_rng(SEED).permutation(chosen)


def assemble(
    reported: Sequence[tuple[str, float]],
    fresh: Sequence[tuple[str, float]],
    standing: Sequence[str],
    own: Sequence[str],
) -> Sample:
    """Put the rows of all sources into one sample; what is reported is not counted as new."""
    bad = {name for name, _ in reported}
    parts: list[tuple[Sequence[tuple[str, float]], int]] = [
        (reported, 0),
        ([(n, w) for n, w in fresh if n not in bad], 1),
        ([(n, 1.0) for n in dict.fromkeys(standing) if n not in bad], 2),
        ([(n, 1.0) for n in dict.fromkeys(own) if n not in bad], 3),
    ]
    names = [name for rows, _ in parts for name, _ in rows]
    hosts = hosts_of(names)
    kinds = np.repeat([kind for _, kind in parts], [len(rows) for rows, _ in parts])
    return Sample(
        hosts=hosts,
        splits=Suffixes.bundled().split(hosts),
        labels=(kinds == 0).astype(np.float64),
        importance=np.array([weight for rows, _ in parts for _, weight in rows]),
        kinds=kinds.astype(np.uint8),
    )

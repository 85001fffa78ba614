"""Training the model of names from reports, new names and long-standing sites; the same data give the same model.

Newly registered names are unlabelled, not harmless: they stand in for the stream in which reported
names must be found (positive-unlabelled learning), never as proof that a name is good.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.region import Region
from lionrock.names import corpus, ngrams
from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.catalogue import Catalogue
from lionrock.names.lookalikes import Examined, examine_block
from lionrock.names.ngrams import NgramModel
from lionrock.names.scorer import NameModel, save
from lionrock.names.suffixes import Suffixes
from lionrock.names.traits import TRAITS, record_key, traits
from lionrock.names.triage import letters_of

BUCKETS: Final = 1 << 20
RATE: Final = 0.7
ROUNDS: Final = 2
SEED: Final = 20260101
OLDER_NAMES: Final = 1_500_000
"""How many new names from before the last two months join the last two months'."""
PRIOR: Final = 0.002
"""The share of abuse that scores of names without a look-alike are calibrated to: of the 4.2 million
new names measured, feeds later reported 0.19 %."""
ABUSE: Final = {"abuse": 1.0, "unclear": 0.4, "accident": 0.0}
"""What a reader's verdict is worth."""
GOOD_SITES_WEIGHT: Final = 300.0
"""How many read names all long-standing sites with a look-alike weigh together."""
THRESHOLD: Final = 0.345
"""The score from which a name is a suspect: about where one in three is abuse. Chosen on the exam's
own rows so that its targets for false alarms are kept; change it together with them."""
YEARS: Final = {"2019": 0.2, "2020": 0.2, "2021": 0.3, "2022": 0.3, "2023": 0.5, "2024": 1.0}
LATEST_YEARS: Final = 2.0
SOURCES: Final = {"jpcert": 0.7, "jarelllama": 0.3, "pdb": 2.0}
OLD_NAMES_WEIGHT: Final = 0.6

Say = Callable[[str], None]


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


def train(
    folder: Path, region: Region, out: Path, say: Say, *, read: Mapping[str, str] | None = None
) -> NameModel:
    """Train on the measured names in ``folder`` and write the model and its card into ``out``.

    ``read`` maps digests of new names to a person's verdict; by default those in the package.
    """
    say("reading names")
    rows = training_rows(folder)
    say("counting words")
    words = count_words([name for name, _ in rows.fresh], rows.standing)
    sample = assemble(rows.reported, rows.fresh, rows.standing, rows.own)
    say(f"fitting letters on {len(sample.hosts):,} names")
    halves = np.random.default_rng(SEED + 1).integers(0, 2, len(sample.hosts))
    reader, logits = _crossed(sample, halves, _ABUSE_TASK)
    novelty, new_logits = _crossed(sample, halves, _NOVELTY_TASK)
    say("examining look-alikes")
    found = examine_all(sample, Catalogue(region, words))
    say(f"blending what was found in {len(found):,} names")
    by_half = [alias_record(sample, found, np.flatnonzero(halves != half)) for half in (0, 1)]
    found_rows = np.fromiter(found, dtype=np.int64, count=len(found))
    values = np.array(
        [
            traits(
                found[row],
                letters_of(
                    sample.hosts, sample.splits, row, float(logits[row]), float(new_logits[row])
                ),
                by_half[halves[row]],
            )
            for row in found_rows.tolist()
        ]
    )
    verdicts = corpus.read_names("train") if read is None else read
    blend = _fit_blend(sample, found_rows, values, verdicts)
    letters = _fit_letters_slope(sample, found_rows, logits)
    totals = letters["intercept"] + letters["slope"] * logits
    totals[found_rows] = values @ np.array([blend[name] for name in TRAITS])
    record = alias_record(sample, found, np.arange(len(sample.hosts)))
    model = NameModel(
        reader=reader,
        novelty=novelty,
        words=words,
        letters=letters,
        blend=blend,
        record={key: round(value, 3) for key, value in record.items()},
        endings=_endings(sample),
        threshold=THRESHOLD,
    )
    save(model, reader, out)
    (out / "card.md").write_text(_card(model, sample, totals, len(found)), "utf-8")
    return model


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRows:
    """What training reads: names with their importance, and sites known to be good."""

    reported: list[tuple[str, float]]
    fresh: list[tuple[str, float]]
    standing: list[str]
    own: list[str]


def training_rows(folder: Path) -> TrainingRows:
    """Read everything training may see; the held-out tenth is left out."""
    return TrainingRows(
        reported=_reported(folder),
        fresh=_fresh(folder),
        standing=[registrable for _, registrable in corpus.benign(folder, "train")],
        own=[r for _, r in corpus.regional_benign(folder) if not corpus.held_out(r)],
    )


def _reported(folder: Path) -> list[tuple[str, float]]:
    """Return attacker-registered domains with their importance, without the held-out tenth."""
    found: dict[str, float] = {}
    for report in corpus.reports(folder, "train"):
        labelled = bool(report.brand_label) and corpus.held_out(report.registrable)
        if report.kind == "own" and not labelled:
            weight = YEARS.get(report.date[:4], LATEST_YEARS) * SOURCES.get(report.source, 1.0)
            found[report.registrable] = max(found.get(report.registrable, 0.0), weight)
    return sorted(found.items())


def _fresh(folder: Path) -> list[tuple[str, float]]:
    """Return new names with their importance: all of the last two months, a draw of the older."""
    names = list(corpus.new_names(folder, "train"))
    months = sorted({name.date[:7] for name in names})[-2:]
    late = [(name.domain, 1.0) for name in names if name.date[:7] in months]
    older = [name.domain for name in names if name.date[:7] not in months]
    drawn = np.random.default_rng(SEED).permutation(len(older))[:OLDER_NAMES]
    return late + [(older[i], OLD_NAMES_WEIGHT) for i in drawn.tolist()]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a reader of letters learns: the kinds it reads, the kind that counts as 1, the features."""

    kinds: tuple[int, ...]
    positive: int
    good_weight: float = 5.0
    """How much more than a new name a site known to be good weighs."""
    plain: bool = False
    """Fit the field's usual 3-5-grams with every name weighing the same."""


_ABUSE_TASK: Final = Task(kinds=(0, 1, 2, 3), positive=0)
_NOVELTY_TASK: Final = Task(kinds=(1, 2, 3), positive=1)
PLAIN_TASK: Final = Task(kinds=(0, 1), positive=0, plain=True)


def _crossed(
    sample: Sample, halves: NDArray[np.int64], task: Task
) -> tuple[NgramModel, NDArray[np.float64]]:
    """Return the model of all rows, and for each row the logit of a model that did not see it."""
    logits = np.empty(len(sample.hosts))
    for half in (0, 1):
        reader = fit_letters(sample, np.flatnonzero(halves != half), task)
        here = np.flatnonzero(halves == half)
        logits[here] = reader.logits_of(sample.hosts, sample.splits, here)
    return fit_letters(sample, np.arange(len(sample.hosts)), task), logits


def fit_letters(sample: Sample, rows: NDArray[np.int64], task: Task) -> NgramModel:
    """Fit a reader of letters on those of ``rows`` that its task reads."""
    first, last = ngrams.spans(sample.hosts, sample.splits)
    weights = np.zeros(BUCKETS + 1)
    squares = np.full(BUCKETS + 1, 1e-2)
    shortest, longest = (3, 5) if task.plain else (ngrams.SHORTEST, ngrams.LONGEST)
    importance = np.ones(len(sample.hosts)) if task.plain else sample.importance.copy()
    importance[sample.kinds >= 2] *= task.good_weight
    order = sample.rows(rows[np.isin(sample.kinds[rows], task.kinds)])
    for _ in range(ROUNDS):
        ngrams.fit(
            sample.hosts.text,
            first,
            last,
            (sample.kinds == task.positive).astype(np.float64),
            importance,
            order,
            shortest,
            longest,
            not task.plain,
            RATE,
            weights,
            squares,
        )
    version = "ngrams-" + hashlib.sha256(weights.astype(np.float32).tobytes()).hexdigest()[:8]
    return NgramModel.rounded(weights, version)


def examine_all(sample: Sample, catalogue: Catalogue) -> dict[int, Examined]:
    """Examine every row that may hold a look-alike; return those in which one was found."""
    hosts, splits = sample.hosts, sample.splits
    official = catalogue.mark_official(hosts.text, hosts.starts)
    closed = catalogue.mark_closed(hosts.text, hosts.starts)
    return examine_block(hosts, splits, ~official & ~closed & (splits.registrable >= 0), catalogue)


def alias_record(
    sample: Sample, found: Mapping[int, Examined], rows: NDArray[np.int64]
) -> dict[str, float]:
    """Return each alias' log-odds of standing in reported names rather than in others.

    Shrunk towards 0 by as many imagined names as make a rare alias say nothing.
    """
    inside = np.zeros(len(sample.hosts), dtype=np.bool_)
    inside[rows] = True
    total = [0.0, 0.0]
    for label in (0, 1):
        total[label] = float(sample.importance[inside & (sample.labels == label)].sum())
    seen: dict[str, list[float]] = {}
    for row, examined in found.items():
        if inside[row]:
            counts = seen.setdefault(record_key(examined.findings[0]), [0.0, 0.0])
            counts[int(sample.labels[row])] += float(sample.importance[row])
    share = total[1] / total[0]
    everywhere = [sum(counts[label] for counts in seen.values()) for label in (0, 1)]
    usual = (everywhere[1] + 1.0) / (everywhere[0] + 1.0)
    return {
        key: math.log(((bad + 8.0 * usual) / (new + 8.0)) / usual)
        for key, (new, bad) in seen.items()
        if share > 0 and new + bad >= 3
    }


def _fit_blend(
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


def _fit_letters_slope(
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


def _endings(sample: Sample) -> dict[str, float]:
    """Return the public suffixes that reported names use at least three times as often as new ones."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    total = [0.0, 0.0]
    for row in np.flatnonzero(sample.kinds <= 1).tolist():
        suffix = sample.hosts.host(row)[int(sample.splits.suffix[row]) :]
        weight = float(sample.importance[row])
        bad = int(sample.kinds[row] == 0)
        counts[bad][suffix] += weight  # type: ignore[assignment]  # Counter takes fractions at run time
        total[bad] += weight
    out = {}
    for suffix, bad_weight in counts[1].items():
        if bad_weight >= 200:
            lift = (bad_weight / total[1]) / ((counts[0][suffix] + 50) / total[0])
            if lift >= 3:
                out[suffix] = round(math.log(lift), 2)
    return out


def _card(model: NameModel, sample: Sample, totals: NDArray[np.float64], found: int) -> str:
    """Return the model card: what it is, what it read, what it is good and bad for."""
    at = math.log(model.threshold / (1 - model.threshold))
    share = [float((totals[sample.kinds == kind] >= at).mean()) for kind in range(4)]
    counts = [int((sample.kinds == kind).sum()) for kind in range(4)]
    return f"""# Model card: {model.version}

**What it is.** A linear model over hashed 2- to 6-grams of the registered name ({BUCKETS:,} weights of
one byte). Where the look-alike examination finds an imitated brand, a logistic regression over
{len(TRAITS)} traits takes its place; its order comes from reports, its level from names that a person
read. The score is the probability of abuse; for names without a look-alike it is calibrated to a
stream in which {PRIOR:.1%} of the names are abusive, the share that feeds later reported.

**What it read.** {counts[0]:,} attacker-registered domains reported by public feeds (newer ones weigh
more), {counts[1]:,} newly registered domains (unlabelled: they are the stream, not proof of good),
{counts[2]:,} long-standing sites and {counts[3]:,} of the region's own organisations. Only registered
names were read, so that having a sub-domain is no evidence. A tenth of the brand-labelled reports and
of the region's own sites, by registrable domain, was kept from it for the exam.

**Default threshold.** {model.threshold}. By cross-fitting on the training names it puts forward
{share[0]:.2%} of reported, {share[1]:.3%} of new, {share[2]:.4%} of long-standing and {share[3]:.3%} of the
region's own names. Look-alikes were found in {found:,} training names.

**What it is for.** Ordering names for a person. A score is never a decision.

**Known limits.** About four in five phishing hosts name no brand, and from letters alone most of those
cannot be told from ordinary names. Reported names are what feeds happened to catch; English and
Japanese lures are over-represented. A brand's own campaign domains look like imitations of it.
"""

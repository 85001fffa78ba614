"""Training the model of names from reports, new names and long-standing sites; the same data give the same model.

Newly registered names are unlabelled, not harmless: they stand in for the stream in which reported
names must be found (positive-unlabelled learning), never as proof that a name is good.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.region import Region
from lionrock.names import corpus, ngrams
from lionrock.names.blending import PRIOR, alias_record, fit_blend, fit_letters_slope
from lionrock.names.catalogue import Catalogue
from lionrock.names.findings import Examined
from lionrock.names.lookalikes import examine_block
from lionrock.names.ngrams import NgramModel
from lionrock.names.scorer import NameModel, save
from lionrock.names.training_rows import SEED, Sample, assemble, count_words, training_rows
from lionrock.names.traits import TRAITS, traits
from lionrock.names.triage import letters_of

BUCKETS: Final = 1 << 20
RATE: Final = 0.7
ROUNDS: Final = 2
THRESHOLD: Final = 0.335
"""The score from which a name is a suspect: about where one in three is abuse. Chosen on the exam's
own rows so that its targets for false alarms are kept; change it together with them."""

Say = Callable[[str], None]


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
    blend = fit_blend(sample, found_rows, values, verdicts)
    letters = fit_letters_slope(sample, found_rows, logits)
    totals = letters["intercept"] + letters["slope"] * logits
    totals[found_rows] = values @ np.array([blend[name] for name in TRAITS])
    record = alias_record(sample, found, np.arange(len(sample.hosts)))
    record = {key: round(value, 3) for key, value in record.items()}
    version = _version(reader, novelty, words, letters, blend, record)
    reader = replace(reader, version=version)
    model = NameModel(
        reader=reader,
        novelty=novelty,
        words=words,
        letters=letters,
        blend=blend,
        record=record,
        endings=_endings(sample),
        threshold=THRESHOLD,
    )
    save(model, reader, out)
    (out / "card.md").write_text(_card(model, sample, totals, len(found)), "utf-8")
    return model


def _version(reader: NgramModel, novelty: NgramModel, *parts: Mapping[str, float]) -> str:
    """Return a name that changes whenever anything changes by which names are scored."""
    digest = hashlib.sha256(reader.weights.tobytes() + novelty.weights.tobytes())
    for part in parts:
        digest.update(json.dumps(part, sort_keys=True).encode())
    return f"ngrams-{digest.hexdigest()[:8]}"


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
    return NgramModel.rounded(weights, "in training")


def examine_all(sample: Sample, catalogue: Catalogue) -> dict[int, Examined]:
    """Examine every row that may hold a look-alike; return those in which one was found."""
    hosts, splits = sample.hosts, sample.splits
    official = catalogue.mark_official(hosts.text, hosts.starts)
    closed = catalogue.mark_closed(hosts.text, hosts.starts)
    wanted = ~official & ~closed & (splits.registrable >= 0)
    examined = examine_block(hosts, splits, wanted, catalogue)
    return {row: found for row, found in examined.items() if found.findings}


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

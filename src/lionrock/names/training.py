"""Training the model of names from reports, new names and long-standing sites; the same data give the same model.

Newly registered names are unlabelled, not harmless: they stand in for the stream in which reported
names must be found (positive-unlabelled learning), never as proof that a name is good.
"""

import hashlib
import importlib
import json
import math
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import TryLater
from lionrock.core.region import Region
from lionrock.names import corpus, ngrams
from lionrock.names.blending import (
    ABUSE,
    PRIOR,
    alias_record,
    fit_blend,
    fit_letters_level,
    fit_logistic,
    read_record,
)
from lionrock.names.blocks import hosts_of
from lionrock.names.catalogue import Catalogue
from lionrock.names.findings import Examined
from lionrock.names.labels import Label, Said
from lionrock.names.lessons import PAIR_WIDTH, Imitator, Lessons, lures_of, noise
from lionrock.names.letters import encode
from lionrock.names.lookalikes import examine_block
from lionrock.names.ngrams import NgramModel
from lionrock.names.reader import Cascade, Net, stacked
from lionrock.names.scorer import NameModel, save
from lionrock.names.suffixes import Suffixes
from lionrock.names.training_rows import (
    SEED,
    Sample,
    assemble,
    count_words,
    training_rows,
    with_labels,
)
from lionrock.names.traits import TRAITS, traits
from lionrock.names.triage import letters_of

if TYPE_CHECKING:
    from lionrock.names.network import Plan

BUCKETS: Final = 1 << 20
RATE: Final = 0.7
ROUNDS: Final = 2
THRESHOLD: Final = 0.33
"""The score from which a name is a suspect: about where one in three is abuse. Chosen on the exam's
own rows so that its targets for false alarms are kept; change it together with them."""

APART: Final = 8
"""Every so-maniest name, by a hash, is kept from the network."""
SHARES: Final = (0.36, 0.04, 0.5, 0.1)
LATE_SHARES: Final = (0.3, 0.1, 0.5, 0.1)
"""How often the network is shown reported names, reported ones that stood among the new names, new
names, and good ones; and in the last part of its course, of the last months only."""
MET_SHARE: Final = 0.02
"""How much the few reported names among late new ones weigh, as a share of all."""
VERDICTS: Final = {Said.ABUSE: "abuse", Said.UNCLEAR: "unclear", Said.BENIGN: "accident"}
"""What an analyst's decision is called among the verdicts on read names."""
SIEVED: Final = 0.95
"""The share of new names that the sieve keeps from the network."""

Say = Callable[[str], None]


def train(
    folder: Path,
    region: Region,
    out: Path,
    say: Say,
    *,
    read: Mapping[str, str] | None = None,
    labels: Mapping[str, Label] | None = None,
    plan: "Plan | None" = None,
    threads: int = 2,
    kept: Path | None = None,
) -> NameModel:
    """Train on the measured names in ``folder`` and write the model and its card into ``out``.

    ``read`` maps digests of new names to a person's verdict; by default those in the package.
    ``labels`` maps registrable domains to what analysts decided about them (see ``labels.latest``).
    ``plan`` says how large the network is and how long it learns, ``threads`` on how many cores; ``kept`` is a file in which its
    training is kept, to go on after a stop. Raises TryLater where PyTorch is not installed.
    """
    network = _network()
    verdicts = corpus.read_names("train") if read is None else read
    say("reading names")
    rows = with_labels(training_rows(folder), labels or {})
    say("counting words")
    words = count_words([name for name, _ in rows.fresh], rows.standing)
    sample = assemble(rows.reported, rows.fresh, rows.standing, rows.own)
    catalogue = Catalogue(region, words)
    say("examining look-alikes")
    found = examine_all(sample, catalogue)
    decided = {
        corpus.digest(name): VERDICTS[label.verdict] for name, label in (labels or {}).items()
    }
    apart = kept_apart(sample, verdicts, decided, found)
    verdicts = {**decided, **verdicts}
    met, late = _which(sample, rows.met), _which(sample, rows.late)
    lessons = lessons_of(sample, rows.brands, catalogue, apart, met, late)
    say(f"teaching a network {int((lessons.draws > 0).sum()):,} names")
    taught = network.learn(lessons, plan or network.Plan(), threads, kept, say)
    say("rounding the network to bytes")
    net = Net(network.exported(taught, sample))
    say("reading all names with it")
    everything = np.arange(len(sample.hosts))
    heard = net.read(sample.hosts, sample.splits, everything).abuse
    say("fitting letters")
    seen = np.flatnonzero(~apart)
    reported = fit_letters(sample, seen, _REPORTED_TASK)
    recent = fit_met(sample, seen, met, late)
    parts = (
        heard,
        reported.logits(sample.hosts, sample.splits),
        recent.logits(sample.hosts, sample.splits),
    )
    weights = fit_stack(sample, np.flatnonzero(apart), met, late, parts)
    logits = stacked(parts, weights)
    say("teaching the sieve what they say")
    sieve = fit_sieve(sample, logits)
    halves = np.random.default_rng(SEED + 1).integers(0, 2, len(sample.hosts))
    say("telling new names from long-standing sites")
    novelty, new_logits = _crossed(sample, halves, _NOVELTY_TASK)
    say(f"blending what was found in {len(found):,} names")
    by_half = [alias_record(sample, found, np.flatnonzero(halves != half)) for half in (0, 1)]
    found_rows = np.fromiter(found, dtype=np.int64, count=len(found))
    said = {row: verdicts.get(corpus.digest(sample.hosts.host(row))) for row in found}
    worth = {row: ABUSE[verdict] for row, verdict in said.items() if verdict is not None}
    seen_in = read_record(found, worth)
    values = np.array(
        [
            traits(
                found[row],
                letters_of(
                    sample.hosts, sample.splits, row, float(logits[row]), float(new_logits[row])
                ),
                by_half[halves[row]],
                seen_in.of(found[row].findings[0], worth.get(row)),
            )
            for row in found_rows.tolist()
        ]
    )
    # What the network learned by heart would pass for what it can tell: only names kept from it count.
    blend = fit_blend(sample, found_rows, values, apart[found_rows], verdicts)
    plain = np.setdiff1d(np.flatnonzero(apart), found_rows)
    both = np.column_stack((logits, new_logits))
    letters = fit_letters_level(sample, plain, both[plain], late, verdicts)
    totals = letters["intercept"] + both @ np.array([letters["slope"], letters["novelty"]])
    totals[found_rows] = values @ np.array([blend[name] for name in TRAITS])
    record = alias_record(sample, found, everything)
    record = {key: round(value, 3) for key, value in record.items()}
    passes = float(
        np.quantile(sieve.logits(sample.hosts, sample.splits)[sample.kinds == 1], SIEVED)
    )
    version = _version(
        net,
        (sieve, reported, recent, novelty),
        words,
        letters,
        blend,
        record,
        {"weights": weights, "passes": passes, "read": seen_in.kept()},
    )
    model = NameModel(
        reader=Cascade(
            sieve=sieve,
            net=net,
            reported=reported,
            met=recent,
            weights=weights,
            passes=passes,
            version=version,
        ),
        novelty=novelty,
        words=words,
        letters=letters,
        blend=blend,
        record=record,
        read=seen_in.kept(),
        endings=_endings(sample),
        threshold=THRESHOLD,
    )
    save(model, out)
    (out / "card.md").write_text(_card(model, sample, totals, len(found)), "utf-8")
    return model


def kept_apart(
    sample: Sample, read: Container[str], decided: Container[str], found: Container[int]
) -> NDArray[np.bool_]:
    """Tell the rows that the network does not see; on them is fitted what its word is worth.

    They are every ``APART``-th, the names that people ``read`` for that purpose, and those that
    analysts ``decided`` about (digests both) where a look-alike was ``found``; a decision about any
    other name is for the network to learn from.
    """
    digests = [corpus.digest(sample.hosts.host(row)) for row in range(len(sample.hosts))]
    return np.array(
        [
            _of_digest(digest) or digest in read or (digest in decided and row in found)
            for row, digest in enumerate(digests)
        ]
    )


def _by_hash(name: str) -> bool:
    """Tell whether a name is one of those kept apart whatever is known of it."""
    return _of_digest(corpus.digest(name))


def _of_digest(digest: str) -> bool:
    return int(digest[:8], 16) % APART == 0


def lessons_of(
    sample: Sample,
    brands: Mapping[str, str],
    catalogue: Catalogue,
    apart: NDArray[np.bool_],
    met: NDArray[np.bool_],
    late: NDArray[np.bool_],
) -> Lessons:
    """Return what the network learns from, in the shares of ``SHARES``.

    ``brands`` maps reported names to the brand their report gave; ``apart`` are the rows kept from
    the network, ``met`` and ``late`` those of such names (see ``TrainingRows``).
    """
    draws = []
    for shares, only in ((SHARES, np.ones(len(met), np.bool_)), (LATE_SHARES, late)):
        weights = np.zeros(len(met))
        for group, share in zip(
            (
                (sample.kinds == 0) & ~met & only,
                (sample.kinds == 0) & met & only,
                (sample.kinds == 1) & only,
                sample.kinds >= 2,
            ),
            shares,
            strict=True,
        ):
            of = np.where(group & ~apart, sample.importance, 0.0)
            weights += share * of / max(1e-9, float(of.sum()))
        draws.append(weights)
    imitator = Imitator(catalogue.region.brands, catalogue.region.lures)
    suffixes = Suffixes.bundled()

    def encoded(names: list[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        block = hosts_of(names)
        return encode(block, suffixes.split(block), np.arange(len(names)), PAIR_WIDTH)

    by_label = {label: b for b in catalogue.region.brands for label in b.labels}
    known = {name: by_label[label] for name, label in brands.items() if label in by_label}
    return Lessons(
        sample=sample,
        draws=draws[0],
        late=draws[1],
        lures=lures_of(sample, catalogue, known),
        pairs=imitator.pairs,
        noise=noise,
        encode=encoded,
    )


def _which(sample: Sample, names: Container[str]) -> NDArray[np.bool_]:
    """Tell the rows whose name is among ``names``."""
    return np.array([sample.hosts.host(row) in names for row in range(len(sample.hosts))])


def fit_met(
    sample: Sample,
    rows: NDArray[np.int64],
    met: NDArray[np.bool_],
    late: NDArray[np.bool_],
) -> NgramModel:
    """Return n-grams that tell late new names that were reported from late new names at large."""
    wanted = rows[(late & (met | (sample.kinds == 1)))[rows]]
    importance = np.ones(len(sample.hosts))
    bad = sample.kinds[wanted] == 0
    importance[wanted[bad]] = MET_SHARE * (~bad).sum() / max(1, bad.sum())
    return fit_letters(replace(sample, importance=importance), wanted, _MET_TASK)


def fit_stack(
    sample: Sample,
    rows: NDArray[np.int64],
    met: NDArray[np.bool_],
    late: NDArray[np.bool_],
    parts: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> tuple[float, float, float, float]:
    """Return what each reader's word is worth, learned on ``rows`` that none of them saw.

    Reports of late, and reports of names met among the new ones, weigh as much as each other: the
    first are many and say what feeds catch, the second are few and say what a stream holds.
    """
    kinds, met, late = sample.kinds[rows], met[rows], late[rows]
    new = (kinds == 1) & late
    groups = (
        ((kinds == 0) & late & ~met, PRIOR / 2),
        ((kinds == 0) & met, PRIOR / 2),
        (new, 1.0),
        (kinds >= 2, 0.5),
    )
    weight = np.zeros(len(rows))
    for group, mass in groups:
        of = np.where(group, sample.importance[rows], 0.0)
        weight += of * mass * new.sum() / max(1e-9, float(of.sum()))
    used = weight > 0
    values = np.column_stack([*(part[rows] for part in parts), np.ones(len(rows))])[used]
    fitted = fit_logistic(values, (kinds == 0)[used].astype(np.float64), weight[used], ridge=1e-3)
    a, b, c, d = (round(float(value), 5) for value in fitted)
    return a, b, c, d


def fit_sieve(sample: Sample, logits: NDArray[np.float64]) -> NgramModel:
    """Return n-grams that have learned to say what the network says (Hinton et al., 2015)."""
    first, last = ngrams.spans(sample.hosts, sample.splits)
    weights, squares = np.zeros(BUCKETS + 1), np.full(BUCKETS + 1, 1e-2)
    # Centred where the sieve has to decide, so that this is what it learns best.
    middle = float(np.quantile(logits[sample.kinds == 1], SIEVED))
    wanted = 1.0 / (1.0 + np.exp(-(logits - middle)))
    order = sample.rows(np.arange(len(sample.hosts)))
    for _ in range(ROUNDS):
        ngrams.fit(
            sample.hosts.text, first, last, wanted, np.ones(len(logits)), order,
            ngrams.SHORTEST, ngrams.LONGEST, True, RATE, weights, squares,
        )  # fmt: skip
    fitted = NgramModel.rounded(weights, "in training")
    return replace(fitted, intercept=fitted.intercept + middle)


def _network() -> ModuleType:
    """Return the module that needs PyTorch; raise TryLater where that is not installed."""
    try:
        return importlib.import_module("lionrock.names.network")
    except ModuleNotFoundError as missing:
        if missing.name not in {"torch", "onnx"}:
            raise
        raise TryLater(
            f"training needs {missing.name}: install Lionrock with its extra `train`"
        ) from missing


def _version(net: Net, readers: Sequence[NgramModel], *parts: Mapping[str, object]) -> str:
    """Return a name that changes whenever anything changes by which names are scored."""
    digest = hashlib.sha256(net.graph)
    for reader in readers:
        digest.update(reader.weights.tobytes())
        digest.update(f"{reader.scale} {reader.intercept}".encode())
    for part in parts:
        digest.update(json.dumps(part, sort_keys=True).encode())
    return f"net-{digest.hexdigest()[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a reader of letters learns: the kinds it reads, the kind that counts as 1, the features."""

    kinds: tuple[int, ...]
    positive: int
    good_weight: float = 5.0
    """How much more than a new name a site known to be good weighs."""
    plain: bool = False
    """Fit the field's usual 3-5-grams with every name weighing the same."""


_REPORTED_TASK: Final = Task(kinds=(0, 1, 2, 3), positive=0)
_MET_TASK: Final = Task(kinds=(0, 1), positive=0)
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
    unseen = np.array([_by_hash(sample.hosts.host(row)) for row in range(len(sample.hosts))])
    share = [float((totals[(sample.kinds == kind) & unseen] >= at).mean()) for kind in range(4)]
    counts = [int((sample.kinds == kind).sum()) for kind in range(4)]
    return f"""# Model card: {model.version}

**What it is.** A small language model of domain names: a residual convolutional network over letters,
which first learned to guess withheld letters of names, then to tell reported names from the stream,
what a name lures with, letters that nobody chose, and which names lie close. It runs in bytes. A sieve of
hashed 2- to 6-grams ({BUCKETS:,} weights of one byte), which learned what the network says, decides
which {1 - SIEVED:.0%} of the names the network reads whole. Where the look-alike examination finds an imitated brand,
a logistic regression over {len(TRAITS)} traits takes its place; its order comes from reports, its
level from names that people read. The score is the probability of abuse as people judge it by the
name alone; for names without a look-alike, too, it rests on some that people read, and where nobody
read any, on the {PRIOR:.1%} of new names that feeds later reported.

**What it read.** {counts[0]:,} attacker-registered domains reported by public feeds (newer ones more
often), {counts[1]:,} newly registered domains (unlabelled: they are the stream, not proof of good),
{counts[2]:,} long-standing sites and {counts[3]:,} of the region's own organisations. Only registered
names were read, so that having a sub-domain is no evidence. A tenth of the brand-labelled reports and
of the region's own sites, by registrable domain, was kept from it for the exam; one name in {APART} was
kept from the network, to learn from it what the network's word is worth.

**Default threshold.** {model.threshold}. Of the names kept from the network it puts forward
{share[0]:.2%} of reported, {share[1]:.3%} of new, {share[2]:.4%} of long-standing and {share[3]:.3%} of the
region's own names. Look-alikes were found in {found:,} training names.

**What it is for.** Ordering names for a person. A score is never a decision.

**Known limits.** About four in five phishing hosts name no brand, and from letters alone most of those
cannot be told from ordinary names. Reported names are what feeds happened to catch; English and
Japanese lures are over-represented. Campaigns change their habits within weeks: a model older than
some months knows yesterday's. A brand's own campaign domains look like imitations of it.
"""

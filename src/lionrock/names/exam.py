"""The exam of a model of names: what it finds and what it disturbs, on names that no training saw.

What measuring these data taught stands behind the rows: budgets are shares of newly registered
domains, not of popular sites; full hosts and registrable domains are told apart, because only
reported names come with sub-domains; and a host that does not spell its brand has no brand to name.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lionrock.core.region import Brand
from lionrock.names import corpus
from lionrock.names.blending import ABUSE
from lionrock.names.blocks import hosts_of
from lionrock.names.close_reading import close_reading
from lionrock.names.reader import Cascade
from lionrock.names.suffixes import Suffixes
from lionrock.names.training import PLAIN_TASK, fit_letters
from lionrock.names.training_rows import assemble, training_rows
from lionrock.names.triage import Judged, Triage, named_brand
from lionrock.names.writers.text import number

BUDGETS = (0.001, 0.01)
TIMES = {
    ("attackers' own registrable domains", 0.001): 3.0,
    ("attackers' own registrable domains", 0.01): 2.0,
}
"""How many times the recall of plain 3-5-grams, trained in the same run, is asked for."""
LEAST = {
    ("of those with a brand as a word of its own", 0.001): 0.6,
    ("of those with a brand as a word of its own", 0.01): 0.85,
    ("new names that were reported later", 0.01): 0.5,
}
CALIBRATED_FROM = 0.2
"""Scores are held against what readers said from here on; below, too few names were read."""
BINS = 10
OWN_WORD = frozenset({"brand-word", "brand-tld", "brand-host"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: what was measured, on how many names, the share, and its target.

    ``least`` and ``most`` are targets as shares; a row without either is told whatever it is.
    """

    what: str
    of: int
    share: float
    least: float | None = None
    most: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the share keeps to its targets; without names there is nothing to miss."""
        return not self.of or (
            (self.least is None or self.share >= self.least)
            and (self.most is None or self.share <= self.most)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The whole exam: the model, its threshold, the rows, and labels that no brand bears."""

    version: str
    threshold: float
    rows: tuple[Row, ...]
    unmapped: tuple[tuple[str, int], ...]

    @property
    def passed(self) -> bool:
        """Whether every target was kept."""
        return all(row.passed for row in self.rows)


def examine(folder: Path, triage: Triage, *, baseline: bool, say: Callable[[str], None]) -> Result:
    """Examine ``triage`` on the measured names in ``folder``; ``baseline`` trains the usual model too."""
    suffixes = Suffixes.bundled()

    def judged(hosts: Sequence[str]) -> Judged:
        block = hosts_of(list(hosts))
        return triage.score(block, suffixes.split(block))

    threshold = triage.model.threshold
    say("new names")
    names = list(corpus.new_names(folder, "dev"))
    fresh = [name.domain for name in names]
    new = judged(fresh)
    cuts = {budget: float(np.quantile(new.scores, 1 - budget)) for budget in BUDGETS}
    say("reported names")
    reports = list(corpus.reports(folder, "dev"))
    own = list(dict.fromkeys(r.registrable for r in reports if r.kind == "own"))
    found = judged(own)
    spelled = [
        row
        for row, examined in found.examined.items()
        if any(f.in_label and f.code in OWN_WORD for f in examined.findings)
    ]
    later = list(corpus.reported_later(folder, min(name.date for name in names)))
    groups = {
        "attackers' own registrable domains": (own, found.scores),
        "of those with a brand as a word of its own": (
            [own[row] for row in spelled],
            found.scores[spelled],
        ),
        "new names that were reported later": (later, judged(later).scores),
    }
    floors = _baseline(folder, fresh, {k: v[0] for k, v in groups.items()}, say) if baseline else {}
    rows = [
        Row(
            what="new names that are suspects",
            of=len(fresh),
            share=_share(new.scores >= threshold),
        ),
        *_false_alarms(fresh, new, threshold),
        Row(
            what="new names that share their score with another",
            of=len(fresh),
            share=_ties(new.scores),
            most=0.0005,
        ),
    ]
    sources = _scores_by_source(reports, judged)
    for budget, cut in cuts.items():
        rows += [
            Row(
                what=f"recall at {budget:.1%}, {source}",
                of=len(scores),
                share=_share(scores > cut),
            )
            for source, scores in sources
        ]
        for what, (members, scores) in groups.items():
            floor = floors.get((what, budget))
            least = LEAST.get((what, budget))
            times = TIMES.get((what, budget))
            if times is not None and floor is not None:
                least = times * floor
            rows.append(
                Row(
                    what=f"recall at {budget:.1%}, {what}",
                    of=len(members),
                    share=_share(scores > cut),
                    least=least,
                )
            )
            if floor is not None:
                rows.append(
                    Row(
                        what=f"plain 3-5-grams at {budget:.1%}, {what}",
                        of=len(members),
                        share=floor,
                    )
                )
    rows += _lost_row(fresh, new, triage, say)
    say("good names")
    good = [registrable for _, registrable in corpus.benign(folder, "dev")]
    rows.append(
        Row(
            what="long-standing sites that are suspects",
            of=len(good),
            share=_share(judged(good).scores >= threshold),
            most=0.0001,
        )
    )
    regional = [h for h, r in corpus.regional_benign(folder) if corpus.held_out(r)]
    rows.append(
        Row(
            what="the region's own sites that are suspects",
            of=len(regional),
            share=_share(judged(regional).scores >= threshold),
            most=0.0,
        )
    )
    say("brands")
    named, unmapped = _brand_rows(folder, triage, judged)
    rows += named
    rows += _read_rows(fresh, new, threshold)
    return Result(
        version=triage.model.version,
        threshold=threshold,
        rows=tuple(rows),
        unmapped=tuple(unmapped.most_common(20)),
    )


def as_table(result: Result) -> str:
    """Return the table as Markdown, one row per measure, missed targets marked."""
    lines = [
        f"Model {result.version}, suspects from {result.threshold}",
        "",
        "| measured | names | share | target | |",
        "|---|---:|---:|---:|---|",
    ]
    for row in result.rows:
        target = f"at least {row.least:.2%}" if row.least is not None else ""
        target = f"at most {row.most:.2%}" if row.most is not None else target
        mark = "" if row.least is None and row.most is None else "kept" if row.passed else "MISSED"
        lines.append(f"| {row.what} | {row.of:,} | {row.share:.3%} | {target} | {mark} |")
    if result.unmapped:
        named = ", ".join(f"{label} ({count})" for label, count in result.unmapped)
        lines += ["", f"Labels that no brand of the pack bears: {named}"]
    return "\n".join(lines) + "\n"


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else 0.0


def _ties(scores: NDArray[np.float64]) -> float:
    """Return the share of names whose score, as it is written out, another name bears too."""
    written = Counter(number(score) for score in scores[scores > 0].tolist())
    return sum(count for count in written.values() if count > 1) / max(1, written.total())


def _scores_by_source(
    reports: Iterable[corpus.Report], judged: Callable[[Sequence[str]], Judged]
) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the scores of each source's full hosts, and of its attackers' registrable domains."""
    by_source: dict[str, list[str]] = {}
    for report in reports:
        by_source.setdefault(f"{report.source}, full hosts", []).append(report.host)
        if report.kind == "own":
            by_source.setdefault(f"{report.source}, registrable", []).append(report.registrable)
    return [
        (source, judged(list(dict.fromkeys(hosts))).scores)
        for source, hosts in sorted(by_source.items())
    ]


def _baseline(
    folder: Path,
    fresh: list[str],
    groups: Mapping[str, list[str]],
    say: Callable[[str], None],
) -> dict[tuple[str, float], float]:
    """Train hashed 3-5-grams with logistic regression on the same rows; return its recalls."""
    say("the baseline: plain 3-5-grams")
    rows = training_rows(folder)
    sample = assemble(rows.reported, rows.fresh, [], [])
    model = fit_letters(sample, np.arange(len(sample.hosts)), PLAIN_TASK)
    suffixes = Suffixes.bundled()

    def logits(names: list[str]) -> NDArray[np.float64]:
        block = hosts_of(names)
        return model.logits(block, suffixes.split(block))

    new = logits(fresh)
    cuts = {budget: np.quantile(new, 1 - budget) for budget in BUDGETS}
    scores = {what: logits(names) for what, names in groups.items()}
    return {
        (what, budget): _share(some > cut)
        for what, some in scores.items()
        for budget, cut in cuts.items()
    }


def _brand_rows(
    folder: Path, triage: Triage, judged: Callable[[Sequence[str]], Judged]
) -> tuple[list[Row], Counter[str]]:
    """Return whether labelled hosts that spell their brand are given it, on the held-out tenth."""
    by_label = {label: b for b in triage.catalogue.region.brands for label in b.labels}
    unmapped: Counter[str] = Counter()
    hosts: list[str] = []
    wanted: list[Brand] = []
    labelled = 0
    for report in corpus.reports(folder, "train"):
        if not report.brand_label or not corpus.held_out(report.registrable):
            continue
        labelled += 1
        brand = by_label.get(report.brand_label)
        if brand is None:
            unmapped[report.brand_label] += 1
        elif _spells(report.host, brand):
            hosts.append(report.host)
            wanted.append(brand)
    result = judged(hosts)
    right = 0
    for row, brand in enumerate(wanted):
        examined = result.examined.get(row)
        named = None if examined is None else named_brand(examined)
        right += named is not None and _is_right(named, brand, triage)
    rows = [
        Row(
            what="labelled hosts whose label some brand bears",
            of=labelled,
            share=1 - sum(unmapped.values()) / max(1, labelled),
        ),
        Row(
            what="labelled hosts with the right brand's alias that name it",
            of=len(wanted),
            share=right / max(1, len(wanted)),
            least=0.97,
        ),
        _unnamed_row(folder, triage, judged),
    ]
    return rows, unmapped


def _spells(host: str, brand: Brand) -> bool:
    """Tell whether a host holds an alias of the brand; an ordinary one must stand as a word."""
    return any(
        re.search(rf"(?<![a-z]){re.escape(alias)}(?![a-z])", host) is not None
        if alias in brand.ordinary
        else alias in host
        for alias in brand.aliases
        if alias.isascii()
    )


def _unnamed_row(folder: Path, triage: Triage, judged: Callable[[Sequence[str]], Judged]) -> Row:
    """Return how often no wrong brand is named where no alias of any stands (held-out tenth).

    Naming the reported brand by a disguise of it (``arnazon``) is no mistake.
    """
    catalogue = triage.catalogue
    by_label = {label: b for b in catalogue.region.brands for label in b.labels}
    wanted: dict[str, Brand | None] = {}
    for report in corpus.reports(folder, "train"):
        if report.brand_label and corpus.held_out(report.registrable):
            found = catalogue.automaton.find(report.host.encode())
            if not any(
                catalogue.pattern_texts[number] in catalogue.aliases for number, _, _ in found
            ):
                wanted[report.host] = by_label.get(report.brand_label)
    result = judged(list(wanted))
    brands = list(wanted.values())
    wrong = 0
    for row, examined in result.examined.items():
        named = named_brand(examined)
        wrong += named is not None and not _is_right(named, brands[row], triage)
    return Row(
        what="reported hosts without any alias for which no brand, or the right one, is named",
        of=len(wanted),
        share=1 - wrong / max(1, len(wanted)),
        least=0.98,
    )


def _is_right(named: str, brand: Brand | None, triage: Triage) -> bool:
    """Tell whether the brand that is named is the reported one.

    A bank's card named for the bank, or the other way round, sends the report the same way.
    """
    return brand is not None and (
        named in {brand.id, brand.parent} or triage.catalogue.brands[named].parent == brand.id
    )


def _false_alarms(fresh: Sequence[str], new: Judged, threshold: float) -> list[Row]:
    """Return the new names that are suspects although their readers saw no abuse in them.

    A suspect that nobody read counts as a false alarm.
    """
    verdicts = corpus.read_names("dev")
    suspects = [
        verdicts.get(corpus.digest(fresh[i]))
        for i in np.flatnonzero(new.scores >= threshold).tolist()
    ]
    unread = sum(verdict is None for verdict in suspects)
    fair = sum(verdict in {"abuse", "unclear"} for verdict in suspects)
    return [
        Row(
            what="new names that are suspects by mistake, or that nobody read",
            of=len(fresh),
            share=(len(suspects) - fair) / max(1, len(fresh)),
            most=0.001,
        ),
        Row(
            what="suspects among the new names that nobody read",
            of=len(suspects),
            share=unread / max(1, len(suspects)),
        ),
    ]


def _lost_row(
    fresh: Sequence[str], new: Judged, triage: Triage, say: Callable[[str], None]
) -> list[Row]:
    """Return the suspects that a close reading of every name would have found besides."""
    if not isinstance(triage.model.reader, Cascade):
        return []
    say("new names, every one read closely")
    block = hosts_of(list(fresh))
    close = close_reading(triage).score(block, Suffixes.bundled().split(block))
    found = close.scores >= triage.model.threshold
    return [
        Row(
            what="suspects of the whole model that its first stage loses",
            of=int(found.sum()),
            share=_share((new.scores < triage.model.threshold)[found]),
            most=0.01,
        )
    ]


def _read_rows(fresh: Sequence[str], new: Judged, threshold: float) -> list[Row]:
    """Return how the suspects fare among the new names that people read, and how calibrated scores are."""
    verdicts, readings = corpus.read_names("dev"), corpus.readings("dev")
    read = [(i, v) for i, name in enumerate(fresh) if (v := verdicts.get(corpus.digest(name)))]
    several = [r for i, _ in read if len(r := readings[corpus.digest(fresh[i])]) > 1]
    flagged = [v for i, v in read if new.scores[i] >= threshold]
    hits = [(i, v) for i, v in read if i in new.examined]
    put_forward = [v for i, v in hits if new.scores[i] >= threshold]
    abuse = [i for i, v in hits if v == "abuse"]
    worth = np.array([ABUSE.get(v, 0.0) for i, v in read if new.scores[i] >= CALIBRATED_FROM])
    scores = np.array([new.scores[i] for i, _ in read if new.scores[i] >= CALIBRATED_FROM])
    high = int((new.scores >= CALIBRATED_FROM).sum())
    return [
        Row(
            what="names read by several of which all say the same",
            of=len(several),
            share=sum(len(set(r)) == 1 for r in several) / max(1, len(several)),
        ),
        Row(
            what="read names among the new ones that are suspects",
            of=len(read),
            share=len(flagged) / max(1, len(read)),
        ),
        Row(
            what="of those, clear abuse or unclear",
            of=len(flagged),
            share=_fair(flagged),
        ),
        Row(
            what="read names with an alias that are suspects",
            of=len(hits),
            share=len(put_forward) / max(1, len(hits)),
        ),
        Row(
            what="of those with an alias, clear abuse or unclear, no accident",
            of=len(put_forward),
            share=_fair(put_forward),
            least=0.9,
        ),
        Row(
            what="read names with an alias of clear abuse that are suspects",
            of=len(abuse),
            share=_share(new.scores[abuse] >= threshold),
            least=0.95,
        ),
        Row(
            what=f"expected calibration error of read names scored at least {CALIBRATED_FROM}",
            of=len(scores),
            share=calibration_error(scores, worth),
            most=0.05,
        ),
        Row(
            what=f"new names scored at least {CALIBRATED_FROM} that were read",
            of=high,
            share=len(scores) / max(1, high),
        ),
    ]


def _fair(verdicts: Sequence[str]) -> float:
    """Return the share of verdicts in which readers saw abuse, or could not rule it out."""
    return sum(verdict in {"abuse", "unclear"} for verdict in verdicts) / max(1, len(verdicts))


def calibration_error(scores: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Return the expected calibration error over bins of equal mass (Naeini et al., 2015)."""
    if not len(scores):
        return 0.0
    order = np.argsort(scores, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return float(sum(len(p) * abs(scores[p].mean() - truth[p].mean()) for p in parts) / len(scores))

"""Judging names: what was found in a name and how its letters read become one score and a verdict."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import unicode_form
from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.core.region import Region
from lionrock.names.blocks import Hosts, Lines, Splits
from lionrock.names.catalogue import Catalogue
from lionrock.names.findings import Examined, Finding
from lionrock.names.hunches import Hunch, Hunches
from lionrock.names.lookalikes import examine, examine_block
from lionrock.names.reader import Cascade
from lionrock.names.scorer import NameModel
from lionrock.names.traits import TRAITS, Letters, least_logit, read_keys, traits

SHOWN_FINDINGS = 3
SHOWN_LURES = 4
WORTH_ASKING = -4.0
"""The log-odds by letters from which on it is asked whether a name reads like a long-standing site's."""
TELLING = 2.0
"""From this log-odds on, how the letters read is given as a reason of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The scores of one block: ``scores`` per host, and what was examined by letters, by row."""

    scores: NDArray[np.float64]
    logits: NDArray[np.float64]
    official: NDArray[np.bool_]
    examined: dict[int, Examined]


class Triage:
    """Judges hosts against one region's brands with one model."""

    def __init__(self, region: Region, model: NameModel) -> None:
        self.catalogue = Catalogue(region, model.words)
        self.model = model
        self._blend = [model.blend[name] for name in TRAITS]
        reader = model.reader
        self._hunches = Hunches(reader, self.catalogue) if isinstance(reader, Cascade) else None

    def judge(
        self,
        lines: Lines,
        hosts: Hosts,
        splits: Splits,
        *,
        least: float | None = None,
        everything: bool = False,
        known: Collection[str] = (),
    ) -> list[Judgement]:
        """Score a block and return its judgements; see ``judgements``."""
        judged = self.score(hosts, splits)
        return self.judgements(
            lines, hosts, splits, judged, least=least, everything=everything, known=known
        )

    def judgements(
        self,
        lines: Lines,
        hosts: Hosts,
        splits: Splits,
        judged: Judged,
        *,
        least: float | None = None,
        everything: bool = False,
        known: Collection[str] = (),
    ) -> list[Judgement]:
        """Return the judgements of a scored block, in input order.

        Suspects only (scores of at least ``least``, by default the model's threshold), or with
        ``everything`` one for every host. Hosts in ``known`` were decided before.
        """
        threshold = self.model.threshold if least is None else least
        suspects = (judged.scores >= threshold) & (judged.scores > 0)
        wanted = np.arange(len(hosts)) if everything else np.flatnonzero(suspects)
        hunches = self._hunches.of(hosts, splits, np.flatnonzero(suspects)) if self._hunches else {}
        return [
            self._judgement(
                row, lines, hosts, splits, judged, bool(suspects[row]), known, hunches.get(row)
            )
            for row in wanted.tolist()
        ]

    def score(self, hosts: Hosts, splits: Splits) -> Judged:
        """Return the scores of a block; what nobody can register to deceive scores 0:
        official domains, bare suffixes, and names under endings that only verified bodies get."""
        model = self.model
        logits = model.reader.logits(hosts, splits)
        totals = self._by_letters(hosts, splits, logits)
        named = splits.registrable >= 0
        official = self.catalogue.mark_official(hosts.text, hosts.starts) & (splits.kind == 0)
        closed = self.catalogue.mark_closed(hosts.text, hosts.starts)
        open_to_all = named & ~official & ~closed & ~_hosting_companys_own(hosts, splits)
        examined = examine_block(hosts, splits, open_to_all, self.catalogue)
        rows = np.array([row for row, found in examined.items() if found.findings], dtype=np.int64)
        # What holds a look-alike is read closely, whatever a first look at its letters says.
        logits[rows] = model.reader.logits_of(hosts, splits, rows)
        novelty = model.novelty.logits_of(hosts, splits, rows)
        for i, row in enumerate(rows.tolist()):
            read = letters_of(hosts, splits, row, float(logits[row]), float(novelty[i]))
            alias, brand = read_keys(examined[row].findings[0])
            said = (model.read.get(alias, 0.0), model.read.get(brand, 0.0))
            values = traits(examined[row], read, model.record, said)
            totals[row] = sum(
                weight * value for weight, value in zip(self._blend, values, strict=True)
            )
            least = least_logit(examined[row], read)
            if least is not None:
                totals[row] = max(float(totals[row]), least)
        scores = np.where(open_to_all, 1.0 / (1.0 + np.exp(-totals)), 0.0)
        return Judged(scores=scores, logits=logits, official=official, examined=examined)

    def _by_letters(
        self, hosts: Hosts, splits: Splits, logits: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the log-odds of abuse that letters alone make.

        Whether a name reads like a long-standing site's is asked only where it could matter.
        """
        level = self.model.letters
        totals: NDArray[np.float64] = level["intercept"] + level["slope"] * logits
        weight = level.get("novelty", 0.0)
        if weight:
            rows = np.flatnonzero(totals >= WORTH_ASKING)
            totals[rows] += weight * self.model.novelty.logits_of(hosts, splits, rows)
        return totals

    def _judgement(
        self,
        row: int,
        lines: Lines,
        hosts: Hosts,
        splits: Splits,
        judged: Judged,
        suspect: bool,
        known: Collection[str],
        hunch: Hunch | None,
    ) -> Judgement:
        host = hosts.host(row)
        suffix, begin = int(splits.suffix[row]), int(splits.registrable[row])
        tenant_of = host[suffix:] if splits.kind[row] and begin >= 0 else None
        score = float(judged.scores[row])
        brand: str | None = None
        reasons: tuple[Reason, ...] = ()
        if judged.official[row]:
            verdict = Verdict.OFFICIAL
            brand = self.catalogue.owner(host)
            reasons = (Reason(code="official"),)
        else:
            found = judged.examined.get(row)
            if found is None and suspect:
                found = examine(host, suffix, begin, self.catalogue)
            brand = None if found is None else named_brand(found)
            verdict = Verdict.SUSPECT if suspect else Verdict.UNREMARKABLE
            if host in known:
                verdict = Verdict.KNOWN
            if found is not None:
                reasons = self._reasons(
                    host, suffix, tenant_of, found, float(judged.logits[row]), hunch
                )
        return Judgement(
            name=lines.value(int(hosts.rows[row])).decode("utf-8", "backslashreplace"),
            host=host,
            registrable=host[max(begin, 0) :],
            tenant_of=tenant_of,
            score=score,
            verdict=verdict,
            brand=brand,
            reasons=reasons,
            model_version=self.model.version,
        )

    def _reasons(
        self,
        host: str,
        suffix: int,
        tenant_of: str | None,
        found: Examined,
        logit: float,
        hunch: Hunch | None,
    ) -> tuple[Reason, ...]:
        reasons = [_as_reason(f) for f in _of_one_brand(found)[:SHOWN_FINDINGS]]
        reasons += [
            Reason(code="lure", about=lure.lure.word, start=lure.start, end=lure.end)
            for lure in found.lures[:SHOWN_LURES]
        ]
        if "xn--" in host:
            reasons.append(Reason(code="punycode", about=unicode_form(host)))
        if tenant_of is not None:
            reasons.append(Reason(code="tenant", about=tenant_of, start=suffix, end=len(host)))
        elif host[suffix:] in self.model.endings:
            reasons.append(Reason(code="ending", about=host[suffix:], start=suffix, end=len(host)))
        if hunch is not None:
            if hunch.like and not found.findings and not found.hints:
                reasons.append(Reason(code="resembles", about=hunch.like))
            if hunch.lure and not found.lures:
                reasons.append(Reason(code="lure-kind", about=hunch.lure))
            if hunch.made and not found.findings:
                reasons.append(Reason(code="made"))
        if logit >= TELLING:
            reasons.append(Reason(code="model"))
        return tuple(reasons)


def _hosting_companys_own(hosts: Hosts, splits: Splits) -> NDArray[np.bool_]:
    """Tell the hosts under a hosting suffix whose tenant is called ``www``: nobody rents that name."""
    own = splits.kind > 0
    for row in np.flatnonzero(own).tolist():
        own[row] = hosts.host(row)[int(splits.registrable[row]) :].startswith("www.")
    return own


def letters_of(hosts: Hosts, splits: Splits, row: int, abuse: float, novelty: float) -> Letters:
    """Return how the letters of a block's row read, given what the two models said of it."""
    host = hosts.host(row)
    suffix, begin = int(splits.suffix[row]), int(splits.registrable[row])
    return Letters(
        abuse=abuse, novelty=novelty, label=host[begin : suffix - 1], suffix=host[suffix:]
    )


def named_brand(found: Examined) -> str | None:
    """Return the brand to name: the strongest finding's, else that of a hint, else none."""
    best = [*found.findings, *found.hints][:1]
    return best[0].brand.id if best else None


def _of_one_brand(found: Examined) -> list[Finding]:
    several = found.findings or found.hints
    return [f for f in several if f.brand.id == several[0].brand.id]


def _as_reason(finding: Finding) -> Reason:
    return Reason(code=finding.code, about=finding.alias, start=finding.start, end=finding.end)

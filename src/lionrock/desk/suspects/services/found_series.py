"""Keeps series that were found among many names, and makes each one row of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.desk.audit.services import record
from lionrock.desk.suspects.brands import BrandBook
from lionrock.desk.suspects.found import NAME_LENGTH, FoundSeries, key_of
from lionrock.desk.suspects.models import State, Suspect
from lionrock.desk.suspects.services.readings import Counts, store_batch
from lionrock.names.series import Series

OTHERS: Final = 200
_PER_QUERY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A series and what triage says of its members, one judgement per row of the series."""

    series: Series
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping a series changed: names put forward because of it, waiting ones gathered in it."""

    forward: int
    gathered: int


@transaction.atomic
def keep_series(
    *, reading_id: int, source: str, found: Found, threshold: float, book: BrandBook, now: datetime
) -> Kept:
    """Keep one series; judge its members as one.

    When the series itself scores ``threshold`` or more, all its members are put forward with at least
    its score; else only those that are suspects by themselves. Waiting suspects among the members
    become one row of the queue per brand; what a person decided stays as it is.
    """
    series = found.series
    score = series.score if series.score is not None else 0.0
    name = series.name[:NAME_LENGTH]
    reason = Reason(code="series", about=name)
    forward = [
        _as_one(judgement, reason, score if score >= threshold else None)
        for judgement in found.judgements
        if judgement.verdict is Verdict.SUSPECT
        or (judgement.verdict is Verdict.UNREMARKABLE and score >= threshold)
    ]
    stored = store_batch(
        reading_id=reading_id, judgements=forward, counts=Counts(), book=book, now=now
    )
    taken = {judgement.host for judgement in forward}
    _keep(series, name, score, source, found.judgements, taken, now)
    gathered = _gather([judgement.host for judgement in found.judgements], name, reason)
    if stored.fresh or gathered:
        record(
            by=None,
            action="series.found",
            subject=name,
            details={
                "reading": reading_id,
                "names": len(found.judgements),
                "score": round(score, 4),
                "forward": stored.fresh,
                "gathered": gathered,
            },
            now=now,
        )
    return Kept(forward=stored.fresh, gathered=gathered)


def _as_one(judgement: Judgement, reason: Reason, score: float | None) -> Judgement:
    return replace(
        judgement,
        verdict=Verdict.SUSPECT,
        score=judgement.score if score is None else max(judgement.score, score),
        reasons=(*judgement.reasons, reason),
    )


def _keep(
    series: Series,
    name: str,
    score: float,
    source: str,
    judgements: Sequence[Judgement],
    forward: set[str],
    now: datetime,
) -> None:
    before = FoundSeries.objects.select_for_update().filter(name=name).first()
    others = sorted(j.host for j in judgements if j.host not in forward)[:OTHERS]
    FoundSeries.objects.update_or_create(
        name=name,
        defaults={
            "by": series.by.value,
            "members": len(judgements),
            "expected": series.expected,
            "score": score,
            "first_seen": _first(before.first_seen if before else None, series.first_seen),
            "last_seen": _last(before.last_seen if before else None, series.last_seen),
            "others": others,
            "model_version": judgements[0].model_version,
            "source": source[:200],
            "found_at": before.found_at if before else now,
            "updated_at": now,
        },
    )


def _gather(hosts: list[str], name: str, reason: Reason) -> int:
    """Give the waiting suspects among hosts the series, and the reason where they lack it."""
    plain = {"code": reason.code, "about": reason.about, "start": None, "end": None}
    changed = []
    for start in range(0, len(hosts), _PER_QUERY):
        waiting = Suspect.objects.filter(
            host__in=hosts[start : start + _PER_QUERY], state=State.WAITING
        )
        for suspect in waiting.select_for_update().order_by("pk"):
            key = key_of(name, suspect.brand)
            if suspect.series != key or plain not in suspect.reasons:
                suspect.series = key
                kept = [each for each in suspect.reasons if each["code"] != reason.code]
                suspect.reasons = [*kept, plain]
                changed.append(suspect)
    Suspect.objects.bulk_update(changed, ["series", "reasons"], batch_size=100)
    return len(changed)


def _first(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day), default=None)


def _last(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day), default=None)

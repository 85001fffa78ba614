"""Judges again what another model than the current one judged and nobody has decided yet."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.models.current import current_triage
from lionrock.desk.people.models import Person
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.found import name_in
from lionrock.desk.suspects.models import State, Suspect
from lionrock.desk.suspects.selectors.outdated import judged_by_another
from lionrock.desk.suspects.services.readings import REFRESHED, judged_anew
from lionrock.names.blocks import hosts_of, lines_of
from lionrock.names.series import series_score
from lionrock.names.suffixes import Suffixes

MOST: Final = 4_000
"""How many one call judges: a page must answer soon, and people's own writes must not wait long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What became of them: judged, how many of those are no suspects to the new model, how many are left."""

    version: str
    judged: int
    below: int
    left: int


@transaction.atomic
def judge_again(*, by: Person | None, now: datetime, most: int = MOST) -> Again:
    """Give at most ``most`` waiting suspects the current model's verdict, the best score first.

    Those that are no suspects to it keep waiting, far down the queue: a person was promised them.
    Raises TryLater when there is no model.
    """
    triage = current_triage()
    version = triage.model.version
    old = Suspect.objects.filter(judged_by_another(version))
    # Locked in order of id, as everybody else does who locks several.
    chosen = list(old.order_by("-score", "id").values_list("pk", flat=True)[:most])
    waiting = Suspect.objects.filter(pk__in=chosen, state=State.WAITING)
    suspects = list(waiting.select_for_update().order_by("pk"))
    hosts = [suspect.host for suspect in suspects]
    block = hosts_of(hosts)
    lines = lines_of([host.encode("ascii") for host in hosts])
    judgements = triage.judge(lines, block, _suffixes().split(block), everything=True)
    book = brands.current()
    changed = [
        judged_anew(suspect, judgement, book)
        for suspect, judgement in zip(suspects, judgements, strict=True)
    ]
    _as_series(changed, threshold=triage.model.threshold)
    Suspect.objects.bulk_update(changed, REFRESHED, batch_size=100)
    done = Again(
        version=version,
        judged=len(changed),
        below=sum(suspect.score < triage.model.threshold for suspect in changed),
        left=old.count(),
    )
    if changed:
        record(
            by=by,
            action="suspects.judged-again",
            subject=version,
            details={"judged": done.judged, "below": done.below, "left": done.left},
            now=now,
        )
    return done


def _as_series(suspects: list[Suspect], *, threshold: float) -> None:
    """Let names of one found series score at least what they score together, when that is enough."""
    of_series: dict[str, list[Suspect]] = {}
    for suspect in suspects:
        if name := name_in(suspect.series):
            of_series.setdefault(name, []).append(suspect)
    for members in of_series.values():
        score = series_score(suspect.score for suspect in members)
        if score >= threshold:
            for suspect in members:
                suspect.score = max(suspect.score, score)


@cache
def _suffixes() -> Suffixes:
    return Suffixes.bundled()

"""Names that come through the HTTP API take the road that `names scan --store` takes."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings

from lionrock.core.judgement import Judgement, Verdict
from lionrock.desk.audit.services import record
from lionrock.desk.models.current import current_triage
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.brands import current
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.selectors.decided import decided_before
from lionrock.desk.suspects.services.readings import (
    Counts,
    finish_reading,
    open_reading,
    store_batch,
)
from lionrock.names.blocks import Lines, Reject
from lionrock.names.normalise import normalise
from lionrock.names.streams.pages import Collector
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage

_PER_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What became of submitted names: the reading they were stored under, judgements, rejects."""

    reading: int
    judged: int
    judgements: tuple[Judgement, ...]
    rejects: tuple[Reject, ...]
    suspects: dict[str, int]
    """The ids of stored suspects by host."""


def submit(
    names: Sequence[str], *, source: str, by: Person, everything: bool, now: datetime
) -> Submission:
    """Judge at most 10,000 names and store the suspects among them.

    ``everything`` also returns what is no suspect. A name without a host becomes a Reject; its line
    is its place in the list, counted from 1. Raises TryLater when there is no model.
    """
    triage, suffixes = machinery(settings.LIONROCK_REGION)
    lines = as_lines(names)
    hosts, rejects = normalise(lines)
    known = decided_before([hosts.host(row) for row in range(len(hosts))])
    judgements = triage.judge(lines, hosts, suffixes.split(hosts), everything=True, known=known)
    reading = open_reading(
        source=source,
        model_version=triage.model.version,
        machine=socket.gethostname(),
        process=os.getpid(),
        rejects_file="",
        now=now,
    )
    verdicts = [judgement.verdict for judgement in judgements]
    store_batch(
        reading_id=reading.pk,
        judgements=judgements,
        counts=Counts(
            names=len(judgements),
            rejects=len(rejects),
            official=verdicts.count(Verdict.OFFICIAL),
            known=verdicts.count(Verdict.KNOWN),
        ),
        book=current(),
        now=now,
    )
    finish_reading(reading_id=reading.pk, now=now)
    record(
        by=by,
        action="names.submitted",
        subject=source,
        details={"reading": reading.pk, "names": len(judgements), "rejects": len(rejects)},
        now=now,
    )
    shown = [j for j in judgements if everything or j.verdict is Verdict.SUSPECT]
    return Submission(
        reading=reading.pk,
        judged=len(judgements),
        judgements=tuple(shown),
        rejects=tuple(rejects),
        suspects=stored([j.host for j in shown]),
    )


def machinery(region: str) -> tuple[Triage, Suffixes]:
    """Return what judging needs: loaded once per process, and again when another model judges."""
    return current_triage(region), _suffixes()


@cache
def _suffixes() -> Suffixes:
    return Suffixes.bundled()


def as_lines(names: Sequence[str]) -> Lines:
    """Return the names as one block, numbered from 1."""
    page = Collector()
    for number, name in enumerate(names, start=1):
        page.add(name.encode("utf-8", "backslashreplace"), number)
    return page.take()


def stored(hosts: Sequence[str]) -> dict[str, int]:
    """Return the ids of those hosts that are stored as suspects."""
    found: dict[str, int] = {}
    for start in range(0, len(hosts), _PER_QUERY):
        some = Suspect.objects.filter(host__in=hosts[start : start + _PER_QUERY])
        found.update(some.values_list("host", "pk"))
    return found

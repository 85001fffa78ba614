"""The figures of the first page: how much was read, how much waits, what is broken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Sum

from lionrock.desk.suspects.models import Reading, State, Suspect
from lionrock.desk.suspects.selectors.outdated import judged_by_another
from lionrock.desk.suspects.selectors.readings import (
    Machine,
    ReadingRow,
    ReadingState,
    state_of,
)

LATEST: Final = 20
STALE_AFTER: Final = timedelta(hours=24)
MANY_REJECTS: Final = 0.05
"""Share of unreadable lines above which an input looks wrong rather than dirty."""
FEW: Final = 100
"""Below this many lines a share says nothing."""


class Trouble(StrEnum):
    """What can be broken."""

    FAILED = "failed"
    INTERRUPTED = "interrupted"
    REJECTS = "rejects"
    NO_READING = "no-reading"
    OLD_MODEL = "old-model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One thing that is broken; ``reading`` where one is to blame, ``number`` where one tells."""

    trouble: Trouble
    reading: Reading | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the first page says in one look."""

    names_today: int
    found_today: int
    waiting: int
    oldest: Suspect | None
    confirmed_today: int
    dismissed_today: int
    running: tuple[ReadingRow, ...]
    broken: tuple[Broken, ...]
    last: Reading | None

    @property
    def decided_today(self) -> int:
        """How many names were decided today."""
        return self.confirmed_today + self.dismissed_today


def figures(*, midnight: datetime, machine: Machine, version: str, now: datetime) -> Figures:
    """Return the figures of the day that began at ``midnight``; ``version`` is the current model's."""
    today = Reading.objects.filter(started_at__gte=midnight).aggregate(
        names=Sum("names"), fresh=Sum("fresh")
    )
    waiting = Suspect.objects.filter(state=State.WAITING)
    latest = [
        ReadingRow(reading=reading, state=state_of(reading, machine=machine, now=now))
        for reading in Reading.objects.order_by("-id")[:LATEST]
    ]
    return Figures(
        names_today=today["names"] or 0,
        found_today=today["fresh"] or 0,
        waiting=waiting.count(),
        oldest=waiting.order_by("first_read_at").first(),
        confirmed_today=_decided(State.CONFIRMED, midnight),
        dismissed_today=_decided(State.DISMISSED, midnight),
        running=tuple(row for row in latest if row.state is ReadingState.RUNNING),
        broken=tuple(_broken(latest, version, now)),
        last=latest[0].reading if latest else None,
    )


def _decided(state: State, midnight: datetime) -> int:
    return Suspect.objects.filter(state=state, decided_at__gte=midnight).count()


def _broken(latest: list[ReadingRow], version: str, now: datetime) -> list[Broken]:
    """Return what is broken; of each source only its latest reading counts, for a rerun mends."""
    broken: list[Broken] = []
    seen: set[str] = set()
    for row in latest:
        if row.reading.source in seen:
            continue
        seen.add(row.reading.source)
        if row.state is ReadingState.FAILED:
            broken.append(Broken(trouble=Trouble.FAILED, reading=row.reading))
        if row.state is ReadingState.INTERRUPTED:
            broken.append(Broken(trouble=Trouble.INTERRUPTED, reading=row.reading))
        lines = row.reading.names + row.reading.rejects
        if lines >= FEW and row.reading.rejects > lines * MANY_REJECTS:
            share = round(100 * row.reading.rejects / lines)
            broken.append(Broken(trouble=Trouble.REJECTS, reading=row.reading, number=share))
    if not latest or now - latest[0].reading.heartbeat_at > STALE_AFTER:
        broken.append(Broken(trouble=Trouble.NO_READING))
    if outdated := Suspect.objects.filter(judged_by_another(version)).count():
        broken.append(Broken(trouble=Trouble.OLD_MODEL, number=outdated))
    return broken

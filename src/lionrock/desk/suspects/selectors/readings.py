"""Which readings ran, which run, and which stopped without saying so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lionrock.desk.suspects.models import Reading

SILENT: Final = timedelta(minutes=10)
"""How long a reading on another machine may store nothing before it counts as interrupted."""
PAGE: Final = 50


class ReadingState(StrEnum):
    """Where a reading stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """It never said that it ended, and its process is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """A reading and where it stands."""

    reading: Reading
    state: ReadingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """This machine: its name, and how to tell whether a process on it is alive."""

    name: str
    is_alive: Callable[[int], bool]


def state_of(reading: Reading, *, machine: Machine, now: datetime) -> ReadingState:
    """Tell where a reading stands; only this machine's processes can be asked whether they live."""
    if reading.failure:
        return ReadingState.FAILED
    if reading.finished_at is not None:
        return ReadingState.FINISHED
    if reading.machine == machine.name and reading.process is not None:
        alive = machine.is_alive(reading.process)
    else:
        alive = now - reading.heartbeat_at < SILENT
    return ReadingState.RUNNING if alive else ReadingState.INTERRUPTED


def readings(
    *, machine: Machine, now: datetime, before: int | None = None, size: int = PAGE
) -> tuple[list[ReadingRow], bool]:
    """Return readings, the latest first, from below the id ``before``, and whether there are more."""
    found = Reading.objects.order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    some = list(found[: size + 1])
    rows = [
        ReadingRow(reading=reading, state=state_of(reading, machine=machine, now=now))
        for reading in some[:size]
    ]
    return rows, len(some) > size

"""Keeps account of workers and duties: a beat, a death found out, a duty done or failed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import F

from lionrock.core.errors import TryLater
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.services.sources import release_all
from lionrock.desk.streams.services.running import release_all as release_streams
from lionrock.desk.work.models import Duty, Worker

BEAT: Final = timedelta(seconds=5)
MOST_WORKERS: Final = 99
DEAD_AFTER: Final = timedelta(seconds=30)
"""Six missed beats."""


@transaction.atomic
def enlist(*, name: str, machine: str, process: int, version: str, now: datetime) -> Worker:
    """Begin to work under the name; raise TryLater while another process does.

    Work that an earlier process of that name had in its hands, and died over, is free again.
    """
    before = Worker.objects.select_for_update().filter(pk=name).first()
    if (
        before is not None
        and before.ended_at is None
        and now - before.beat_at < DEAD_AFTER
        and (before.machine, before.process) != (machine, process)
        and not _known_dead(before, machine)
    ):
        raise TryLater(
            f"a worker called {name} is at work on {before.machine} (process {before.process}); "
            "give this one another name: LIONROCK_WORKER"
        )
    _free(name)
    return Worker.objects.update_or_create(
        name=name,
        defaults={
            "machine": machine,
            "process": process,
            "version": version,
            "started_at": now,
            "beat_at": now,
            "ended_at": None,
            "ended_by": "",
        },
    )[0]


def beat(*, name: str, process: int, now: datetime) -> bool:
    """Say that the worker lives; False when another took its work over, or its name."""
    living = Worker.objects.filter(pk=name, process=process, ended_at=None)
    return living.update(beat_at=now) == 1


def leave(*, name: str, process: int, now: datetime) -> None:
    """Stop in order."""
    _free(name)
    Worker.objects.filter(pk=name, process=process, ended_at=None).update(
        ended_at=now, ended_by=name
    )


def bury(*, by: str, now: datetime) -> list[str]:
    """Take over from workers that gave no beat for too long; return those that were ours to take.

    Of several that notice, one wins: the row is only ended once.
    """
    silent = Worker.objects.filter(ended_at=None, beat_at__lt=now - DEAD_AFTER).exclude(pk=by)
    buried = []
    for name, beat_at in silent.values_list("name", "beat_at"):
        mine = Worker.objects.filter(pk=name, ended_at=None, beat_at=beat_at)
        if mine.update(ended_at=now, ended_by=by):
            _free(name)
            buried.append(name)
    return buried


def begin_duty(*, name: str, by: str, now: datetime) -> bool:
    """Take the duty; False while anybody, this worker included, is doing it."""
    Duty.objects.get_or_create(name=name)
    return Duty.objects.filter(pk=name, busy="").update(begun_at=now, by=by, busy=by) == 1


def begun_since(*, name: str, at: datetime) -> bool:
    """Tell whether the duty was begun at that time or later."""
    return Duty.objects.filter(pk=name, begun_at__gte=at).exists()


def end_duty(*, name: str, by: str, now: datetime, failure: str = "") -> None:
    """Give the duty back and write how it ended; nothing when it was taken from this worker."""
    duty = Duty.objects.filter(pk=name, busy=by)
    if failure:
        duty.update(busy="", failures=F("failures") + 1, failure=failure[:2000])
    else:
        duty.update(busy="", done_at=now, failures=0, failure="")


def _free(worker: str) -> None:
    """Let others do what the worker was doing when it ended."""
    release_all(worker=worker)
    release_streams(worker=worker)
    Blob.objects.filter(state=BlobState.READING, claimed_by=worker).update(heartbeat_at=None)
    Duty.objects.filter(busy=worker).update(busy="")


def free_name(*, machine: str, now: datetime) -> str:
    """Return the first name of this machine that no living process has: ``machine-1``, ``machine-2``.

    A name whose process is gone comes first, so that its unfinished work is taken up again.
    """
    for number in range(1, MOST_WORKERS + 1):
        name = f"{machine[:70]}-{number}"
        row = Worker.objects.filter(pk=name).first()
        if (
            row is None
            or row.ended_at is not None
            or now - row.beat_at >= DEAD_AFTER
            or _known_dead(row, machine)
        ):
            return name
    raise TryLater(f"{MOST_WORKERS} workers are at work on this machine already")


def _known_dead(worker: Worker, machine: str) -> bool:
    """Tell whether the worker ran on this machine and its process is gone."""
    if worker.machine != machine:
        return False
    return Path("/proc/self").exists() and not Path(f"/proc/{worker.process}").exists()

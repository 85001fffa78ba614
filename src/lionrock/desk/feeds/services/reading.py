"""Who reads which delivery: a claim is held by one reader at a time, and a dead reader's claim expires."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet

from lionrock.core.errors import LionrockError
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.selectors.blobs import LEASE
from lionrock.desk.people.models import Person

PATIENCE: Final = 25
"""How often reading may end without an error and without having come further (a killed process)."""


class Lost(LionrockError):
    """Somebody else reads the delivery now; what was not committed is theirs to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to read a Blob on from ``lines`` and ``nth``. ``attempt`` tells it from the same
    worker's earlier claim, whose late transactions then fail."""

    blob_id: int
    worker: str
    attempt: int
    lines: int
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one transaction adds to a Blob's counts, and how far it goes."""

    lines: int
    nth: int
    events: int = 0
    ours: int = 0
    outside: int = 0
    duplicates: int = 0
    rejects: int = 0
    fresh: int = 0
    last: bool = False


@transaction.atomic
def claim(*, blob_id: int, worker: str, now: datetime) -> Claim | None:
    """Claim a delivery for reading; ``None`` when there is nothing to read or somebody else does.

    A worker's name belongs to one process: under its own name it takes its claim up again at once.
    A delivery whose readers died ``PATIENCE`` times at one place is marked failed.
    """
    blob = Blob.objects.select_for_update().filter(pk=blob_id).first()
    if blob is None:
        return None  # it was forgotten meanwhile
    mine = blob.claimed_by == worker or blob.heartbeat_at is None
    alive = blob.heartbeat_at is not None and blob.heartbeat_at >= now - LEASE
    if blob.state == BlobState.READING and alive and not mine:
        return None
    if blob.state not in (BlobState.KEPT, BlobState.READING):
        return None
    if blob.stalled >= PATIENCE:
        blob.state = BlobState.FAILED
        times = f"reading it ended {blob.stalled} times behind line {blob.lines}"
        blob.failure = f"{times}: {blob.failure}" if blob.failure else times
        blob.save(update_fields=["state", "failure"])
        return None
    blob.state = BlobState.READING
    blob.claimed_by = worker[:100]
    blob.heartbeat_at = now
    blob.attempts += 1
    blob.stalled += 1
    blob.save(update_fields=["state", "claimed_by", "heartbeat_at", "attempts", "stalled"])
    return Claim(
        blob_id=blob.pk,
        worker=blob.claimed_by,
        attempt=blob.attempts,
        lines=blob.lines,
        nth=blob.nth,
    )


def advance(*, held: Claim, progress: Progress, reader: str = "", now: datetime) -> Claim:
    """Write how far the reading came, within the transaction that keeps what was read.

    Return the claim as it now stands; raise Lost when it is no longer held. ``progress.last``
    marks the Blob complete.
    """
    values: dict[str, object] = {
        "lines": progress.lines,
        "nth": progress.nth,
        "heartbeat_at": now,
        "stalled": 0,
        "failure": "",
    }
    for name in ("events", "ours", "outside", "duplicates", "rejects", "fresh"):
        if added := getattr(progress, name):
            values[name] = F(name) + added
    if progress.last:
        values |= {"state": BlobState.COMPLETE, "completed_at": now, "reader": reader[:100]}
    if not _held(held).update(**values):
        raise Lost(f"delivery {held.blob_id} is read by somebody else")
    return replace(held, lines=progress.lines, nth=progress.nth)


def beat(*, held: Claim, now: datetime) -> None:
    """Say that the reader lives; raise Lost when somebody else took over."""
    if not _held(held).update(heartbeat_at=now):
        raise Lost(f"delivery {held.blob_id} is read by somebody else")


def give_up(*, held: Claim, why: str) -> None:
    """Mark the delivery as one that cannot be read; what was committed of it stays."""
    _held(held).update(state=BlobState.FAILED, failure=why[:2000], claimed_by="")


def put_back(*, held: Claim, why: str) -> None:
    """Let go of the delivery, to be read on later; how far it came stays."""
    _held(held).update(
        state=BlobState.KEPT, failure=why[:2000], claimed_by="", heartbeat_at=None, stalled=0
    )


def stumble(*, held: Claim, why: str) -> None:
    """Let go of the delivery after an error nobody foresaw; a few of these at one place are enough."""
    _held(held).update(state=BlobState.KEPT, failure=why[:2000], claimed_by="", heartbeat_at=None)


@transaction.atomic
def try_again(*, blob_id: int, by: Person, now: datetime) -> Blob:
    """Let a delivery that could not be read wait once more; it goes on where it stopped."""
    blob = Blob.objects.select_for_update().get(pk=blob_id)
    if blob.state == BlobState.FAILED:
        blob.state = BlobState.KEPT
        blob.stalled = 0
        blob.heartbeat_at = None
        blob.save(update_fields=["state", "stalled", "heartbeat_at"])
        record(
            by=by,
            action="delivery.try-again",
            subject=f"{blob.feed}: {blob.name}",
            details={"blob": blob.pk},
            now=now,
        )
    return blob


def _held(held: Claim) -> QuerySet[Blob]:
    return Blob.objects.filter(
        pk=held.blob_id,
        state=BlobState.READING,
        claimed_by=held.worker,
        attempts=held.attempt,
    )

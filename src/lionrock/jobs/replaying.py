"""Reads chosen deliveries again, one after the other, and says line by line what that changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from lionrock.core.errors import LionrockError
from lionrock.desk.audit.services import record
from lionrock.desk.events.services import replay
from lionrock.desk.feeds.models import ANSWERS, Blob, BlobState
from lionrock.desk.feeds.services.blobs import check_blob
from lionrock.desk.people.models import Person
from lionrock.jobs.reading import reading
from lionrock.jobs.road import plan_of

WORDS: Final = {
    "added": "added",
    "changed": "changed",
    "moved": "moved to another episode",
    "removed": "removed",
    "read": "rejects that can be read now",
    "rejected": "rejects that could be read before",
    "passed": "passed on to a partner",
    "withheld": "passed on no more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which deliveries: of a feed, that came within a time, or one by its id."""

    feed: str = ""
    since: datetime | None = None
    before: datetime | None = None
    blob: int | None = None


def replayed(which: Which, *, applying: bool, clock: Callable[[], datetime]) -> Iterator[str]:
    """Replay the deliveries, oldest first, and yield what is to be told about each."""
    changed = total = 0
    for blob in chosen(which).order_by("id").iterator():
        total += 1
        try:
            changes = (apply_to if applying else preview_of)(blob, now=clock())
        except LionrockError as error:
            yield f"{blob.pk} {blob.feed} {blob.name}: {error}"
            continue
        changed += bool(changes)
        yield from told(blob, changes)
    verb = "changed" if applying else "would change"
    yield f"{total} deliveries read again, {changed} {verb}"


def chosen(which: Which) -> QuerySet[Blob]:
    """Return the deliveries that were read and whose bytes are still there."""
    blobs = Blob.objects.filter(state=BlobState.COMPLETE, erased_at=None).exclude(feed=ANSWERS)
    if which.feed:
        blobs = blobs.filter(feed=which.feed)
    if which.since is not None:
        blobs = blobs.filter(received_at__gte=which.since)
    if which.before is not None:
        blobs = blobs.filter(received_at__lt=which.before)
    if which.blob is not None:
        blobs = blobs.filter(pk=which.blob)
    return blobs


def preview_of(blob: Blob, *, now: datetime) -> replay.Changes:
    """Return what reading one delivery again would change."""
    check_blob(blob)
    with reading(plan_of(blob)) as found:
        return replay.preview(blob_id=blob.pk, feed=blob.feed, batches=found.batches, now=now)


def apply_to(blob: Blob, *, now: datetime, by: Person | None = None) -> replay.Changes:
    """Read one delivery again and change what differs; a change is written into the log."""
    check_blob(blob)
    with reading(plan_of(blob)) as found:
        changes = replay.apply(
            blob_id=blob.pk,
            feed=blob.feed,
            batches=found.batches,
            reader=found.version,
            now=now,
        )
    if changes:
        record(
            by=by,
            action="feed.replay",
            subject=f"{blob.feed}: {blob.name}",
            details={"blob": blob.pk, **dict(changes.counts)},
            now=now,
        )
    return changes


def told(blob: Blob, changes: replay.Changes) -> Iterator[str]:
    """Say what changes in one delivery."""
    if not changes:
        yield f"{blob.pk} {blob.feed} {blob.name}: nothing changes ({changes.read} events)"
        return
    counts = [
        f"{changes.counts[key]} {words}" for key, words in WORDS.items() if changes.counts[key]
    ]
    if changes.outside:
        counts.append(f"{changes.outside:+d} outside the region")
    yield f"{blob.pk} {blob.feed} {blob.name}: {', '.join(counts)}"
    if changes.fields:
        yield "  " + ", ".join(f"{name} ({n})" for name, n in changes.fields.most_common())
    for one in changes.differences:
        yield f"  line {one.line}: {one.what} {one.text}"
        for name, before, after in one.fields:
            yield f"    {name}: {before} -> {after}"

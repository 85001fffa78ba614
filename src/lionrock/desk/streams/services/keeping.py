"""Keeps what came of a stream: names judged, place, counts, gaps and rejects in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from lionrock.core.judgement import Judgement, Verdict
from lionrock.core.streams import LONGEST_RAW, LONGEST_TEXT, Portion, Unread
from lionrock.desk.streams.models import Stream, StreamGap, StreamHour, StreamReject
from lionrock.desk.streams.services.running import plain
from lionrock.desk.suspects.brands import BrandBook
from lionrock.desk.suspects.models import Reading
from lionrock.desk.suspects.selectors.decided import decided_before
from lionrock.desk.suspects.services.readings import (
    BATCH,
    Counts,
    finish_reading,
    open_reading,
    store_batch,
)

_PER_QUERY: Final = 500
MOST_KEPT: Final = 100_000
"""Rejects of a stream that stay; the oldest go first, and their number stays counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What judging a portion's names came to. ``rejects`` are the names that are none."""

    judgements: Sequence[Judgement] = ()
    judged: int = 0
    repeated: int = 0
    official: int = 0
    known: int = 0
    """Names among them that a person decided before; ``keep`` finds them out."""
    rejects: Sequence[Unread] = ()
    model_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Who reads: the claimant, and the process it runs in."""

    claimant: str
    machine: str
    process: int


class Lost(Exception):
    """The stream is not the claimant's any more: it was stopped, or taken over."""


@transaction.atomic
def keep(
    *, stream_id: int, portion: Portion, found: Found, here: Here, book: BrandBook, now: datetime
) -> int:
    """Keep a portion and return how many suspects were new; all of it or nothing.

    The place in the stream moves in the same transaction as what was found before it, so that a
    process that dies neither loses entries nor counts any twice. Raise Lost when the stream is no
    longer the claimant's: then nothing is kept.
    """
    stream = Stream.objects.select_for_update().get(pk=stream_id)
    if stream.claimed_by != here.claimant:
        raise Lost
    unread = [*portion.unread, *found.rejects]
    found = _without_decided(found)
    fresh = _judged(stream, found, rejects=len(unread), here=here, book=book, now=now)
    counts = {
        "entries": portion.entries,
        "names": found.judged + found.repeated,
        "repeated": found.repeated,
        "suspects": len(found.judgements) - found.known,
        "fresh": fresh,
        "rejects": len(unread),
    }
    _advance(stream, portion, counts, now)
    _note(stream, portion, unread, now)
    return fresh


def _without_decided(found: Found) -> Found:
    """Mark the names that a person decided before, as a scan does."""
    decided = decided_before([each.host for each in found.judgements])
    if not decided:
        return found
    marked = [each.known() if each.host in decided else each for each in found.judgements]
    return replace(
        found, judgements=marked, known=sum(each.verdict is Verdict.KNOWN for each in marked)
    )


def _judged(
    stream: Stream, found: Found, *, rejects: int, here: Here, book: BrandBook, now: datetime
) -> int:
    """Store the suspects under the reading of the day."""
    if not (found.judged or found.rejects or rejects):
        return 0
    reading = _reading(stream, found.model_version, here, now)
    counts = Counts(names=found.judged, rejects=rejects, official=found.official, known=found.known)
    fresh = 0
    last = max((len(found.judgements) - 1) // BATCH, 0)
    for number in range(last + 1):
        stored = store_batch(
            reading_id=reading.pk,
            judgements=found.judgements[number * BATCH : (number + 1) * BATCH],
            counts=counts if number == last else Counts(),
            book=book,
            now=now,
        )
        fresh += stored.fresh
    return fresh


def _reading(stream: Stream, model_version: str, here: Here, now: datetime) -> Reading:
    """Return the reading that is open today, ended and begun anew at midnight (UTC)."""
    reading = stream.reading
    if reading is not None:
        if (
            reading.finished_at is None
            and reading.started_at.date() == now.date()
            and reading.model_version == model_version
        ):
            return reading
        if reading.finished_at is None:
            finish_reading(reading_id=reading.pk, now=now)
    stream.reading = open_reading(
        source=stream.name,
        model_version=model_version,
        machine=here.machine,
        process=here.process,
        rejects_file="",
        now=now,
    )
    return stream.reading


def _advance(stream: Stream, portion: Portion, counts: dict[str, int], now: datetime) -> None:
    changes = ["reading", "heard_at", "claimed_at", "failures", "failure", *counts]
    stream.heard_at = stream.claimed_at = now
    stream.failures, stream.failure = 0, ""
    for name, count in counts.items():
        setattr(stream, name, getattr(stream, name) + count)
    if portion.position is not None:
        stream.position = dict(portion.position)
        changes.append("position")
    if portion.index is not None:
        stream.index = portion.index
        changes.append("index")
    if portion.head is not None:
        stream.head_size, stream.head_root = portion.head.size, portion.head.root
        stream.head_at, stream.head_note = portion.head.at, portion.head.note
        changes += ["head_size", "head_root", "head_at", "head_note"]
    if portion.entries:
        stream.arrived_at = now
        changes.append("arrived_at")
    if portion.newest is not None:
        stream.newest_at = portion.newest
        changes.append("newest_at")
    stream.save(update_fields=changes)
    if any(counts.values()):
        hour = now.replace(minute=0, second=0, microsecond=0)
        row = StreamHour.objects.get_or_create(stream=stream, hour=hour)[0]
        StreamHour.objects.filter(pk=row.pk).update(
            **{name: F(name) + count for name, count in counts.items() if count}
        )


def _note(stream: Stream, portion: Portion, unread: Sequence[Unread], now: datetime) -> None:
    StreamGap.objects.bulk_create(
        StreamGap(
            stream=stream,
            noted_at=now,
            first=gap.first,
            last=gap.last,
            since=gap.since,
            until=gap.until,
            why=gap.why[:500],
        )
        for gap in portion.gaps
    )
    StreamReject.objects.bulk_create(
        (
            StreamReject(
                stream=stream,
                at=now,
                place=each.place[:100],
                text=plain(each.text)[:LONGEST_TEXT],
                why=plain(each.why)[:500],
                raw=each.raw[:LONGEST_RAW] or None,
            )
            for each in unread
        ),
        batch_size=_PER_QUERY,
    )


def tidy(*, before: datetime, most: int = MOST_KEPT) -> int:
    """Remove rejects and hours that were kept long enough; return how many rows went."""
    gone = StreamReject.objects.filter(at__lt=before).delete()[0]
    gone += StreamHour.objects.filter(hour__lt=before).delete()[0]
    for stream in Stream.objects.all():
        first = stream.unread.order_by("-id").values_list("id", flat=True)[most : most + 1]
        for pk in list(first):
            gone += stream.unread.filter(id__lte=pk).delete()[0]
    return gone

"""Says who reads a stream right now, when it is next tried, and what went wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from lionrock.core.streams import StreamKind
from lionrock.desk.audit.services import record
from lionrock.desk.streams.models import Stream, StreamAlarm
from lionrock.desk.suspects.models import Reading
from lionrock.desk.suspects.services.readings import finish_reading

CLAIM_LASTS: Final = timedelta(minutes=5)
"""Who reads a stream and gave no sign for so long is taken for dead."""
FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
LONGEST_ASKED_FOR: Final = timedelta(hours=1)
"""What a server may ask for in Retry-After."""
PAUSE: Final[dict[StreamKind, timedelta]] = {
    StreamKind.CT_LOG: timedelta(seconds=10),
    StreamKind.CERTSTREAM: timedelta(seconds=1),
    StreamKind.AXFR: timedelta(hours=1),
    StreamKind.CZDS: timedelta(hours=6),
}
"""Between the end of one look and the next, where nothing went wrong."""
HANDED_ON: Final = timedelta(0)


def due(*, now: datetime) -> list[int]:
    """Return the streams to read now that nobody reads, the longest waiting first."""
    rows = _free(now).filter(wanted=True, alarm="")
    rows = rows.filter(Q(next_at=None) | Q(next_at__lte=now))
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True))


def claim(*, stream_id: int, claimant: str, now: datetime) -> bool:
    """Take the stream for this claimant; False when somebody living has it."""
    taken = _free(now).filter(pk=stream_id, alarm="")
    return taken.update(claimed_by=claimant, claimed_at=now, tried_at=now) == 1


def adopt(*, stream_id: int, machine: str, process: int, now: datetime) -> None:
    """Go on under the reading that is open, whoever began it: from now on it lives with this process."""
    open_now = Reading.objects.filter(
        pk__in=Stream.objects.filter(pk=stream_id).values("reading"), finished_at=None
    )
    open_now.update(machine=machine, process=process, heartbeat_at=now)


def hold(*, stream_id: int, claimant: str, now: datetime, heard: bool = False) -> bool:
    """Say that the claimant lives, and that the other side does; False when the stream is not its
    any more: stopped, or taken over."""
    held = Stream.objects.filter(pk=stream_id, claimed_by=claimant)
    if heard:
        return held.update(claimed_at=now, heard_at=now) == 1
    return held.update(claimed_at=now) == 1


@transaction.atomic
def release(*, stream_id: int, claimant: str, now: datetime, over: bool) -> None:
    """Give the stream back after all went well; ``over``: until the next look there is nothing."""
    stream = Stream.objects.select_for_update().get(pk=stream_id)
    if stream.claimed_by != claimant:
        return
    stream.claimed_by, stream.claimed_at = "", None
    stream.failures, stream.failure = 0, ""
    stream.next_at = now + (pause_of(stream) if over else HANDED_ON)
    if over and stream.reading_id is not None:
        finish_reading(reading_id=stream.reading_id, now=now)
        stream.reading = None
    stream.save(
        update_fields=["claimed_by", "claimed_at", "failures", "failure", "next_at", "reading"]
    )


def fail(
    *, stream_id: int, claimant: str, why: str, asked: float | None, now: datetime
) -> timedelta | None:
    """Write that reading failed; return how long to wait, None where it is not the claimant's."""
    stream = Stream.objects.filter(pk=stream_id, claimed_by=claimant).first()
    if stream is None:
        return None
    failures = stream.failures + 1
    wait = wait_after(failures, asked=asked)
    done = Stream.objects.filter(pk=stream_id, claimed_by=claimant).update(
        failures=failures, failure=plain(why)[:2000], next_at=now + wait, claimed_at=now
    )
    return wait if done else None


def let_go(*, stream_id: int, claimant: str) -> None:
    """Give the stream back as it stands: its next time was written before."""
    Stream.objects.filter(pk=stream_id, claimed_by=claimant).update(claimed_by="", claimed_at=None)


@transaction.atomic
def ring(
    *, stream_id: int, claimant: str, why: str, evidence: Mapping[str, str | int], now: datetime
) -> None:
    """Write that the stream says what cannot be true: nothing is read of it until a person looked."""
    stream = Stream.objects.select_for_update().get(pk=stream_id)
    if stream.claimed_by != claimant:
        return
    why = plain(why)
    stream.alarm, stream.alarm_at = why[:2000], now
    stream.failure, stream.failures = "", 0
    stream.claimed_by, stream.claimed_at = "", None
    if stream.reading_id is not None:
        finish_reading(reading_id=stream.reading_id, now=now)
        stream.reading = None
    stream.save()
    StreamAlarm.objects.create(stream=stream, at=now, text=why[:2000], evidence=dict(evidence))
    record(
        by=None, action="stream.alarm", subject=stream.name, details={"alarm": why[:500]}, now=now
    )


def plain(text: str) -> str:
    """Return what others said as text that every database takes."""
    return text.replace("\0", "�")


def release_all(*, worker: str) -> int:
    """Give back what a worker that is no more had claimed; return how many streams that were."""
    return Stream.objects.filter(claimed_by__startswith=f"{worker}/").update(
        claimed_by="", claimed_at=None
    )


def pause_of(stream: Stream) -> timedelta:
    """Return how long to wait between two looks at the stream."""
    if stream.every_seconds:
        return timedelta(seconds=stream.every_seconds)
    return PAUSE[StreamKind(stream.kind)]


def wait_after(failures: int, *, asked: float | None = None) -> timedelta:
    """Return how long to wait after so many failures in a row; longer where a server asks for it."""
    wait = min(FIRST_WAIT * (1 << min(failures - 1, 20)), LONGEST_WAIT)
    if asked is not None:
        wait = max(wait, min(timedelta(seconds=asked), LONGEST_ASKED_FOR))
    return wait


def _free(now: datetime) -> QuerySet[Stream]:
    return Stream.objects.filter(Q(claimed_by="") | Q(claimed_at__lt=now - CLAIM_LASTS))

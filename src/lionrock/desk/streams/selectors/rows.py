"""How every stream fares: what the list of streams and a stream's page say in one look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, F, Q, Sum

from lionrock.core.streams import StreamKind
from lionrock.desk.streams.models import (
    LogList,
    Stream,
    StreamAlarm,
    StreamGap,
    StreamHour,
    StreamReject,
)
from lionrock.desk.streams.services.running import CLAIM_LASTS

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
SHOWN_HOURS: Final = 48
SHOWN: Final = 50
"""Rows of a list on a stream's page."""


class StreamState(StrEnum):
    """Where a stream stands; the worst first, which is the order of the list."""

    ALARM = "alarm"
    """It said what cannot be true; a person must look."""
    FAILING = "failing"
    """The last attempts to read it failed."""
    BEHIND = "behind"
    """It is read, and far behind."""
    DUE = "due"
    """It is wanted, and no worker has taken it up yet."""
    RUNNING = "running"
    RESTING = "resting"
    """It is wanted, and was read; its next look is still to come."""
    STOPPED = "stopped"


FAR: Final = 100_000
"""Entries behind its head from which a log counts as far behind: some ten minutes of a busy one."""
TELLING: Final = 5
"""Failures in a row from which the first page tells of a stream: half a minute of them."""
_SUMS: Final = ("entries", "names", "repeated", "suspects", "fresh", "rejects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What came within some time."""

    entries: int = 0
    names: int = 0
    repeated: int = 0
    suspects: int = 0
    fresh: int = 0
    rejects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRow:
    """A stream and how it fares. ``lag`` is how many entries it is behind the last head, ``behind``
    how old the newest entry is that was read; both None where that means nothing."""

    stream: Stream
    state: StreamState
    lag: int | None
    behind: timedelta | None
    day: Counted
    rate: float
    """Entries a second, since the beginning of the hour before this one."""
    gaps: int
    missing: int
    """Entries in its gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One hour in the picture: where its column stands and how tall it is, in the picture's units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The hours of late, newest first, and their picture."""

    hours: list[StreamHour]
    bars: list[Bar]
    most: int
    width: int = 640
    height: int = 120


def stream_rows(*, now: datetime) -> list[StreamRow]:
    """Return every stream: those in trouble first, then those that run, then the stopped ones."""
    streams = list(Stream.objects.select_related("wanted_by"))
    days = _counts(now - DAY)
    hours = _counts(_hour_before(now))
    gaps = _gaps()
    order = list(StreamState)
    rows = [
        _row(
            stream,
            day=days.get(stream.pk, Counted()),
            gaps=gaps.get(stream.pk, _Gaps()),
            hour=hours.get(stream.pk, Counted()),
            now=now,
        )
        for stream in streams
    ]
    return sorted(rows, key=lambda row: (order.index(row.state), row.stream.name))


def stream_row(name: str, *, now: datetime) -> StreamRow | None:
    """Return one stream; None when there is none of that name."""
    stream = Stream.objects.select_related("wanted_by").filter(name=name).first()
    if stream is None:
        return None
    one = Q(stream=stream)
    return _row(
        stream,
        day=_counts(now - DAY, one).get(stream.pk, Counted()),
        gaps=_gaps(one).get(stream.pk, _Gaps()),
        hour=_counts(_hour_before(now), one).get(stream.pk, Counted()),
        now=now,
    )


def in_trouble(*, now: datetime) -> list[StreamRow]:
    """Return the streams that a person should look at: alarms, repeated failures, far behind."""
    wanted = Stream.objects.filter(Q(wanted=True) | ~Q(alarm=""))
    if not wanted.exists():
        return []
    troubles = {StreamState.ALARM, StreamState.FAILING, StreamState.BEHIND}
    return [
        row
        for row in stream_rows(now=now)
        if row.state in troubles
        and (row.state != StreamState.FAILING or row.stream.failures >= TELLING)
    ]


def state_of(stream: Stream, *, lag: int | None, now: datetime) -> StreamState:
    """Tell where a stream stands from what reading it wrote down."""
    if stream.alarm:
        return StreamState.ALARM
    read = bool(stream.claimed_by and stream.claimed_at and now - stream.claimed_at < CLAIM_LASTS)
    if not stream.wanted:
        return StreamState.RUNNING if read else StreamState.STOPPED
    if stream.failures:
        return StreamState.FAILING
    if lag is not None and lag >= FAR:
        return StreamState.BEHIND
    if read:
        return StreamState.RUNNING
    return StreamState.RESTING if stream.next_at and stream.next_at > now else StreamState.DUE


def lag_of(stream: Stream) -> int | None:
    """Return how many entries the stream is behind the last head we know."""
    if stream.index is None or stream.head_size is None:
        return None
    return max(stream.head_size - stream.index, 0)


def history(stream: Stream, *, now: datetime) -> History:
    """Return the last two days by the hour, and columns for their entries."""
    first = now.replace(minute=0, second=0, microsecond=0) - HOUR * (SHOWN_HOURS - 1)
    rows = {row.hour: row for row in stream.hours.filter(hour__gte=first)}
    hours = [
        rows.get(first + HOUR * number) or StreamHour(stream=stream, hour=first + HOUR * number)
        for number in range(SHOWN_HOURS)
    ]
    most = max((row.entries for row in hours), default=0)
    drawn = History(hours=[], bars=[], most=most)
    step = drawn.width / SHOWN_HOURS
    bars = [
        Bar(
            x=round(number * step, 1),
            y=round(drawn.height * (1 - row.entries / most), 1) if most else drawn.height,
            width=round(step * 0.8, 1),
            height=round(drawn.height * row.entries / most, 1) if most else 0.0,
        )
        for number, row in enumerate(hours)
    ]
    told = [row for row in reversed(hours) if row.pk is not None]
    return History(hours=told, bars=bars, most=most)


def gaps_of(stream: Stream) -> list[StreamGap]:
    """Return the latest gaps."""
    return list(stream.gaps.order_by("-pk")[:SHOWN])


def alarms_of(stream: Stream) -> list[StreamAlarm]:
    """Return the latest alarms."""
    return list(stream.alarms.select_related("seen_by").order_by("-pk")[:SHOWN])


def rejects_of(
    stream: Stream, *, before: int | None = None, size: int = SHOWN
) -> tuple[list[StreamReject], bool]:
    """Return rejects, the latest first, from below the id ``before``, and whether there are more."""
    found = stream.unread.order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    some = list(found[: size + 1])
    return some[:size], len(some) > size


def log_lists() -> list[LogList]:
    """Return the lists of logs that are or were followed."""
    return list(LogList.objects.order_by("address"))


def _row(stream: Stream, *, day: Counted, hour: Counted, gaps: "_Gaps", now: datetime) -> StreamRow:
    lag = lag_of(stream)
    behind = None
    if stream.kind in {StreamKind.CT_LOG, StreamKind.CERTSTREAM} and stream.newest_at:
        behind = max(now - stream.newest_at, timedelta(0))
    since = _hour_before(now)
    if stream.wanted and stream.wanted_at:
        since = max(since, stream.wanted_at)
    return StreamRow(
        stream=stream,
        state=state_of(stream, lag=lag, now=now),
        lag=lag,
        behind=behind,
        day=day,
        rate=hour.entries / max((now - since).total_seconds(), 1.0),
        gaps=gaps.number,
        missing=gaps.entries,
    )


def _hour_before(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) - HOUR


def _counts(since: datetime, which: Q = Q()) -> dict[int, Counted]:  # noqa: B008  # never changed
    """Return what came of each stream in the hours from ``since`` on."""
    found = StreamHour.objects.filter(which, hour__gte=since)
    columns = ("stream_id", *(f"n_{name}" for name in _SUMS))
    sums = {f"n_{name}": Sum(name) for name in _SUMS}
    rows = found.values("stream").annotate(**sums).values_list(*columns)
    return {row[0]: Counted(**dict(zip(_SUMS, row[1:], strict=True))) for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gaps:
    number: int = 0
    entries: int = 0


def _gaps(which: Q = Q()) -> dict[int, _Gaps]:  # noqa: B008  # never changed
    """Return the gaps of each stream; what lay before a log's first entry read is not counted."""
    missed = StreamGap.objects.filter(which).exclude(first=0).values("stream")
    found = missed.annotate(number=Count("pk"), entries=Sum(F("last") - F("first") + 1))
    return {
        row["stream"]: _Gaps(number=row["number"], entries=row["entries"] or 0) for row in found
    }

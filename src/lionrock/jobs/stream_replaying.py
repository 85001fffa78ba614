"""Reads again what came of a stream and could not be read, with today's reader."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lionrock.core.errors import GiveUp
from lionrock.desk.streams.models import Stream, StreamReject
from lionrock.desk.streams.services.keeping import Here
from lionrock.desk.streams.services.replaying import keep_replayed
from lionrock.jobs.stream_judging import Judge
from lionrock.jobs.stream_sources import joined, read_again
from lionrock.names.blocks import Lines
from lionrock.names.normalise import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How reading rejects again went."""

    read: int = 0
    still: int = 0
    names: int = 0
    fresh: int = 0


def replay(
    stream: Stream, *, judge: Judge, clock: Callable[[], datetime], most: int = 20_000
) -> Replayed:
    """Read a stream's rejects again with today's reader, the oldest first; keep what they say now."""
    read: list[int] = []
    blocks: list[Lines] = []
    still = 0
    rows = StreamReject.objects.filter(stream=stream, replayed_at=None).order_by("pk")[:most]
    for row in rows.iterator(chunk_size=500):
        try:
            lines = read_again(bytes(row.raw or b""), place=row.place)
            hosts, rejects = normalise(lines)
        except GiveUp:
            still += 1
            continue
        if rejects or not len(hosts):
            still += 1
            continue
        read.append(row.pk)
        blocks.append(lines)
    if not read:
        return Replayed(still=still)
    judged = judge.judge(joined(blocks), None)
    fresh = keep_replayed(
        stream=stream,
        read=read,
        found=judged.found,
        here=Here(claimant="", machine=socket.gethostname(), process=os.getpid()),
        book=judge.book,
        by=None,
        now=clock(),
    )
    return Replayed(read=len(read), still=still, names=judged.found.judged, fresh=fresh)

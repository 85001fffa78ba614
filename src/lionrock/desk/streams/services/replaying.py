"""Marks what could not be read as read after all, and keeps what it says."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.streams.models import Stream, StreamReject
from lionrock.desk.streams.services.keeping import Found, Here
from lionrock.desk.suspects.brands import BrandBook
from lionrock.desk.suspects.services.readings import (
    Counts,
    finish_reading,
    open_reading,
    store_batch,
)

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person


@transaction.atomic
def keep_replayed(
    *,
    stream: Stream,
    read: Sequence[int],
    found: Found,
    here: Here,
    book: BrandBook,
    by: "Person | None",
    now: datetime,
) -> int:
    """Keep what rejects said when they were read again, under a reading of its own; mark those read.

    Return how many suspects were new.
    """
    reading = open_reading(
        source=stream.name,
        model_version=found.model_version,
        machine=here.machine,
        process=here.process,
        rejects_file="",
        now=now,
    )
    stored = store_batch(
        reading_id=reading.pk,
        judgements=found.judgements,
        counts=Counts(names=found.judged, official=found.official),
        book=book,
        now=now,
    )
    finish_reading(reading_id=reading.pk, now=now)
    StreamReject.objects.filter(stream=stream, pk__in=read).update(replayed_at=now)
    record(
        by=by,
        action="stream.replayed",
        subject=stream.name,
        details={"rejects": len(read), "names": found.judged, "fresh": stored.fresh},
        now=now,
    )
    return stored.fresh

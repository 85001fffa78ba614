"""The road of a report from kept bytes to kept rows, told in order: claim, read, enrich, scope, keep."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import Holding
from lionrock.desk.constituents.selectors.passing import passes_of
from lionrock.desk.events.services.keep import keep_batch
from lionrock.desk.events.services.swift import swiftly
from lionrock.desk.feeds.models import Aid, Blob, Source
from lionrock.desk.feeds.services.blobs import check_blob, path_of
from lionrock.desk.feeds.services.reading import (
    Claim,
    Lost,
    beat,
    claim,
    give_up,
    put_back,
    stumble,
)
from lionrock.feeds import feed_of
from lionrock.jobs.reading import Plan, reading

log: Final = structlog.get_logger()

Clock = Callable[[], datetime]


def read_blob(blob_id: int, *, worker: str, clock: Clock) -> None:
    """Read one delivery and keep what it says; a killed one goes on where it was last committed.

    Does nothing where somebody else reads it, or nothing is left to read. A delivery that cannot be
    read is marked failed; TryLater, and what nobody foresaw, puts it back and is raised.
    """
    held = claim(blob_id=blob_id, worker=worker, now=clock())
    if held is None:
        return
    try:
        _read(held, clock)
    except Lost:
        log.warning("reading.lost", blob=blob_id, worker=worker)
    except GiveUp as error:
        give_up(held=held, why=str(error))
    except TryLater as error:
        put_back(held=held, why=str(error))
        raise
    except BaseException as error:
        stumble(held=held, why=repr(error))
        raise


def _read(held: Claim, clock: Clock) -> None:
    blob = Blob.objects.get(pk=held.blob_id)
    plan = plan_of(blob, after=(held.lines, held.nth))
    check_blob(blob)

    def meanwhile() -> None:
        beat(held=held, now=clock())

    with reading(plan, meanwhile=meanwhile) as found, swiftly() as kept:
        for batch in found.batches:
            held = keep_batch(
                held=held, feed=blob.feed, batch=batch, reader=found.version, now=clock()
            )
            kept()
            del batch  # so that no two are held while the next is waited for


def plan_of(blob: Blob, *, after: tuple[int, int] = (0, 0)) -> Plan:
    """Gather what reading a delivery needs: the feed, its aids, our tables, whom we serve."""
    feed = feed_of(blob.feed)
    source = Source.objects.filter(feed=feed.id).first()
    return Plan(
        feed=feed.id,
        path=path_of(blob.sha256),
        size=blob.size,
        name=blob.name,
        received=blob.received_at,
        headers=blob.headers,
        aids={aid.name: bytes(aid.content) for aid in Aid.objects.filter(name__in=list(feed.aids))},
        tlp=Tlp(source.tlp) if source and source.tlp else feed.tlp,
        tables=Path(settings.LIONROCK_DATA) / "tables",
        region=settings.LIONROCK_REGION,
        holdings=tuple(_holdings()),
        passing=passes_of(feed.id) if source and source.outside == "pass" else (),
        after=after,
    )


def _holdings() -> Iterator[tuple[int, str, str]]:
    held = Holding.objects.filter(constituent__active=True).order_by("id")
    yield from held.values_list("constituent_id", "kind", "value")

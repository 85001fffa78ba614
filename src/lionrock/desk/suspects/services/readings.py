"""Keeps what a scan found: batch by batch, each batch wholly or not at all, nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from lionrock.core.hosts import unicode_form
from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.desk.audit.services import record
from lionrock.desk.suspects.brands import BrandBook
from lionrock.desk.suspects.found import key_of, name_in
from lionrock.desk.suspects.models import Reading, State, Suspect

BATCH: Final = 20_000
"""Rows one transaction writes at most, so that people's own writes never wait long."""
_PER_QUERY: Final = 500
REFRESHED: Final = [
    "score",
    "brand",
    "sector",
    "series",
    "reasons",
    "model_version",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many values a batch held: names read, rejects, official names, names decided before."""

    names: int = 0
    rejects: int = 0
    official: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a batch changed: suspects not stored before, and waiting ones judged anew."""

    fresh: int
    refreshed: int


@transaction.atomic
def open_reading(
    *, source: str, model_version: str, machine: str, process: int, rejects_file: str, now: datetime
) -> Reading:
    """Begin a reading."""
    reading = Reading.objects.create(
        source=source[:200],
        started_at=now,
        heartbeat_at=now,
        machine=machine,
        process=process,
        model_version=model_version,
        rejects_file=rejects_file,
    )
    record(
        by=None,
        action="reading.begin",
        subject=reading.source,
        details={"reading": reading.pk, "model": model_version},
        now=now,
    )
    return reading


@transaction.atomic
def store_batch(
    *,
    reading_id: int,
    judgements: Sequence[Judgement],
    counts: Counts,
    book: BrandBook,
    now: datetime,
) -> Stored:
    """Store the suspects among at most 20,000 judgements, and count the batch, in one transaction.

    A host is stored once, whoever reads it again. One that still waits takes the newer judgement
    when another model made it; a decided one stays as the person left it.
    """
    if len(judgements) > BATCH:
        raise ValueError(f"a batch holds at most {BATCH} judgements")
    reading = Reading.objects.get(pk=reading_id)
    found = {j.host: j for j in judgements if j.verdict is Verdict.SUSPECT}
    stored = _stored(list(found))
    fresh = [
        _suspect(judgement, reading, book, now)
        for host, judgement in found.items()
        if host not in stored
    ]
    Suspect.objects.bulk_create(fresh, batch_size=_PER_QUERY, ignore_conflicts=True)
    refreshed = [
        judged_anew(suspect, found[host], book)
        for host, suspect in stored.items()
        if suspect.state == State.WAITING and suspect.model_version != found[host].model_version
    ]
    Suspect.objects.bulk_update(refreshed, REFRESHED, batch_size=100)
    Reading.objects.filter(pk=reading_id).update(
        names=F("names") + counts.names,
        rejects=F("rejects") + counts.rejects,
        official=F("official") + counts.official,
        known=F("known") + counts.known,
        suspects=F("suspects") + len(found),
        fresh=F("fresh") + len(fresh),
        heartbeat_at=now,
    )
    return Stored(fresh=len(fresh), refreshed=len(refreshed))


@transaction.atomic
def finish_reading(*, reading_id: int, now: datetime) -> Reading:
    """Mark the reading complete."""
    return _end(reading_id, failure="", now=now)


@transaction.atomic
def fail_reading(*, reading_id: int, why: str, now: datetime) -> Reading:
    """Mark the reading ended before its input did, and say why."""
    return _end(reading_id, failure=why or "failed", now=now)


def _end(reading_id: int, *, failure: str, now: datetime) -> Reading:
    reading = Reading.objects.select_for_update().get(pk=reading_id)
    reading.finished_at = reading.heartbeat_at = now
    reading.failure = failure
    reading.save(update_fields=["finished_at", "heartbeat_at", "failure"])
    record(
        by=None,
        action="reading.fail" if failure else "reading.finish",
        subject=reading.source,
        details={
            "reading": reading.pk,
            "names": reading.names,
            "suspects": reading.suspects,
            "fresh": reading.fresh,
            "failure": failure,
        },
        now=now,
    )
    return reading


def _stored(hosts: list[str]) -> dict[str, Suspect]:
    stored: dict[str, Suspect] = {}
    for start in range(0, len(hosts), _PER_QUERY):
        some = hosts[start : start + _PER_QUERY]
        # Locked, so that nobody decides one between our look and our writing.
        for suspect in Suspect.objects.select_for_update().filter(host__in=some).order_by("pk"):
            stored[suspect.host] = suspect
    return stored


def _suspect(judgement: Judgement, reading: Reading, book: BrandBook, now: datetime) -> Suspect:
    host = judgement.host
    return Suspect(
        host=host,
        unicode=unicode_form(host),
        registrable=judgement.registrable,
        label=_label(judgement),
        tenant_of=judgement.tenant_of,
        tld=host.rpartition(".")[2],
        series=_series(judgement, book),
        score=judgement.score,
        brand=judgement.brand or "",
        sector=book.sector(judgement.brand or ""),
        reasons=[_plain(reason) for reason in judgement.reasons],
        model_version=judgement.model_version,
        source=reading.source,
        reading=reading,
        first_read_at=now,
    )


def judged_anew(suspect: Suspect, judgement: Judgement, book: BrandBook) -> Suspect:
    """Put another model's judgement on a waiting suspect; the caller saves ``REFRESHED``."""
    # The version stays: the name is the same, so a decision under way remains the person's own.
    suspect.score = judgement.score
    suspect.brand = judgement.brand or ""
    suspect.sector = book.sector(suspect.brand)
    series = name_in(suspect.series)
    suspect.series = key_of(series, suspect.brand) if series else _series(judgement, book)
    of_series = [reason for reason in suspect.reasons if series and reason["code"] == "series"]
    suspect.reasons = [*(_plain(reason) for reason in judgement.reasons), *of_series]
    suspect.model_version = judgement.model_version
    return suspect


def _series(judgement: Judgement, book: BrandBook) -> str:
    return book.series(unicode_form(_label(judgement)), judgement.brand or "")


def _label(judgement: Judgement) -> str:
    return judgement.registrable.partition(".")[0]


def _plain(reason: Reason) -> dict[str, str | int | None]:
    # Not asdict, which copies deeply: a scan stores a hundred thousand of these.
    return {
        "code": reason.code,
        "about": reason.about,
        "start": reason.start,
        "end": reason.end,
    }

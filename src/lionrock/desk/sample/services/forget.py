"""Removes the made-up sample and all that came of it, and nothing that is real.

Every step can be taken again: whoever is killed in between forgets the rest the next time. The list of
what was laid is the last thing to go.
"""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from lionrock.core.errors import TryLater
from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.events.models import ConstituentDay, Episode, Event, Word
from lionrock.desk.events.selectors.today import OPEN_EPISODES
from lionrock.desk.events.services.bulk import bulk
from lionrock.desk.events.services.replay import take_back
from lionrock.desk.feeds.models import Blob, Source
from lionrock.desk.feeds.services import drop, sources
from lionrock.desk.feeds.services.blobs import erase_blob
from lionrock.desk.notices.models import (
    Answer,
    Caught,
    Handed,
    Letter,
    Look,
    Notice,
    NoticeItem,
    NoticeState,
    Scan,
)
from lionrock.desk.people.models import Person
from lionrock.desk.sample.models import Laid, What
from lionrock.desk.sample.selectors.plan import CHUNK, Kept, Plan, plan
from lionrock.desk.sample.services.manifest import FORGOTTEN, NAMES, TAKEN_AS_REAL
from lionrock.desk.suspects.models import Decision, Reading, Suspect

ROUNDS: Final = 3
"""How often it is looked whether something came of the sample meanwhile."""
_ALIVE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many of each went, and what stays since somebody made real work of it."""

    deliveries: int = 0
    events: int = 0
    episodes: int = 0
    notices: int = 0
    constituents: int = 0
    names: int = 0
    files: int = 0
    kept: tuple[Kept, ...] = ()


def forget(*, by: Person | None, now: datetime) -> Forgotten:
    """Remove the sample and say what went; raise TryLater while its names are still being read.

    What goes is what ``plan`` says. A constituent or a name that stays is still listed as made up,
    until ``take_as_real``.
    """
    _refuse_while_read(now)
    files = _remove_files()
    went = [Plan()] * ROUNDS
    for number in range(ROUNDS):
        found = went[number] = plan(now=now)
        _forget_notices(found, now)
        for blob_id in found.blobs:
            _forget_delivery(blob_id, now)
        _forget_episodes(found.episodes)
        _forget_constituents(found.constituents)
        _forget_names(found.suspects, found.readings)
        _forget_feeds(found.feeds)
        if not plan(now=now):
            break
    cache.delete(OPEN_EPISODES)
    kept = plan(now=now).kept
    done = Forgotten(
        deliveries=sum(len(one.blobs) for one in went),
        events=sum(one.events for one in went),
        episodes=sum(len(one.episodes) for one in went),
        notices=sum(len(one.notices) for one in went),
        constituents=sum(len(one.constituents) for one in went),
        names=sum(len(one.suspects) for one in went),
        files=files,
        kept=kept,
    )
    _end(done, by, now)
    return done


@transaction.atomic
def take_as_real(*, by: Person | None, now: datetime) -> int:
    """Call what is left of the sample real from now on; return how many things that are."""
    laid = list(Laid.objects.select_for_update())
    if laid:
        Laid.objects.all().delete()
        record(by=by, action=TAKEN_AS_REAL, subject="sample", details={"left": len(laid)}, now=now)
    return len(laid)


@transaction.atomic
def _end(done: Forgotten, by: Person | None, now: datetime) -> None:
    """Keep on the list what stays alone, and record what went."""
    constituents = [str(one.constituent) for one in done.kept if one.constituent is not None]
    stay = Laid.objects.filter(what=What.CONSTITUENT, key__in=constituents)
    if any(one.suspect is not None for one in done.kept):
        stay = stay | Laid.objects.filter(what=What.NAMES)
    Laid.objects.exclude(pk__in=list(stay.values_list("pk", flat=True))).delete()
    record(
        by=by,
        action=FORGOTTEN,
        subject="sample",
        details={
            **{name: getattr(done, name) for name in Forgotten.__slots__ if name != "kept"},
            "kept": [f"{one.name}: {one.why}" for one in done.kept],
        },
        now=now,
    )


def _refuse_while_read(now: datetime) -> None:
    reading = Reading.objects.filter(
        source=NAMES, finished_at=None, heartbeat_at__gte=now - _ALIVE
    ).exists()
    if reading and Laid.objects.filter(what=What.NAMES).exists():
        raise TryLater("the made-up names are still being read; try again in a few minutes")


def _forget_notices(found: Plan, now: datetime) -> None:
    """Remove notices with their letters; close those of which one left this machine."""
    for rows in _chunks(found.notices):
        with transaction.atomic():
            Notice.objects.filter(escalates__in=rows).update(escalates=None)
            letters = Letter.objects.filter(notice__in=rows)
            Caught.objects.filter(letter__in=letters).delete()
            Answer.objects.filter(notice__in=rows).delete()
            letters.delete()
            NoticeItem.objects.filter(notice__in=rows).delete()
            Notice.objects.filter(pk__in=rows).delete()
    for rows in _chunks(found.left):
        with transaction.atomic():
            for notice in Notice.objects.select_for_update().filter(pk__in=rows):
                notice.escalate_at = None
                if notice.state != NoticeState.CLOSED:
                    notice.state = NoticeState.CLOSED
                    notice.closed_at = now
                    notice.version += 1
                notice.save(update_fields=["state", "closed_at", "escalate_at", "version"])


@transaction.atomic
def _forget_delivery(blob_id: int, now: datetime) -> None:
    """Remove a delivery with all that it said; whoever reads it this moment has lost it."""
    bulk().begin()
    blob = Blob.objects.select_for_update().filter(pk=blob_id).first()
    if blob is None:
        return
    take_back(blob_id=blob_id, feed=blob.feed, now=now)
    Scan.objects.filter(blob_id=blob_id).delete()
    Handed.objects.filter(blob_id=blob_id).delete()
    erase_blob(blob, now=now)
    blob.delete()


def _forget_episodes(episodes: Iterable[int]) -> None:
    """Remove episodes that a letter had named, or whose events retention had removed."""
    for rows in _chunks(episodes):
        with transaction.atomic():
            real = set(
                Event.objects.filter(episode_id__in=rows).values_list("episode_id", flat=True)
            )
            gone = [pk for pk in rows if pk not in real]
            Word.objects.filter(episode_id__in=gone).delete()
            Look.objects.filter(episode_id__in=gone).delete()
            # Of notices that stay, what is left to tell is what is left.
            left = NoticeItem.objects.filter(episode_id__in=gone)
            left.exclude(notice__state=NoticeState.CLOSED).delete()
            Episode.objects.filter(pk__in=gone).delete()


@transaction.atomic
def _forget_constituents(constituents: Iterable[int]) -> None:
    rows = list(constituents)
    ConstituentDay.objects.filter(constituent_id__in=rows).delete()
    Constituent.objects.filter(pk__in=rows).delete()


def _forget_names(suspects: Iterable[int], readings: Iterable[int]) -> None:
    for rows in _chunks(suspects):
        with transaction.atomic():
            Decision.objects.filter(suspect__in=rows).delete()
            Handed.objects.filter(suspect_id__in=rows).delete()
            Suspect.objects.filter(pk__in=rows).delete()
    with transaction.atomic():
        empty = Reading.objects.filter(pk__in=list(readings), found=None)
        for path in empty.exclude(rejects_file="").values_list("rejects_file", flat=True):
            _unlink_within(Path(path), Path(settings.LIONROCK_DATA) / "rejects")
        Reading.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()


def _forget_feeds(feeds: Iterable[str]) -> None:
    """Let a feed that nothing real came by be as if it had never been used."""
    for feed in feeds:
        with transaction.atomic():
            source = Source.objects.select_for_update().filter(pk=feed).first()
            if source is None:
                continue
            real = Blob.objects.filter(feed=feed).order_by("-received_at").first()
            made_up = sources.SAMPLE in source.options
            if made_up and real is None and not _has_settings(source):
                source.delete()
                continue
            if made_up:
                sources.make_real(source, keep_every=False)
            if made_up and real is None:
                source.enabled, source.enabled_at, source.carrier = False, None, ""
            source.delivered_at = real.received_at if real else None
            source.save()


def _has_settings(source: Source) -> bool:
    """Tell whether a person set something of the feed beside what the sample needed."""
    return bool(source.tlp or source.address or source.account or source.outside == "pass")


def _remove_files() -> int:
    """Remove made-up files that wait in drop folders, were taken from there, or hold made-up names."""
    data = Path(settings.LIONROCK_DATA)
    removed = 0
    laid = {
        tuple(key.split(" ", 1))
        for key in Laid.objects.filter(what=What.DELIVERY).values_list("key", flat=True)
    }
    for feed in sorted({feed for feed, _ in laid}):
        folder = drop.folder_of(data, feed)
        for place in (folder, folder / drop.DONE, folder / drop.REFUSED):
            for path in _files(place):
                with path.open("rb") as content:
                    known = (feed, file_digest(content, "sha256").hexdigest()) in laid
                if known:
                    path.unlink(missing_ok=True)
                    removed += 1
    if Laid.objects.filter(what=What.NAMES).exists():
        (data / NAMES).unlink(missing_ok=True)
    return removed


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(p for p in folder.iterdir() if stat.S_ISREG(p.lstat().st_mode))


def _unlink_within(path: Path, folder: Path) -> None:
    if path.parent.resolve() == folder.resolve():
        path.unlink(missing_ok=True)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]

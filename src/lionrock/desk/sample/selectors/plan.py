"""What of the made-up sample is still there, and what of it has become somebody's real work."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from lionrock import regions
from lionrock.desk.constituents.models import Constituent, Holding, PassingRule, Rule
from lionrock.desk.events.models import Episode, Event, Passed
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import (
    Caught,
    Handed,
    Letter,
    LetterState,
    Notice,
    NoticeItem,
)
from lionrock.desk.sample.models import Laid, What
from lionrock.desk.sample.selectors.present import is_there
from lionrock.desk.suspects.models import PackProposal, Reading, Suspect
from lionrock.feeds import sample

CHUNK: Final = 500
KEPT_HERE: Final = "kept on this machine"
"""How the catch-all ends its receipt."""
_OUT: Final = [
    LetterState.SENDING,
    LetterState.SENT,
    LetterState.UNKNOWN,
    LetterState.BOUNCED,
]
NOBODYS: Final = ".example"
"""Under which the sample's contacts are, and nobody's real one (RFC 2606)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something made up that stays, since a person made real work of it. ``why`` is a code:

    ``renamed``, ``contacts``, ``holdings``, ``people``, ``rules``, ``customers``, ``reports`` (real
    deliveries name it), ``letters`` (one left this machine); of a name: ``handed``, ``proposals``.
    """

    name: str
    why: str
    constituent: int | None = None
    suspect: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes, as ids, and what stays."""

    blobs: tuple[int, ...] = ()
    episodes: frozenset[int] = frozenset()
    """Of these deliveries alone; those that real deliveries share stay, without what was made up."""
    events: int = 0
    notices: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    """Notices of which a letter left this machine: they are closed, and stay on record."""
    constituents: tuple[int, ...] = ()
    suspects: tuple[int, ...] = ()
    readings: tuple[int, ...] = ()
    feeds: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()

    def __bool__(self) -> bool:
        return bool(
            self.blobs or self.notices or self.constituents or self.suspects or self.feeds
        ) or bool(self.readings)


def plan(*, now: datetime) -> Plan:
    """Return what of the sample would go and what would stay."""
    if not is_there():
        return Plan()
    readings = list(
        Reading.objects.filter(source__in=_keys(What.NAMES)).values_list("pk", flat=True)
    )
    suspects = dict(Suspect.objects.filter(reading__in=readings).values_list("pk", "host"))
    own, kept_names = _names(suspects)
    blobs = [*_deliveries(), *own]
    episodes, events = _episodes(blobs, now)
    laid = Constituent.objects.filter(pk__in=[int(key) for key in _keys(What.CONSTITUENT)])
    constituents = {one.pk: one for one in laid}
    kept = [*_real_work(constituents.values(), episodes)]
    busy = {one.constituent for one in kept}
    notices = _notices(blobs, episodes, [pk for pk in constituents if pk not in busy])
    left = set(_left(notices))
    for notice in Notice.objects.filter(constituent__in=set(constituents) - busy).order_by("pk"):
        pk = notice.constituent_id
        if pk is None or pk in busy or (notice.pk in notices and notice.pk not in left):
            continue
        busy.add(pk)
        why = "letters" if notice.pk in left else "reports"
        kept.append(Kept(name=constituents[pk].name, why=why, constituent=pk))
    stay = {one.suspect for one in kept_names}
    return Plan(
        blobs=tuple(sorted(blobs)),
        episodes=frozenset(episodes),
        events=events,
        notices=tuple(sorted(notices - left)),
        left=tuple(sorted(left)),
        constituents=tuple(sorted(pk for pk in constituents if pk not in busy)),
        suspects=tuple(sorted(pk for pk in suspects if pk not in stay)),
        readings=tuple(readings),
        feeds=tuple(sorted(_keys(What.FEED))),
        kept=(*sorted(kept, key=lambda one: one.name), *kept_names),
    )


def _keys(what: What) -> list[str]:
    return list(Laid.objects.filter(what=what).values_list("key", flat=True))


def _deliveries() -> Iterator[int]:
    laid = {tuple(key.split(" ", 1)) for key in _keys(What.DELIVERY)}
    found = Blob.objects.filter(sha256__in=[sha256 for _, sha256 in laid])
    for pk, feed, sha256 in found.values_list("pk", "feed", "sha256"):
        if (feed, sha256) in laid:
            yield pk


def _names(suspects: dict[int, str]) -> tuple[list[int], list[Kept]]:
    """Return our own deliveries that tell of made-up names alone, and the names that stay."""
    handed: dict[int, set[int]] = {}
    for rows in _chunks(suspects):
        found = Handed.objects.filter(suspect_id__in=rows)
        for blob, suspect in found.values_list("blob_id", "suspect_id"):
            if blob is not None:
                handed.setdefault(blob, set()).add(suspect)
    together = Handed.objects.filter(blob_id__in=list(handed)).exclude(
        suspect_id__in=set().union(*handed.values())
    )
    others = {blob for blob in together.values_list("blob_id", flat=True) if blob is not None}
    mixed = {pk: "handed" for blob in others for pk in handed[blob]}
    for rows in _chunks(suspects):
        proposals = PackProposal.objects.filter(suspect__in=rows)
        mixed |= dict.fromkeys(proposals.values_list("suspect", flat=True), "proposals")
    # A delivery with a name that stays stays itself.
    own = [blob for blob, told in handed.items() if blob not in others and not told & set(mixed)]
    for blob, told in handed.items():
        if blob not in own:
            mixed |= {pk: mixed.get(pk, "handed") for pk in told}
    kept = [Kept(name=suspects[pk], why=why, suspect=pk) for pk, why in sorted(mixed.items())]
    return own, kept


def _episodes(blobs: list[int], now: datetime) -> tuple[set[int], int]:
    """Return the episodes that these deliveries alone tell of, and of how many events they are."""
    events = Event.objects.filter(blob_id__in=blobs)
    touched = set(events.order_by().values_list("episode_id", flat=True).distinct())
    laid = Laid.objects.order_by("laid_at").values_list("laid_at", flat=True).first()
    if laid is not None and laid < now - timedelta(days=settings.LIONROCK_KEEP_EVENTS - 14):
        # Retention may have taken the events: who opened an episode is looked up the long way.
        touched |= set(Episode.objects.filter(blob_id__in=blobs).values_list("pk", flat=True))
    shared: set[int] = set()
    for rows in _chunks(touched):
        others = Event.objects.filter(episode_id__in=rows).exclude(blob_id__in=blobs)
        shared |= set(others.values_list("episode_id", flat=True).distinct())
    return touched - shared, events.count()


def _real_work(constituents: Iterable[Constituent], episodes: set[int]) -> Iterator[Kept]:
    """Yield the constituents that became real, with the first thing that says so."""
    region = regions.load(settings.LIONROCK_REGION)
    rows = csv.DictReader(io.StringIO(sample.constituents(region).decode("utf-8")))
    names = {row["name"] for row in rows}
    for one in constituents:
        if why := _why_real(one, names, episodes):
            yield Kept(name=one.name, why=why, constituent=one.pk)


def _why_real(one: Constituent, names: set[str], episodes: set[int]) -> str:
    if one.name not in names:
        return "renamed"
    if any(not contact.email.lower().endswith(NOBODYS) for contact in one.contacts.all()):
        return "contacts"
    if Holding.objects.filter(constituent=one).exclude(source="csv").exists():
        return "holdings"
    if one.people.exists():
        return "people"
    if Rule.objects.filter(constituent=one).exists() or (
        PassingRule.objects.filter(partner=one).exists()
    ):
        return "rules"
    laid = [int(key) for key in _keys(What.CONSTITUENT)]
    if one.downstream.exclude(pk__in=laid).exists():
        return "customers"
    for pk in Episode.objects.filter(constituent_id=one.pk).values_list("pk", flat=True).iterator():
        if pk not in episodes:
            return "reports"
    return ""


def _notices(blobs: list[int], episodes: set[int], constituents: list[int]) -> set[int]:
    """Return the notices that tell of nothing but what goes."""
    told: set[int] = set()
    for rows in _chunks(episodes):
        items = NoticeItem.objects.filter(episode_id__in=rows)
        told |= set(items.values_list("notice", flat=True))
    told |= set(Notice.objects.filter(constituent__in=constituents).values_list("pk", flat=True))
    passed = Passed.objects.filter(blob_id__in=blobs).exclude(notice_id=None)
    to_partners = _whole(passed.values_list("notice_id", flat=True))
    others = Passed.objects.filter(notice_id__in=to_partners).exclude(blob_id__in=blobs)
    found = to_partners - _whole(others.values_list("notice_id", flat=True))
    for rows in _chunks(told):
        real = {
            notice
            for notice, episode in NoticeItem.objects.filter(notice__in=rows).values_list(
                "notice", "episode_id"
            )
            if episode not in episodes and Episode.objects.filter(pk=episode).exists()
        }
        found |= set(rows) - real
    return found


def _left(notices: set[int]) -> Iterator[int]:
    """Yield those of which a letter left this machine, and those that such a one goes on from."""
    for rows in _chunks(notices):
        caught = Caught.objects.filter(letter=OuterRef("pk"))
        out = Letter.objects.filter(notice__in=rows, state__in=_OUT).filter(
            ~Exists(caught), ~Q(receipt__contains=KEPT_HERE)
        )
        above = list(out.values_list("notice", flat=True).distinct())
        while above:
            yield from above
            further = Notice.objects.filter(pk__in=above, escalates__in=notices)
            above = list(_whole(further.values_list("escalates", flat=True)))
    kept_below = Notice.objects.filter(escalates__in=notices).exclude(pk__in=notices)
    yield from _whole(kept_below.values_list("escalates", flat=True))


def _whole(ids: Iterable[int | None]) -> set[int]:
    return {one for one in ids if one is not None}


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]

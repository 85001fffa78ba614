"""Looks of our own: whether a service that somebody was told of still answers. Off by default.

An administrator switches it on. Then each told, unsettled episode of an asset in scope is looked at
once a day at most, where one connection tells: an open TCP service, a phishing or defaced page. It
counts as fixed by probe when its latest looks, ``attempts`` of them on ``days`` different days and all
after any source last saw it, found the port refusing or nothing answering. A page that answers, with
whatever status, is never called fixed by this: a person looks. What nothing answered counts only in a
round in which somebody else answered (else our own line may be down), and never when a person asked for
the look. A network that shuts out our address alone looks fixed to this, as it does to every scanner.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from lionrock.core.errors import GiveUp
from lionrock.core.facts import Why
from lionrock.core.rsit import Rsit
from lionrock.desk.audit.services import record
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices.models import Look, NoticeItem, Probing
from lionrock.desk.people.models import Person
from lionrock.net.probe import Answer, Seen, look

AT_ONCE: Final = 120
"""Looks of one round; a round is an hour's."""
PAUSE: Final = 1.0
"""Seconds between two looks."""
LONGEST_ROUND: Final = 600.0
REST: Final = timedelta(hours=20)
"""How long an episode is left alone after a look."""
IMPATIENCE: Final = timedelta(minutes=1)
"""How long a person waits between two looks at the same episode."""
PER_MINUTE: Final = 10
"""Looks that people may ask for within a minute, all of them together."""
_SERVICES: Final = (Rsit.UNWANTED_ACCESSIBLE.value, Rsit.DDOS_AMPLIFIER.value)
_IN_SCOPE: Final = (Why.LOCATED, Why.REPORTED, Why.DOMAIN, Why.CONSTITUENT)
_GONE: Final = {Answer.REFUSED.value, Answer.SILENT.value}


class Looker(Protocol):
    """Makes the connection: ``net.probe.look``, or a test's stand-in."""

    def __call__(self, host: str, port: int, *, web: str = "") -> Seen:
        """Connect once and say what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one connection tells something about an episode."""

    host: str
    port: int
    web: str = ""


def probing() -> Probing:
    """Return the one row that says whether we look ourselves."""
    return Probing.objects.get_or_create(pk=1)[0]


@transaction.atomic
def set_probing(
    *, by: Person | None, enabled: bool, attempts: int, days: int, now: datetime
) -> Probing:
    """Say whether we look ourselves, and after how many looks on how many days it counts as fixed."""
    if not (2 <= attempts <= 30 and 2 <= days <= 30):
        raise GiveUp("between 2 and 30 looks, on 2 to 30 days")
    probing()
    row = Probing.objects.select_for_update().get(pk=1)
    row.enabled, row.attempts, row.days = enabled, attempts, days
    row.changed_by, row.changed_at = by, now
    row.save()
    details = {"enabled": enabled, "attempts": attempts, "days": days}
    record(by=by, action="probing.set", subject="probing", details=details, now=now)
    return row


def look_around(
    *, now: datetime, looker: Looker | None = None, wait: Callable[[float], object] = time.sleep
) -> int:
    """Look at what is due, one after the other, one connection each; return how many looks were made."""
    if not probing().enabled:
        return 0
    begun = time.monotonic()
    made: list[Look] = []
    hosts: set[str] = set()
    for episode in due(now=now)[: 4 * AT_ONCE]:
        target = target_of(episode)
        if target is None or target.host in hosts:
            continue
        if len(made) >= AT_ONCE or time.monotonic() - begun > LONGEST_ROUND:
            break
        if made:
            wait(PAUSE)
        row = _begin(episode.pk, target, now=now, rest=REST)
        if row is not None:
            hosts.add(target.host)
            made.append(_look(row, target, looker))
    if not any(row.answer in {Answer.OPEN, Answer.REFUSED} for row in made):
        Look.objects.filter(pk__in=[row.pk for row in made], answer=Answer.SILENT).update(
            answer=Answer.FAILED, seen="own-line"
        )
    return len(made)


def look_now(*, episode_id: int, by: Person, now: datetime, looker: Looker | None = None) -> Look:
    """Look once because a person asks for it; raise GiveUp where it may not, or not yet."""
    if not probing().enabled:
        raise GiveUp("we do not look ourselves: an administrator has not switched it on")
    episode = candidates().filter(pk=episode_id).first()
    target = target_of(episode) if episode is not None else None
    if target is None:
        raise GiveUp("one connection would tell nothing about this")
    minute = now - timedelta(minutes=1)
    if Look.objects.filter(by__isnull=False, at__gt=minute).count() >= PER_MINUTE:
        raise GiveUp("too many looks within a minute")
    row = _begin(episode_id, target, now=now, rest=IMPATIENCE, by=by)
    if row is None:
        raise GiveUp("it was looked at within the last minute")
    done = _look(row, target, looker)
    details = {"host": target.host, "port": target.port, "answer": done.answer}
    record(by=by, action="episode.look", subject=f"episode {episode_id}", details=details, now=now)
    return done


def candidates() -> QuerySet[Episode]:
    """Return the told, unsettled episodes in scope of the kinds where one connection tells."""
    told = NoticeItem.objects.filter(settled_at=None).values("episode_id")
    service = Q(kind__in=_SERVICES, asset_kind="address", transport="tcp", port__isnull=False)
    page = (Q(kind=Rsit.PHISHING.value) | Q(variant="defacement")) & ~Q(url="")
    return Episode.objects.filter(
        service | page,
        pk__in=told,
        part="host",
        standing__in=[Standing.OPEN, Standing.UNSEEN],
        why__in=[why.value for why in _IN_SCOPE],
    )


def due(*, now: datetime) -> QuerySet[Episode]:
    """Return those that nobody looked at lately, the longest ago first."""
    looks = Look.objects.filter(episode_id=OuterRef("pk"))
    return (
        candidates()
        .annotate(looked=Subquery(looks.order_by("-at").values("at")[:1]))
        .filter(Q(looked=None) | Q(looked__lte=now - REST))
        .order_by(F("looked").asc(nulls_first=True), "pk")
    )


def target_of(episode: Episode) -> Target | None:
    """Return where to connect to for an episode; None where one connection would tell nothing."""
    if episode.kind in _SERVICES:
        return Target(host=episode.asset, port=episode.port) if episode.port else None
    try:
        parts = urlsplit(episode.url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return Target(
        host=parts.hostname,
        port=port or (443 if parts.scheme == "https" else 80),
        web=parts.scheme,
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """A Probe (see recheck): what the looks that were made say about an episode."""

    ids: frozenset[int]
    attempts: int
    days: int

    def __call__(self, episode: Episode, /) -> bool | None:
        """Tell whether it is still there: False only after enough looks on enough days found it gone."""
        if episode.pk not in self.ids:
            return None
        looks = (
            Look.objects.filter(episode_id=episode.pk, at__gt=episode.last_seen)
            .filter(answer__in=[Answer.OPEN, *_GONE])
            .exclude(answer=Answer.SILENT, by__isnull=False)
            .order_by("-at", "-pk")
            .values_list("answer", "at")
        )
        gone: list[date] = []
        for answer, at in looks[:100]:
            if answer == Answer.OPEN:
                return None if gone else True
            gone.append(at.date())
            if len(gone) >= self.attempts and len(set(gone)) >= self.days:
                return False
        return None


def looked() -> Looked | None:
    """Return what our looks say, for a recheck; None while we do not look."""
    row = probing()
    if not row.enabled:
        return None
    ids = Look.objects.filter(answer__in=_GONE).values_list("episode_id", flat=True)
    return Looked(frozenset(ids.distinct()), row.attempts, row.days)


@transaction.atomic
def _begin(
    episode_id: int, target: Target, *, now: datetime, rest: timedelta, by: Person | None = None
) -> Look | None:
    """Write that a look begins, before it does; None where somebody looked, or it was settled, meanwhile."""
    Episode.objects.select_for_update().get(pk=episode_id)
    if Look.objects.filter(episode_id=episode_id, at__gt=now - rest).exists():
        return None
    return Look.objects.create(episode_id=episode_id, at=now, port=target.port, by=by)


def _look(row: Look, target: Target, looker: Looker | None) -> Look:
    seen = (looker or _allowed)(target.host, target.port, web=target.web)
    row.answer = seen.answer.value
    row.address = seen.address
    row.seen = seen.said[:300]
    row.save(update_fields=["answer", "address", "seen"])
    return row


def _allowed(host: str, port: int, *, web: str = "") -> Seen:
    return look(host, port, web=web, allow=settings.LIONROCK_INTERNAL)

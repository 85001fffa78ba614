"""What programs read of the road of a report: events, episodes, and how feeds fare."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from lionrock.core.events import Severity
from lionrock.core.tlp import Tlp
from lionrock.desk.events.models import Episode, Event
from lionrock.desk.events.selectors.episode import sources_of
from lionrock.desk.events.selectors.episodes import episodes_page
from lionrock.desk.events.selectors.events import events_page
from lionrock.desk.events.selectors.filters import Filters
from lionrock.desk.feeds.selectors.health import FeedRow, feed_rows
from lionrock.desk.people.roles import TEAM
from lionrock.desk.people.tokens import Scope
from lionrock.web.api.bearer import Bearer, owner
from lionrock.web.api.cursors import Cursor, cursor_of, place_of
from lionrock.web.api.problems import ALWAYS, Forbidden, Problem
from lionrock.web.api.shapes import EpisodeBrief, Id, Text, columns_of

PARTNERS: Final = Tlp.GREEN
"""How far a partner's token reads: what may travel within the community, nothing narrower."""

router = Router()


class EventOut(Schema):
    """What a source said of an asset at a time."""

    id: int
    at: datetime
    feed: str
    report: str
    kind: str
    """Class and type of the Reference Security Incident Taxonomy."""
    variant: str
    severity: str
    asset_kind: str
    asset: str
    part: str
    """`source`, `target` or `host`."""
    address: str
    host: str
    url: str
    port: int | None
    transport: str
    service: str
    family: str
    cves: list[str]
    other_kind: str
    other: str
    other_port: int | None
    other_asn: int | None
    other_country: str
    network: str
    asn: int | None
    located: str
    registered: str
    why: str
    """The fact by which it is in scope."""
    constituent: int | None
    tlp: str
    count: int
    ref: str
    details: dict[str, str | list[str]]
    episode: int
    delivery: int
    line: int


class Events(Schema):
    """Some events, the latest first; ``next`` is the cursor of the page behind."""

    events: list[EventOut]
    next: str | None


class EpisodeOut(EpisodeBrief):
    """One problem on one asset, from first seen to last seen, with all the team knows of it."""

    problem: str
    number: int
    variant: str
    part: str
    seen: str
    network: str
    asn: int | None
    holder: str
    located: str
    registered: str
    why: str
    fact: str
    constituent: int | None
    feeds: list[str]
    standing_since: datetime | None
    fixed_by: str
    told_at: datetime | None


class Episodes(Schema):
    """Some episodes, the one seen last first; ``next`` is the cursor of the page behind."""

    episodes: list[EpisodeOut]
    next: str | None


class SawOut(Schema):
    """One source of an episode."""

    feed: str
    report: str
    events: int
    first: datetime
    last: datetime


class EpisodeWhole(EpisodeOut):
    """An episode with its sources and the fields that have several values."""

    sources: list[SawOut]
    many: dict[str, list[str] | int]


class FeedOut(Schema):
    """How one feed fares; counts are of the last 24 hours."""

    feed: str
    title: str
    health: str
    """`failing`, `silent`, `late`, `muted`, `waiting`, `ok` or `off`."""
    carrier: str
    tlp: str
    every_seconds: int | None
    last_delivery_at: datetime | None
    overdue_seconds: int | None
    failure: str
    deliveries: int
    lines: int
    events: int
    ours: int
    rejects: int


class Feeds(Schema):
    """The feeds in use, those in trouble first."""

    feeds: list[FeedOut]


class Narrow(Schema):
    """How to narrow a list of events or episodes."""

    since: datetime | None = None
    before: datetime | None = None
    kind: Text = ""
    """A type of the taxonomy, or a whole class."""
    feed: Text = ""
    asn: Annotated[int | None, Field(ge=1, le=2**32 - 1)] = None
    constituent: Id | None = None
    country: Annotated[str, Field(max_length=2, pattern="^([A-Za-z]{2})?$")] = ""
    severity: Severity | Literal[""] = ""
    text: Text = ""
    """Words that something of it begins with: address, network, host, URL, family, CVE id."""
    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class NarrowEpisodes(Narrow):
    """How to narrow a list of episodes."""

    standing: Literal["", "open", "unseen", "fixed", "not_ours"] = ""


@router.get(
    "/events",
    auth=Bearer(Scope.REPORTS),
    response={200: Events, **ALWAYS},
    operation_id="list_events",
    tags=["reports"],
)
def list_events(request: HttpRequest, narrow: Query[Narrow]) -> Events:
    """List events, the latest first.

    Hand `next` back as `cursor` for the page behind; a page may hold fewer than `limit`, since a
    partner's token leaves out what its label keeps from partners. Needs the scope `reports:read`.
    """
    ceiling = _ceiling(request)
    page = events_page(_filters(narrow), after=place_of(narrow.cursor), size=narrow.limit)
    last = page.rows[-1] if page.has_after else None
    return Events(
        events=[_event(row) for row in page.rows if Tlp(row.tlp).allows(ceiling)],
        next=cursor_of(last.at, last.pk) if last else None,
    )


@router.get(
    "/episodes",
    auth=Bearer(Scope.REPORTS),
    response={200: Episodes, **ALWAYS},
    operation_id="list_episodes",
    tags=["reports"],
)
def list_episodes(request: HttpRequest, narrow: Query[NarrowEpisodes]) -> Episodes:
    """List episodes, the one seen last first.

    Hand `next` back as `cursor` for the page behind; a page may hold fewer than `limit`, since a
    partner's token leaves out what its label keeps from partners. Needs the scope `reports:read`.
    """
    ceiling = _ceiling(request)
    filters = _filters(narrow, standing=narrow.standing)
    page = episodes_page(filters, after=place_of(narrow.cursor), size=narrow.limit)
    last = page.rows[-1] if page.has_after else None
    return Episodes(
        episodes=[_episode(row) for row in page.rows if Tlp(row.tlp).allows(ceiling)],
        next=cursor_of(last.last_seen, last.pk) if last else None,
    )


@router.get(
    "/episodes/{episode_id}",
    auth=Bearer(Scope.REPORTS),
    response={200: EpisodeWhole, 404: Problem, **ALWAYS},
    operation_id="read_episode",
    tags=["reports"],
)
def read_episode(request: HttpRequest, episode_id: Path[Id]) -> EpisodeWhole:
    """Read one episode with its sources. Needs the scope `reports:read`."""
    episode = Episode.objects.filter(pk=episode_id).first()
    if episode is None or not Tlp(episode.tlp).allows(_ceiling(request)):
        raise Http404
    return EpisodeWhole(
        **_episode(episode).model_dump(),
        sources=[
            SawOut(feed=s.feed, report=s.report, events=s.events, first=s.first, last=s.last)
            for s in sources_of(episode)
        ],
        many=episode.many,
    )


@router.get(
    "/feeds",
    auth=Bearer(Scope.REPORTS),
    response={200: Feeds, **ALWAYS},
    operation_id="list_feeds",
    tags=["feeds"],
)
def list_feeds(request: HttpRequest) -> Feeds:
    """Say how the feeds in use fare, those in trouble first; for the team's own tokens.

    Needs the scope `reports:read`.
    """
    if not _is_of_the_team(request):
        raise Forbidden("How feeds fare is for the team alone.")
    return Feeds(feeds=[_feed(row) for row in feed_rows(now=timezone.now()) if row.used])


def _ceiling(request: HttpRequest) -> Tlp:
    """Return the narrowest label that the token's owner may read."""
    return Tlp.RED if _is_of_the_team(request) else PARTNERS


def _is_of_the_team(request: HttpRequest) -> bool:
    return owner(request).has_role(*TEAM)


def _filters(narrow: Narrow, *, standing: str = "") -> Filters:
    return Filters(
        since=_aware(narrow.since),
        before=_aware(narrow.before),
        kind=narrow.kind,
        feed=narrow.feed,
        asn=narrow.asn,
        constituent=narrow.constituent,
        country=narrow.country.upper(),
        severity=narrow.severity,
        text=narrow.text,
        standing=standing,
    )


def _aware(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise HttpError(HTTPStatus.BAD_REQUEST, "Say the time zone: 2026-11-20T04:00:00Z.")
    return at


def _event(row: Event) -> EventOut:
    same = columns_of(row, EventOut, but={"id", "cves", "constituent", "episode", "delivery"})
    return EventOut(
        **same,
        id=row.pk,
        cves=row.cves.split(",") if row.cves else [],
        constituent=row.constituent_id,
        episode=row.episode_id,
        delivery=row.blob_id,
    )


def _episode(row: Episode) -> EpisodeOut:
    same = columns_of(row, EpisodeOut, but={"id", "constituent"})
    return EpisodeOut(**same, id=row.pk, constituent=row.constituent_id)


def _feed(row: FeedRow) -> FeedOut:
    return FeedOut(
        feed=row.id,
        title=row.title,
        health=row.health.value,
        carrier=row.carrier,
        tlp=row.tlp,
        every_seconds=int(row.every.total_seconds()) if row.every else None,
        last_delivery_at=row.last.last_at if row.last else None,
        overdue_seconds=int(row.overdue.total_seconds()) if row.overdue else None,
        failure=row.source.failure if row.source.failures else "",
        deliveries=row.day.deliveries,
        lines=row.day.lines,
        events=row.day.events,
        ours=row.day.ours,
        rejects=row.day.rejects,
    )

"""What a constituent's own programs may do: fetch its reports and notices, and answer."""

from datetime import datetime
from typing import Annotated, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from lionrock.core.errors import NotOurs
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices import services
from lionrock.desk.notices.models import AnswerKind, Notice
from lionrock.desk.people.tokens import Scope
from lionrock.desk.portal import own
from lionrock.web.api.bearer import Bearer, owner
from lionrock.web.api.cursors import Cursor, cursor_of, place_of
from lionrock.web.api.problems import ALWAYS, Problem
from lionrock.web.api.shapes import NO_NUL, EpisodeBrief, Id, columns_of

router = Router()


class OwnEpisodes(Schema):
    """Some of your episodes, the one seen last first; ``next`` is the cursor of the page behind."""

    episodes: list[EpisodeBrief]
    next: str | None


class NoticeOut(Schema):
    """A notice that was sent to you."""

    ticket: str
    constituent: str
    kind: str
    severity: str
    tlp: str
    state: str
    sent_at: datetime | None
    answered_at: datetime | None
    version: int
    episodes: list[int]
    """Ids of the episodes it tells of, the first thousand."""


class Notices(Schema):
    """Some notices, the latest first; ``next`` is the cursor of the page behind."""

    notices: list[NoticeOut]
    next: int | None


class Which(Schema):
    """Which episodes, and from where on."""

    standing: Literal["open", "unseen", "fixed", "not_ours"] = "open"
    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Behind(Schema):
    """From where on."""

    cursor: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Said(Schema):
    """Your answer to a notice: about all of it, or about some of its episodes."""

    kind: Literal["fixed", "not_ours", "working"]
    text: Annotated[str, Field(max_length=4000, pattern=NO_NUL)] = ""
    episodes: Annotated[list[Id], Field(max_length=1000)] = Field(default_factory=list)
    seen_version: Annotated[int, Field(ge=1, le=2**31 - 1)]


@router.get(
    "/episodes",
    auth=Bearer(Scope.OWN_READ),
    response={200: OwnEpisodes, **ALWAYS},
    operation_id="my_episodes",
    tags=["mine"],
)
def my_episodes(request: HttpRequest, which: Query[Which]) -> OwnEpisodes:
    """List your own organisation's episodes, the last seen first.

    Hand `next` back as `cursor` for the page behind. Needs the scope `mine:read`.
    """
    rows = own.episodes_of(own.constituents_of(owner(request)))
    rows = rows.filter(standing=Standing(which.standing))
    place = place_of(which.cursor)
    if place is not None:
        rows = rows.filter(Q(last_seen__lt=place.at) | Q(last_seen=place.at, pk__lt=place.id))
    found = list(rows.order_by("-last_seen", "-pk")[: which.limit + 1])
    page = found[: which.limit]
    behind = cursor_of(page[-1].last_seen, page[-1].pk) if len(found) > len(page) else None
    return OwnEpisodes(episodes=[_episode(one) for one in page], next=behind)


@router.get(
    "/notices",
    auth=Bearer(Scope.OWN_READ),
    response={200: Notices, **ALWAYS},
    operation_id="my_notices",
    tags=["mine"],
)
def my_notices(request: HttpRequest, behind: Query[Behind]) -> Notices:
    """List the notices that were sent to your own organisation, the latest first.

    Hand `next` back as `cursor` for the page behind. Needs the scope `mine:read`.
    """
    rows = own.notices_of(owner(request))
    if behind.cursor:
        rows = rows.filter(pk__lt=behind.cursor)
    found = list(rows.order_by("-pk")[: behind.limit + 1])
    page = found[: behind.limit]
    return Notices(
        notices=[_notice(one) for one in page],
        next=page[-1].pk if len(found) > len(page) else None,
    )


@router.post(
    "/notices/{ticket}/answer",
    auth=Bearer(Scope.OWN_ANSWER),
    response={200: NoticeOut, 404: Problem, 409: Problem, **ALWAYS},
    operation_id="answer_my_notice",
    tags=["mine"],
)
def answer_my_notice(
    request: HttpRequest,
    ticket: Path[Annotated[str, Field(max_length=30, pattern=NO_NUL)]],
    body: Said,
) -> NoticeOut:
    """Answer one of your notices: fixed, not ours, or working on it.

    `seen_version` is the version you looked at: when the notice changed since, the answer is 409 and
    nothing changes. Needs the scope `mine:answer`.
    """
    me = owner(request)
    notice = own.notices_of(me).filter(ticket=ticket).first()
    if notice is None:
        raise Http404
    try:
        services.answer_in_portal(
            notice_id=notice.pk,
            seen_version=body.seen_version,
            by=me,
            kind=AnswerKind(body.kind),
            text=body.text,
            episode_ids=body.episodes,
            now=timezone.now(),
        )
    except NotOurs as error:
        raise Http404 from error
    except services.Stale as stale:
        raise HttpError(
            409,
            f"The notice is {stale.notice.state} in version {stale.notice.version}: "
            "read it again before you answer.",
        ) from stale
    return _notice(own.notices_of(me).get(pk=notice.pk))


def _episode(one: Episode) -> EpisodeBrief:
    return EpisodeBrief(**columns_of(one, EpisodeBrief, but={"id"}), id=one.pk)


def _notice(one: Notice) -> NoticeOut:
    told = one.items.order_by("pk").values_list("episode_id", flat=True)[:1000]
    return NoticeOut(
        ticket=one.ticket,
        constituent=one.constituent.name if one.constituent else "",
        kind=one.kind,
        severity=one.severity,
        tlp=one.tlp,
        state=one.state,
        sent_at=one.sent_at,
        answered_at=one.answered_at,
        version=one.version,
        episodes=list(told),
    )

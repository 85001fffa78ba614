"""Notices as people look through them: by state, the waiting first; and what needs a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from lionrock.core.events import Severity
from lionrock.desk.constituents.models import Contact
from lionrock.desk.events.models import Episode, Passed
from lionrock.desk.notices.models import (
    Answer,
    AnswerKind,
    Caught,
    Letter,
    LetterState,
    Notice,
    NoticeItem,
    NoticeState,
)
from lionrock.desk.notices.services.passing import passed_numbers

PAGE: Final = 50
COUNTED: Final = 1000
BULK: Final = 500
"""Notices that one press may approve."""
LISTED: Final = 100
_URGENCY: Final = Case(
    *(When(severity=one.value, then=Value(rank)) for rank, one in enumerate(Severity)),
    default=Value(len(Severity)),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader narrowed the list to; an empty value narrows nothing."""

    state: str = NoticeState.WAITING
    kind: str = ""
    severity: str = ""
    constituent: int | None = None
    search: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A notice in the list, about how many episodes it is, and the one where it is only one."""

    notice: Notice
    episodes: int
    only: Episode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some notices, ``more`` when others follow. Of those that wait the worst, then the oldest come
    first, of others the latest."""

    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A state, and how many notices are in it (counted to a limit)."""

    state: str
    title: str
    number: int
    more: bool


def notices_page(filters: Filters, *, after: int | None = None) -> Page:
    """Return the notices that match, behind the one with the id ``after``."""
    rows = matching(filters).select_related("constituent")
    waiting = filters.state == NoticeState.WAITING
    if waiting:
        rows = by_urgency(rows, after=after)
    else:
        rows = (rows if after is None else rows.filter(pk__lt=after)).order_by("-pk")
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    numbers = dict(
        NoticeItem.objects.filter(notice__in=page)
        .values_list("notice")
        .annotate(Count("pk"))
        .order_by()
    )
    numbers |= passed_numbers([one.pk for one in page if one.passes])
    told = {one.pk for one in page if not one.passes}
    only = _only_episodes([pk for pk, number in numbers.items() if number == 1 and pk in told])
    return Page(
        rows=tuple(
            Row(notice=one, episodes=numbers.get(one.pk, 0), only=only.get(one.pk)) for one in page
        ),
        more=len(found) > PAGE,
    )


def by_urgency(rows: QuerySet[Notice], *, after: int | None = None) -> QuerySet[Notice]:
    """Return notices in order, the worst and then the oldest first, behind the one with that id."""
    rows = rows.annotate(urgency=_URGENCY).order_by("urgency", "pk")
    if after is None:
        return rows
    left = Notice.objects.filter(pk=after).annotate(urgency=_URGENCY).values_list("urgency")
    found = left.first()
    if found is None:
        return rows
    return rows.filter(Q(urgency__gt=found[0]) | Q(urgency=found[0], pk__gt=after))


def _only_episodes(notices: list[int]) -> dict[int, Episode]:
    """Return the episode of each notice that is about one alone, as far as it is still kept."""
    items = NoticeItem.objects.filter(notice__in=notices).values_list("notice_id", "episode_id")
    told = dict(items.order_by())
    kept = Episode.objects.in_bulk(list(told.values()))
    return {notice: kept[episode] for notice, episode in told.items() if episode in kept}


def matching(filters: Filters) -> QuerySet[Notice]:
    """Return the notices that match, in no order."""
    rows = Notice.objects.all()
    if filters.state and filters.state != "all":
        rows = rows.filter(state=filters.state)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.severity:
        rows = rows.filter(severity=filters.severity)
    if filters.constituent is not None:
        rows = rows.filter(constituent_id=filters.constituent)
    if filters.search:
        rows = rows.filter(ticket__istartswith=filters.search)
    return rows


def tabs() -> list[Tab]:
    """Return every state with the number of notices in it, those that need a person first."""
    found = []
    for state in NoticeState:
        number = Notice.objects.filter(state=state).values("pk")[: COUNTED + 1].count()
        found.append(
            Tab(
                state=state.value,
                title=str(state.label),
                number=min(number, COUNTED),
                more=number > COUNTED,
            )
        )
    return found


def in_bulk(filters: Filters) -> list[tuple[int, int]]:
    """Return id and version of every waiting notice of one kind, for approving them together."""
    rows = matching(filters).filter(state=NoticeState.WAITING)
    return list(rows.order_by("pk").values_list("pk", "version")[:BULK])


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An episode as a notice told it; ``episode`` is gone when retention removed it."""

    item: NoticeItem
    episode: Episode | None


def items_of(notice: Notice) -> list[Item]:
    """Return the episodes a notice is about, the first hundred of them."""
    items = list(notice.items.order_by("pk")[:LISTED])
    episodes = Episode.objects.in_bulk([item.episode_id for item in items])
    return [Item(item=item, episode=episodes.get(item.episode_id)) for item in items]


def passed_of(notice: Notice) -> tuple[tuple[Passed, ...], int]:
    """Return what a notice to a partner is made of, the first hundred rows, and how many there are."""
    rows = Passed.objects.filter(notice_id=notice.pk)
    return tuple(rows.order_by("pk")[:LISTED]), rows.count()


def ladder(notice: Notice) -> list[Notice]:
    """Return the notices of one escalation from its first rung to its last."""
    first = notice
    for _step in range(10):
        if first.escalates is None:
            break
        first = first.escalates
    rungs, above = [first], [first.pk]
    while above and len(rungs) < 20:
        found = list(
            Notice.objects.filter(escalates__in=above).select_related("constituent").order_by("pk")
        )
        rungs += found
        above = [one.pk for one in found]
    return rungs


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What of the mail needs a person: the first hundred of each."""

    unknown: tuple[Letter, ...]
    unmatched: tuple[Answer, ...]
    proposed: tuple[Answer, ...]
    """Answers whose meaning waits for a person."""
    disowned: tuple[Answer, ...]
    """Words of the portal that something is not theirs: nobody is told of it any more."""
    dead: tuple[Contact, ...]

    @property
    def number(self) -> int:
        """How many things those are, dead contacts left out: they are nobody's task to press away."""
        return len(self.unknown) + len(self.unmatched) + len(self.proposed) + len(self.disowned)


def attention() -> Attention:
    """Return what of the mail needs a person."""
    mails = Answer.objects.select_related("notice__constituent")
    return Attention(
        unknown=tuple(
            Letter.objects.filter(state=LetterState.UNKNOWN)
            .select_related("notice__constituent")
            .defer("body")
            .order_by("pk")[:LISTED]
        ),
        unmatched=tuple(
            mails.filter(notice=None, seen_at=None).order_by("-received_at", "-pk")[:LISTED]
        ),
        proposed=tuple(
            mails.filter(
                notice__isnull=False,
                seen_at=None,
                accepted=None,
                kind__in=["fixed", "not_ours", "working", "human", "unknown", "bounce"],
                by=None,
            ).order_by("received_at", "pk")[:LISTED]
        ),
        disowned=tuple(
            mails.filter(
                notice__isnull=False, by__isnull=False, kind=AnswerKind.NOT_OURS, seen_at=None
            ).order_by("received_at", "pk")[:LISTED]
        ),
        dead=tuple(
            Contact.objects.filter(dead_since__isnull=False, constituent__active=True)
            .select_related("constituent")
            .order_by("-dead_since", "pk")[:LISTED]
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtPage:
    """Letters the catch-all took, the latest first."""

    rows: tuple[Caught, ...]
    after: int | None
    total: int


def caught_page(*, after: int | None = None) -> CaughtPage:
    """Return letters the catch-all took, behind the one with the id ``after``."""
    rows = Caught.objects.defer("body").select_related("letter__notice")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return CaughtPage(
        rows=tuple(found[:PAGE]),
        after=found[PAGE - 1].pk if len(found) > PAGE else None,
        total=Caught.objects.count(),
    )


def escalates_in(notice: Notice, *, now: datetime) -> int | None:
    """Return in how many days the next one is told; None when nobody is."""
    if notice.escalate_at is None:
        return None
    return max(0, (notice.escalate_at - now).days)

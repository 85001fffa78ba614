"""What is one's own: every page and operation of the portal asks here, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices.models import Notice, NoticeItem, NoticeState
from lionrock.desk.people.models import Person

PAGE: Final = 50
COUNTED: Final = 1000

_MAY_SEE: Final = tuple(label.value for label in Tlp if label.allows(Tlp.AMBER))
"""Labels under which the one concerned may see a report before a letter told of it."""
_LEFT: Final = Q(sent_at__isnull=False) | Q(state__in=[NoticeState.UNKNOWN, NoticeState.FAILED])


def constituents_of(person: Person) -> list[Constituent]:
    """Return the constituents somebody signs in for."""
    return list(Constituent.objects.filter(people=person).order_by("name"))


def notices_of(person: Person) -> QuerySet[Notice]:
    """Return the notices that left for one's own constituents; what is still being written is not."""
    own = Constituent.objects.filter(people=person).values("pk")
    return Notice.objects.filter(_LEFT, constituent__in=own).select_related("constituent")


def episodes_of(constituents: Iterable[Constituent]) -> QuerySet[Episode]:
    """Return one's own episodes that a letter told of, or whose label lets the one concerned see them."""
    own = [constituent.pk for constituent in constituents]
    return Episode.objects.filter(
        Q(told_at__isnull=False) | Q(tlp__in=_MAY_SEE), constituent_id__in=own
    )


def told_episodes(notice: Notice) -> QuerySet[Episode]:
    """Return the episodes that one of one's own notices told of."""
    told = NoticeItem.objects.filter(notice=notice).values("episode_id")
    return Episode.objects.filter(pk__in=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are; ``more`` when counting stopped at ``number``."""

    number: int
    more: bool


def count(rows: "QuerySet[Episode] | QuerySet[Notice]") -> Count:
    """Count to a limit."""
    number = rows.order_by().values("pk")[: COUNTED + 1].count()
    return Count(number=min(number, COUNTED), more=number > COUNTED)


def open_episodes(constituents: Iterable[Constituent]) -> QuerySet[Episode]:
    """Return one's own episodes that are open."""
    return episodes_of(constituents).filter(standing=Standing.OPEN)


def unanswered(person: Person) -> QuerySet[Notice]:
    """Return one's own notices that nobody answered yet."""
    waiting = [NoticeState.SENT, NoticeState.UNKNOWN, NoticeState.FAILED]
    return notices_of(person).filter(state__in=waiting)

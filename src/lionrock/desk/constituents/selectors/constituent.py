"""One constituent's page: what is open, what was told, what was fixed."""

from dataclasses import dataclass
from typing import Final

from lionrock.desk.constituents.models import Constituent, Contact, ContactRole
from lionrock.desk.constituents.selectors.listing import Counted, count_open
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.events.selectors.worst import Worst, worst_of
from lionrock.desk.notices.models import Notice

SHOWN: Final = 12
SETTLED: Final = 8
TOLD: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """How a constituent stands: what is open, the latest settled episodes, the latest notices."""

    open: Counted
    worst: Worst
    """What is open by kind, and the worst of it."""
    settled: tuple[Episode, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InOrder:
    """A contact in the order in which they are tried; ``may_rise`` among those of its role."""

    contact: Contact
    may_rise: bool


def in_order(constituent: Constituent) -> list[InOrder]:
    """Return the contacts in the order in which they are tried, the dead ones too."""
    roles = [role.value for role in ContactRole]
    chain = sorted(constituent.contacts.all(), key=lambda c: (roles.index(c.role), c.order, c.pk))
    before = [None, *chain]
    return [
        InOrder(contact=one, may_rise=previous is not None and previous.role == one.role)
        for previous, one in zip(before, chain, strict=False)
    ]


def standings(constituent: Constituent) -> Standings:
    """Return how the constituent stands, in a bounded number of rows however large it is."""
    own = Episode.objects.filter(constituent_id=constituent.pk)
    settled = own.filter(standing__in=[Standing.FIXED, Standing.NOT_OURS])
    return Standings(
        open=count_open(constituent.pk),
        worst=worst_of(own.filter(standing=Standing.OPEN), size=SHOWN),
        settled=tuple(settled.order_by("-last_seen", "-id")[:SETTLED]),
        notices=tuple(
            Notice.objects.filter(constituent=constituent).order_by("-made_at", "-id")[:TOLD]
        ),
    )

"""Whom we serve or tell: the list, with what is open and when each was last told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from lionrock.desk.constituents.models import Constituent, Contact, Holding
from lionrock.desk.constituents.reading import Unfit, read_asn, read_networks
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices.models import Notice

PAGE: Final = 50
COUNTED: Final = 1000
"""Episodes counted at most: a page must not count a hundred thousand to say "many"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader narrowed the list to; an empty value narrows nothing."""

    search: str = ""
    kind: str = ""
    sector: str = ""
    mode: str = ""
    critical: bool = False
    resting: bool = False
    """Also show those that are no longer told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many there are; ``more`` when counting stopped at ``number``."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A constituent in the list."""

    constituent: Constituent
    open: Counted
    told_at: datetime | None
    reachable: bool
    """At least one contact is alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some constituents by name, and the name behind which the next page begins."""

    rows: tuple[Row, ...]
    after: str
    total: int


def constituents_page(filters: Filters, *, after: str = "") -> Page:
    """Return the constituents that match, by name, from behind ``after`` on."""
    matching = _matching(filters)
    found = list(
        matching.filter(name__gt=after)
        .annotate(
            reachable=Exists(Contact.objects.filter(constituent=OuterRef("pk"), dead_since=None))
        )
        .order_by("name")[: PAGE + 1]
    )
    page = found[:PAGE]
    told = dict(
        Notice.objects.filter(constituent__in=page, sent_at__isnull=False)
        .values_list("constituent")
        .annotate(Max("sent_at"))
        .order_by()
    )
    return Page(
        rows=tuple(
            Row(
                constituent=one,
                open=count_open(one.pk),
                told_at=told.get(one.pk),
                reachable=getattr(one, "reachable", False),
            )
            for one in page
        ),
        after=page[-1].name if len(found) > PAGE else "",
        total=matching.count(),
    )


def count_open(constituent_id: int) -> Counted:
    """Return how many episodes of a constituent are open."""
    rows = Episode.objects.filter(constituent_id=constituent_id, standing=Standing.OPEN)
    number = rows.values("pk")[: COUNTED + 1].count()
    return Counted(number=min(number, COUNTED), more=number > COUNTED)


def _matching(filters: Filters) -> QuerySet[Constituent]:
    rows = Constituent.objects.all()
    if not filters.resting:
        rows = rows.filter(active=True)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.sector:
        rows = rows.filter(sector=filters.sector)
    if filters.mode:
        rows = rows.filter(mode=filters.mode)
    if filters.critical:
        rows = rows.filter(critical=True)
    if filters.search:
        rows = rows.filter(_says(filters.search.strip()))
    return rows


def _says(text: str) -> Q:
    """Match names, holdings as they are written, and contacts' addresses."""
    values = {text.lower()}
    for read in (read_networks, lambda asn: [read_asn(asn)]):
        try:
            values.update(read(text))
        except Unfit:
            continue
    held = Holding.objects.filter(constituent=OuterRef("pk")).filter(
        Q(value__in=values) | Q(value__startswith=text.lower())
    )
    reached = Contact.objects.filter(constituent=OuterRef("pk"), email__icontains=text)
    return Q(name__icontains=text) | Q(name_local__icontains=text) | Exists(held) | Exists(reached)

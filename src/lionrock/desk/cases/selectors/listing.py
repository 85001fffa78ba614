"""Cases page by page, how many there are of each category, and what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum

from lionrock.desk.cases.models import Case, CaseImport, CaseReject, RejectState

PAGE: Final = 50
IMPORTS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader narrowed the list to; an empty value narrows nothing."""

    search: str = ""
    category: str = ""
    channel: str = ""
    sector: str = ""
    since: date | None = None
    until: date | None = None
    standing: str = ""
    """``open`` or ``closed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many cases of a category match, and how many URLs they are about."""

    category: str
    cases: int
    urls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some cases, the latest first, and behind which the next page begins."""

    rows: tuple[Case, ...]
    after: tuple[date, int] | None
    counts: tuple[Counted, ...]
    """Of all categories that match everything but the category."""
    total: int


def cases_page(filters: Filters, *, after: tuple[date, int] | None = None) -> Page:
    """Return the cases that match, and how many there are of each category."""
    rows = matching(filters)
    total = rows.count()
    if after is not None:
        rows = rows.filter(Q(opened_on__lt=after[0]) | Q(opened_on=after[0], id__lt=after[1]))
    found = list(rows.order_by("-opened_on", "-id")[: PAGE + 1])
    page = found[:PAGE]
    last = page[-1] if len(found) > PAGE else None
    return Page(
        rows=tuple(page),
        after=(last.opened_on, last.pk) if last else None,
        counts=tuple(_counts(filters)),
        total=total,
    )


def matching(filters: Filters) -> QuerySet[Case]:
    """Return the cases that match."""
    rows = Case.objects.all()
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.sector:
        rows = rows.filter(sector=filters.sector)
    if filters.since:
        rows = rows.filter(opened_on__gte=filters.since)
    if filters.until:
        rows = rows.filter(opened_on__lte=filters.until)
    if filters.standing:
        rows = rows.filter(closed_at__isnull=filters.standing == "open")
    if filters.search:
        rows = rows.filter(
            Q(reference__icontains=filters.search)
            | Q(brand__iexact=filters.search)
            | Q(brand_named__icontains=filters.search)
        )
    return rows


def found(*, case_id: int) -> Case | None:
    """Return a case with what changed of it."""
    return Case.objects.select_related("imported").filter(pk=case_id).first()


def rejects(
    *, state: str = RejectState.OPEN, before: int | None = None, size: int = PAGE
) -> tuple[list[CaseReject], bool]:
    """Return rejects in that state, the latest first, and whether there are more."""
    rows = CaseReject.objects.filter(state=state).select_related("imported", "settled_by")
    if before is not None:
        rows = rows.filter(id__lt=before)
    some = list(rows.order_by("-id")[: size + 1])
    return some[:size], len(some) > size


def reject_counts() -> dict[str, int]:
    """Return how many rejects are in each state."""
    counted = CaseReject.objects.order_by().values_list("state").annotate(Count("id"))
    return {state.value: 0 for state in RejectState} | dict(counted)


def imports() -> list[CaseImport]:
    """Return the latest imports."""
    return list(CaseImport.objects.select_related("by").order_by("-id")[:IMPORTS])


def _counts(filters: Filters) -> Iterator[Counted]:
    counted = (
        matching(replace(filters, category=""))
        .order_by()
        .values("category")
        .annotate(cases=Count("id"), about=Sum("urls"))
    )
    for row in sorted(counted, key=lambda row: (-row["cases"], row["category"])):
        yield Counted(category=row["category"], cases=row["cases"], urls=row["about"] or 0)

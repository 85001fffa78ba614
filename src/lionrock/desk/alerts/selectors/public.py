"""What everybody may read: published alerts as ``core.alerts.Alert``, and nothing of how they came about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, QuerySet

from lionrock.core.alerts import Alert as PublicAlert
from lionrock.core.alerts import Kind, Risk
from lionrock.core.tlp import Tlp
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.models import Alert, Entry, Step

PAGE: Final = 25
FEED: Final = 50
"""Entries of a feed: those who look once a week miss none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What the list is narrowed to; ``None`` narrows nothing."""

    kind: Kind | None = None
    risk: Risk | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Some of the published alerts, the latest change first, and how many pages there are."""

    alerts: tuple[PublicAlert, ...]
    pages: int
    total: int


def listed(narrowed: Narrowed) -> Listed:
    """Return one page of the list."""
    rows = _rows()
    if narrowed.kind:
        rows = rows.filter(public__content__kind=narrowed.kind.value)
    if narrowed.risk:
        rows = rows.filter(public__content__risk=narrowed.risk.value)
    total = rows.count()
    some = rows[(narrowed.page - 1) * PAGE : narrowed.page * PAGE]
    return Listed(alerts=tuple(map(as_public, some)), pages=max(1, -(-total // PAGE)), total=total)


def newest() -> tuple[PublicAlert, ...]:
    """Return what feeds carry."""
    return tuple(map(as_public, _rows()[:FEED]))


def every() -> Iterator[PublicAlert]:
    """Yield every published alert, withdrawn ones too."""
    return map(as_public, _rows().iterator(chunk_size=100))


def by_slug(slug: str) -> PublicAlert | None:
    """Return the published alert at this address, withdrawn ones too."""
    row = _rows().filter(slug=slug).first()
    return as_public(row) if row else None


def earlier_of(slug: str) -> tuple[PublicAlert, ...]:
    """Return what a published alert was before, version by version."""
    row = _rows().filter(slug=slug).first()
    if row is None:
        return ()
    now_is = as_public(row)
    before = []
    for entry in Entry.objects.filter(alert=row).select_related("version").order_by("number"):
        content = entry.version.read()
        if entry.number < now_is.version:
            before.append(
                replace(
                    now_is,
                    version=entry.number,
                    updated=entry.at,
                    title=content.title,
                    risk=content.risk,
                    sentences=content.sentences,
                    indicators=content.indicators,
                    brands=content.brands,
                    links=content.links,
                    bulletin=content.bulletin,
                    log=tuple(one for one in now_is.log if one[0] <= entry.at),
                    withdrawn=False,
                )
            )
    return tuple(before)


def by_number(number: str) -> PublicAlert | None:
    """Return the published alert with this number, whatever the case of its letters."""
    row = _rows().filter(number=number.upper()).first()
    return as_public(row) if row else None


def as_if_public(content: Content, *, now: datetime) -> PublicAlert:
    """Return what readers would get of a content, to see whether every format can tell it."""
    return PublicAlert(
        id="LR-0000-0000",
        slug="lr-0000-0000",
        kind=content.kind,
        title=content.title,
        risk=content.risk,
        tlp=content.tlp,
        version=1,
        published=now,
        updated=now,
        sentences=content.sentences,
        indicators=content.indicators,
        brands=content.brands,
        links=content.links,
        bulletin=content.bulletin,
    )


def as_public(row: Alert) -> PublicAlert:
    """Return a published alert as its readers get it."""
    if row.public is None or row.published_at is None or row.updated_at is None:
        raise ValueError("it was never published")
    content = row.public.read()
    entries = sorted(row.entries.all(), key=lambda entry: entry.number)
    return PublicAlert(
        id=row.number or "",
        slug=row.slug or "",
        kind=content.kind,
        title=content.title,
        risk=content.risk,
        tlp=content.tlp,
        version=len(entries),
        published=row.published_at,
        updated=row.updated_at,
        sentences=content.sentences,
        indicators=content.indicators,
        brands=content.brands,
        links=content.links,
        bulletin=content.bulletin,
        log=tuple((entry.at, entry.text) for entry in entries if entry.text),
        withdrawn=any(entry.step == Step.WITHDRAWN for entry in entries),
    )


def _rows() -> QuerySet[Alert]:
    # The label is looked at here once more: what may not travel so far was never published, either.
    return (
        Alert.objects.filter(public__isnull=False, public__content__tlp=Tlp.CLEAR.value)
        .select_related("public")
        .prefetch_related(
            Prefetch("entries", Entry.objects.only("alert", "number", "step", "text", "at"))
        )
        .order_by("-updated_at", "-pk")
    )

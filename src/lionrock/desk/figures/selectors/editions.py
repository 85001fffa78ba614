"""Kept figures, read back as what they were, and what changed from one version to the next."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lionrock.briefing.counting import Counted
from lionrock.briefing.counting.corrections import Notice, corrections
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit
from lionrock.desk.figures.models import Edition, KeptFigure


def latest(period: str) -> Edition | None:
    """Return the latest version of a period's figures, ``None`` where none was kept."""
    return Edition.objects.filter(period=period).order_by("-version").first()


def versions(period: str) -> Sequence[Edition]:
    """Return every version of a period's figures, the first one first."""
    return list(Edition.objects.filter(period=period).order_by("version"))


def counted_of(edition: Edition) -> Counted:
    """Return an edition as it was counted."""
    period = Period(first=edition.first, last=edition.last, key=edition.period)
    rows = KeptFigure.objects.filter(edition=edition).order_by("place")
    return Counted(
        period=period,
        upto=edition.last,
        figures=tuple(_figure(row, period) for row in rows),
        gaps=_gaps(edition.gaps),
    )


def notice_of(edition: Edition) -> Notice | None:
    """Return what an edition corrects of the one before it; ``None`` for a first version."""
    before = (
        Edition.objects.filter(period=edition.period, version__lt=edition.version)
        .order_by("-version")
        .first()
    )
    if before is None:
        return None
    return Notice(
        period=edition.period,
        version=edition.version,
        replaces=before.version,
        made_at=edition.made_at,
        reason=edition.reason,
        corrections=corrections(counted_of(before), counted_of(edition)),
    )


def notices(period: str) -> tuple[Notice, ...]:
    """Return every correction of a period, the first one first."""
    found = (notice_of(edition) for edition in versions(period))
    return tuple(notice for notice in found if notice is not None)


def _figure(row: KeptFigure, period: Period) -> Figure:
    unit = Unit(row.unit)
    return Figure(
        id=row.name,
        stream=Stream(row.stream),
        definition=row.definition,
        period=period,
        unit=unit,
        value=_value(row.value, unit),
        filters=tuple((name, value) for name, value in row.filters),
        query=row.query,
        gaps=_gaps(row.gaps),
    )


def _value(value: Decimal | None, unit: Unit) -> int | Decimal | None:
    if value is None:
        return None
    return value.quantize(Decimal("0.01")) if unit is Unit.RATIO else int(value)


def _gaps(told: Sequence[Sequence[str]]) -> tuple[Gap, ...]:
    return tuple(
        Gap(feed=feed, first=date.fromisoformat(first), last=date.fromisoformat(last))
        for feed, first, last in told
    )

"""Series that were found among many names, for their own page and for that of their suspects."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from lionrock.desk.suspects.found import MARK, FoundSeries, name_in
from lionrock.desk.suspects.models import State, Suspect

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """A found series, how many of its names wait, and the best of those (its row in the queue)."""

    series: FoundSeries
    waiting: int
    best: int | None


def found_series(*, after: int = 0) -> tuple[list[SeriesRow], bool]:
    """Return a page of series, the highest score first, and whether there are more."""
    found = list(FoundSeries.objects.order_by("-score", "id")[after : after + PAGE + 1])
    page = found[:PAGE]
    waiting = _waiting()
    rows = []
    for series in page:
        keys = [key for key in waiting if name_in(key) == series.name]
        best = Suspect.objects.filter(series__in=keys, state=State.WAITING).order_by("-score", "id")
        rows.append(
            SeriesRow(
                series=series,
                waiting=sum(waiting[key] for key in keys),
                best=best.values_list("pk", flat=True).first() if keys else None,
            )
        )
    return rows, len(found) > PAGE


def series_of(suspect: Suspect) -> FoundSeries | None:
    """Return the found series that a suspect belongs to."""
    name = name_in(suspect.series)
    return FoundSeries.objects.filter(name=name).first() if name else None


def _waiting() -> dict[str, int]:
    counted = (
        Suspect.objects.filter(state=State.WAITING, series__contains=MARK)
        .values_list("series")
        .annotate(waiting=Count("id"))
    )
    return dict(counted)

"""What a suspect's page and a series' page show."""

from typing import Final

from django.db.models import QuerySet

from lionrock.desk.suspects.models import Decision, State, Suspect

SHOWN: Final = 20
SERIES_PAGE: Final = 200
"""Members of a series decided at once: as many as a person can look over."""


def history(suspect: Suspect) -> list[Decision]:
    """Return what people did to the suspect, the latest first."""
    return list(suspect.decisions.select_related("by").order_by("-at", "-id"))


def siblings(suspect: Suspect) -> list[Suspect]:
    """Return other names under the same label, whatever their ending, the best score first."""
    same = Suspect.objects.filter(label=suspect.label).exclude(pk=suspect.pk)
    return list(same.order_by("-score", "id")[:SHOWN])


def series_waiting(suspect: Suspect) -> list[Suspect]:
    """Return the waiting names of the suspect's series, the best score first."""
    return list(_series(suspect, State.WAITING)[:SERIES_PAGE])


def series_decided(suspect: Suspect) -> list[Suspect]:
    """Return decided names of the suspect's series: what colleagues thought of the others."""
    confirmed = _series(suspect, State.CONFIRMED).select_related("decided_by")[:SHOWN]
    dismissed = _series(suspect, State.DISMISSED).select_related("decided_by")[:SHOWN]
    return [*confirmed, *dismissed]


def count_in_series(suspect: Suspect) -> int:
    """Count the waiting names of the suspect's series."""
    return Suspect.objects.filter(series=suspect.series, state=State.WAITING).count()


def last_change(suspect: Suspect) -> Decision | None:
    """Return the latest thing a person did to the suspect."""
    return suspect.decisions.select_related("by").order_by("-at", "-id").first()


def _series(suspect: Suspect, state: State) -> QuerySet[Suspect]:
    return Suspect.objects.filter(series=suspect.series, state=state).order_by("-score", "id")

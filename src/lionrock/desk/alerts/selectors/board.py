"""The lists of alerts: what waits for whom, what is public, what was put aside."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from lionrock.desk.alerts.models import Alert, State

PAGE: Final = 50
ORDER: Final = (
    State.DRAFT,
    State.SUBMITTED,
    State.APPROVED,
    State.PUBLISHED,
    State.WITHDRAWN,
    State.DISCARDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One state, and how many alerts stand there."""

    state: State
    count: int


def tabs() -> list[Tab]:
    """Return the states in their order with their counts."""
    counts = dict(Alert.objects.values_list("state").annotate(count=Count("pk")).order_by())
    return [Tab(state=state, count=counts.get(state.value, 0)) for state in ORDER]


def page(state: State, *, before: int | None = None) -> tuple[list[Alert], bool]:
    """Return alerts in a state, the latest first, from below the key ``before``, and if there are more."""
    found = Alert.objects.filter(state=state).select_related("made_by", "submitted_by")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE

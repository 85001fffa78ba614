"""The worst of many episodes, in a bounded number of rows however many there are."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from lionrock.core.events import Severity
from lionrock.desk.events.models import Episode

LOOKED_AT: Final = 5_000
"""Episodes at most that are looked at, the ones seen last."""
_WORST_FIRST: Final = {severity.value: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The worst episodes, of one severity the ones seen last first, and how many there are of each kind.

    ``partial``: there are more than were looked at.
    """

    rows: tuple[Episode, ...]
    kinds: tuple[tuple[str, int], ...]
    partial: bool


def worst_of(episodes: QuerySet[Episode], *, size: int, among: int = LOOKED_AT) -> Worst:
    """Return the ``size`` worst of the ``among`` episodes seen last."""
    latest = episodes.order_by("-last_seen", "-id").values_list("pk", "severity", "kind")
    found = list(latest[: among + 1])
    seen = found[:among]
    # The sort is stable: what was seen last stands first within its severity.
    ranked = sorted(seen, key=lambda one: _WORST_FIRST[one[1]])
    chosen = [pk for pk, _severity, _kind in ranked[:size]]
    rows = Episode.objects.in_bulk(chosen)
    return Worst(
        rows=tuple(rows[pk] for pk in chosen if pk in rows),
        kinds=tuple(Counter(kind for _pk, _severity, kind in seen).most_common()),
        partial=len(found) > among,
    )

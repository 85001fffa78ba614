"""Counts the values of columns among rows at hand."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from lionrock.desk.events.selectors.filters import Facet, Facets

SHOWN: Final = 20
NAMES: Final = {"constituent_id": "constituent", "located": "country"}


def facets_of(
    rows: Sequence[tuple[Any, ...]],  # Any: columns of several types
    columns: Sequence[str],
    cap: int,
    *,
    more: bool,
) -> Facets:
    """Return the most frequent values per column of the first ``cap`` rows; ``more`` match, or may."""
    some = rows[:cap]
    by: dict[str, tuple[Facet, ...]] = {}
    for place, column in enumerate(columns):
        counts = Counter(row[place] for row in some)
        by[NAMES.get(column, column)] = tuple(
            Facet(value=str(value), number=number)
            for value, number in counts.most_common(SHOWN)
            if value not in (None, "")
        )
    return Facets(by=by, of=len(some), partial=more)

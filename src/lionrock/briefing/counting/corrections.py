"""What differs between two counts of one period: the numbers a correction notice lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lionrock.briefing.counting.counted import Counted
from lionrock.core.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One number that was corrected: the id of its Figure, what was said, what is said now.

    ``None`` where nothing could be counted. A part that was not met (a family without a bot) is zero.
    """

    id: str
    definition: str
    filters: tuple[tuple[str, str], ...]
    before: int | Decimal | None
    after: int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A correction notice: which version of a period's figures replaces which, why, and every number.

    ``reason`` is a person's, empty where late or corrected data alone made the new version.
    """

    period: str
    version: int
    replaces: int
    made_at: datetime
    reason: str
    corrections: tuple[Correction, ...]


def corrections(before: Counted, after: Counted) -> tuple[Correction, ...]:
    """Return every number that differs, in the order of publication.

    Raises ValueError for counts of two periods.
    """
    if before.period != after.period:
        raise ValueError("a correction is of one and the same period")
    return tuple(_differing(before, after))


def _differing(before: Counted, after: Counted) -> Iterator[Correction]:
    for figure in after:
        old = _beside(figure, before)
        if old != figure.value:
            yield _correction(figure, old, figure.value)
    for figure in before:
        if figure.id not in after and (new := _beside(figure, after)) != figure.value:
            yield _correction(figure, figure.value, new)


def _beside(figure: Figure, others: Counted) -> int | Decimal | None:
    """Return what the other count says of a figure."""
    found = others.get(figure.id)
    if found is not None:
        return found.value
    if len(figure.filters) == 1 and figure.definition in others:
        return others.part(figure.definition, *figure.filters[0]).value
    return None


def _correction(
    figure: Figure, before: int | Decimal | None, after: int | Decimal | None
) -> Correction:
    return Correction(
        id=figure.id,
        definition=figure.definition,
        filters=figure.filters,
        before=before,
        after=after,
    )

"""Compares periods of cases with the same stretch of other years: change, share, highest in how long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from lionrock.briefing.statistics.counting import Book, name_of
from lionrock.core.figures import Figure, Period, Unit, change

SHARE = "case.share"
"""How many of all cases of a period belong to a part, in per cent."""


class Kind(StrEnum):
    """Into what the months are gathered."""

    YEAR = "year"
    HALF = "half"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """How many months it has."""
        return {Kind.YEAR: 12, Kind.HALF: 6, Kind.QUARTER: 3}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a value stands among those of the same stretch of the years before it.

    ``highest_in`` and ``lowest_in``: in so many years, this one included, nothing was as high (low);
    ``record`` when that holds of all years there are. ``first_rise_in``, ``first_fall_in``: so many
    years after the last one, when there were years of the contrary between.
    """

    highest_in: int | None = None
    lowest_in: int | None = None
    record: bool = False
    first_rise_in: int | None = None
    first_fall_in: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """All cases of a stretch, or those of one category (``category`` empty for all)."""

    category: str
    figure: Figure
    before: Figure
    """The same of the same stretch a year earlier."""
    change: Decimal | None
    """In per cent; None where there is nothing to compare with."""
    share: Figure | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A year, half or quarter; ``over`` is false for the one that still runs, counted as far as it got.

    ``whole`` is false where cases were kept for only some of it: then it is compared with nothing.
    """

    kind: Kind
    label: str
    period: Period
    over: bool
    whole: bool
    parts: tuple[Part, ...]

    @property
    def total(self) -> Part:
        """All categories together."""
        return self.parts[0]


def spans(book: Book, kind: Kind) -> Iterator[Span]:
    """Yield the spans of one kind, oldest first, each with its total and every category."""
    if not book.months:
        return
    since, until = book.months[0].first, book.months[-1].last
    for label, first, last in _all(kind, since.year, until.year):
        if last < since or first > until:
            continue
        begin, end = max(first, since), min(last, until)
        period = _period(kind, begin, end, whole=(begin, end) == (first, last))
        whole = begin == first and book.whole(period)
        yield Span(
            kind=kind,
            label=label,
            period=period,
            over=end == last,
            whole=whole,
            parts=tuple(_parts(book, kind, period, whole=whole)),
        )


def share(part: Figure, whole: Figure, *, name: str) -> Figure:
    """Return how many per cent of ``whole`` are ``part``, to one place, rounded half up."""
    value = None
    if part.value is not None and whole.value:
        value = (Decimal(part.value) * 100 / Decimal(whole.value)).quantize(
            Decimal("0.1"), rounding=ROUND_HALF_UP
        )
    return Figure(
        id=name,
        stream=part.stream,
        definition=SHARE,
        period=part.period,
        unit=Unit.RATIO,
        value=value,
        filters=part.filters,
        query=part.query,
        gaps=part.gaps,
    )


def standing(values: Sequence[int | None]) -> Standing:
    """Say how the last of some values, one a year, stands among those before it; None breaks off."""
    *before, now = values
    if now is None:
        return Standing()
    earlier: list[int] = []
    for value in reversed(before):
        if value is None:
            break
        earlier.append(value)
    if not earlier:
        return Standing()
    lower = _run(value < now for value in earlier)
    higher = _run(value > now for value in earlier)
    steps = [new - old for new, old in zip((now, *earlier), earlier, strict=False)]
    falls = _run(step <= 0 for step in steps[1:]) if steps[0] > 0 else 0
    rises = _run(step >= 0 for step in steps[1:]) if steps[0] < 0 else 0
    return Standing(
        highest_in=lower + 1 if lower else None,
        lowest_in=higher + 1 if higher else None,
        record=len(earlier) > 1 and max(lower, higher) == len(earlier),
        first_rise_in=falls + 1 if falls else None,
        first_fall_in=rises + 1 if rises else None,
    )


def _run(truths: Iterator[bool]) -> int:
    """Count how many are true before the first that is not."""
    count = 0
    for truth in truths:
        if not truth:
            break
        count += 1
    return count


def _parts(book: Book, kind: Kind, period: Period, *, whole: bool) -> Iterator[Part]:
    total = book.cases(period)
    for category in ("", *(each.id for each in book.categories)):
        figure = book.cases(period, category) if category else total
        before = book.cases(_year_before(kind, period), category)
        comparable = whole and book.whole(before.period)
        yield Part(
            category=category,
            figure=figure,
            before=before,
            change=change(figure, before) if comparable else None,
            share=share(figure, total, name=name_of(period, SHARE, category)) if category else None,
            standing=standing(_series(book, kind, period, category)) if whole else Standing(),
        )


def _series(book: Book, kind: Kind, period: Period, category: str) -> list[int | None]:
    """Return the values of the same stretch in every year, up to this one."""
    values: list[int | None] = []
    here = period
    while here.last >= book.months[0].first:
        value = book.cases(here, category).value if book.whole(here) else None
        values.append(None if value is None else int(value))
        here = _year_before(kind, here)
    return values[::-1]


def _year_before(kind: Kind, period: Period) -> Period:
    first = period.first.replace(year=period.first.year - 1)
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month
    last = _last_day(first.year, first.month + months)
    return _period(kind, first, last, whole=months + 1 == kind.months)


def _all(kind: Kind, since: int, until: int) -> Iterator[tuple[str, date, date]]:
    """Yield (label, first day, last day) of all spans of a kind in some years."""
    letter = {Kind.YEAR: "", Kind.HALF: "H", Kind.QUARTER: "Q"}[kind]
    for year in range(since, until + 1):
        for number in range(12 // kind.months):
            label = f"{year}{letter}{number + 1}" if letter else str(year)
            month = number * kind.months + 1
            yield label, date(year, month, 1), _last_day(year, month + kind.months - 1)


def _last_day(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Period.of(f"{year}-{month:02}").last


def _period(kind: Kind, first: date, last: date, *, whole: bool) -> Period:
    if whole and kind is Kind.YEAR:
        return Period.of(str(first.year))
    if whole and kind is Kind.QUARTER:
        return Period.of(f"{first.year}Q{(first.month + 2) // 3}")
    return Period.of(f"{first}..{last}")

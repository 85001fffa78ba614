"""Counts cases, and the URLs they are about, as Figures of the stream of cases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from lionrock.briefing.counting.asking import Connection, ask
from lionrock.briefing.counting.counted import slug
from lionrock.core.cases import Category
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit

OPENED: Final = "case.opened"
"""Cases opened in a period."""
URLS: Final = "case.urls"
"""Different URLs that the cases opened in a period are about."""
FEED: Final = "cases"
"""What a Gap names where a month has no case at all."""
LISTED: Final = 20
"""Brands that a table of shares names; the others are told together."""
OTHERS: Final = "others"
UNSTATED: Final = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Every month's cases by category. ``begins`` is the month of the first case there is, or None."""

    categories: tuple[Category, ...]
    months: tuple[Period, ...]
    begins: date | None
    counts: Mapping[tuple[str, str], int]
    """(month, category) to how many."""
    empty: frozenset[str] = field(default=frozenset())
    """Months after the first case in which nothing at all was opened."""

    def cases(self, period: Period, category: str = "") -> Figure:
        """Return how many cases were opened in a period of whole months, in a category or in all."""
        months = [month for month in self.months if _within(month, period)]
        values = [self._value(month, category) for month in months]
        counted = [value for value in values if value is not None]
        return Figure(
            id=name_of(period, OPENED, category),
            stream=Stream.CASES,
            definition=OPENED,
            period=period,
            unit=Unit.CASE,
            value=sum(counted) if counted else None,
            filters=(("category", category),) if category else (),
            query=OPENED,
            gaps=tuple(
                Gap(feed=FEED, first=month.first, last=month.last)
                for month in months
                if month.key in self.empty
            ),
        )

    def whole(self, period: Period) -> bool:
        """Tell whether cases were kept in all of a period."""
        here = [month for month in self.months if _within(month, period)]
        days = sum(month.days for month in here)
        return days == period.days and self.begins is not None and here[0].first >= self.begins

    def _value(self, month: Period, category: str) -> int | None:
        """Return how many; None where nothing was counted, which is not zero."""
        if self.begins is None or month.first < self.begins:
            return None
        if not category:
            return sum(self.counts.get((month.key, each.id), 0) for each in self.categories)
        number = self.counts.get((month.key, category), 0)
        since = next((each.since for each in self.categories if each.id == category), "")
        return None if not number and month.key < since else number


def keep_book(
    connection: Connection, categories: Iterable[Category], *, since: Period, until: Period
) -> Book:
    """Count all cases of the months from ``since`` to ``until``.

    Cases in a category that the pack has no more stand under its id, behind the others.
    """
    rows = ask(
        connection,
        "SELECT day, category, COUNT(*) FROM figure_case WHERE day >= %s AND day <= %s "
        "GROUP BY day, category",
        (since.first.isoformat(), until.last.isoformat()),
    )
    counts: dict[tuple[str, str], int] = {}
    for day, category, number in rows:
        key = (str(day)[:7], str(category))
        counts[key] = counts.get(key, 0) + int(number)
    known = tuple(categories)
    strange = sorted({category for _month, category in counts} - {each.id for each in known})
    ((first,),) = ask(connection, "SELECT MIN(day) FROM figure_case")
    begins = date.fromisoformat(str(first)).replace(day=1) if first else None
    months = tuple(months_between(since, until))
    filled = {month for month, _category in counts}
    return Book(
        categories=(*known, *(unknown(name) for name in strange)),
        months=months,
        begins=begins,
        counts=counts,
        empty=frozenset(
            month.key
            for month in months
            if month.key not in filled and begins is not None and month.first >= begins
        ),
    )


def unknown(name: str) -> Category:
    """Return a category of which no more is known than its id."""
    return Category(id=name, names={}, definition={}, impacts={})


def urls(connection: Connection, period: Period, category: str) -> Figure:
    """Return how many different URLs the cases of a category are about that were opened in a period.

    URLs that are listed count once however many cases list them; to them come the numbers of cases
    that only say how many. None where no case says anything of URLs.
    """
    bounds = (period.first.isoformat(), period.last.isoformat(), category)
    ((said,),) = ask(
        connection,
        "SELECT SUM(urls) FROM figure_case "
        "WHERE day >= %s AND day <= %s AND category = %s AND listed = 0",
        bounds,
    )
    ((listed,),) = ask(
        connection,
        "SELECT COUNT(DISTINCT digest) FROM figure_case_url "
        "WHERE day >= %s AND day <= %s AND category = %s",
        bounds,
    )
    return Figure(
        id=name_of(period, URLS, category),
        stream=Stream.CASES,
        definition=URLS,
        period=period,
        unit=Unit.URL,
        value=(int(said or 0) + int(listed)) or None,
        filters=(("category", category),),
        query=URLS,
    )


def told_apart(
    connection: Connection, period: Period, category: str, *, by: str
) -> Iterator[tuple[str, str, Figure]]:
    """Yield (id, name given, Figure) of the cases of a category by ``brand`` or by ``sector``.

    The most frequent first; then the others together, then those of which nothing is stated: the
    parts are the whole.
    """
    columns, groups = {
        "brand": ("brand, brand_named", "brand, brand_named"),
        "sector": ("sector, ''", "sector"),
    }[by]
    rows = ask(
        connection,
        f"SELECT {columns}, COUNT(*) FROM figure_case "  # noqa: S608  # one of two words of ours
        f"WHERE day >= %s AND day <= %s AND category = %s GROUP BY {groups}",
        (period.first.isoformat(), period.last.isoformat(), category),
    )
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for value, named, number in rows:
        key = str(value) or (f"={str(named).casefold()}" if named else "")
        names.setdefault(key, str(named))
        counts[key] = counts.get(key, 0) + int(number)
    unstated = counts.pop("", 0)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    parts = [(key, names[key], number) for key, number in ordered[:LISTED]]
    if len(ordered) > LISTED:
        parts.append((OTHERS, "", sum(number for _key, number in ordered[LISTED:])))
    if unstated:
        parts.append((UNSTATED, "", unstated))
    for key, named, number in parts:
        yield (
            key,
            named,
            Figure(
                id=f"{name_of(period, OPENED, category)}.{by}.{slug(by, key)}",
                stream=Stream.CASES,
                definition=OPENED,
                period=period,
                unit=Unit.CASE,
                value=number,
                filters=(("category", category), (by, key)),
                query=f"{OPENED}.{by}",
            ),
        )


def months_between(since: Period, until: Period) -> Iterator[Period]:
    """Yield every month from one to another, both included."""
    year, month = since.first.year, since.first.month
    while (year, month) <= (until.first.year, until.first.month):
        yield Period.of(f"{year}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def name_of(period: Period, definition: str, category: str = "") -> str:
    """Return the id of a Figure."""
    return f"{period.key}.{definition}{f'.{category}' if category else ''}"


def _within(month: Period, period: Period) -> bool:
    return period.first <= month.first and month.last <= period.last

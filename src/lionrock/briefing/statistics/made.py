"""Makes the whole of the statistics from one look at the cases: every number in it is a Figure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lionrock.briefing.counting.asking import Connection
from lionrock.briefing.statistics.comparing import SHARE, Kind, Span, share, spans
from lionrock.briefing.statistics.counting import (
    OTHERS,
    UNSTATED,
    Book,
    keep_book,
    told_apart,
    urls,
)
from lionrock.briefing.statistics.forecasts import Forecast
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Figure, Period, change
from lionrock.core.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The cases of one brand or sector; ``id`` is empty where the pack does not know it."""

    id: str
    named: str
    """As cases named it; empty where the id says it all."""
    figure: Figure
    share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The cases of a category in a year, by brand or by sector: the slices are the whole."""

    category: str
    by: str
    label: str
    period: Period
    whole: Figure
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What is published of cases, and every Figure that it quotes, by id."""

    region: Region
    made: datetime
    since: Period
    until: Period
    book: Book
    spans: Mapping[Kind, tuple[Span, ...]]
    shares: tuple[Shares, ...]
    urls: Mapping[tuple[str, str], Figure]
    """(key of a period, category) to the URLs that its cases are about."""
    forecasts: tuple[Forecast, ...]

    def since_the_start(self, category: str) -> Figure:
        """Return how many cases of a category there are in all the months."""
        period = Period.of(f"{self.since.first}..{self.until.last}")
        return self.book.cases(period, category)

    def figures(self) -> dict[str, Figure]:
        """Return every Figure that is quoted, by its id, in the order of first mention."""
        return {figure.id: figure for figure in self._quoted()}

    def _quoted(self) -> Iterator[Figure]:
        yield from (self.since_the_start(each.id) for each in self.book.categories)
        for month in self.book.months:
            yield self.book.cases(month)
            yield from (self.book.cases(month, each.id) for each in self.book.categories)
        for some in self.spans.values():
            for part in (part for span in some for part in span.parts):
                yield part.figure
                yield part.before
                if part.share:
                    yield part.share
        yield from self.urls.values()
        for shares in self.shares:
            for each in shares.slices:
                yield from (each.figure, each.share)


def make_statistics(
    connection: Connection,
    region: Region,
    *,
    since: Period,
    until: Period,
    forecasts: Iterable[Forecast] = (),
    now: datetime,
) -> Statistics:
    """Count the cases of the months from ``since`` to ``until``; raise GiveUp where there is none.

    Months before the first case, or that are not over, are not left out by this: whoever asks says
    which (see ``last_month``).
    """
    if not region.cases.categories:
        raise GiveUp("the region pack sorts cases into no categories (cases.toml)")
    if since.first > until.first:
        raise GiveUp(f"{since.key} lies behind {until.key}, the last month that is over")
    book = keep_book(connection, region.cases.categories, since=since, until=until)
    if book.begins is None or book.begins > until.last:
        raise GiveUp("there is no case in this time; bring some: lionrock cases import FILE")
    gathered = {kind: tuple(spans(book, kind)) for kind in Kind}
    imitating = [each.id for each in region.cases.categories if each.imitates]
    return Statistics(
        region=region,
        made=now,
        since=since,
        until=until,
        book=book,
        spans=gathered,
        shares=tuple(
            _shares(connection, span, category, by)
            for span in gathered[Kind.YEAR]
            for category in imitating
            for by in ("brand", "sector")
        ),
        urls={
            (period.key, category): urls(connection, period, category)
            for period in _periods(book, gathered)
            for category in imitating
        },
        forecasts=tuple(forecasts),
    )


def last_month(now: datetime, zone: ZoneInfo) -> Period:
    """Return the last month that is over in the region."""
    return Period.of(f"{now.astimezone(zone):%Y-%m}").previous()


def url_change(statistics: Statistics, span: Span, category: str) -> Decimal | None:
    """Return by how many per cent the URLs of a span differ from those a year before, or None."""
    part = next(part for part in span.parts if part.category == category)
    now = statistics.urls[span.period.key, category]
    before = statistics.urls.get((part.before.period.key, category))
    return change(now, before) if before is not None and span.whole else None


def _periods(book: Book, gathered: Mapping[Kind, tuple[Span, ...]]) -> list[Period]:
    """Return every period there is, once, with those it is compared with."""
    every = {month.key: month for month in book.months}
    for span in (span for some in gathered.values() for span in some):
        every.setdefault(span.period.key, span.period)
        before = span.total.before.period
        if span.whole and book.whole(before):
            every.setdefault(before.key, before)
    return list(every.values())


def _shares(connection: Connection, span: Span, category: str, by: str) -> Shares:
    whole = next(part.figure for part in span.parts if part.category == category)
    return Shares(
        category=category,
        by=by,
        label=span.label,
        period=span.period,
        whole=whole,
        slices=tuple(
            Slice(
                id="" if key.startswith("=") else key,
                named=named if key not in {OTHERS, UNSTATED} else "",
                figure=figure,
                share=share(figure, whole, name=figure.id.replace(figure.definition, SHARE, 1)),
            )
            for key, named, figure in told_apart(connection, span.period, category, by=by)
        ),
    )

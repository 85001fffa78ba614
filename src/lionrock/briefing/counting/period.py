"""Counts one period: everything that is published of it, with the silences that fall into it."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lionrock.briefing.counting.asking import Connection, ask, day_of
from lionrock.briefing.counting.counted import Counted
from lionrock.briefing.counting.events import DERIVED, Asked, figures_of
from lionrock.briefing.counting.gaps import BEFORE, gaps_in
from lionrock.briefing.counting.months import months_of
from lionrock.briefing.counting.suspects import suspect_figures
from lionrock.briefing.definitions import Category, Definitions
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit, total
from lionrock.core.region import Region


def count(
    connection: Connection,
    *,
    region: Region,
    definitions: Definitions,
    period: Period,
    today: date | None = None,
) -> Counted:
    """Return every figure of a period, from the views of ``views.VIEWS`` on the connection.

    ``today``, in the region's time, is the last day on which something can have been reported; without
    it the period is taken to be over.
    """
    upto = period.last if today is None else min(period.last, today)
    asked = Asked(
        connection=connection,
        definitions=definitions,
        period=period,
        months=months_of(period, upto),
    )
    gaps = gaps_in(heard_days(connection, period, upto), period, upto=upto)
    fed = feeds_by_kind(connection, period, upto)
    figures: list[Figure] = []
    for category in definitions.categories:
        feeds = {feed for kind in category.kinds for feed in fed.get(kind.value, ())}
        own = tuple(gap for gap in gaps if gap.feed in feeds)
        told = any(not _silent_throughout(feed, own, period, upto) for feed in feeds)
        figures += figures_of(asked, category, gaps=own, told=told)
    figures.append(_total(period, definitions.published, figures))
    figures += suspect_figures(connection, period, ZoneInfo(region.timezone))
    return Counted(
        period=period,
        upto=upto,
        figures=tuple(figures),
        gaps=gaps,
        uncounted=uncounted_days(connection, period),
    )


def heard_days(connection: Connection, period: Period, upto: date) -> dict[str, set[date]]:
    """Return on which days (UTC) each feed said something, or sent a delivery however empty.

    Bytes that came several times are taken to have come evenly from the first time to the last.
    """
    first, last = period.first - BEFORE, min(period.last, upto)
    found: dict[str, set[date]] = {}
    rows = ask(
        connection,
        "SELECT DISTINCT feed, day FROM figure_told WHERE day >= %s AND day <= %s",
        (first.isoformat(), last.isoformat()),
    )
    for feed, day in rows:
        found.setdefault(feed, set()).add(day_of(day))
    rows = ask(
        connection,
        "SELECT feed, first, last, MAX(times) FROM figure_delivery WHERE last >= %s AND first <= %s "
        "GROUP BY feed, first, last",
        (first.isoformat(), last.isoformat()),
    )
    for feed, begin, end, times in rows:
        found.setdefault(feed, set()).update(evenly(day_of(begin), day_of(end), int(times)))
    return found


def evenly(first: date, last: date, times: int) -> Iterable[date]:
    """Yield the days on which something came that came so often, from the first to the last."""
    span = (last - first).days
    steps = max(1, min(times - 1, span))
    return {first + timedelta(days=round(span * step / steps)) for step in range(steps + 1)}


def feeds_by_kind(connection: Connection, period: Period, upto: date) -> dict[str, set[str]]:
    """Return which feeds told of each kind, in the region or elsewhere, up to the period's end."""
    rows = ask(
        connection,
        "SELECT DISTINCT kind, feed FROM figure_told WHERE day >= %s AND day <= %s",
        ((period.first - BEFORE).isoformat(), min(period.last, upto).isoformat()),
    )
    found: dict[str, set[str]] = {}
    for kind, feed in rows:
        found.setdefault(kind, set()).add(feed)
    return found


def uncounted_days(connection: Connection, period: Period) -> tuple[date, ...]:
    """Return the days of a period that changed since they were counted."""
    rows = ask(
        connection,
        "SELECT DISTINCT day FROM figure_uncounted WHERE day >= %s AND day <= %s ORDER BY day",
        (period.first.isoformat(), period.last.isoformat()),
    )
    return tuple(day_of(row[0]) for row in rows)


def _silent_throughout(feed: str, gaps: Iterable[Gap], period: Period, upto: date) -> bool:
    return any(
        gap.feed == feed and gap.first <= period.first and gap.last >= min(period.last, upto)
        for gap in gaps
    )


def _total(period: Period, published: Iterable[Category], figures: Iterable[Figure]) -> Figure:
    """Return the sum of the headlines, with the gaps of all of them."""
    wanted = {f"{period.key}.{one.id}.{one.headline.value}" for one in published}
    heads = [figure for figure in figures if figure.id in wanted]
    gaps = sorted(
        {gap for figure in heads for gap in figure.gaps}, key=lambda gap: (gap.feed, gap.first)
    )
    return Figure(
        id=f"{period.key}.total",
        stream=Stream.EVENTS,
        definition="total",
        period=period,
        unit=Unit.EVENT,
        value=total(heads),
        query=DERIVED,
        gaps=tuple(gaps),
    )

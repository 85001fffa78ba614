"""Trends as pages show them, and as a draft begins with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.urls import reverse

from lionrock.briefing.trends.facts import TrendFacts, alert_kind
from lionrock.core.alerts import Indicator
from lionrock.desk.trends.chart import Chart, chart
from lionrock.desk.trends.models import Look, Standing, Trend, What, Wish
from lionrock.desk.trends.services.figures import figure_of

PAGE: Final = 30
EARLIER: Final = timedelta(days=60)
_SHARED: Final = "share-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A trend, its chart, and what somebody wanted of its series."""

    trend: Trend
    chart: Chart
    wish: Wish | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the page of trends shows: the last look, its trends, earlier ones, and all wishes."""

    look: Look | None
    rows: tuple[Row, ...]
    earlier: tuple[Row, ...]
    watched: tuple[Wish, ...]
    muted: tuple[Wish, ...]


def today() -> Today:
    """Return the trends of the last look and of the weeks before, the most unusual first."""
    look = Look.objects.order_by("-day").first()
    wishes = list(Wish.objects.select_related("by").order_by("key"))
    last = look.day if look else None
    trends: Iterable[Trend] = []
    earlier: Iterable[Trend] = []
    if last is not None:
        trends = Trend.objects.filter(last_day=last).order_by("yearly", "pk")[:PAGE]
        earlier = Trend.objects.filter(last_day__lt=last, last_day__gte=last - EARLIER).order_by(
            "-last_day", "yearly", "pk"
        )[:PAGE]
    return Today(
        look=look,
        rows=_rows(trends, wishes, last),
        earlier=_rows(earlier, wishes, last),
        watched=tuple(wish for wish in wishes if wish.standing == Standing.WATCHED),
        muted=tuple(wish for wish in wishes if wish.standing == Standing.MUTED),
    )


def row_of(trend_id: int) -> Row | None:
    """Return one trend; None when there is none."""
    trend = Trend.objects.filter(pk=trend_id).first()
    if trend is None:
        return None
    wishes = list(Wish.objects.select_related("by").filter(key=trend.key))
    return _rows([trend], wishes, trend.last_day)[0]


def _rows(trends: Iterable[Trend], wishes: Sequence[Wish], day: date | None) -> tuple[Row, ...]:
    hold = {
        wish.key: wish for wish in wishes if wish.until is None or day is None or wish.until >= day
    }
    return tuple(
        Row(
            trend=trend,
            chart=chart(
                trend.course,
                last=trend.last_day,
                since=trend.since,
                usual=trend.usual / ((trend.last_day - trend.since).days + 1),
            ),
            wish=hold.get(trend.key),
        )
        for trend in trends
    )


def facts_of(trend: Trend) -> TrendFacts:
    """Return what a draft needs of a trend."""
    also = tuple((dimension, value) for dimension, value in trend.also)
    every = ((trend.dimension, trend.value), *also)
    figures = [figure_of(stored) for stored in trend.figures]
    named = dict(reversed(every))
    about = dict(trend.why)
    return TrendFacts(
        ref=trend.ref,
        link=reverse("trends:trend", args=[trend.pk]),
        kind=alert_kind(trend.dimension, trend.value, also),
        what=trend.what,
        dimension=trend.dimension,
        value=trend.value,
        since=trend.since,
        last=trend.last_day,
        yearly=trend.yearly,
        now=figures[0],
        before=figures[1],
        usual=figures[2] if len(figures) > 2 and trend.what == What.RISE else None,
        brand=named.get("brand", "") or about.get("imitates", ""),
        family=named.get("family", ""),
        cves=tuple(sorted(value for dimension, value in every if dimension == "cve")),
        also=also,
        traits=tuple(
            code.removeprefix(_SHARED) for code, _about in trend.why if code.startswith(_SHARED)
        ),
        indicators=tuple(
            Indicator(kind=_indicator_kind(kind, asset), value=asset, cites=(ref,) if ref else ())
            for ref, kind, asset in trend.members
            if kind in {"host", "url", "address"}
        ),
    )


def _indicator_kind(kind: str, asset: str) -> str:
    if kind == "address":
        return "ipv6" if ":" in asset else "ipv4"
    return kind

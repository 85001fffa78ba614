"""Counted numbers, each with its definition, period and query: text, table and chart quote one and the same."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class Stream(StrEnum):
    """What is counted. Figures of two streams are never added together."""

    EVENTS = "events"
    """Security events that third parties and our own sensors report."""
    SUSPECTS = "suspects"
    """Names that triage put forward, and their takedowns."""
    CASES = "cases"
    """Incidents that people reported to us, or that we opened."""


class Unit(StrEnum):
    """What one of the counted things is."""

    EVENT = "event"
    URL = "url"
    ADDRESS = "address"
    HOST = "host"
    NAME = "name"
    CASE = "case"
    RATIO = "ratio"


_KEYS: Final = re.compile(
    r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|-W(?P<week>\d{2})|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?"
)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Period:
    """Whole days in the region's time, ``first`` to ``last``, both included.

    ``key`` names it: ``2026`` a year, ``2026Q3`` a quarter, ``2026-07`` a month, ``2026-W31`` an ISO
    week, ``2026-07-05`` a day; any other stretch is ``2026-07-05..2026-07-09``.
    """

    first: date
    last: date
    key: str

    @classmethod
    def of(cls, key: str) -> "Period":
        """Return the period of a key; raise ValueError for what is none."""
        begin, dots, end = key.partition("..")
        if dots:
            first, last = date.fromisoformat(begin), date.fromisoformat(end)
            if last < first:
                raise ValueError(f"{key} ends before it begins")
            return cls(first=first, last=last, key=key)
        found = _KEYS.fullmatch(key)
        if not found:
            raise ValueError(f"{key!r} is no period: 2026, 2026Q3, 2026-07, 2026-W31, 2026-07-05")
        year = int(found["year"])
        if found["quarter"]:
            return cls._months(key, year, 3 * int(found["quarter"]) - 2, 3)
        if found["week"]:
            first = date.fromisocalendar(year, int(found["week"]), 1)
            return cls(first=first, last=first + timedelta(days=6), key=key)
        if found["day"]:
            day = date.fromisoformat(key)
            return cls(first=day, last=day, key=key)
        if found["month"]:
            return cls._months(key, year, int(found["month"]), 1)
        return cls._months(key, year, 1, 12)

    @classmethod
    def _months(cls, key: str, year: int, month: int, count: int) -> "Period":
        last = month + count - 1
        return cls(
            first=date(year, month, 1), last=date(year, last, monthrange(year, last)[1]), key=key
        )

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def previous(self) -> "Period":
        """Return the period of the same kind before it; of a stretch, as many days."""
        before = self.first - timedelta(days=1)
        if ".." in self.key:
            first = self.first - timedelta(days=self.days)
            return Period(first=first, last=before, key=f"{first}..{before}")
        if "Q" in self.key:
            return Period.of(f"{before.year}Q{(before.month + 2) // 3}")
        if "W" in self.key:
            year, week, _ = before.isocalendar()
            return Period.of(f"{year}-W{week:02}")
        return Period.of(before.isoformat()[: len(self.key)])

    def following(self) -> "Period":
        """Return the period of the same kind after it; of a stretch, as many days."""
        after = self.last + timedelta(days=1)
        if ".." in self.key:
            last = self.last + timedelta(days=self.days)
            return Period(first=after, last=last, key=f"{after}..{last}")
        if "Q" in self.key:
            return Period.of(f"{after.year}Q{(after.month + 2) // 3}")
        if "W" in self.key:
            year, week, _ = after.isocalendar()
            return Period.of(f"{year}-W{week:02}")
        return Period.of(after.isoformat()[: len(self.key)])

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return where it begins and where it has ended, in UTC, for days in ``zone``."""
        after = self.last + timedelta(days=1)
        begin, end = (datetime.combine(day, time(), zone) for day in (self.first, after))
        return begin.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A feed was silent from ``first`` to ``last``, both included, where it usually reports."""

    feed: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One counted number.

    ``id`` is unique within a report and repeats the period's key: ``2023Q1.phishing.unique_url``.
    ``definition`` is the code of what is counted, whose words are in the briefing's definitions;
    ``filters`` are (name, value) pairs that narrow it; ``query`` names the SQL that gave it. ``value``
    is ``None`` where nothing could be counted, which is not zero. ``gaps`` are the silences of feeds
    that fall into the period.
    """

    id: str
    stream: Stream
    definition: str
    period: Period
    unit: Unit
    value: int | Decimal | None
    filters: tuple[tuple[str, str], ...] = ()
    query: str = ""
    gaps: tuple[Gap, ...] = ()


def total(figures: Iterable[Figure]) -> int | None:
    """Return the sum of figures of one stream and one period; ``None`` where none of them was counted.

    Raises ValueError for figures that must not be added: of two streams, of two periods, of ratios.
    """
    some = list(figures)
    if len({figure.stream for figure in some}) > 1:
        raise ValueError("figures of different streams are never added together")
    if len({figure.period for figure in some}) > 1:
        raise ValueError("figures of different periods are no total")
    if any(figure.unit is Unit.RATIO for figure in some):
        raise ValueError("ratios are not added")
    counted = [int(figure.value) for figure in some if figure.value is not None]
    return sum(counted) if counted else None


def change(now: Figure, before: Figure, *, places: int = 0) -> Decimal | None:
    """Return by how many per cent ``now`` lies above ``before``, rounded half up in size.

    ``None`` where there is nothing to compare with: nothing was counted in either period, or the
    earlier value is zero ("new"). Raises ValueError when the two count different things.
    """
    if (now.definition, now.filters) != (before.definition, before.filters):
        raise ValueError("a change is between two counts of the same thing")
    if now.value is None or not before.value:
        return None
    share = Decimal(now.value) * 100 / Decimal(before.value) - 100
    return share.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)

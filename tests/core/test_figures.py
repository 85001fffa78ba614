"""Periods and figures: what may be added, what a change is."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lionrock.core.figures import Figure, Period, Stream, Unit, change, total


def figure(value: int | None, period: str = "2023Q1", **other: object) -> Figure:
    """Return a count of phishing addresses."""
    facts: dict[str, object] = {
        "id": f"{period}.phishing.unique_url",
        "stream": Stream.EVENTS,
        "definition": "phishing.unique_url",
        "period": Period.of(period),
        "unit": Unit.URL,
        "value": value,
    }
    return Figure(**{**facts, **other})  # type: ignore[arg-type]  # the test changes one fact at a time


@pytest.mark.parametrize(
    ("key", "first", "last", "before"),
    [
        ("2023Q1", date(2023, 1, 1), date(2023, 3, 31), "2022Q4"),
        ("2022Q4", date(2022, 10, 1), date(2022, 12, 31), "2022Q3"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4), "2025-W52"),
        ("2026-03-01", date(2026, 3, 1), date(2026, 3, 1), "2026-02-28"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025"),
        ("2026-03-05..2026-03-09", date(2026, 3, 5), date(2026, 3, 9), "2026-02-28..2026-03-04"),
    ],
)
def test_a_period_knows_its_days_and_what_came_before(
    key: str, first: date, last: date, before: str
) -> None:
    period = Period.of(key)
    assert (period.first, period.last, period.previous().key) == (first, last, before)
    assert Period.of(period.previous().key) == period.previous()
    assert period.previous().following() == period


@pytest.mark.parametrize("key", ["", "2026Q5", "26Q1", "2026-13", "2026-02-30", "2026-W54", "now"])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period.of(key)


def test_a_day_begins_at_midnight_in_the_regions_time() -> None:
    begin, end = Period.of("2026-07-01").bounds(ZoneInfo("Asia/Hong_Kong"))
    assert begin == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert end == datetime(2026, 7, 1, 16, tzinfo=UTC)


def test_a_total_is_of_one_stream_one_period_and_no_ratios() -> None:
    assert total([figure(2804), figure(233), figure(None)]) == 3037
    assert total([figure(None)]) is None
    for other in (
        figure(1, stream=Stream.CASES),
        figure(1, "2022Q4"),
        figure(1, unit=Unit.RATIO),
    ):
        with pytest.raises(ValueError, match=r"never|no total|not added"):
            total([figure(1), other])


@pytest.mark.parametrize(
    ("now", "before", "places", "percent"),
    [
        (2804, 13574, 0, Decimal(-79)),
        (5033, 806, 0, Decimal(524)),
        (303, 120, 1, Decimal("152.5")),
        (1, 8, 0, Decimal(-88)),
        (122, 8, 1, Decimal("1425.0")),
        (5, 0, 0, None),
        (None, 5, 0, None),
    ],
)
def test_a_change_is_rounded_half_up(
    now: int | None, before: int, places: int, percent: Decimal | None
) -> None:
    assert change(figure(now), figure(before, "2022Q4"), places=places) == percent


def test_a_change_compares_the_same_thing() -> None:
    with pytest.raises(ValueError, match="same thing"):
        change(figure(1), figure(1, "2022Q4", definition="bots"))

"""Days are compared only over sources that reported on both: feeds come, go and fall silent."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from lionrock.briefing.trends.panel import Cell, Heard, Panel, Series, panel, presence

FIRST = date(2026, 1, 5)
DAYS = 98
MIRAI = Series(dimension="family", value="mirai")


def laid_out(counts: Mapping[str, list[int]], heard: Mapping[str, list[int]]) -> Panel:
    present = presence(
        [
            Heard(day=FIRST + timedelta(days=day), source=source, count=number)
            for source, row in heard.items()
            for day, number in enumerate(row)
            if number
        ],
        first=FIRST,
        days=DAYS,
    )
    cells = [
        Cell(day=FIRST + timedelta(days=day), source=source, series=MIRAI, count=number)
        for source, row in counts.items()
        for day, number in enumerate(row)
        if number
    ]
    return panel(cells, present, first=FIRST, days=DAYS)


def test_counts_of_all_settled_sources_are_added_up() -> None:
    found = laid_out(
        {"a/x": [3] * DAYS, "b/y": [4] * DAYS}, {"a/x": [90] * DAYS, "b/y": [50] * DAYS}
    )
    assert found.series == (MIRAI,)
    assert found.counts.tolist() == [[7.0] * DAYS]
    assert not found.left_out


def test_a_day_on_which_a_feed_was_silent_is_missing_and_not_zero() -> None:
    row, heard = [3] * DAYS, [90] * DAYS
    row[40:43], heard[40:43] = [0] * 3, [0] * 3
    found = laid_out({"a/x": row, "b/y": [4] * DAYS}, {"a/x": heard, "b/y": [50] * DAYS})
    assert np.flatnonzero(np.isnan(found.counts[0])).tolist() == [40, 41, 42]


def test_a_day_on_which_a_feed_was_heard_in_part_is_missing() -> None:
    heard = [90] * DAYS
    heard[40] = 10
    found = laid_out({"a/x": [3] * DAYS}, {"a/x": heard})
    assert np.flatnonzero(np.isnan(found.counts[0])).tolist() == [40]


def test_what_had_piled_up_during_a_silence_is_no_rise() -> None:
    row, heard = [3] * DAYS, [90] * DAYS
    row[95:97], heard[95:97] = [0] * 2, [0] * 2
    row[97], heard[97] = 9, 270
    found = laid_out({"a/x": row, "b/y": [4] * DAYS}, {"a/x": heard, "b/y": [50] * DAYS})
    assert found.left_out == {"a/x": "silent"}
    assert found.counts[0, 97] == 4


def test_a_new_feed_is_left_out_until_it_has_settled() -> None:
    row, heard = [0] * 70 + [50] * 28, [0] * 70 + [90] * 28
    found = laid_out({"a/x": [3] * DAYS, "n/z": row}, {"a/x": [60] * DAYS, "n/z": heard})
    assert found.left_out == {"n/z": "new"}
    assert found.counts.tolist() == [[3.0] * DAYS]


def test_days_before_a_settled_feed_began_are_missing() -> None:
    row, heard = [0] * 40 + [50] * 58, [0] * 40 + [90] * 58
    found = laid_out({"a/x": [3] * DAYS, "n/z": row}, {"a/x": [60] * DAYS, "n/z": heard})
    assert np.isnan(found.counts[0, :40]).all()
    assert (found.counts[0, 40:] == 53).all()


def test_a_feed_that_is_silent_today_is_left_out_of_every_day() -> None:
    heard = [90] * (DAYS - 1) + [0]
    found = laid_out(
        {"a/x": [3] * DAYS, "b/y": [40] * (DAYS - 1) + [0]},
        {"a/x": [60] * DAYS, "b/y": heard},
    )
    assert found.left_out == {"b/y": "silent"}
    assert found.counts.tolist() == [[3.0] * DAYS]


def test_a_weekly_report_is_not_silent_on_other_days() -> None:
    heard = [700 if day % 7 == 2 else 0 for day in range(DAYS)]
    row = [20 if day % 7 == 2 else 0 for day in range(DAYS)]
    found = laid_out({"a/weekly": row}, {"a/weekly": heard})
    assert not np.isnan(found.counts).any()


def test_a_rare_feed_is_not_silent_because_nothing_came_for_some_days() -> None:
    heard = [1 if day % 5 == 0 else 0 for day in range(DAYS)]
    found = laid_out({"a/rare": heard}, {"a/rare": heard})
    assert not np.isnan(found.counts).any()


def test_a_rare_feed_is_silent_after_weeks_without_anything() -> None:
    heard = [1 if day % 2 == 0 and day < 50 else 0 for day in range(DAYS)]
    found = laid_out({"a/rare": heard}, {"a/rare": heard})
    assert found.left_out == {"a/rare": "silent"}


def test_a_known_silence_of_a_feed_is_one_of_all_its_reports() -> None:
    present = presence(
        [
            Heard(day=FIRST + timedelta(days=day), source=source, count=90)
            for source in ("a/x", "a/y", "b/z")
            for day in range(DAYS)
        ],
        first=FIRST,
        days=DAYS,
        silences=[("a", FIRST + timedelta(days=3), FIRST + timedelta(days=4))],
    )
    assert [np.flatnonzero(~row).tolist() for row in present.heard] == [[3, 4], [3, 4], []]

"""Methods find what is unusual, and thresholds keep chance within the budget."""

from datetime import date

import numpy as np
import pytest

from lionrock.briefing.trends.baseline import expected
from lionrock.briefing.trends.calibration import calibrate, folded, levels_of
from lionrock.briefing.trends.methods import METHODS, Method, ears_c2, surprise, windows
from lionrock.briefing.trends.panel import panel, presence, weekdays
from lionrock.briefing.trends.simulation import History, history

FIRST = date(2026, 1, 5)
BY_NAME = {method.name: method for method in METHODS}


def quiet(
    mean: float, days: int, seed: int = 1
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    drawn = np.random.default_rng(seed).poisson(mean, (1, days)).astype(np.float64)
    return drawn.reshape(1, days)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_finds_a_jump_to_many_times_the_usual(method: Method) -> None:
    counts = quiet(10, 120)
    counts[0, 118] = 80
    scores = method.score(counts, weekdays(FIRST, 120), 100)
    assert int(np.nanargmax(scores[0])) >= 18
    assert scores[0, 18] > method.usual


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_missing_day_is_no_score_and_disturbs_no_other(method: Method) -> None:
    counts = quiet(10, 120)
    counts[0, 60:64], counts[0, 110] = np.nan, np.nan
    scores = method.score(counts, weekdays(FIRST, 120), 100)
    assert np.flatnonzero(np.isnan(scores[0])).tolist() == [10]


def test_a_weekday_of_its_own_is_expected() -> None:
    week = np.array([10, 10, 10, 10, 10, 60, 2.0])
    counts = np.tile(week, 18)[None, :]
    model, _beta = expected(counts, weekdays(FIRST, 126), 124)
    assert model.mean[0, -1] == pytest.approx(60, rel=0.15)
    assert model.mean[0, -2] == pytest.approx(10, rel=0.15)


def test_past_outbreaks_hardly_raise_what_is_expected() -> None:
    counts = quiet(10, 120)
    clean, _beta = expected(counts, weekdays(FIRST, 120), 119)
    counts[0, 50:53] = 200
    told, _beta = expected(counts, weekdays(FIRST, 120), 119)
    assert told.mean[0, -1] < 1.5 * clean.mean[0, -1]


def test_a_beginning_outbreak_does_not_hide_itself() -> None:
    counts = quiet(4, 120)
    counts[0, 113:] = [8, 12, 16, 20, 24, 28, 32]
    scores = windows(counts, weekdays(FIRST, 120), 113)
    assert scores[0, -1] > 10
    c2 = ears_c2(counts, weekdays(FIRST, 120), 119)
    assert c2[0, 0] < 4  # it compares with the days of the outbreak itself


def test_a_surprise_is_the_tail_of_a_poisson_where_nothing_is_dispersed() -> None:
    found = surprise(np.array([3.0]), np.array([1.0]), np.array([0.0]), np.array([1.0]))
    assert 10 ** -found[0] == pytest.approx(1 - 2.5 / np.e, rel=1e-3)


def test_too_short_a_history_says_nothing() -> None:
    scores = windows(quiet(5, 20), weekdays(FIRST, 20), 15)
    assert np.isnan(scores).all()


def laid_out(past: History) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], int]:
    days = past.heard.shape[1]
    present = presence(past.deliveries(), first=past.first, days=days)
    return panel(past.cells(), present, first=past.first, days=days).counts, days


def test_a_calibrated_method_spends_about_its_budget_on_a_quiet_history() -> None:
    counts, days = laid_out(history(seed=5, series=100, days=220, quiet=120))
    of_week = weekdays(FIRST, days)
    method = BY_NAME["ears-c2"]
    calibration = calibrate(method, counts, of_week, seed=2, histories=6, series=100)
    thresholds = np.array([[calibration.threshold(level)] for level in levels_of(counts)])
    scores = method.score(counts, of_week, days - 84)
    begun = int(folded(scores, thresholds).sum())
    # Twelve weeks: twelve by chance; more than twenty happen once in a hundred times.
    assert begun <= 20
    assert int(folded(scores, method.usual).sum()) > 10 * begun


def test_rates_fall_with_the_score_and_go_on_falling_beyond_what_was_met() -> None:
    counts, days = laid_out(history(seed=6, series=40, days=150, quiet=100))
    calibration = calibrate(
        BY_NAME["ears-c2"], counts, weekdays(FIRST, days), seed=2, histories=2, series=300
    )
    rates = [calibration.rate(score, 3.0) for score in (2.0, 4.0, 8.0, 60.0, 120.0)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < rates[-2]
    level = 3.0
    threshold = calibration.threshold(level, budget=52)
    assert calibration.rate(threshold, level) <= 52 * 1.001


def test_a_series_alarms_once_while_it_goes_on() -> None:
    scores = np.array([[0, 5, 5, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 5.0]])
    assert np.flatnonzero(folded(scores, 4.0)[0]).tolist() == [1, 13]

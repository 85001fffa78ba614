"""What is unusual is told once, by its most telling series, and only a handful a day."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from lionrock.briefing.trends.calibration import Calibration, Tail, as_json, from_json
from lionrock.briefing.trends.facts import alert_kind
from lionrock.briefing.trends.noticing import Noticed, What, firsts, overlap, rises, told_once
from lionrock.briefing.trends.panel import Panel, Series
from lionrock.core.alerts import Kind

DAY = date(2026, 11, 20)
FAMILY = Series(dimension="family", value="mirai")
KIND = Series(dimension="kind", value="malicious-code.infected-system")
TAIL = Tail(peaks=(2.0, 3.0, 4.0), alarms=(4000, 400, 40), years=10.0, scale=0.5)
CALIBRATION = Calibration(method="windows", series=10, weeks=8.0, tails=(TAIL,) * 5)


def noticed(series: Series, *members: str, counted: int = 9, yearly: float = 1.0) -> Noticed:
    return Noticed(
        what=What.RISE,
        series=series,
        day=DAY,
        since=DAY,
        counted=counted,
        usual=0.0,
        yearly=yearly,
        course=(counted,),
        members=frozenset(members),
    )


def laid_out(*rows: list[float]) -> Panel:
    counts = np.array(rows, dtype=np.float64)
    return Panel(
        first=DAY - timedelta(days=counts.shape[1] - 1),
        series=tuple(Series(dimension="family", value=f"f{n}") for n in range(len(rows))),
        counts=counts,
        left_out={},
    )


def test_what_a_family_raises_is_told_by_the_family() -> None:
    (told,) = told_once([noticed(KIND, "a", "b", "c"), noticed(FAMILY, "a", "b")])
    assert (told.series, told.also) == (FAMILY, (KIND,))


def test_a_kind_that_was_busy_before_is_explained_by_what_it_has_more() -> None:
    busy = replace(noticed(KIND, *"abcdefghij", counted=10), usual=7.0)
    (told,) = told_once([busy, noticed(FAMILY, "a", "b", "c", counted=3)])
    assert told.also == (KIND,)


def test_two_things_with_different_members_are_two_trends() -> None:
    assert len(told_once([noticed(KIND, "x", "y", "z"), noticed(FAMILY, "a", "b")])) == 2


def test_only_a_handful_is_told_and_it_is_the_most_unusual_one() -> None:
    many = [
        noticed(Series(dimension="port", value=str(port)), str(port), yearly=float(port))
        for port in range(1, 30)
    ]
    told = told_once(many)
    assert [one.yearly for one in told] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_a_rise_says_since_when_and_how_many() -> None:
    (rise,) = rises(laid_out([*[5.0, 6, 4] * 30, 20, 25, 30], [5.0, 6, 4] * 31), CALIBRATION)
    assert rise.series.value == "f0"
    assert rise.since == DAY - timedelta(days=2)
    assert rise.counted == 75
    assert rise.usual == pytest.approx(15, rel=0.2)
    assert rise.yearly < 1
    assert [why.code for why in rise.why] == ["times", "highest"]


def test_a_fall_is_no_trend() -> None:
    assert rises(laid_out([*[50.0, 60, 40] * 30, 2, 1, 0]), CALIBRATION) == []


def test_two_more_than_none_are_nobodys_matter() -> None:
    assert rises(laid_out([*[0.0] * 90, 2.0]), CALIBRATION) == []


def test_a_missing_last_day_is_no_trend() -> None:
    assert rises(laid_out([*[5.0, 6, 4] * 30, 40, 40, np.nan]), CALIBRATION) == []


def test_too_short_a_history_has_no_trend() -> None:
    assert rises(laid_out([1.0] * 20 + [90.0]), CALIBRATION) == []


def test_a_first_appearance_is_rarer_where_few_were_as_large() -> None:
    panel = laid_out(
        *[[0.0] * (60 + n) + [2.0] * (59 - n) + [0] for n in range(0, 40, 2)], [0.0] * 119 + [9.0]
    )
    known = {
        series: panel.day(int(np.flatnonzero(row)[0]))
        for series, row in zip(panel.series, panel.counts, strict=True)
    }
    (first,) = firsts(panel, known)
    assert (first.series.value, first.counted, first.since) == ("f20", 9, DAY)
    # Two at once are nothing special here: families come with as many all the time.
    panel.counts[20, -1] = 2
    assert firsts(panel, known) == []


def test_what_was_seen_long_before_the_days_compared_is_no_first_appearance() -> None:
    panel = laid_out([0.0] * 119 + [9.0])
    assert firsts(panel, {panel.series[0]: DAY - timedelta(days=700)}) == []


def test_a_calibration_is_the_same_after_it_was_kept() -> None:
    kept = from_json(as_json(CALIBRATION))
    assert kept.rate(3.5, 2.0) == CALIBRATION.rate(3.5, 2.0)
    assert kept.threshold(2.0) == CALIBRATION.threshold(2.0)


@pytest.mark.parametrize(
    ("series", "kind"),
    [
        (("campaign", "x.example"), Kind.PHISHING),
        (("brand", "water"), Kind.PHISHING),
        (("kind", "fraud.phishing"), Kind.PHISHING),
        (("cve", "CVE-2026-0001"), Kind.VULNERABILITY),
        (("product", "telnet"), Kind.VULNERABILITY),
        (("family", "mirai"), Kind.BOTNET),
        (("kind", "malicious-code.malware-distribution"), Kind.MALWARE),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else None,
)
def test_a_trend_suggests_what_kind_of_alert_it_asks_for(
    series: tuple[str, str], kind: Kind
) -> None:
    assert alert_kind(*series) is kind


def test_no_members_overlap_with_nothing() -> None:
    assert overlap([], ["a"]) == 0.0

"""A feed that fell silent is a gap on every figure it feeds, and never a fall."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest

from lionrock import regions
from lionrock.briefing.counting import Counted, count
from lionrock.briefing.counting.gaps import gaps_in
from lionrock.briefing.counting.period import evenly
from lionrock.briefing.definitions import load
from lionrock.core.figures import Gap, Period
from lionrock.core.rsit import Rsit
from tests.briefing.standing_views import heard, report, standing_views

Q1 = Period.of("2023Q1")
BEGUN = date(2022, 11, 1)


def days(first: date, last: date, every: int = 1) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, every)]


def gaps(*heard_on: list[date], upto: date = Q1.last) -> tuple[Gap, ...]:
    return gaps_in({"feed": [day for some in heard_on for day in some]}, Q1, upto=upto)


def test_three_days_without_a_word_are_forgiven_and_four_are_not() -> None:
    before, after = days(BEGUN, date(2023, 1, 31)), days(date(2023, 2, 4), Q1.last)
    assert gaps(before, after) == ()
    assert gaps(before, after[1:]) == (
        Gap(feed="feed", first=date(2023, 2, 1), last=date(2023, 2, 4)),
    )


def test_a_weekly_feed_may_miss_one_week() -> None:
    weekly = days(BEGUN, Q1.last, 7)
    assert gaps(weekly) == ()
    assert gaps(weekly[:15], weekly[16:]) == ()
    (gap,) = gaps(weekly[:15], weekly[17:])
    assert gap == Gap(
        feed="feed", first=weekly[14] + timedelta(days=1), last=weekly[17] - timedelta(days=1)
    )


def test_a_silence_that_began_before_the_period_is_cut_to_it() -> None:
    assert gaps(days(BEGUN, date(2022, 12, 30)), days(date(2023, 1, 3), Q1.last)) == ()
    assert gaps(days(BEGUN, date(2022, 12, 20)), days(date(2023, 1, 3), Q1.last)) == (
        Gap(feed="feed", first=Q1.first, last=date(2023, 1, 2)),
    )


def test_a_feed_that_never_came_back_is_silent_up_to_the_end_or_today() -> None:
    begun = days(BEGUN, date(2023, 3, 1))
    assert gaps(begun) == (Gap(feed="feed", first=date(2023, 3, 2), last=Q1.last),)
    assert gaps(begun, upto=date(2023, 3, 4)) == ()
    (gap,) = gaps(begun, upto=date(2023, 3, 10))
    assert gap.last == date(2023, 3, 10)


def test_a_feed_owes_nothing_before_it_was_first_heard_nor_long_after_its_end() -> None:
    assert gaps(days(date(2023, 3, 1), Q1.last)) == ()
    assert gaps(days(date(2020, 1, 1), date(2021, 6, 1))) == ()


def test_a_feed_that_was_rarely_heard_has_no_rhythm() -> None:
    assert gaps([date(2022, 12, 1), date(2022, 12, 2), date(2023, 3, 1)]) == ()


def test_a_feed_that_comes_in_bursts_may_be_silent_between_them() -> None:
    bursts = [days(first, first + timedelta(days=4)) for first in days(BEGUN, Q1.last, 19)]
    assert gaps(*bursts) == ()
    (gap,) = gaps(*bursts[:4], *bursts[7:])
    assert (gap.first, gap.last) == (date(2023, 1, 2), bursts[7][0] - timedelta(days=1))


def test_bytes_that_came_often_came_evenly() -> None:
    first = date(2023, 1, 1)
    assert set(evenly(first, date(2023, 1, 5), 5)) == set(days(first, date(2023, 1, 5)))
    assert set(evenly(first, date(2023, 1, 5), 400)) == set(days(first, date(2023, 1, 5)))
    assert set(evenly(first, date(2023, 1, 5), 2)) == {first, date(2023, 1, 5)}
    assert set(evenly(first, first, 1)) == {first}


@pytest.fixture
def views() -> Iterator[sqlite3.Connection]:
    with closing(standing_views()) as connection:
        yield connection


def counted(views: sqlite3.Connection, period: str = "2023Q1") -> Counted:
    return count(views, region=regions.load("hk"), definitions=load("hk"), period=Period.of(period))


def test_a_gap_stands_on_every_figure_the_feed_feeds_and_on_no_other(
    views: sqlite3.Connection,
) -> None:
    heard(views, "phish", BEGUN, date(2023, 2, 10))
    heard(views, "sinkhole", BEGUN, Q1.last)
    report(views, Rsit.PHISHING, ["http://a.example/"], BEGUN, unit="url", feed="phish")
    some = ["192.0.2.1"]
    report(views, Rsit.INFECTED_SYSTEM, some, Q1.first, family="mirai", feed="sinkhole")
    figures = counted(views)
    gap = Gap(feed="phish", first=date(2023, 2, 11), last=Q1.last)
    assert figures["phishing.unique_url"].gaps == (gap,)
    assert figures["phishing.ratio"].gaps == (gap,)
    assert figures["total"].gaps == (gap,)
    assert figures["bots.size"].gaps == ()
    assert figures["bots.size.family.mirai"].gaps == ()
    assert figures.gaps == (gap,)


def test_what_all_feeds_were_silent_of_was_not_counted(views: sqlite3.Connection) -> None:
    heard(views, "phish", BEGUN, date(2022, 12, 20))
    report(views, Rsit.PHISHING, ["http://a.example/"], BEGUN, unit="url", feed="phish")
    assert counted(views)["phishing.unique_url"].value is None
    assert counted(views, "2022Q4")["phishing.unique_url"].value == 1
    heard(views, "other", BEGUN, Q1.last)
    report(views, Rsit.PHISHING, ["http://b.example/"], BEGUN, unit="url", feed="other")
    assert counted(views)["phishing.unique_url"].value == 0


def test_deliveries_that_hold_nothing_are_no_silence(views: sqlite3.Connection) -> None:
    heard(views, "phish", BEGUN, Q1.last)
    report(views, Rsit.PHISHING, ["http://a.example/"], BEGUN, unit="url", feed="phish")
    assert counted(views).gaps == ()

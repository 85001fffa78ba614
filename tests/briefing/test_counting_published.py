"""Five real quarters, counted: the published rows, their total and changes, and where its headline was wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import pytest

from lionrock import regions
from lionrock.briefing.counting import Counted, count
from lionrock.briefing.definitions import load
from lionrock.core.figures import Period, change, total
from lionrock.core.rsit import Rsit
from tests.briefing import published
from tests.briefing.standing_views import heard, report, standing_views

ROWS = ("defacement.unique_url", "phishing.unique_url", "bots.size")


@pytest.fixture(scope="module")
def counts() -> Iterator[list[Counted]]:
    with closing(standing_views()) as views:
        heard(views, "made-up", date(2022, 1, 1), date(2023, 3, 31))
        for number, quarter in enumerate(published.QUARTERS):
            fill(views, number, Period.of(quarter).first + timedelta(days=40))
        yield [
            count(views, region=regions.load("hk"), definitions=load("hk"), period=Period.of(key))
            for key in published.QUARTERS
        ]


def fill(views: sqlite3.Connection, number: int, day: date) -> None:
    """Report what was counted in a quarter, some of it on many days."""
    pages = [f"http://p{n}.example/" for n in range(published.PHISHING[number])]
    report(views, Rsit.PHISHING, pages, day, unit="url", asset_kind="url")
    report(views, Rsit.PHISHING, pages[:99], day + timedelta(days=30), unit="url", feed="other")
    sites = [f"http://d{n}.example/" for n in range(published.DEFACEMENT[number])]
    defaced = {"unit": "url", "variant": "defacement"}
    report(views, Rsit.UNAUTHORISED_MODIFICATION, sites, day, **defaced)  # type: ignore[arg-type]  # texts
    for family, size in published.families(number).items():
        some = [f"2001:db8::{n:x}" for n in range(size)]
        few = [f"2001:db8:1::{n:x}" for n in range(size // 2)]
        told = {"family": family, "part": "source"}
        report(views, Rsit.INFECTED_SYSTEM, some, day, **told)  # type: ignore[arg-type]  # as above
        report(views, Rsit.INFECTED_SYSTEM, few, day + timedelta(days=1), **told)  # type: ignore[arg-type]


def test_the_rows_of_the_published_table_come_out(counts: list[Counted]) -> None:
    rows = [[counted[row].value for counted in counts] for row in ROWS]
    assert rows == [list(one) for one in (published.DEFACEMENT, published.PHISHING, published.BOTS)]


def test_rows_add_up_to_the_total_and_the_published_headline_does_not(
    counts: list[Counted],
) -> None:
    for counted, expected in zip(counts, published.TOTAL, strict=True):
        assert counted["total"].value == total(counted[row] for row in ROWS) == expected
    assert counts[-1]["total"].value != published.TILE


def test_changes_are_those_published(counts: list[Counted]) -> None:
    before, now = counts[-2:]
    for name, expected in zip((*ROWS, "total"), published.CHANGES.values(), strict=True):
        assert change(now[name], before[name]) == expected
    assert change(counts[1]["phishing.unique_url"], counts[0]["phishing.unique_url"]) == 524


@pytest.mark.parametrize("family", published.FAMILIES)
def test_families_have_their_published_size_and_change(counts: list[Counted], family: str) -> None:
    before, now = (one.part("bots.size", "family", family) for one in counts[-2:])
    size_before, size_now, expected = published.FAMILIES[family]
    assert (before.value, now.value) == (size_before, size_now)
    assert change(now, before, places=1) == Decimal(expected)


def test_no_feed_fell_silent_and_nothing_else_was_counted(counts: list[Counted]) -> None:
    assert [counted.gaps for counted in counts] == [()] * 5
    assert all(counted["malware-hosting.unique_url"].value is None for counted in counts)

"""Counting: what is published of a period, from the documented views alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from lionrock import regions
from lionrock.briefing.counting import Counted, count, slug
from lionrock.briefing.counting.events import Asked, daily
from lionrock.briefing.counting.months import months_of
from lionrock.briefing.definitions import Definitions, load
from lionrock.core.figures import Period, Stream, change, total
from lionrock.core.rsit import Rsit
from tests.briefing.standing_views import report, standing_views

HK = regions.load("hk")
DEFINED: Definitions = load("hk")
Q1 = Period.of("2023Q1")
JANUARY = date(2023, 1, 10)
MARCH = date(2023, 3, 31)


@pytest.fixture
def views() -> Iterator[sqlite3.Connection]:
    with closing(standing_views()) as connection:
        yield connection


def counted(
    views: sqlite3.Connection, period: str = "2023Q1", today: date | None = None
) -> Counted:
    return count(views, region=HK, definitions=DEFINED, period=Period.of(period), today=today)


def addresses(count: int, start: int = 0) -> list[str]:
    return [f"192.0.2.{n}" for n in range(start, start + count)]


def test_a_botnet_is_as_large_as_its_best_day(views: sqlite3.Connection) -> None:
    for day, number in enumerate((5, 9, 7)):
        report(
            views,
            Rsit.INFECTED_SYSTEM,
            addresses(number, 20 * day),
            date(2023, 2, 1 + day),
            family="mirai",
            part="source",
        )
    figures = counted(views)
    assert figures["bots.size.family.mirai"].value == 9
    assert figures["bots.unique_address"].value == 21


def test_bots_in_all_are_the_sum_of_the_sizes_of_families(views: sqlite3.Connection) -> None:
    report(views, Rsit.INFECTED_SYSTEM, addresses(5), JANUARY, family="mirai", part="source")
    report(views, Rsit.INFECTED_SYSTEM, addresses(3), MARCH, family="virut", part="source")
    figures = counted(views)
    assert figures["bots.size"].value == 8
    assert [one.value for one in figures.parts("bots.size", "family")] == [5, 3]


def test_an_address_that_two_feeds_and_two_names_of_a_family_tell_of_counts_once_a_day(
    views: sqlite3.Connection,
) -> None:
    for feed, family, asn in (("one", "conficker", 64496), ("two", "downadup", 64497)):
        report(
            *(views, Rsit.INFECTED_SYSTEM, ["192.0.2.1"], JANUARY, MARCH),
            family=family,
            feed=feed,
            asn=asn,
            part="source",
        )
    figures = counted(views)
    assert figures["bots.size.family.conficker"].value == 1
    assert figures["bots.unique_address"].value == 1
    assert "bots.size.family.downadup" not in figures


def test_a_page_reported_on_many_days_of_a_quarter_counts_once(views: sqlite3.Connection) -> None:
    page = ["http://shop.example/login"]
    report(views, Rsit.PHISHING, page, date(2023, 1, 31), date(2023, 2, 1), MARCH, unit="url")
    figures = counted(views)
    assert figures["phishing.unique_url"].value == 1
    assert counted(views, "2022Q4")["phishing.unique_url"].value is None


def test_a_day_outside_the_period_does_not_count(views: sqlite3.Connection) -> None:
    report(views, Rsit.PHISHING, ["http://a.example/"], date(2023, 2, 5), unit="url")
    report(views, Rsit.PHISHING, ["http://b.example/"], date(2023, 2, 6), unit="url")
    assert counted(views, "2023-W06")["phishing.unique_url"].value == 1
    assert counted(views, "2023-02-05..2023-02-06")["phishing.unique_url"].value == 2
    assert counted(views, "2023-02-07")["phishing.unique_url"].value == 0


def test_the_ratio_is_urls_per_address_to_two_places(views: sqlite3.Connection) -> None:
    pages = [f"http://shop.example/{n}" for n in range(8)]
    report(views, Rsit.PHISHING, pages, JANUARY, unit="url", asset_kind="url")
    report(views, Rsit.PHISHING, addresses(3), JANUARY, asset_kind="url")
    figures = counted(views)
    assert figures["phishing.ratio"].value == Decimal("2.67")


def test_there_is_no_ratio_without_an_address(views: sqlite3.Connection) -> None:
    report(views, Rsit.PHISHING, ["http://a.example/"], JANUARY, unit="url")
    assert counted(views)["phishing.ratio"].value is None


def test_what_no_feed_could_tell_of_was_not_counted_which_is_not_zero(
    views: sqlite3.Connection,
) -> None:
    report(views, Rsit.PHISHING, ["http://a.example/"], date(2022, 11, 1), unit="url")
    figures = counted(views)
    assert figures["phishing.unique_url"].value == 0
    assert figures["malware-hosting.unique_url"].value is None


def test_the_total_is_the_sum_of_the_headlines_of_the_table_alone(
    views: sqlite3.Connection,
) -> None:
    report(views, Rsit.PHISHING, [f"http://{n}.example/" for n in "abcd"], JANUARY, unit="url")
    report(views, Rsit.INFECTED_SYSTEM, addresses(2), JANUARY, family="mirai", part="source")
    report(views, Rsit.BRUTE_FORCE, addresses(50, 100), JANUARY, unit="source", part="target")
    figures = counted(views)
    heads = [figures[f"{one.id}.{one.headline}"] for one in DEFINED.published]
    assert figures["total"].value == total(heads) == 6
    assert figures["attacks.sources"].value == 50


def test_a_category_takes_only_the_variants_it_names(views: sqlite3.Connection) -> None:
    kind = Rsit.UNAUTHORISED_MODIFICATION
    report(views, kind, ["http://a.example/"], JANUARY, unit="url", variant="defacement")
    report(views, kind, ["http://b.example/"], JANUARY, unit="url", variant="injected-code")
    assert counted(views)["defacement.unique_url"].value == 1


def test_hosting_networks_and_countries_of_attacks_are_told_apart(
    views: sqlite3.Connection,
) -> None:
    report(views, Rsit.PHISHING, ["http://a.example/", "http://b.example/"], JANUARY, unit="url")
    report(views, Rsit.PHISHING, ["http://c.example/"], JANUARY, unit="url", asn=64497)
    report(views, Rsit.PHISHING, ["http://d.example/"], JANUARY, unit="url", asn=0)
    attack = partial(report, views, unit="source", part="target")
    attack(Rsit.SCANNER, addresses(3), JANUARY, country="US")
    attack(Rsit.BRUTE_FORCE, addresses(2), JANUARY, country="US")
    attack(Rsit.SCANNER, addresses(1, 9), JANUARY, country="")
    figures = counted(views)
    networks = figures.parts("phishing.unique_url", "network")
    assert [(one.id, one.value) for one in networks] == [
        ("2023Q1.phishing.unique_url.network.as64496", 2),
        ("2023Q1.phishing.unique_url.network.unknown", 1),
        ("2023Q1.phishing.unique_url.network.as64497", 1),
    ]
    countries = figures.parts("attacks.sources", "country")
    assert [(one.filters, one.value) for one in countries] == [
        ((("country", "US"),), 3),
        ((("country", ""),), 1),
    ]


def test_a_part_that_was_not_met_is_zero_where_the_whole_was_counted(
    views: sqlite3.Connection,
) -> None:
    report(views, Rsit.INFECTED_SYSTEM, addresses(4), JANUARY, family="mirai", part="source")
    now, before = counted(views), counted(views, "2022Q4")
    assert now.part("bots.size", "family", "mirai").value == 4
    assert now.part("bots.size", "family", "virut").value == 0
    assert before.part("bots.size", "family", "mirai").value is None
    known, unknown = (one.part("bots.size", "family", "mirai") for one in (now, before))
    assert change(known, unknown) is None


def test_a_figure_names_its_period_definition_filter_and_query(views: sqlite3.Connection) -> None:
    report(views, Rsit.INFECTED_SYSTEM, addresses(4), JANUARY, family="mirai", part="source")
    figure = counted(views)["2023Q1.bots.size.family.mirai"]
    assert (figure.definition, figure.filters) == ("bots.size", (("family", "mirai"),))
    assert (figure.period, figure.stream) == (Q1, Stream.EVENTS)
    assert figure.query == "figures.daily"


def test_days_have_the_counts_that_sizes_are_the_highest_of(views: sqlite3.Connection) -> None:
    report(views, Rsit.INFECTED_SYSTEM, addresses(4), JANUARY, MARCH, family="mirai", part="source")
    report(views, Rsit.INFECTED_SYSTEM, addresses(2, 9), MARCH, family="mirai", part="source")
    asked = Asked(connection=views, definitions=DEFINED, period=Q1, months=months_of(Q1, Q1.last))
    assert daily(asked, DEFINED.category("bots")) == {"mirai": {JANUARY: 4, MARCH: 6}}


def test_names_that_are_no_plain_words_get_ids_that_differ(views: sqlite3.Connection) -> None:
    names = ["", "unnamed", "mirai", "mirai/x", "mirai x", "殭屍", "a" * 100]
    for number, family in enumerate(names):
        report(
            views,
            Rsit.INFECTED_SYSTEM,
            addresses(number + 1),
            JANUARY,
            family=family,
            part="source",
        )
    figures = counted(views)
    families = figures.parts("bots.size", "family")
    assert len({one.id for one in families}) == len(names)
    assert {one.filters[0][1] for one in families} == set(names)
    assert slug("family", "") == "unnamed" != slug("family", "unnamed")


def test_names_put_forward_and_confirmed_are_a_stream_of_their_own(
    views: sqlite3.Connection,
) -> None:
    views.executemany(
        "INSERT INTO figure_suspect VALUES (?, ?, ?, ?, ?)",
        [
            ("harbour-bank", "bank", "confirmed", "2023-01-02 00:00:00", "2023-01-03 00:00:00"),
            ("harbour-bank", "bank", "waiting", "2022-12-31 16:00:00", None),
            ("harbour-bank", "bank", "waiting", "2022-12-31 15:59:59.999999", None),
            ("ferry", "transport", "dismissed", "2023-03-31 15:59:59", "2023-03-31 15:59:59"),
            ("", "", "confirmed", "2022-01-01 00:00:00", "2023-03-31 16:00:00"),
        ],
    )
    figures = counted(views)
    assert figures["suspects.new"].value == 3
    assert figures["suspects.confirmed"].value == 1
    assert figures["suspects.new.brand.harbour-bank"].value == 2
    assert figures["suspects.new.sector.transport"].value == 1
    with pytest.raises(ValueError, match="streams"):
        total([figures["suspects.new"], figures["phishing.unique_url"]])


def test_a_period_that_is_not_over_counts_up_to_today(views: sqlite3.Connection) -> None:
    report(views, Rsit.PHISHING, ["http://a.example/"], JANUARY, unit="url")
    figures = counted(views, today=date(2023, 2, 3))
    assert (figures.upto, figures["phishing.unique_url"].value) == (date(2023, 2, 3), 1)
    assert counted(views, "2024Q1", today=JANUARY)["phishing.unique_url"].value == 0


def test_days_that_changed_since_they_were_counted_are_told(views: sqlite3.Connection) -> None:
    views.executemany("INSERT INTO figure_uncounted VALUES (?)", [("2023-02-03",), ("2023-04-01",)])
    assert counted(views).uncounted == (date(2023, 2, 3),)


def test_two_figures_of_one_id_are_refused(views: sqlite3.Connection) -> None:
    figure = counted(views)["total"]
    with pytest.raises(ValueError, match="same id"):
        Counted(period=Q1, upto=Q1.last, figures=(figure, figure))

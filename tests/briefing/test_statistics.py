"""Statistics of cases: by month since the start, compared with other years, with shares and URLs."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lionrock.briefing.statistics.comparing import Kind, Part, Span, Standing, standing
from lionrock.briefing.statistics.forecasts import read_forecasts
from lionrock.briefing.statistics.made import Statistics, last_month, make_statistics
from lionrock.briefing.statistics.views import VIEWS
from lionrock.briefing.statistics.written import documents
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Period, Stream
from lionrock.regions import load
from tests.regions.test_loading import PACKS

NOW = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
ISLES = load("xx", PACKS / "xx")

PUBLISHED = {
    2020: (8346, 3483, 4154),
    2021: (7725, 3737, 3479),
    2022: (8393, 2946, 4858),
    2023: (7752, 3752, None),
    2024: (12536, 7811, None),
    2025: (15877, None, None),
}
"""HKCERT's own yearly figures: all incidents, phishing, botnet; HKCERT statistics and annual
briefings, Creative Commons with attribution."""
URLS = {2022: 15736, 2023: 19198, 2024: 47995}
"""The URLs in their phishing cases; the last two are published as more than 19,000 and 48,000."""

Case = tuple[str, str, str, str, str, int, int]


def kept(
    cases: Iterable[Case] = (), urls: Sequence[tuple[str, str, str]] = ()
) -> sqlite3.Connection:
    """Return a database whose tables have the names and columns of the views."""
    connection = sqlite3.connect(":memory:")
    for view in VIEWS:
        columns = ", ".join(column.name for column in view.columns)
        connection.execute(f"CREATE TABLE {view.name} ({columns})")
    connection.executemany("INSERT INTO figure_case VALUES (?, ?, ?, ?, ?, ?, ?)", cases)
    connection.executemany("INSERT INTO figure_case_url VALUES (?, ?, ?)", urls)
    return connection


def some(day: str, category: str = "phishing", number: int = 1, **said: object) -> list[Case]:
    """Return a number of cases of one day that say the same."""
    told = {"sector": "", "brand": "", "brand_named": "", "urls": 0, "listed": 0} | said
    return [(day, category, *told.values())] * number  # type: ignore[list-item]  # as above


def made(
    cases: Iterable[Case],
    urls: Sequence[tuple[str, str, str]] = (),
    *,
    since: str = "2024-01",
    until: str = "2025-12",
    pack: str = "xx",
) -> Statistics:
    """Make statistics of some cases."""
    return make_statistics(
        kept(cases, urls),
        ISLES if pack == "xx" else load(pack),
        since=Period.of(since),
        until=Period.of(until),
        now=NOW,
    )


def year(statistics: Statistics, label: str) -> Span:
    return next(span for span in statistics.spans[Kind.YEAR] if span.label == label)


def part(span: Span, category: str) -> Part:
    return next(each for each in span.parts if each.category == category)


@pytest.fixture(scope="module")
def published() -> Statistics:
    """The published years, loaded as cases spread over their months."""
    cases: list[Case] = []
    for number, (total, phishing, botnet) in PUBLISHED.items():
        known = {"phishing": phishing or 0, "botnet": botnet or 0}
        known["other"] = total - sum(known.values())
        for category, count in known.items():
            for month in range(1, 13):
                share = count // 12 + (month <= count % 12)
                cases += some(f"{number}-{month:02}-15", category, share)
        if number in URLS:
            cases.remove(some(f"{number}-06-15")[0])
            cases += some(f"{number}-06-15", urls=URLS[number])
    return made(cases, since="2020-01", pack="hk")


@pytest.mark.parametrize(
    ("label", "change"), [("2021", -7), ("2022", 9), ("2023", -8), ("2024", 62), ("2025", 27)]
)
def test_the_published_years_give_the_published_changes(
    published: Statistics, label: str, change: int
) -> None:
    total = year(published, label).total
    assert total.figure.value == PUBLISHED[int(label)][0]
    assert total.change == Decimal(change)


@pytest.mark.parametrize(
    ("label", "category", "cases", "share", "change"),
    [
        ("2020", "phishing", 3483, "41.7", None),
        ("2021", "phishing", 3737, "48.4", 7),
        ("2021", "botnet", 3479, "45.0", -16),
        ("2022", "phishing", 2946, "35.1", -21),
        ("2022", "botnet", 4858, "57.9", 40),
        ("2023", "phishing", 3752, "48.4", 27),
        ("2024", "phishing", 7811, "62.3", 108),
    ],
)
def test_the_published_categories_give_the_published_shares(
    published: Statistics, label: str, category: str, cases: int, share: str, change: int | None
) -> None:
    found = part(year(published, label), category)
    assert found.figure.value == cases
    assert found.share is not None
    assert (found.share.value, found.change) == (Decimal(share), change)


def test_the_highest_in_years_is_computed(published: Statistics) -> None:
    assert year(published, "2024").total.standing.highest_in == 5
    assert year(published, "2025").total.standing == Standing(highest_in=6, record=True)
    assert year(published, "2023").total.standing.highest_in is None


def test_cases_and_urls_stand_side_by_side_and_are_never_added(published: Statistics) -> None:
    table = json.loads(documents(published)["statistics.json"])
    row = next(each for each in table["years"] if each["label"] == "2023")
    assert row["urls"] == [
        {
            "category": "phishing",
            "figure": "2023.case.urls.phishing",
            "urls": 19198,
            "change_percent": 22,
        }
    ]
    assert row["parts"][0]["cases"] == sum(each["cases"] or 0 for each in row["parts"][1:]) == 7752
    units = {name: figure["unit"] for name, figure in table["figures"].items()}
    assert units["2023.case.urls.phishing"] == "url"
    assert units["2023.case.opened"] == "case"


def test_every_number_that_is_told_is_a_figure_of_the_stream_of_cases(
    published: Statistics,
) -> None:
    figures = published.figures()
    assert {figure.stream for figure in figures.values()} == {Stream.CASES}
    table = json.loads(documents(published)["statistics.json"])

    def cited(node: Any) -> Iterable[tuple[str, Any]]:  # Any: JSON
        if isinstance(node, dict):
            if isinstance(node.get("figure"), str):
                value = next(node[key] for key in ("cases", "urls", "total") if key in node)
                yield node["figure"], value
            for key, each in node.items():
                if key != "figures":
                    yield from cited(each)
        elif isinstance(node, list):
            for each in node:
                yield from cited(each)

    told = list(cited(table))
    assert len(told) > 300
    for name, value in told:
        assert table["figures"][name]["value"] == value


def test_months_add_up_to_the_year_in_the_table_of_months(published: Statistics) -> None:
    rows = list(
        csv.DictReader(io.StringIO(documents(published)["monthly.csv"].decode("utf-8-sig")))
    )
    assert (rows[0]["month"], rows[-1]["month"], len(rows)) == ("2020-01", "2025-12", 72)
    of_2024 = [row for row in rows if row["month"].startswith("2024")]
    assert sum(int(row["total"]) for row in of_2024) == 12536
    assert sum(int(row["phishing"]) for row in of_2024) == 7811
    # Vulnerable systems are a category since January 2025: before that nothing was counted.
    assert {row["vulnerable-system"] for row in rows if row["month"] < "2025"} == {""}
    assert {row["vulnerable-system"] for row in rows if row["month"] >= "2025"} == {"0"}


def test_a_year_that_still_runs_is_compared_with_the_same_months() -> None:
    cases = [
        *some("2024-02-01", number=10),
        *some("2024-11-01", number=90),
        *some("2025-03-31", number=13),
        *some("2024-01-01"),
        *some("2025-01-01"),
    ]
    running = year(made(cases, until="2025-10"), "2025")
    assert not running.over
    assert running.period.key == "2025-01-01..2025-10-31"
    assert running.total.before.period.key == "2024-01-01..2024-10-31"
    assert (running.total.figure.value, running.total.before.value) == (14, 11)
    assert running.total.change == 27


def test_what_lies_before_the_first_case_was_not_counted() -> None:
    statistics = made([*some("2024-04-09"), *some("2025-01-01", number=3)])
    months = json.loads(documents(statistics)["statistics.json"])["months"]
    assert [each["total"] for each in months[:5]] == [None, None, None, 1, 0]
    assert not year(statistics, "2024").whole
    assert year(statistics, "2025").total.change is None
    assert year(statistics, "2025").total.standing == Standing()


def test_a_month_without_any_case_is_a_gap_in_every_figure_that_spans_it() -> None:
    statistics = made([*some("2024-01-09"), *some("2024-03-01"), *some("2025-12-01")])
    assert {"2024-02", "2025-11"} <= statistics.book.empty
    gaps = year(statistics, "2024").total.figure.gaps
    assert [str(gap.first) for gap in gaps][:2] == ["2024-02-01", "2024-04-01"]


def test_halves_and_quarters_are_compared_with_those_of_the_year_before() -> None:
    cases = [
        *some("2024-01-15", number=2),
        *some("2024-05-15", number=8),
        *some("2025-06-30", number=15),
    ]
    statistics = made(cases)
    half = next(span for span in statistics.spans[Kind.HALF] if span.label == "2025H1")
    assert (half.period.key, half.total.change) == ("2025-01-01..2025-06-30", Decimal(50))
    quarter = next(span for span in statistics.spans[Kind.QUARTER] if span.label == "2025Q2")
    assert (quarter.period.key, quarter.total.change) == ("2025Q2", Decimal(88))
    assert len(statistics.spans[Kind.QUARTER]) == 8


def test_a_category_that_the_pack_has_no_more_is_still_counted() -> None:
    statistics = made([*some("2024-01-01", "carrier-pigeons", 4), *some("2024-01-01")])
    span = year(statistics, "2024")
    assert [each.category for each in span.parts] == ["", "phishing", "flood", "carrier-pigeons"]
    assert span.total.figure.value == 5


def test_shares_by_brand_and_sector_are_the_whole_and_name_what_is_not_stated() -> None:
    bank = {"sector": "bank", "brand": "marbluna", "brand_named": "Banco Marbluna"}
    cases = [
        *some("2024-02-01", number=5, **bank),
        *some("2024-02-01", number=2, brand_named="Corner Bakery"),
        *some("2024-03-01", number=1, brand_named="corner bakery"),
        *some("2024-03-01", number=2),
    ]
    brands, sectors = made(cases).shares[:2]
    assert [
        (each.id, each.named, each.figure.value, str(each.share.value)) for each in brands.slices
    ] == [
        ("marbluna", "Banco Marbluna", 5, "50.0"),
        ("", "Corner Bakery", 3, "30.0"),
        ("unstated", "", 2, "20.0"),
    ]
    assert [(each.id, each.figure.value) for each in sectors.slices] == [
        ("bank", 5),
        ("unstated", 5),
    ]


def test_many_brands_are_told_together_behind_the_most_frequent() -> None:
    cases = [case for n in range(30) for case in some("2024-02-01", number=n + 1, brand=f"b{n:02}")]
    brands = made(cases).shares[0]
    assert brands.slices[0].id == "b29"
    assert (brands.slices[-1].id, len(brands.slices)) == ("others", 21)
    assert sum(int(each.figure.value or 0) for each in brands.slices) == len(cases)


def test_a_url_in_several_cases_counts_once_and_numbers_come_to_it() -> None:
    cases = [
        *some("2024-02-01", number=2, urls=2, listed=1),
        *some("2024-03-01", urls=40),
        *some("2025-03-01"),
    ]
    day = "2024-02-01"
    urls = [(day, "phishing", digest) for digest in ("a", "b", "a", "c")]
    counted = made(cases, urls).urls
    assert counted["2024-02", "phishing"].value == 3
    assert counted["2024", "phishing"].value == 43
    assert counted["2025", "phishing"].value is None  # nobody said anything of URLs


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([5], Standing()),
        ([5, None], Standing()),
        ([9, None, 5, 7], Standing(highest_in=2)),
        ([9, 5, 7], Standing(highest_in=2, first_rise_in=2)),
        ([9, 7, 5, 4, 6], Standing(highest_in=3, first_rise_in=4)),
        ([1, 2, 3], Standing(highest_in=3, record=True)),
        ([3, 3], Standing()),
        ([1, 3, 5, 2], Standing(lowest_in=3, first_fall_in=3)),
        ([5, 4, 3], Standing(lowest_in=3, record=True)),
    ],
)
def test_how_a_year_stands_among_those_before_it(values: list[int | None], found: Standing) -> None:
    assert standing(values) == found


def test_a_later_issue_tells_every_number_that_changed() -> None:
    first = documents(made([*some("2024-01-01", number=4), *some("2025-01-01")]))
    late = made([*some("2024-01-01", number=5), *some("2025-01-01")])
    again = json.loads(documents(late, earlier=first["statistics.json"])["statistics.json"])
    changed = {each["figure"]: (each["before"], each["now"]) for each in again["restated"]}
    assert changed["2024-01.case.opened.phishing"] == (4, 5)
    assert changed["2024.case.opened"] == (4, 5)
    assert not any(name.startswith("2025") for name in changed)
    same = documents(late, earlier=documents(late)["statistics.json"])
    assert json.loads(same["statistics.json"])["restated"] == []
    broken = documents(late, earlier=b'{"figures": [1]}')
    assert json.loads(broken["statistics.json"])["restated"] == []


def test_a_brand_that_is_a_formula_is_none_in_a_table() -> None:
    table = documents(made(some("2024-01-01", brand_named="=cmd|' /C calc'!A0")))["brands.csv"]
    assert b",'=cmd" in table
    assert b",=cmd" not in table


FORECAST = """
[[forecast]]
by = "The team's head"
title = { en = "More of it", zh-Hant = "更多", zh-Hans = "更多" }
text = { en = "We expect more.", zh-Hant = "預期更多。", zh-Hans = "预期更多。" }
"""


def test_forecasts_are_texts_of_people_and_stand_as_they_were_written() -> None:
    (forecast,) = read_forecasts(FORECAST.encode())
    statistics = make_statistics(
        kept(some("2024-01-01")),
        ISLES,
        since=Period.of("2024-01"),
        until=Period.of("2024-12"),
        forecasts=[forecast],
        now=NOW,
    )
    (told,) = json.loads(documents(statistics)["statistics.json"])["forecasts"]
    assert (told["by"], told["text"]["zh-Hans"]) == ("The team's head", "预期更多。")
    assert json.loads(documents(made(some("2024-01-01")))["statistics.json"])["forecasts"] == []


@pytest.mark.parametrize(
    "content",
    [
        FORECAST.replace("by =", "author ="),
        FORECAST.replace("The team's head", " "),
        FORECAST.replace(', zh-Hans = "更多"', ""),
        FORECAST.replace("We expect more.", ""),
        FORECAST + "other = 1",
        "forecast = 3",
        "[[",
    ],
    ids=["by", "nobody", "language", "empty", "unknown", "no-table", "no-toml"],
)
def test_a_forecast_that_nobody_signs_or_some_cannot_read_is_refused(content: str) -> None:
    with pytest.raises(GiveUp):
        read_forecasts(content.encode())


def test_without_cases_or_months_there_are_no_statistics() -> None:
    with pytest.raises(GiveUp, match="no case in this time"):
        made([])
    with pytest.raises(GiveUp, match="lies behind"):
        made(some("2024-01-01"), since="2025-01", until="2024-12")


def test_the_last_month_is_the_one_that_is_over_in_the_region() -> None:
    at = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    assert last_month(at, ZoneInfo("Asia/Tokyo")).key == "2026-10"
    assert last_month(at, ZoneInfo("UTC")).key == "2026-09"

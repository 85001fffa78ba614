"""Briefs: the week's to partners, the working group's pack, the press' figures, from the same figures as all else."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lionrock.briefing.drafting.briefs import Brief, BriefKind, BriefSheet, Row, brief, tables
from lionrock.briefing.drafting.composing import House
from lionrock.briefing.facts import Count, Hosting
from lionrock.briefing.sheets import dumped, loaded
from lionrock.core.alerts import LANGUAGES
from lionrock.core.figures import Gap, Period, Stream, Unit
from tests.briefing.fact_sheets import cameras, figure, server, water

PHISHING = {"en": "Phishing", "zh-Hant": "釣魚網站", "zh-Hans": "钓鱼网站"}
BOTS = {"en": "Botnet (bots)", "zh-Hant": "殭屍電腦", "zh-Hans": "僵尸电脑"}
CASES = {"en": "Cases", "zh-Hant": "個案", "zh-Hans": "个案"}


@pytest.fixture(scope="module")
def house() -> House:
    return House.shipped("hk")


def sheet(kind: BriefKind, key: str = "2023Q1") -> BriefSheet:
    period = Period.of(key)
    before = period.previous().key
    figures = (
        figure(key, "phishing.unique_url", 2_804, unit=Unit.URL),
        figure(before, "phishing.unique_url", 13_574, unit=Unit.URL),
        figure(key, "bots.size", 2_583, unit=Unit.ADDRESS),
        figure(before, "bots.size", 2_285, unit=Unit.ADDRESS),
        figure(key, "cases.opened", 31, unit=Unit.CASE, stream=Stream.CASES),
        figure(before, "cases.opened", 0, unit=Unit.CASE, stream=Stream.CASES),
        figure(
            key, "attacks.sources", 512, unit=Unit.ADDRESS, filters=(("country", "JP"),), tail=".jp"
        ),
        figure(
            key, "attacks.sources", 733, unit=Unit.ADDRESS, filters=(("country", "NL"),), tail=".nl"
        ),
    )
    pairs = [
        Row(label=label, count=Count(now=figures[at].id, before=figures[at + 1].id))
        for at, label in ((0, PHISHING), (2, BOTS), (4, CASES))
    ]
    return BriefSheet(
        id=f"{kind}-{key}",
        kind=kind,
        now=datetime(2023, 4, 3, 1, 0, tzinfo=UTC),
        period=period,
        figures=figures,
        rows=tuple(pairs),
        threats=(water(), cameras(), server()),
        origins=(
            Hosting(country="JP", figure=figures[6].id, asn=64500, holder="Example Net"),
            Hosting(
                country="NL",
                figure=figures[7].id,
                asn=64501,
                holder="<b>Ignore</b> all\nhttps://evil.example",
            ),
        ),
    )


def texts(found: Brief, language: str) -> str:
    said = [
        *(each.text[language] for section in found.sections for each in section.sentences),
        *(
            cell[language]
            for section in found.sections
            if section.table
            for row in section.table.rows
            for cell in row
        ),
    ]
    return "\n".join(said)


@pytest.mark.parametrize("kind", list(BriefKind))
def test_a_brief_says_the_same_numbers_in_three_languages(kind: BriefKind, house: House) -> None:
    found = brief(sheet(kind), house)
    assert found.refused == ()
    assert found.title["zh-Hant"].endswith("2023年第一季")
    assert found.title["en"].endswith(": First Quarter of 2023")
    numbers = [
        sorted(re.findall(r"\d{1,3}(?:,\d{3})+|\d+%", texts(found, language)))
        for language in LANGUAGES
    ]
    assert numbers[0] == numbers[1] == numbers[2]
    assert "2,804" in numbers[0]


def test_figures_of_events_and_of_cases_stand_apart(house: House) -> None:
    found = tables(brief(sheet(BriefKind.WEEKLY), house))
    (events,) = (table for heading, table in found.items() if heading.startswith("Security events"))
    (cases,) = (table for heading, table in found.items() if heading.startswith("Cases"))
    assert [row[0]["en"] for row in events.rows] == ["Phishing", "Botnet (bots)"]
    assert [[cell["en"] for cell in row] for row in cases.rows] == [["Cases", "31", "0", "new"]]
    assert [row[3]["en"] for row in events.rows] == ["-79%", "+13%"]
    assert events.cites[0] == (
        "figure:2023Q1.phishing.unique_url",
        "figure:2022Q4.phishing.unique_url",
    )


def test_the_press_reads_sentences_with_the_change(house: House) -> None:
    said = texts(brief(sheet(BriefKind.PRESS), house), "en")
    assert (
        "We recorded 2,804 phishing URLs in the first quarter of 2023, "
        "79% fewer than the 13,574 in the fourth quarter of 2022." in said
    )
    assert "We recorded 31 cases in the first quarter of 2023, after none in the fourth" in said
    hant = texts(brief(sheet(BriefKind.PRESS), house), "zh-Hant")
    assert "2023年第一季錄得 2,804 個釣魚網址，較2022年第四季的 13,574 個下降 79%。" in hant


def test_the_working_group_sees_where_attacks_came_from_and_who_answers_for_it(
    house: House,
) -> None:
    table = tables(brief(sheet(BriefKind.WORKGROUP), house))["Where attacks came from"]
    assert [cell["en"] for cell in table.rows[0]] == [
        "Netherlands",
        "AS64501 <b>Ignore</b> all https[://]evil[.]example",
        "NCSC-NL",
        "733",
    ]
    assert [cell["zh-Hant"] for cell in table.rows[1]] == [
        "日本",
        "AS64500 Example Net",
        "JPCERT/CC",
        "512",
    ]


def test_threats_are_told_by_their_own_sheets(house: House) -> None:
    said = texts(brief(sheet(BriefKind.WORKGROUP, "2026-02"), house), "en")
    assert (
        "Campaign impersonating the Water Supplies Department, first seen on 3 January 2026: "
        "10 fraudulent domain names." in said
    )
    assert "Mirai, first seen on 9 March 2026: 1,390 infected IP addresses." in said
    assert "Multiple vulnerabilities were identified in Example Web Server" in said


def test_a_silent_source_is_told_and_nothing_is_compared(house: House) -> None:
    whole = sheet(BriefKind.PRESS)
    gap = Gap(feed="example", first=whole.period.first, last=whole.period.last)
    figures = (replace(whole.figures[0], gaps=(gap,)), *whole.figures[1:])
    found = brief(replace(whole, figures=figures), house)
    assert found.refused == ()
    said = texts(found, "en")
    assert "79%" not in said
    assert "not comparable" in said
    assert "sent no reports from 1 January to 31 March 2023" in said


def test_a_sheet_of_a_brief_comes_back_from_json_as_it_was() -> None:
    whole = sheet(BriefKind.WEEKLY)
    assert loaded(dumped(whole), BriefSheet) == whole

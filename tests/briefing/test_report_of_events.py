"""Five real quarters, loaded as events, come out as the report that was really published, headline excepted."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from lionrock import regions
from lionrock.briefing.counting import Counted, count
from lionrock.briefing.definitions import load
from lionrock.briefing.report.assembled import Surroundings, assemble
from lionrock.briefing.report.content import Contents, Form, Source
from lionrock.briefing.report.document import Bullets, Table, Tile
from lionrock.briefing.report.kept import told
from lionrock.briefing.report.made import Format, Report, files, made
from lionrock.briefing.report.published import differences, read
from lionrock.briefing.report.runs import Basis, Ref, plain
from lionrock.core.figures import Gap, Period
from tests.briefing import published
from tests.briefing.report_samples import PUBLISHER
from tests.briefing.standing_views import heard, standing_views
from tests.briefing.test_counting_published import fill

AROUND = Surroundings(issued=date(2023, 5, 2), publisher=PUBLISHER)


@pytest.fixture(scope="module")
def counted() -> list[Counted]:
    with closing(standing_views()) as views:
        heard(views, "made-up", date(2022, 1, 1), date(2023, 3, 31))
        for number, quarter in enumerate(published.QUARTERS):
            fill(views, number, Period.of(quarter).first + timedelta(days=40))
        return [
            count(views, region=regions.load("hk"), definitions=load("hk"), period=Period.of(key))
            for key in published.QUARTERS
        ]


@pytest.fixture(scope="module")
def contents(counted: list[Counted]) -> Contents:
    return assemble(counted, load("hk"), AROUND)


@pytest.fixture(scope="module")
def report(contents: Contents) -> Report:
    return made(contents, Form.SHORT)


def rows(report: Report, id: str) -> dict[str | None, list[str]]:
    tables = report.documents["en"].tables()
    found: Table = next(table for table in tables if table.id == id)
    return {row[0].value: [plain(cell.runs) for cell in row[1:]] for row in found.rows}


def test_the_table_is_the_published_one_and_types_nobody_told_of_are_named(
    report: Report,
) -> None:
    shown = rows(report, "types")
    for code, values in (
        ("defacement", published.DEFACEMENT),
        ("phishing", published.PHISHING),
        ("bots", published.BOTS),
        ("total", published.TOTAL),
    ):
        assert shown[code][:-1] == [f"{value:,}" for value in values]
    changes = [shown[code][-1].replace("−", "-") for code in published.CHANGES]
    assert changes == [f"{change:+}%" for change in published.CHANGES.values()]
    assert "malware-hosting" not in shown
    assert any(
        "for want of a source: Malware hosting" in plain(item)
        for block in report.documents["en"].blocks
        if isinstance(block, Bullets)
        for item in block.items
    )


def test_the_tile_is_the_tables_total_and_what_was_published_instead_is_told(
    report: Report, contents: Contents
) -> None:
    [tile] = [block for block in report.documents["en"].blocks if isinstance(block, Tile)]
    assert plain(tile.number) == f"{published.TOTAL[-1]:,}"
    [wrong] = differences(read([f"2023Q1.total={published.TILE}"]), contents)
    assert [wrong.published, wrong.counted] == [Decimal(5102), Decimal(5620)]


def test_families_stand_by_their_printed_names_with_the_published_changes(report: Report) -> None:
    families = next(table for table in report.documents["en"].tables() if table.id == "families")
    shown = {row[1].value: (row[2].value, row[3].value) for row in families.rows}
    for name, (_before, now, expected) in published.FAMILIES.items():
        assert shown[load("hk").family_name(name)] == (str(now), expected)
    assert families.rows[0][1].value == published.REST


def test_both_forms_are_proved_in_every_language(contents: Contents) -> None:
    long = made(contents, Form.LONG)
    assert len(long.documents) == 3
    assert {"ratio-phishing", "ratio-defacement"} <= {
        chart.id for chart in long.documents["en"].charts()
    }


def test_corrected_figures_are_listed_with_the_sums_that_follow_from_them(
    counted: list[Counted],
) -> None:
    later = assemble(
        counted, load("hk"), AROUND, earlier={"2023Q1.bots.size": 2500, "2023Q1.spam": 3}
    )
    assert [one.figure.id for one in later.corrections] == [
        "2023Q1.bots.size",
        "2023Q1.total",
        "2023Q1.total.botnet",
    ]
    before = {one.figure.id: one.before and one.before.value for one in later.corrections}
    assert before["2023Q1.total"] == 5537


def test_a_quarter_counted_by_other_definitions_stands_uncounted(counted: list[Counted]) -> None:
    nothing = Counted(period=counted[0].period, upto=counted[0].upto, figures=())
    contents = assemble([nothing, *counted[1:]], load("hk"), AROUND)
    made(contents, Form.LONG)
    assert [kind.counted[0].value for kind in contents.kinds] == [None] * len(contents.kinds)
    assert contents.corrections == ()


def test_a_source_that_must_not_be_named_is_counted_and_named_nowhere(
    counted: list[Counted],
) -> None:
    gap = Gap(feed="secret-feed", first=date(2023, 2, 1), last=date(2023, 2, 20))
    last = counted[-1]
    figures = tuple(
        replace(figure, gaps=(gap,)) if figure.definition.startswith("bots") else figure
        for figure in last
    )
    around = replace(
        AROUND,
        sources=(
            Source(id="open-list", title="Open List", provider="Somebody", kinds=("phishing",)),
            Source(id="secret-feed", title="Secret Partner", provider="Secret", named=False),
        ),
    )
    quarters = [*counted[:-1], Counted(period=last.period, upto=last.upto, figures=figures)]
    report = made(assemble(quarters, load("hk"), around), Form.SHORT)
    everything = b"".join(body for _, body in files(report, formats=(Format.HTML,)))
    assert b"ecret" not in everything + json.dumps(told(report.contents)).encode()
    english = report.written("en", Format.HTML).decode()
    assert "A source that is not named: silent from" in english
    assert "Open List" in english
    assert [
        run.text
        for run in report.documents["en"].runs()
        if run.ref == Ref(basis=Basis.FACT, id="sources-unnamed")
    ] == ["1"]


def test_a_family_that_a_feed_named_strangely_is_printed_plainly(counted: list[Counted]) -> None:
    last = counted[-1]
    strange = replace(
        last.part("bots.size", "family", "corebot"),
        id="2023Q1.bots.size.family.x-1",
        filters=(("family", "a\x00b\u202e" + "c" * 200),),
        value=1700,
    )
    quarters = [
        *counted[:-1],
        Counted(period=last.period, upto=last.upto, figures=(*last.figures, strange)),
    ]
    contents = assemble(quarters, load("hk"), AROUND)
    [family] = [one for one in contents.families if one.name.startswith("ab")]
    assert family.name == "ab" + "c" * 58
    made(contents, Form.SHORT).written("en", Format.DOCX)

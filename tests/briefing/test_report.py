"""The Watch Report says what was counted, in tables, sentences, charts and text alternatives alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from lionrock.briefing.report.check import Unsupported, check, same_numbers
from lionrock.briefing.report.content import Contents, Form, Kind, corrections
from lionrock.briefing.report.document import (
    Bullets,
    Cell,
    Chart,
    Document,
    Notice,
    Paragraph,
    Table,
    Tile,
    runs_of,
)
from lionrock.briefing.report.html import html
from lionrock.briefing.report.kept import read, told
from lionrock.briefing.report.made import made
from lionrock.briefing.report.published import differences
from lionrock.briefing.report.published import read as read_numbers
from lionrock.briefing.report.runs import Basis, Ref, Run, plain
from lionrock.briefing.report.watch import watch
from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Period, Unit
from tests.briefing.report_samples import (
    BOTS,
    DEFACEMENT,
    FAMILIES,
    PHISHING,
    QUARTERS,
    TOTALS,
    family,
    figures,
    kind,
    real,
    silent,
)

FORMS = list(Form)


def table(document: Document, id: str) -> Table:
    return next(one for one in document.tables() if one.id == id)


def tile(document: Document) -> Tile:
    return next(block for block in document.blocks if isinstance(block, Tile))


def texts(row: Sequence[Cell]) -> list[str]:
    return [plain(cell.runs) for cell in row]


def sentences(document: Document) -> str:
    return "\n".join(
        "".join(run.text for run in runs_of(block))
        for block in document.flat()
        if isinstance(block, Paragraph | Bullets | Notice)
    )


def counted(code: str, values: Sequence[int | None], *, group: str = "server") -> Kind:
    return kind(code, group, figures(f"{code}.unique_url", values))


def with_kinds(*kinds: Kind) -> Contents:
    return replace(real(), kinds=kinds, families=())


def test_the_real_quarters_give_the_published_table_with_its_changes_and_totals() -> None:
    document = watch(real(), form=Form.SHORT, language="en")
    rows = {row[0].value: texts(row)[1:] for row in table(document, "types").rows}
    assert rows == {
        "defacement": [*(f"{n:,}" for n in DEFACEMENT), "−6%"],
        "phishing": [*(f"{n:,}" for n in PHISHING), "−79%"],
        "bots": [*(f"{n:,}" for n in BOTS), "+13%"],
        "total": [*(f"{n:,}" for n in TOTALS), "−65%"],
    }
    shown = tile(document)
    assert (plain(shown.number), plain(shown.change)) == ("5,620", "−65%")


def test_the_published_tile_is_told_from_what_its_own_table_adds_up_to() -> None:
    published = read_numbers(["2023Q1.total=5,102", "2023Q1.phishing.unique_url=2804"])
    [wrong] = differences(published, real())
    assert (wrong.id, wrong.published, wrong.counted) == (
        "2023Q1.total",
        Decimal(5102),
        Decimal(5620),
    )
    with pytest.raises(GiveUp, match=r"no figure 2023Q1\.spam"):
        differences(read_numbers(["2023Q1.spam=1"]), real())
    with pytest.raises(GiveUp, match="no FIGURE=NUMBER"):
        read_numbers(["5102"])


def test_families_stand_by_size_with_changes_to_one_decimal_and_the_note_on_size() -> None:
    shown = table(watch(real(), form=Form.SHORT, language="en"), "families")
    assert [texts(row)[1:] for row in shown.rows] == [
        [name, str(now), told_change] for name, (_before, now, told_change) in FAMILIES.items()
    ]
    assert "real size should be larger" in plain(shown.notes[0])


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        (200, 229, "+15%"),  # 14.5 is rounded up
        (200, 171, "−15%"),  # and so is 14.5 downwards, in size
        (200, 200, "0%"),
        (0, 7, "new"),
        (0, 0, "–"),
        (None, 7, "–"),
        (7, None, "–"),
        (7, 0, "−100%"),
    ],
)
def test_a_change_is_rounded_half_up_and_after_a_zero_is_new(
    before: int | None, now: int | None, shown: str
) -> None:
    contents = with_kinds(counted("phishing", (1, 1, 1, before, now)), counted("other", (5,) * 5))
    document = watch(contents, form=Form.SHORT, language="en")
    check(document, contents)
    assert texts(table(document, "types").rows[0])[-1] == shown


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("contents", [real(), silent()], ids=["whole", "silent"])
def test_every_number_of_every_form_and_language_is_proved(
    contents: Contents, language: str, form: Form
) -> None:
    check(watch(contents, form=form, language=language), contents)


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (Run(text="about 40 cases"), "holds a digit and rests on nothing"),
        (Run(text="４０"), "holds a digit and rests on nothing"),
        (Run(text="½"), "holds a digit and rests on nothing"),
        (
            Run(text="5,102", ref=Ref(basis=Basis.FIGURE, id="2023Q1.total")),
            r"“5,102” does not follow from figure 2023Q1\.total",
        ),
        (
            Run(text="3", ref=Ref(basis=Basis.FIGURE, id="2023Q1.spam")),
            r"does not follow from figure 2023Q1\.spam",
        ),
        (
            Run(text="−64%", ref=Ref(basis=Basis.CHANGE, id="2023Q1.total", before="2022Q4.total")),
            "does not follow from change",
        ),
        (Run(text="3 May 2023", ref=Ref(basis=Basis.DAY, id="2023-05-02")), "does not follow"),
        (Run(text="2023 Q2", ref=Ref(basis=Basis.PERIOD, id="2023Q1")), "does not follow"),
        (Run(text="19", ref=Ref(basis=Basis.FACT, id="sources")), "does not follow"),
        (Run(text="Qbot 3", ref=Ref(basis=Basis.NAME, id="Qbot 3")), "does not follow"),
        (Run(text="in 2019", ref=Ref(basis=Basis.SOURCE, id="msrc")), "does not follow"),
    ],
)
def test_a_report_in_which_a_number_rests_on_nothing_is_refused(run: Run, why: str) -> None:
    contents = real()
    document = watch(contents, form=Form.SHORT, language="en")
    spoilt = replace(document, blocks=(*document.blocks, Paragraph(runs=(run,))))
    with pytest.raises(Unsupported, match=why):
        check(spoilt, contents)


def test_a_tile_that_is_not_the_tables_total_is_refused() -> None:
    contents = real()
    document = watch(contents, form=Form.SHORT, language="en")
    wrong = Run(text="5,102", ref=Ref(basis=Basis.FIGURE, id="2023Q1.total"))
    blocks = tuple(
        replace(block, number=(wrong,)) if isinstance(block, Tile) else block
        for block in document.blocks
    )
    with pytest.raises(Unsupported, match="the tile says 5,102, the total is 5,620"):
        check(replace(document, blocks=blocks), contents)


def test_a_table_whose_rows_do_not_add_up_is_refused() -> None:
    contents = real()
    document = watch(contents, form=Form.SHORT, language="en")
    good = table(document, "types")
    without_a_row = replace(good, rows=good.rows[1:])
    blocks = tuple(without_a_row if block is good else block for block in document.blocks)
    with pytest.raises(Unsupported, match="the rows add up to 5387, the total says 5620"):
        check(replace(document, blocks=blocks), contents)


@pytest.mark.parametrize("form", FORMS)
def test_the_languages_carry_the_same_numbers_and_a_missing_one_is_found(form: Form) -> None:
    documents = [watch(silent(), form=form, language=language) for language in LANGUAGES]
    same_numbers(documents)
    less = replace(
        documents[1],
        blocks=tuple(block for block in documents[1].blocks if not isinstance(block, Bullets)),
    )
    with pytest.raises(Unsupported, match="en and zh-Hant differ in references"):
        same_numbers([documents[0], less, documents[2]])


def test_what_rests_on_a_figure_says_so_in_the_page() -> None:
    document = watch(real(), form=Form.LONG, language="en")
    page = _Page()
    page.feed(html(document, issued="2023-05-02"))
    assert page.loose == []
    assert {"2023Q1.total", "2023Q1.phishing.unique_url", "2022Q4.bots.size"} <= page.figures
    known = {figure.id for figure in real().figures()}
    assert page.figures <= known


def test_the_page_needs_nothing_else_and_its_policy_allows_nothing_else() -> None:
    page = html(watch(real(), form=Form.LONG, language="zh-Hant"), issued="2023-05-02")
    assert "default-src 'none'; style-src 'sha256-" in page.replace("&#39;", "'")
    for part in ("<script", "<img", "<link", " style=", "@import", "src=", "onclick"):
        assert part not in page
    assert "url(#" not in page  # a pattern is drawn only for a gap
    assert '<html lang="zh-Hant">' in page


def test_the_words_of_a_chart_are_made_of_what_it_draws() -> None:
    for language in LANGUAGES:
        for chart in watch(silent(), form=Form.LONG, language=language).charts():
            drawn = [run for run in chart.drawing.words() if run.ref and _proved(run)]
            spoken = {run.text for run in chart.alternative}
            assert drawn
            assert all(run.text in spoken or run.text == "–" for run in drawn), chart.id


def test_a_silent_feed_is_told_as_a_gap_and_never_as_a_fall() -> None:
    document = watch(silent(), form=Form.SHORT, language="en")
    notice = next(b for b in document.blocks if isinstance(b, Notice) and b.id == "gaps")
    said = "".join(run.text for block in notice.blocks for run in runs_of(block))
    assert "Sinkhole 6to4: silent from 3 February 2023 to 31 March 2023 (concerns Botnet" in said
    row = next(row for row in table(document, "types").rows if row[0].value == "bots")
    assert texts(row)[-2:] == ["410†", "–"]
    assert row[-1].value is None
    told_all = sentences(document)
    assert "Botnet (bots): 410 unique IP addresses. The count is incomplete" in told_all
    assert "fewer" not in told_all.split("Botnet (bots)")[1].split("\n")[0]
    assert (plain(tile(document).change), bool(tile(document).note)) == ("–", True)
    [bots] = [chart for chart in document.charts() if chart.id == "trend"]
    assert "2023 Q1 3,447 (incomplete)" in plain(bots.alternative)


def test_a_rise_out_of_an_incomplete_quarter_is_not_told_as_a_rise() -> None:
    gap = silent().gaps()[0]
    before = figures("phishing.unique_url", (9, 9, 9, 3, 9))
    before = (*before[:3], replace(before[3], gaps=(gap,)), before[4])
    contents = with_kinds(kind("phishing", "server", before))
    document = watch(contents, form=Form.SHORT, language="en")
    check(document, contents)
    assert texts(table(document, "types").rows[0])[-2:] == ["9", "–"]
    assert "more than" not in sentences(document)


def test_a_type_that_did_not_occur_is_told_in_words() -> None:
    contents = with_kinds(
        counted("phishing", (5, 5, 5, 5, 6)), counted("malware-hosting", (3, 0, 0, 2, 0))
    )
    document = watch(contents, form=Form.SHORT, language="en")
    check(document, contents)
    assert "Malware-Hosting: none was recorded in this quarter." in sentences(document)
    chinese = sentences(watch(contents, form=Form.LONG, language="zh-Hant"))
    assert "malware-hosting 類：本季沒有錄得。" in chinese
    assert "malware-hosting 類：2023年第1季沒有錄得事件。" in chinese


def test_what_was_not_counted_is_neither_zero_nor_a_fall() -> None:
    contents = with_kinds(
        counted("phishing", (5, 5, 5, 5, 6)), counted("c2", (None, 3, None, 4, None))
    )
    document = watch(contents, form=Form.LONG, language="en")
    check(document, contents)
    assert texts(table(document, "types-server").rows[1])[1:] == ["–", "3", "–", "4", "–", "–"]
    assert "C2: could not be counted in this quarter." in sentences(document)


def test_a_type_that_no_source_tells_of_is_named_and_takes_no_room() -> None:
    contents = with_kinds(counted("phishing", (5, 5, 5, 5, 6)), counted("c2", (None,) * 5))
    for form in FORMS:
        document = watch(contents, form=form, language="en")
        check(document, contents)
        assert "Not counted in any of these quarters, for want of a source: C2." in sentences(
            document
        )
        assert all(row[0].value != "c2" for one in document.tables() for row in one.rows)
    nothing = with_kinds(counted("c2", (None,) * 5))
    document = watch(nothing, form=Form.SHORT, language="en")
    check(document, nothing)
    assert "Nothing could be counted in Exampleland in 2023 Q1." in sentences(document)


def test_late_data_list_every_number_that_changed_with_the_sums_that_follow() -> None:
    earlier = real()
    bots = figures("bots.size", (*BOTS[:4], 3630), unit=Unit.ADDRESS)
    later = replace(
        earlier,
        kinds=(*earlier.kinds[:2], replace(earlier.kinds[2], counted=bots)),
        families=(*earlier.families, family("Mirai", (None, None, None, 900, 1047))),
        version=2,
    )
    found = corrections(earlier.figures(), later.figures())
    contents = replace(later, corrections=found)
    document = watch(contents, form=Form.SHORT, language="en")
    check(document, contents)
    notice = next(b for b in document.blocks if isinstance(b, Notice) and b.id == "corrections")
    shown = next(block for block in notice.blocks if isinstance(block, Table))
    assert [texts(row) for row in shown.rows] == [
        ["Mirai", "2022 Q4", "not listed", "900"],
        ["Botnet (bots)", "2023 Q1", "2,583", "3,630"],
        ["Mirai", "2023 Q1", "not listed", "1,047"],
        ["Total", "2023 Q1", "5,620", "6,667"],
        ["Botnet-related events, total", "2023 Q1", "2,583", "3,630"],
    ]
    assert "Version 2" in plain(document.subtitle)
    assert "corrections" not in [
        b.id for b in watch(earlier, form=Form.SHORT, language="en").blocks if isinstance(b, Notice)
    ]


def test_no_family_at_all_is_told_in_words() -> None:
    document = watch(replace(real(), families=()), form=Form.SHORT, language="en")
    assert "No botnet family was seen in Exampleland in 2023 Q1." in sentences(document)


def test_families_beyond_the_tables_room_are_said_to_be_in_the_data() -> None:
    many = tuple(family(f"Family{n}", (0, 0, 0, 1, 50 + n)) for n in range(12))
    contents = replace(real(), families=many)
    document = watch(contents, form=Form.SHORT, language="en")
    check(document, contents)
    shown = table(document, "families")
    assert [row[1].value for row in shown.rows[:2]] == ["Family11", "Family10"]
    assert "the 10 largest of 12 families" in plain(shown.notes[1])


def test_the_appendix_names_the_feeds_that_are_on_and_the_tables_that_locate() -> None:
    document = watch(real(), form=Form.SHORT, language="zh-Hans")
    assert [texts(row) for row in table(document, "sources").rows] == [
        ["Phish List", "Example Foundation", "钓鱼网站", "2021年11月8日"],
        ["Sinkhole 6to4", "Sinkholers", "僵尸电脑", "–"],
    ]
    assert "Example Geolocation 2，2023年3月15日" in sentences(document)
    bare = replace(real(), sources=(), located=())
    check(watch(bare, form=Form.SHORT, language="en"), bare)


def test_the_long_form_has_a_chapter_for_each_type_and_says_what_families_are() -> None:
    document = watch(real(), form=Form.LONG, language="en")
    anchors = [getattr(block, "anchor", "") for block in document.blocks]
    for anchor in ("group-server", "group-botnet", "kind-phishing", "kind-bots", "families-known"):
        assert anchor in anchors
    assert {"trend", "trend-server", "ratio-defacement", "families-trend"} <= {
        chart.id for chart in document.charts()
    }
    server = table(document, "types-server")
    assert texts(server.rows[-1]) == ["Total", "1,524", "5,151", "7,254", "13,823", "3,037", "−78%"]


def test_contents_come_back_from_their_json_as_they_were() -> None:
    contents = replace(
        silent(), corrections=corrections(real().figures(), silent().figures()), version=3
    )
    assert read(told(contents)) == contents
    with pytest.raises(GiveUp, match="another release"):
        read({**told(contents), "shape": 99})


def test_the_same_contents_make_the_same_page() -> None:
    one, two = (made(silent(), Form.LONG) for _ in range(2))
    assert html(one.documents["en"], issued=one.issued) == html(
        two.documents["en"], issued=two.issued
    )


def test_contents_of_unequal_quarters_and_of_two_streams_are_refused() -> None:
    contents = real()
    short = replace(contents.kinds[0], counted=contents.kinds[0].counted[1:])
    with pytest.raises(GiveUp, match="defacement is not counted over 2022Q1"):
        replace(contents, kinds=(short,))
    with pytest.raises(GiveUp, match="at least one type"):
        replace(contents, kinds=())
    with pytest.raises(GiveUp, match="two figures are called"):
        replace(contents, kinds=(contents.kinds[0], contents.kinds[0]))


def test_markup_in_names_of_families_and_feeds_stays_text() -> None:
    evil = "<script>alert(1)</script>"
    contents = replace(
        real(),
        families=(family(evil, (1, 1, 1, 1, 2)),),
        sources=(replace(real().sources[0], title=evil),),
    )
    page = made(contents, Form.LONG).documents["en"]
    shown = html(page, issued="2023-05-02")
    assert evil not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def _proved(run: Run) -> bool:
    return run.ref is not None and run.ref.basis is Basis.FIGURE


class _Page(HTMLParser):
    """Reads a page: which figures it names, and which digits stand in no element that names anything."""

    VOID = frozenset({"meta", "rect", "line"})

    def __init__(self) -> None:
        super().__init__()
        self.figures: set[str] = set()
        self.loose: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.figures |= {
            value for key in ("data-figure", "data-before") if (value := names.get(key))
        }
        if tag not in self.VOID:
            self._open.append((tag, any(name.startswith("data-") for name in names)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over what holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # The title, the style sheet and a chart's own text alternative repeat what stands elsewhere.
        repeated = {"title", "style", "desc"}
        proved = any(known or tag in repeated for tag, known in self._open)
        if any(sign.isdigit() for sign in data) and not proved:
            self.loose.append(data)


def test_the_sample_figures_are_those_of_five_quarters() -> None:
    contents = real()
    assert [period.key for period in contents.periods] == list(QUARTERS)
    assert contents.quarter == Period.of("2023Q1")
    assert contents.issued == date(2023, 5, 2)
    assert [figure.value for figure in contents.totals()] == list(TOTALS)
    assert contents.kinds[0].ratio[0].value == Decimal("1.50")
    assert isinstance(watch(contents, form=Form.SHORT, language="en").charts()[0], Chart)

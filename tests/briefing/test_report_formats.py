"""The same report as PDF, Word file, SVG, CSV and JSON."""

import contextlib
import csv
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

import docx as word
import pytest

from lionrock.briefing.report import fonts
from lionrock.briefing.report.content import Form
from lionrock.briefing.report.made import Format, Report, files, made
from lionrock.briefing.report.pdf import pdf
from lionrock.briefing.report.runs import plain
from lionrock.briefing.report.svg import svg
from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import TryLater
from tests.briefing.report_samples import QUARTERS, TOTALS, family, real, silent


@pytest.fixture(scope="module")
def report() -> Report:
    return made(silent(), Form.SHORT)


def test_a_word_file_has_real_headings_tables_and_words_for_every_chart(report: Report) -> None:
    document = report.documents["zh-Hant"]
    written = word.Document(io.BytesIO(report.written("zh-Hant", Format.DOCX)))
    styles = [(p.style.name if p.style else "", p.text) for p in written.paragraphs]
    headings = [text for style, text in styles if str(style).startswith("Heading")]
    assert "各類事件" in headings
    assert "主要殭屍網絡家族" in headings
    assert styles[0] == ("Title", plain(document.title))
    assert len(written.tables) == len(document.tables())
    types = written.tables[0]
    assert [cell.text for cell in types.rows[-1].cells] == [
        "總數",
        *(f"{n:,}" for n in TOTALS[:4]),
        "3,447†",
        "–",
    ]
    spoken = [shape._inline.docPr.get("descr") for shape in written.inline_shapes]
    assert spoken == [plain(chart.alternative) for chart in document.charts()]


def test_a_word_file_carries_every_chart_as_pixels_and_as_svg(report: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(report.written("en", Format.DOCX))) as archive:
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
        pixels = [archive.read(name) for name in media if name.endswith(".png")]
        drawn = [ET.fromstring(archive.read(name)) for name in media if name.endswith(".svg")]
        text = archive.read("word/document.xml").decode()
    assert len(pixels) == len(drawn) == len(report.documents["en"].charts())
    assert all(data.startswith(b"\x89PNG") for data in pixels)
    assert text.count("asvg:svgBlip") == len(drawn)


def test_a_word_file_of_the_same_report_is_the_same_bytes(report: Report) -> None:
    assert report.written("en", Format.DOCX) == report.written("en", Format.DOCX)


def test_a_pdf_is_tagged_speaks_its_language_and_is_the_same_bytes_again(report: Report) -> None:
    made_once = report.written("zh-Hans", Format.PDF)
    assert made_once.startswith(b"%PDF-")
    inside = b"".join(_inflated(made_once))
    for part in (b"/StructTreeRoot", b"/Marked true", b"/Lang (zh-Hans)", b"/Alt", b"pdfuaid"):
        assert part in inside, part
    assert made_once == report.written("zh-Hans", Format.PDF)


def test_where_pango_is_missing_a_pdf_says_what_to_install(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", _Broken("weasyprint"))
    with pytest.raises(TryLater, match="apt install libpango"):
        pdf(report.documents["en"], issued=report.issued)


def test_where_no_font_holds_chinese_it_is_said_and_not_drawn_as_boxes(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fonts.FAMILIES, "zh-Hant", ("No Such Font",))
    fonts.face_of.cache_clear()
    try:
        for format in (Format.PDF, Format.DOCX):
            with pytest.raises(TryLater, match="no font on this machine holds"):
                report.written("zh-Hant", format)
    finally:
        fonts.face_of.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_tells_itself_and_stands_alone(report: Report, language: str) -> None:
    for chart in report.documents[language].charts():
        drawn = ET.fromstring(svg(chart, language=language))
        space = "{http://www.w3.org/2000/svg}"
        assert drawn.get("role") == "img"
        title, told = drawn.find(f"{space}title"), drawn.find(f"{space}desc")
        assert title is not None
        assert told is not None
        assert drawn.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
        assert told.text == plain(chart.alternative)
        assert drawn.find(f".//{space}style") is None
        box = [float(value) for value in str(drawn.get("viewBox")).split()]
        for words in drawn.iter(f"{space}text"):
            assert 0 <= float(str(words.get("x"))) <= box[2]
            assert 0 < float(str(words.get("y"))) <= box[3]
            # At 400 pixels nothing is smaller than ten of them.
            assert float(str(words.get("font-size"))) * 400 / box[2] >= 10


def test_an_incomplete_column_is_striped_and_no_other() -> None:
    charts = {one.id: one for one in made(silent(), Form.SHORT).documents["en"].charts()}
    assert svg(charts["trend"], language="en").count('fill="url(#') == 1
    whole = made(real(), Form.SHORT).documents["en"].charts()[0]
    assert "url(#" not in svg(whole, language="en")


def test_csv_holds_plain_numbers_and_leaves_empty_what_cannot_be_compared(report: Report) -> None:
    data = dict(report.data())
    rows = list(csv.reader(io.StringIO(data["watch-2023q1-short.types.csv"].decode())))
    assert rows[0] == ["type", *QUARTERS, "change_percent"]
    assert rows[1] == ["defacement", "718", "118", "113", "249", "233", "-6"]
    assert rows[3] == ["bots", "3003", "3642", "3684", "2285", "410", ""]


def test_a_family_named_like_a_formula_is_text_to_a_spreadsheet() -> None:
    contents = replace(real(), families=(family("=cmd()", (1, 1, 1, 1, 2)),))
    data = dict(made(contents, Form.SHORT).data())
    assert b"\r\n1,'=cmd(),2,100.0\r\n" in data["watch-2023q1-short.families.csv"]


def test_json_holds_every_figure_with_its_gaps_and_every_table_in_three_languages(
    report: Report,
) -> None:
    data = json.loads(dict(report.data())["watch-2023q1-short.json"])
    by_id = {figure["id"]: figure for figure in data["figures"]}
    assert by_id["2023Q1.bots.size"]["value"] == "410"
    assert by_id["2023Q1.bots.size"]["gaps"] == [["silent-feed", "2023-02-03", "2023-03-31"]]
    assert set(by_id) == {figure.id for figure in report.contents.figures()}
    types = next(table for table in data["tables"] if table["id"] == "types")
    assert types["columns"][0]["name"]["zh-Hans"] == "事件类别"
    assert types["rows"][-1] == ["total", *(str(n) for n in TOTALS[:4]), "3447", None]


def test_a_report_is_every_language_in_every_format_with_charts_and_data(report: Report) -> None:
    names = [name for name, _ in files(report, languages=("en",), formats=(Format.HTML,))]
    assert names == [
        "watch-2023q1-short.en.html",
        "watch-2023q1-short.en.trend.svg",
        "watch-2023q1-short.en.types-trend.svg",
        "watch-2023q1-short.en.families-chart.svg",
        "watch-2023q1-short.json",
        "watch-2023q1-short.types.csv",
        "watch-2023q1-short.families.csv",
        "watch-2023q1-short.sources.csv",
    ]


def _inflated(file: bytes) -> Iterator[bytes]:
    """Yield a PDF and what its compressed streams hold."""
    yield file
    for found in re.finditer(rb"stream\r?\n", file):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(file[found.end() :], 2**22)


class _Broken(type(sys)):  # type: ignore[misc]  # a module that loads no library
    def __getattr__(self, name: str) -> object:
        raise OSError("cannot load library 'libpango-1.0-0'")

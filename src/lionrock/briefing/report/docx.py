"""Writes a report as a Word document: real headings, tables and captions, charts with their words."""

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from lionrock.briefing.report.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    Notice,
    Paragraph,
    Style,
    Table,
    Tile,
)
from lionrock.briefing.report.picture import png
from lionrock.briefing.report.runs import Runs, plain
from lionrock.briefing.report.svg import svg

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph

EAST_ASIAN: Final = {"zh-Hant": "Microsoft JhengHei", "zh-Hans": "Microsoft YaHei"}
"""Fonts that a reader's Word has; another program takes its own."""
LATIN: Final = "Calibri"
_TAGS: Final = {"en": "en-GB", "zh-Hant": "zh-TW", "zh-Hans": "zh-CN"}
"""Languages as Word spells them."""
_ACCENT: Final = "0D5C58"
_SOFT: Final = "51605C"
_TINT: Final = "E8F2F0"
_WARN: Final = "FDF4E0"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same report is the same bytes."""
_SVG: Final = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION: Final = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


def docx(document: Document, *, issued: str) -> bytes:
    """Return the report as DOCX; ``issued`` is an ISO date.

    Raises TryLater when no font of this machine can draw the charts' words.
    """
    import docx as library  # noqa: PLC0415  # only this format needs it

    word = library.Document()
    _set_up(word, document, issued)
    _said(word.add_heading(level=0), document.title)
    _said(word.add_paragraph(style="Subtitle"), document.subtitle)
    for block in document.blocks:
        _block(word, block, document)
    made = io.BytesIO()
    word.save(made)
    return _without_times(made.getvalue())


def _set_up(word: "Word", document: Document, issued: str) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415  # only this format needs it
    from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415  # as above

    about = word.core_properties
    about.title, about.author = plain(document.title), document.author
    about.subject = plain(document.subtitle)
    about.language = _TAGS[document.language]
    about.comments, about.keywords = "", ""
    about.created = about.modified = datetime.fromisoformat(f"{issued}T00:00:00")
    about.last_modified_by = document.author
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for style in word.styles:
        shape = getattr(style, "font", None)
        if shape is None or style.name is None:
            continue
        if style.name in {"Normal", "Title", "Subtitle", "Caption"} or style.name.startswith(
            "Heading"
        ):
            shape.name = LATIN
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), EAST_ASIAN.get(document.language, LATIN))
        if style.name.startswith("Heading") or style.name == "Title":
            shape.color.rgb = RGBColor.from_string(_ACCENT)
    word.styles["Normal"].font.size = Pt(10.5)
    word.styles["Subtitle"].font.italic = False
    word.styles["Subtitle"].font.color.rgb = RGBColor.from_string(_SOFT)
    caption = word.styles["Caption"]
    caption.font.size, caption.font.color.rgb = Pt(10), RGBColor.from_string("16211F")
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(4)
    tag = word.styles.element.find(qn("w:docDefaults") + "//" + qn("w:lang"))
    if tag is not None:
        tag.set(qn("w:val"), _TAGS[document.language])
        tag.set(qn("w:eastAsia"), _TAGS[document.language])


def _block(word: "Word", block: Block, document: Document) -> None:
    match block:
        case Heading():
            _said(word.add_heading(level=block.level - 1), block.runs)
        case Paragraph():
            paragraph = word.add_paragraph()
            _said(paragraph, block.runs, small=block.style is Style.NOTE)
        case Bullets():
            for item in block.items:
                _said(word.add_paragraph(style="List Bullet"), item)
        case Tile():
            _tile(word, block)
        case Table():
            _table(word, block)
        case Chart():
            _chart(word, block, document)
        case Notice():
            _shaded(_said(word.add_heading(level=1), block.title), _WARN)
            for inner in block.blocks:
                _block(word, inner, document)


def _said(paragraph: "WordParagraph", runs: Runs, *, small: bool = False) -> "WordParagraph":
    """Put runs into a paragraph; what they rest on stays with the HTML and the data files."""
    from docx.shared import Pt, RGBColor  # noqa: PLC0415  # only this format needs it

    for run in runs:
        if run.href:
            _link(paragraph, run.text, run.href)
            continue
        piece = paragraph.add_run(run.text)
        piece.bold = True if run.strong else None
        if small:
            piece.font.size = Pt(9)
            piece.font.color.rgb = RGBColor.from_string(_SOFT)
    return paragraph


def _link(paragraph: "WordParagraph", text: str, href: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  # only this format needs it
    from docx.oxml import OxmlElement  # noqa: PLC0415  # as above
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above

    link: Any = OxmlElement("w:hyperlink")  # Any: lxml's own classes
    link.set(
        qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    piece = paragraph.add_run(text)
    piece.underline = True
    link.append(piece._r)
    paragraph._p.append(link)


def _tile(word: "Word", tile: Tile) -> None:
    from docx.shared import Pt  # noqa: PLC0415  # only this format needs it

    for label, number, size in (
        (tile.label, tile.number, 26),
        (tile.change_label, tile.change, 18),
    ):
        paragraph = word.add_paragraph()
        _said(paragraph, label)
        paragraph.add_run("\n")
        piece = paragraph.add_run(plain(number))
        piece.bold, piece.font.size = True, Pt(size)
        paragraph.paragraph_format.space_after = Pt(0)
        _shaded(paragraph, _TINT)
    if tile.note:
        _shaded(_said(word.add_paragraph(), tile.note, small=True), _TINT)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _table(word: "Word", table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415  # only this format needs it
    from docx.oxml import OxmlElement  # noqa: PLC0415  # as above
    from docx.shared import Pt  # noqa: PLC0415  # as above

    _said(word.add_paragraph(style="Caption"), table.caption)
    grid = word.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    grid.style = word.styles["Light List"]
    grid.autofit = True
    head: Any = OxmlElement("w:tblHeader")  # Any: lxml's own classes
    grid.rows[0]._tr.get_or_add_trPr().append(head)
    rows = [
        tuple(column.runs for column in table.columns),
        *(tuple(cell.runs for cell in row) for row in table.rows),
    ]
    for number, runs in enumerate(rows):
        last = table.total and number == len(rows) - 1
        for place, (cell, said) in enumerate(zip(grid.rows[number].cells, runs, strict=True)):
            paragraph = cell.paragraphs[0]
            _said(paragraph, said)
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.space_before = Pt(2)
            if table.columns[place].numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for piece in paragraph.runs:
                piece.bold = number == 0 or last
                piece.font.size = Pt(9)
    _described(grid._tbl.tblPr, plain(table.caption))
    for note in table.notes:
        paragraph = _said(word.add_paragraph(), note, small=True)
        paragraph.paragraph_format.space_after = Pt(2)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _described(properties: Any, text: str) -> None:  # Any: lxml's own classes
    """Give a table the text that a screen reader announces."""
    from docx.oxml import OxmlElement  # noqa: PLC0415  # only this format needs it
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above

    said: Any = OxmlElement("w:tblCaption")  # Any: lxml's own classes
    said.set(qn("w:val"), text)
    properties.append(said)


def _chart(word: "Word", chart: Chart, document: Document) -> None:
    from docx.shared import Mm  # noqa: PLC0415  # only this format needs it

    _said(word.add_paragraph(style="Caption"), chart.caption)
    pixels = io.BytesIO(png(chart.drawing, language=document.language))
    paragraph = word.add_paragraph()
    picture: Any = paragraph.add_run().add_picture(pixels, width=Mm(130))  # Any: lxml's own classes
    told = plain(chart.alternative)
    about = picture._inline.docPr
    about.set("descr", told)
    about.set("title", plain(chart.caption))
    _sharpened(word, picture, svg(chart, language=document.language))
    _said(word.add_paragraph(), chart.alternative, small=True)


def _sharpened(word: "Word", picture: Any, drawn: str) -> None:  # Any: lxml's own classes
    """Put the SVG beside the pixels: programs that can draw it do, the others show the pixels."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  # only this format needs it
    from docx.opc.packuri import PackURI  # noqa: PLC0415  # as above
    from docx.opc.part import Part  # noqa: PLC0415  # as above
    from docx.oxml import parse_xml  # noqa: PLC0415  # as above
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above

    package = word.part.package
    place = PackURI(str(package.next_partname("/word/media/chart%d.svg")))
    part = Part(place, "image/svg+xml", drawn.encode("utf-8"), package)
    relation = word.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    [blip] = picture._inline.iter(qn("a:blip"))
    blip.append(
        parse_xml(
            '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            f'<a:ext uri="{_SVG_EXTENSION}"><asvg:svgBlip xmlns:asvg="{_SVG}" xmlns:r="http://'
            f'schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="{relation}"/>'
            "</a:ext></a:extLst>"
        )
    )


def _shaded(paragraph: "WordParagraph", colour: str) -> "WordParagraph":
    from docx.oxml import OxmlElement  # noqa: PLC0415  # only this format needs it
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above

    shade: Any = OxmlElement("w:shd")  # Any: lxml's own classes
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    properties: Any = paragraph._p.get_or_add_pPr()  # Any: lxml's own classes
    properties.insert_element_before(
        shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr"
    )
    return paragraph


def _without_times(made: bytes) -> bytes:
    """Return the archive with every file's time set to the same one."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            told = zipfile.ZipInfo(entry.filename, _LONG_AGO)
            told.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(told, old.read(entry))
    return target.getvalue()

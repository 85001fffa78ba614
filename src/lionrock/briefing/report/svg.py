"""Draws a chart as SVG that needs no style sheet, no script and no picture, and tells itself in words."""

from html import escape
from typing import Final

from lionrock.briefing.report.document import Chart
from lionrock.briefing.report.runs import Basis, Run, plain
from lionrock.briefing.report.shapes import Ink, Line, Rect, Words

FONTS: Final = {
    "en": "Source Sans 3, Noto Sans, Segoe UI, Helvetica Neue, Noto Sans CJK KR, sans-serif",
    "zh-Hant": "Noto Sans CJK TC, Noto Sans TC, PingFang TC, Microsoft JhengHei, sans-serif",
    "zh-Hans": "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif",
}
"""Families by language. Chinese ones would set English quotation marks as wide as a character, all but
the Korean one of the pan-Chinese family."""
_STRIPES: Final = 5
"""Units between the stripes of an incomplete count."""


def svg(chart: Chart, *, language: str) -> str:
    """Return the chart as one ``svg`` element; its ids begin with the chart's own."""
    drawing = chart.drawing
    key = escape(chart.id)
    title, told = escape(plain(chart.caption)), escape(plain(chart.alternative))
    shapes = "".join(_shape(shape, key) for shape in drawing.shapes)
    stripes = any(isinstance(shape, Rect) and shape.hatched for shape in drawing.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}" '
        f'width="{drawing.width}" height="{drawing.height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d" lang="{escape(language)}" '
        f'font-family="{escape(FONTS[language])}">'
        f'<title id="{key}-t">{title}</title><desc id="{key}-d">{told}</desc>'
        f"{_pattern(key) if stripes else ''}{shapes}</svg>"
    )


def reference(run: Run) -> str:
    """Return the attributes that say what a run rests on; "" where it holds nothing to be proved."""
    ref = run.ref
    if ref is None:
        return ""
    match ref.basis:
        case Basis.FIGURE:
            return f' data-figure="{escape(ref.id)}"'
        case Basis.CHANGE:
            before = escape(ref.before)
            return (
                f' data-figure="{escape(ref.id)}" data-before="{before}" data-places="{ref.places}"'
            )
        case _:
            return f' data-{ref.basis.value}="{escape(ref.id)}"'


def _pattern(key: str) -> str:
    return (
        f'<defs><pattern id="{key}-p" width="{_STRIPES}" height="{_STRIPES}" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="{_STRIPES}" height="{_STRIPES}" fill="{Ink.PAPER}"/>'
        f'<rect width="2" height="{_STRIPES}" fill="{Ink.NOW}"/></pattern></defs>'
    )


def _shape(shape: Rect | Line | Words, key: str) -> str:
    match shape:
        case Rect():
            fill = f"url(#{key}-p)" if shape.hatched else shape.ink
            edge = f' stroke="{Ink.NOW}"' if shape.hatched else ""
            return (
                f'<rect x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" '
                f'height="{shape.height:g}" fill="{fill}"{edge}/>'
            )
        case Line():
            return (
                f'<line x1="{shape.x1:g}" y1="{shape.y1:g}" x2="{shape.x2:g}" y2="{shape.y2:g}" '
                f'stroke="{shape.ink}"/>'
            )
        case Words():
            bold = ' font-weight="700"' if shape.run.strong else ""
            anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
            return (
                f'<text x="{shape.x:g}" y="{shape.y:g}" font-size="{shape.size:g}" '
                f'fill="{shape.ink}"{anchor}{bold}{reference(shape.run)}>'
                f"{escape(shape.run.text)}</text>"
            )

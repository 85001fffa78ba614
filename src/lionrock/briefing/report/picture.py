"""Draws a chart as PNG, for word processors that know no SVG."""

import io
from typing import TYPE_CHECKING, Final

from lionrock.briefing.report.fonts import face_of
from lionrock.briefing.report.shapes import Anchor, Drawing, Ink, Line, Rect, Words

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SCALE: Final = 3
"""Pixels to a unit: sharp on paper at the size of a page."""
_STRIPES: Final = 7.1
_ANCHORS: Final = {Anchor.START: "ls", Anchor.MIDDLE: "ms", Anchor.END: "rs"}


def png(drawing: Drawing, *, language: str) -> bytes:
    """Return the drawing as PNG; raise TryLater when no font holds its characters."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # only documents need it

    fonts: dict[tuple[float, bool], FreeTypeFont] = {}
    image = Image.new("RGB", (drawing.width * SCALE, drawing.height * SCALE), Ink.PAPER.value)
    pen = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        match shape:
            case Rect() if shape.width and shape.height:
                _bar(pen, shape)
            case Line():
                ends = [(shape.x1 * SCALE, shape.y1 * SCALE), (shape.x2 * SCALE, shape.y2 * SCALE)]
                pen.line(ends, fill=shape.ink.value, width=SCALE)
            case Words():
                key = (shape.size, shape.run.strong)
                if key not in fonts:
                    face = face_of(language, bold=shape.run.strong)
                    size = round(shape.size * SCALE)
                    fonts[key] = ImageFont.truetype(face.path, size, index=face.index)
                place = (shape.x * SCALE, shape.y * SCALE)
                pen.text(
                    place,
                    shape.run.text,
                    fill=shape.ink.value,
                    font=fonts[key],
                    anchor=_ANCHORS[shape.anchor],
                )
    made = io.BytesIO()
    image.quantize(colors=64, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def _bar(pen: "ImageDraw", bar: Rect) -> None:
    left, top = bar.x * SCALE, bar.y * SCALE
    right, bottom = (bar.x + bar.width) * SCALE, (bar.y + bar.height) * SCALE
    if not bar.hatched:
        pen.rectangle((left, top, right, bottom), fill=bar.ink.value)
        return
    high = bottom - top
    place = left - high
    while place < right:
        # A stripe from the lower edge up to the right, cut at the bar's sides.
        begin = max(place, left)
        end = min(place + high, right)
        ends = [(begin, bottom - (begin - place)), (end, bottom - (end - place))]
        pen.line(ends, fill=Ink.NOW.value, width=2 * SCALE)
        place += _STRIPES * SCALE
    pen.rectangle((left, top, right, bottom), outline=Ink.NOW.value, width=SCALE)

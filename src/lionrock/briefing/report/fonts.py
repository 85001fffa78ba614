"""Finds the font files of this machine that hold a report's characters, and says so where there are none."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from lionrock.core.errors import TryLater

FAMILIES: Final = {
    "en": ("Source Sans 3", "Noto Sans", "Noto Sans CJK KR", "DejaVu Sans"),
    "zh-Hant": ("Noto Sans CJK TC", "Noto Sans TC", "WenQuanYi Zen Hei"),
    "zh-Hans": ("Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei"),
}
"""By language, the families that reports are set in, the first at hand serving.

Of the pan-Chinese fonts the Korean one is the only one whose quotation marks are as wide as Latin ones.
"""

_PROOF: Final = {"en": "aé’“–", "zh-Hant": "網頁塗改殭屍", "zh-Hans": "网页涂改僵尸"}
_FACES: Final = 12
"""Faces of one file that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A font's file, and which of its faces."""

    path: str
    index: int


@cache
def face_of(language: str, *, bold: bool = False) -> Face:
    """Return the face a language is drawn in; raise TryLater when no font holds its characters."""
    for family in FAMILIES[language]:
        path = _file_of(family, bold=bold)
        face = _face(path, family) if path else None
        if face and _holds(face, _PROOF[language]):
            return face
    raise TryLater(
        f"no font on this machine holds the characters of {language} "
        "(on Debian: apt install fonts-noto-cjk fonts-dejavu-core)"
    )


def _file_of(family: str, *, bold: bool) -> str | None:
    """Ask fontconfig for the file of a family; it always answers, with another family where need be."""
    try:
        from weasyprint.text.ffi import ffi, fontconfig  # noqa: PLC0415  # loads libraries a machine may lack
    except OSError as error:
        raise TryLater(
            "the library Fontconfig is missing (on Debian: apt install libfontconfig1 libpango-1.0-0)"
        ) from error
    config = _config()
    pattern = fontconfig.FcPatternCreate()
    try:
        fontconfig.FcPatternAddString(pattern, b"family", family.encode())
        fontconfig.FcPatternAddString(pattern, b"style", b"Bold" if bold else b"Regular")
        fontconfig.FcConfigSubstitute(config, pattern, fontconfig.FcMatchPattern)
        fontconfig.FcDefaultSubstitute(pattern)
        found = fontconfig.FcFontMatch(config, pattern, ffi.new("FcResult *"))
        if found == ffi.NULL:
            return None
        try:
            text = ffi.new("FcChar8 **")
            if fontconfig.FcPatternGetString(found, b"file", 0, text) != fontconfig.FcResultMatch:
                return None
            return str(ffi.string(ffi.cast("char *", text[0])).decode())
        finally:
            fontconfig.FcPatternDestroy(found)
    finally:
        fontconfig.FcPatternDestroy(pattern)


@cache
def _config() -> object:
    from weasyprint.text.ffi import fontconfig  # noqa: PLC0415  # as above

    return fontconfig.FcInitLoadConfigAndFonts()


def _face(path: str, family: str) -> Face | None:
    from PIL import ImageFont  # noqa: PLC0415  # only documents need it

    for index in range(_FACES):
        try:
            found = ImageFont.truetype(path, 10, index=index).getname()[0]
        except OSError:
            return None
        if found == family:
            return Face(path=path, index=index)
    return None


def _holds(face: Face, characters: Iterable[str]) -> bool:
    from fontTools.ttLib import TTFont  # noqa: PLC0415  # only documents need it

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        known = font.getBestCmap() or {}
    return all(ord(character) in known for character in characters)

"""Writes strangers' words so that they stay data: inside a quotation on the way out, as plain text on the way in."""

import re
import unicodedata
from typing import Final

LONGEST_LABEL: Final = 44
HEAD: Final = 30
TAIL: Final = 12
"""Of a longer label so many characters from its beginning and its end are shown: lures stand there."""
LONGEST_HOST: Final = 150
CUT: Final = "…"
MOST_MARKS: Final = 2
"""Combining marks in a row; more only pile up."""

_AS_THEY_ARE: Final = frozenset(" -._,:;!?&()'/+@%" + CUT)
_INVISIBLE: Final = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)
"""Letters and marks that nobody sees (Unicode's Default_Ignorable_Code_Point outside of Cf)."""


def quoted(text: str) -> str:
    """Return ``text`` as a JSON string in which only letters, digits and plain punctuation stand bare.

    Everything else is its \\u escape, which JSON reads as the same character: quotes and line breaks,
    so that the string cannot end; brackets and bars, of which models' role marks are made; whatever
    is invisible or turns the direction of writing. A half surrogate becomes U+FFFD.
    """
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _AS_THEY_ARE:
        return character
    kind = unicodedata.category(character)
    plain_sign = ord(character) > 127 and kind in {"Po", "Pd"}
    if (kind[0] in "LN" or kind in {"Mn", "Mc"} or plain_sign) and character not in _INVISIBLE:
        return character
    if kind == "Cs":
        character = "\ufffd"
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def reading(host: str) -> str:
    """Return a host with its A-labels decoded, also those that are not safe to show to people."""
    return ".".join(_decoded(label) for label in host.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def cut_host(host: str) -> tuple[str, bool]:
    """Return a host with long labels cut in their middle and its far left left out, and whether it was."""
    shown = ".".join(
        label if len(label) <= LONGEST_LABEL else label[:HEAD] + CUT + label[-TAIL:]
        for label in host.split(".")
    )
    if len(shown) > LONGEST_HOST:
        shown = CUT + shown[-LONGEST_HOST:]
    return shown, shown != host


def clipped(text: str, most: int) -> str:
    """Return the first ``most`` characters on one line, without piled-up marks."""
    line = _MARKS.sub(_few, " ".join(text[: most * 8].split()))
    return line if len(line) <= most else line[: most - 1] + CUT


def plain(text: str, most: int) -> str:
    """Return at most ``most`` characters of foreign words as text for people: nothing hidden, no live link."""
    seen = "".join(
        " " if unicodedata.category(character)[0] in "CZ" or character in _INVISIBLE else character
        for character in text[: most * 8]
    )
    dead = _DOT.sub("[.]", _SCHEME.sub("[://]", clipped(seen, most))).replace("@", "[@]")
    return clipped(dead, most)


def _few(found: "re.Match[str]") -> str:
    return found[0][:MOST_MARKS]


_MARKS: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}"
)
_SCHEME: Final = re.compile(r"://")
_DOT: Final = re.compile(r"(?<=\w)[.\uff0e\uff61](?=\w)")

"""Takes the words out of another's markup: nothing that a browser would act on is left."""

import unicodedata
from typing import Final

from selectolax.lexbor import LexborHTMLParser

LONGEST: Final = 200_000
"""Characters of markup that are looked at."""

_SILENT: Final = ["script", "style", "template", "noscript", "iframe", "object", "svg", "head"]
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def plain(markup: str, longest: int) -> str:
    """Return the words of HTML, or of plain text, on one line, cut to ``longest`` characters."""
    some = markup[:LONGEST]
    if "<" in some or "&" in some:
        tree = LexborHTMLParser(f"<body>{some}")
        tree.strip_tags(_SILENT, recursive=True)
        body = tree.body
        some = body.text(separator=" ") if body is not None else ""
    return one_line(some, longest)


def one_line(text: str, longest: int) -> str:
    """Return text on one line, without what one would not see, cut to ``longest`` characters."""
    clean = "".join(
        " " if sign.isspace() else "" if unicodedata.category(sign) in _UNSEEN else sign
        for sign in text[: longest * 8]
    )
    clean = " ".join(clean.split())
    return clean if len(clean) <= longest else f"{clean[: longest - 1].rstrip()}…"

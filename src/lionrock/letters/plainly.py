"""Makes strangers' words safe for plain text, and lays text out in columns, Chinese included."""

import re
import unicodedata
from typing import Final

from lionrock.core.events import AssetKind
from lionrock.core.hosts import defang

WIDTH: Final = 76
"""Columns of a line; a Chinese character takes two."""

_NEVER_FIRST: Final = frozenset("，。、；：？！）」』》〉】…,.;:?!)]}’”")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20})://")
_INNER_DOT: Final = re.compile(
    r"(?<=[^\W\d])\.(?=\w)|(?<=\w)\.(?=[^\W\d])|(?<=-)\.(?=\w)|(?<=\w)\.(?=-)"
)
"""A dot within a name; those within numbers and addresses stay."""
_NEVER_LAST: Final = frozenset("（「『《〈【([{‘“")


def one_line(text: str, longest: int = 200) -> str:
    """Return ``text`` as one line without control or invisible characters, cut to ``longest``."""
    clean = "".join(" " if _unwanted(c) else c for c in text[: longest * 4])
    clean = " ".join(clean.split())
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def defanged(value: str, kind: AssetKind | None, longest: int = 200) -> str:
    """Return an asset so that no program makes a link of it; addresses and hashes stay as they are.

    ``kind`` is ``None`` where only the text is known: whatever looks like a name or link is defanged.
    """
    plain = {AssetKind.ADDRESS, AssetKind.NETWORK, AssetKind.ASN, AssetKind.HASH}
    text = one_line(value, longest)
    if kind in plain:
        return text
    if kind is None and _is_address(text):
        return text
    scheme, found, rest = text.partition("://")
    if not found:
        return defang(text).replace("@", "[@]")
    authority, slash, path = rest.partition("/")
    scheme = scheme.lower().replace("http", "hxxp").replace("ftp", "fxp")
    return f"{scheme}[:]//{defang(authority).replace('@', '[@]')}{slash}{path}"


def harmless(text: str, longest: int = 200) -> str:
    """Return a stranger's sentence on one line, with every link, name and mail address in it defanged."""
    safe = _SCHEME.sub(_no_scheme, one_line(text, longest)).replace("@", "[@]")
    return _INNER_DOT.sub("[.]", safe)


def fill(text: str, indent: int = 0, hanging: int | None = None) -> str:
    """Return ``text`` broken into lines of at most ``WIDTH`` columns, after ``indent`` spaces
    (``hanging`` from the second line on).

    Words of letters are never broken, Chinese text is, but no line begins with its closing
    punctuation or ends with its opening.
    """
    later = indent if hanging is None else hanging
    lines: list[str] = []
    line, used = " " * indent, indent
    empty = True
    for piece in _pieces(text):
        if piece == " ":
            if not empty:
                line += " "
                used += 1
            continue
        width = columns(piece)
        if not empty and used + width > WIDTH:
            lines.append(line.rstrip())
            line, used = " " * later, later
        line += piece
        used += width
        empty = False
    lines.append(line.rstrip())
    return "\n".join(lines)


def rule(character: str, title: str) -> str:
    """Return a line of ``character`` as wide as ``title``."""
    return character * min(columns(title), WIDTH)


def columns(text: str) -> int:
    """Return how many columns ``text`` takes."""
    return sum(2 if _wide(c) else 0 if unicodedata.combining(c) else 1 for c in text)


def _pieces(text: str) -> list[str]:
    """Cut text where a line may break: at spaces, and around wide characters."""
    pieces: list[str] = []
    glue = False
    for c in text:
        if c in " \n":
            if pieces and pieces[-1] != " ":
                pieces.append(" ")
            glue = False
            continue
        joins = (
            bool(pieces)
            and pieces[-1] != " "
            and (glue or c in _NEVER_FIRST or not (_wide(c) or _wide(pieces[-1][-1])))
        )
        if joins:
            pieces[-1] += c
        else:
            pieces.append(c)
        glue = c in _NEVER_LAST
    return pieces


def _wide(c: str) -> bool:
    return unicodedata.east_asian_width(c) in "WF"


def _unwanted(c: str) -> bool:
    return unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _no_scheme(found: re.Match[str]) -> str:
    scheme = found[1].lower().replace("http", "hxxp").replace("ftp", "fxp")
    return f"{scheme}[:]//"


def _is_address(text: str) -> bool:
    return (
        bool(text)
        and all(c in "0123456789abcdefABCDEF.:/" for c in text)
        and (":" in text or text.replace(".", "").replace("/", "").isdigit())
    )

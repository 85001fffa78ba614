"""Makes what attackers wrote safe to look at: no link, no hidden character, nothing unbounded."""

import ipaddress
import unicodedata
from typing import Final

from lionrock.core.hosts import defang

LONGEST: Final = 300
"""Characters of a value that a list shows."""
CONTROLS: Final = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR"),
    *("SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB"),
    *("ESC", "FS", "GS", "RS", "US"),
)
"""The names of the control characters (ASCII), from 0 on."""
UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""The categories of characters that show nothing of themselves."""


def defanged(kind: str, value: str) -> str:
    """Return an asset so that no program makes a link of it; numbers and hashes stay as they are.

    ``http://a.example/x`` is ``hxxp://a[.]example/x``; a host's dots are bracketed likewise. An
    address stays as it is: nobody clicks on one, and people paste it into other tools.
    """
    if kind == "host":
        return defang(value)
    if kind == "url":
        return defanged_url(value)
    if kind == "asn":
        return f"AS{value}"
    if kind == "end":  # the other end, whatever it is
        return defanged_url(value) if "://" in value or not _is_address(value) else value
    return value


def defanged_url(url: str) -> str:
    """Return a URL with ``hxxp`` for ``http`` and its host's dots in brackets; the path stays."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return defang(url)
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    scheme = scheme.replace("http", "hxxp", 1) if scheme.lower().startswith("http") else scheme
    authority = rest[:end]
    return f"{scheme}://{authority if _is_address(authority) else defang(authority)}{rest[end:]}"


def visible(text: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it stands for a character one would not see.

    A control character is written by its ASCII name, a line feed and a tab keep their effect
    beside it; what turns the reading direction or joins unseen is written as its code point.
    """
    pieces: list[tuple[str, bool]] = []
    plain: list[str] = []
    for character in text:
        shown = _sign(character)
        if shown is None:
            plain.append(character)
            continue
        if plain:
            pieces.append(("".join(plain), False))
            plain.clear()
        pieces.append((shown, True))
        if character in "\n\t":
            plain.append(character)
    if plain:
        pieces.append(("".join(plain), False))
    return pieces


def _sign(character: str) -> str | None:
    point = ord(character)
    if point < 0x20:
        return "→" if character == "\t" else f"<{CONTROLS[point]}>"
    if point == 0x7F:
        return "<DEL>"
    if point > 0x7F and unicodedata.category(character) in UNSEEN:
        return f"<U+{point:04X}>"
    return None


def _is_address(authority: str) -> bool:
    host = authority.rpartition("@")[2]
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

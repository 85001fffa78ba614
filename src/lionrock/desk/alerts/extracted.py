"""Reads numbers and names out of a sentence in any of our languages, so that three of them can be compared."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

LONGEST: Final = 4000
"""Characters of a text that are looked at; no sentence is longer."""

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_MONTH: Final = re.compile(
    r"(?:(?<=\d )|(?<=\d-))(" + "|".join(f"{m}|{m[:3]}" for m in _MONTHS) + r")(?=[\s,.;:)-]|\Z)"
    r"|\b(" + "|".join(f"{m}|{m[:3]}" for m in _MONTHS) + r")(?= \d)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,18}(?:\.\d{1,6})?)"
    r"(?:\s{0,2}(?P<scale>[萬万億亿]|thousand\b|million\b|billion\b))?",
    re.IGNORECASE,
)
_SCALES: Final = {
    **dict.fromkeys(("萬", "万"), 10**4),
    **dict.fromkeys(("億", "亿"), 10**8),
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
}
_CVE: Final = re.compile(r"CVE-\d{4}-\d{4,9}", re.IGNORECASE)
_HASH: Final = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b", re.IGNORECASE)
_MAIL: Final = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}(?:@|\[@\])[A-Za-z0-9-]{1,63}(?:\[?\.\]?[A-Za-z0-9-]{1,63}){1,8}"
)
_LETTER: Final = r"A-Za-z0-9À-ɏͰ-ӿ"
"""Letters of the scripts that imitate Latin; Chinese stands around names without a space."""
_HOST: Final = re.compile(
    rf"(?<![{_LETTER}_.\]@-])(?:[{_LETTER}][{_LETTER}_-]{{0,62}}(?:\[\.\]|\.)){{1,8}}"
    rf"(?:xn--[A-Za-z0-9-]{{2,59}}|[A-Za-zÀ-ɏͰ-ӿ]{{2,24}})(?![{_LETTER}-])"
)
_ADDRESS: Final = re.compile(r"(?<![\w.])\d{1,3}(?:(?:\[\.\]|\.)\d{1,3}){3}(?![\w.]*\d)")
_SCHEME: Final = re.compile(r"(?:https?|ftp)://[^\s<>\"']{1,500}", re.IGNORECASE)
_ASCII_HOST: Final = re.compile(r"[A-Za-z0-9.\-\[\]]+\Z")


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text in one spelling, those inside names and identifiers left out.

    ``1,234`` and ``1234`` are one number, ``1.2 萬`` is 12000, a month's English name is its number.
    """
    plain = _plain(text)
    for pattern in (_SCHEME, _CVE, _HASH, _MAIL, _ADDRESS):
        plain = pattern.sub(" ", plain)
    plain = _HOST.sub(_without_host, plain)
    plain = _MONTH.sub(_month, plain)
    return frozenset(_value(found) for found in _NUMBER.finditer(plain))


def names(text: str) -> frozenset[str]:
    """Return hosts, addresses, mail addresses, CVE identifiers and hashes, lower-case and not defanged."""
    plain = _plain(text)
    found = {one.group().lower() for pattern in (_CVE, _HASH) for one in pattern.finditer(plain)}
    for pattern in (_MAIL, _ADDRESS):
        found |= {_live(one.group()) for one in pattern.finditer(plain)}
        plain = pattern.sub(" ", plain)
    found |= {_live(host) for host in _hosts(plain)}
    return frozenset(found)


def live(text: str) -> tuple[str, ...]:
    """Return what a program could make a link of: addresses with a scheme, and hosts not defanged."""
    plain = _plain(text)
    links = [one.group() for one in _SCHEME.finditer(plain)]
    hosts = [host for host in _hosts(_SCHEME.sub(" ", plain)) if "[.]" not in host]
    return (*links, *hosts)


def mentioned(text: str, brands: Iterable[str]) -> frozenset[str]:
    """Return which of ``brands`` a text names, whatever the case of their letters."""
    plain = _plain(text).casefold()
    return frozenset(brand for brand in brands if brand.casefold() in plain)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST])


def _hosts(plain: str) -> list[str]:
    """Return what looks like a host: ASCII letters only, or defanged, for Chinese has no such dots."""
    return [
        one.group()
        for one in _HOST.finditer(plain)
        if "[.]" in one.group() or (_ASCII_HOST.match(one.group()) and _is_name(one.group()))
    ]


def _is_name(host: str) -> bool:
    """Tell a name from two sentences that lack the space between them, and from ``e.g`` and ``i.e``."""
    labels = host.split(".")
    return max(map(len, labels)) > 1 and not any(label[:1].isupper() for label in labels[1:])


def _without_host(found: re.Match[str]) -> str:
    host = found.group()
    kept = "[.]" not in host and not (_ASCII_HOST.match(host) and _is_name(host))
    return host if kept else " "


def _live(text: str) -> str:
    return text.replace("[.]", ".").replace("[@]", "@").lower()


def _month(found: re.Match[str]) -> str:
    name = (found[1] or found[2]).lower()[:3]
    return str(1 + next(place for place, month in enumerate(_MONTHS) if month.startswith(name)))


def _value(found: re.Match[str]) -> str:
    scale = _SCALES.get((found["scale"] or "").lower(), 1)
    value = Decimal(found["digits"].replace(",", "")) * scale
    return format(value.normalize(), "f")

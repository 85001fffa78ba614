"""Tells which names belong to one series, so that fifty look-alikes cost a person one decision."""

import re
from collections.abc import Collection
from typing import Final

LONGEST_KEY: Final = 200
LOOSE_END: Final = 2
"""Letters left after the last known word that only tell members of a series apart."""
TELLING: Final = 3
"""Letters besides the brand's name that a skeleton needs; fewer say nothing about who chose it."""

_RUN: Final = re.compile(r"[^\W\d_]+|\d+|[\W_]+")


def series_key(
    label: str, *, brand: str, aliases: Collection[str] = (), words: Collection[str] = ()
) -> str:
    """Return the key that names of one series share.

    ``label`` is the part somebody chose: the registrable label (or the tenant's), in Unicode.
    ``brand`` is the brand's id or "". ``aliases`` are that brand's own words, ``words`` others that
    such names are built from (lures). Digits, hyphens and one or two letters after a known word
    tell members of a series apart; whatever else the label holds stays in the key. When too little
    is left besides the brand's name, only names of one shape (``hsbc1``, ``hsbc2``) share a key.
    """
    label = label.lower()
    own = sorted({alias.replace("-", "") for alias in aliases} - {""}, key=len, reverse=True)
    known = {word for word in (*own, *words) if _letters(word) >= 3}
    stem = "".join(_stem(run, known) for run in _RUN.findall(label) if run[0].isalpha())
    alias = next((alias for alias in own if alias in stem), "")
    telling = _letters(stem.replace(alias, "", 1) if alias else stem)
    skeleton = stem if telling >= TELLING else "=" + re.sub(r"\d", "#", label)
    return f"{brand}:{skeleton}"[:LONGEST_KEY]


def _stem(run: str, known: Collection[str]) -> str:
    """Return a run of letters without the loose end after its last known word."""
    longest = max(map(len, known), default=0)
    at = end_of_known = 0
    while at < len(run):
        sizes = range(min(longest, len(run) - at), 1, -1)
        size = next((n for n in sizes if run[at : at + n] in known), 0)
        at += size or 1
        end_of_known = at if size else end_of_known
    loose = run[end_of_known:]
    is_loose = _letters(loose) <= LOOSE_END and (end_of_known > 0 or len(run) <= LOOSE_END)
    return run[:end_of_known] if is_loose else run


def _letters(text: str) -> int:
    """Count letters; an ideograph weighs as much as two, for it says as much."""
    return sum(1 if letter.isascii() else 2 for letter in text)

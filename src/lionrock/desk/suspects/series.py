"""Tells which names belong to one series, so that fifty look-alikes cost a person one decision."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

LONGEST_KEY: Final = 200
LOOSE_END: Final = 2
"""Letters left after the last known word that only tell members of a series apart."""
SHORTEST: Final = 3
"""Letters of the shortest word that counts as known."""
TELLING: Final = 3
"""Letters besides the brand's name that a skeleton needs; fewer say nothing about who chose it."""

_RUN: Final = re.compile(r"[^\W\d_]+|\d+|[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words that names imitating one brand are built from; make one with ``vocabulary``."""

    aliases: tuple[str, ...]
    known: frozenset[str]
    longest: int


def series_key(label: str, *, brand: str, words: Vocabulary) -> str:
    """Return the key that names of one series share.

    ``label`` is the part somebody chose: the registrable label (or the tenant's), in Unicode.
    ``brand`` is the brand's id or "". Digits, hyphens and one or two letters after a known word tell
    members of a series apart; whatever else the label holds stays in the key. When too little is
    left besides the brand's name, only names of one shape (``hsbc1``, ``hsbc2``) share a key.
    """
    label = label.lower()
    stem = "".join(_stem(run, words) for run in _RUN.findall(label) if run[0].isalpha())
    alias = next((alias for alias in words.aliases if alias in stem), "")
    telling = _letters(stem.replace(alias, "", 1) if alias else stem)
    skeleton = stem if telling >= TELLING else "=" + re.sub(r"\d", "#", label)
    return f"{brand}:{skeleton}"[:LONGEST_KEY]


def long_enough(words: Collection[str]) -> frozenset[str]:
    """Return those words that are long enough to count as known."""
    return frozenset(word for word in words if _letters(word) >= SHORTEST)


def vocabulary(*, aliases: Collection[str] = (), words: frozenset[str] = frozenset()) -> Vocabulary:
    """Return a brand's vocabulary: its ``aliases``, and other ``words`` that are ``long_enough``."""
    own = {alias.replace("-", "") for alias in aliases} - {""}
    known = words | long_enough(own)
    return Vocabulary(
        aliases=tuple(sorted(own, key=lambda alias: (-len(alias), alias))),
        known=known,
        longest=max(map(len, known), default=0),
    )


def _stem(run: str, words: Vocabulary) -> str:
    """Return a run of letters without the loose end after its last known word."""
    at = end_of_known = 0
    while at < len(run):
        sizes = range(min(words.longest, len(run) - at), 1, -1)
        size = next((n for n in sizes if run[at : at + n] in words.known), 0)
        at += size or 1
        end_of_known = at if size else end_of_known
    loose = run[end_of_known:]
    is_loose = _letters(loose) <= LOOSE_END and (end_of_known > 0 or len(run) <= LOOSE_END)
    return run[:end_of_known] if is_loose else run


def _letters(text: str) -> int:
    """Count letters; an ideograph weighs as much as two, for it says as much."""
    return len(text) if text.isascii() else sum(1 if c.isascii() else 2 for c in text)

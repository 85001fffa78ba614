"""Tells how much of a draft was kept, and where two versions differ, word by word."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from lionrock.core.alerts import LANGUAGES
from lionrock.desk.alerts.content import Content

LONGEST: Final = 3000
"""Words of a text that are compared: more would take a page too long."""
_WORD: Final = re.compile(r"\s+|[A-Za-z0-9\[\]_-]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Which share of a draft was kept, of its sentences and of their characters; 0 to 1."""

    sentences: float
    characters: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some text that both versions have (``same``), only the older (``gone``) or only the newer (``new``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sentence that differs, in one language; ``part`` names where it stands."""

    part: str
    language: str
    pieces: tuple[Piece, ...]


def kept(draft: Content, approved: Content) -> Share | None:
    """Return how much of ``draft`` stands in ``approved``, over all languages; None for an empty draft.

    A sentence is kept where the same words stand anywhere in the approved text; characters are kept
    where they stand in the same order, as the longest common parts of both show.
    """
    sentences = characters = kept_sentences = kept_characters = 0
    for language in LANGUAGES:
        before = [one.text[language].strip() for one in draft.sentences]
        after = [one.text[language].strip() for one in approved.sentences]
        sentences += len(before)
        kept_sentences += (Counter(before) & Counter(after)).total()
        old, new = _words(" ".join(before)), _words(" ".join(after))
        characters += sum(map(len, old))
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for block in matcher.get_matching_blocks():
            kept_characters += sum(map(len, old[block.a : block.a + block.size]))
    if not sentences or not characters:
        return None
    return Share(sentences=kept_sentences / sentences, characters=kept_characters / characters)


def changes(older: Content, newer: Content) -> Iterator[Change]:
    """Yield what differs between two versions: title, risk, and sentence by sentence in every language."""
    for language in LANGUAGES:
        yield from _changed("title", language, older.title[language], newer.title[language])
    yield from _changed("risk", "", older.risk.value, newer.risk.value)
    yield from _changed("reason", "", older.reason, newer.reason)
    yield from _changed("indicators", "", _listed(older), _listed(newer))
    yield from _changed("links", "", _linked(older), _linked(newer))
    for language in LANGUAGES:
        before = [(one.part.value, one.text[language]) for one in older.sentences]
        after = [(one.part.value, one.text[language]) for one in newer.sentences]
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for tag, a, a_end, b, b_end in matcher.get_opcodes():
            if tag != "equal":
                yield from _paired(language, before[a:a_end], after[b:b_end])
    for index in range(max(len(older.sentences), len(newer.sentences))):
        old = older.sentences[index] if index < len(older.sentences) else None
        new = newer.sentences[index] if index < len(newer.sentences) else None
        if old and new and old.text == new.text and old.cites != new.cites:
            yield from _changed("cites", "", ", ".join(old.cites), ", ".join(new.cites))


def _paired(
    language: str, before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> Iterator[Change]:
    for place in range(max(len(before), len(after))):
        part, old = before[place] if place < len(before) else ("", "")
        newer_part, new = after[place] if place < len(after) else ("", "")
        yield from _changed(newer_part or part, language, old, new)


def _changed(part: str, language: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        yield Change(part=part, language=language, pieces=tuple(_pieces(old, new)))


def _pieces(old: str, new: str) -> Iterator[Piece]:
    a, b = _words(old), _words(new)
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(kind="same", text="".join(a[a0:a1]))
            continue
        if a1 > a0:
            yield Piece(kind="gone", text="".join(a[a0:a1]))
        if b1 > b0:
            yield Piece(kind="new", text="".join(b[b0:b1]))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)[:LONGEST]


def _listed(content: Content) -> str:
    return ", ".join(f"{one.kind} {one.value}".replace(".", "[.]") for one in content.indicators)


def _linked(content: Content) -> str:
    return ", ".join(link.url for link in content.links)

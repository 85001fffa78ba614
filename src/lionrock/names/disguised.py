"""Aliases that a label does not spell but is meant to be read as: tricks, slips, other scripts."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lionrock.names.catalogue import Alias, Catalogue
from lionrock.names.findings import ALIAS_COST, Finding, LureFound, longest
from lionrock.names.skeleton import ascii_skeleton, latin_skeleton, skeleton_with_offsets
from lionrock.names.typos import kind_of_slip
from lionrock.names.words import UNKNOWN_LETTER

TRICK_GAIN = 4.0
"""What look-alike characters inside a longer stretch must explain (nats) to be no accident."""
KNOWN_WORD = 9.0
"""A word of at most this cost (nats) is common: one slip away from an alias, it is just itself."""


def find_tricks(label: str, offset: int, in_label: bool, catalogue: Catalogue) -> list[Finding]:
    """Find aliases that the label spells with look-alike ASCII characters."""
    folded, offsets = skeleton_with_offsets(label)
    found = []
    matches = [
        (str(number), start, end)
        for number, start, end in catalogue.folded_automaton.find(folded.encode())
    ]
    for number, fold_start, fold_end in longest(matches):
        _, alias = catalogue.folded[int(number)]
        start, end = offsets[fold_start], offsets[fold_end]
        raw = label[start:end]
        if raw == alias.text or ascii_skeleton(raw) != folded[fold_start:fold_end]:
            continue
        left, right = _stretch(label, start, end)
        cost = catalogue.words.cost
        gain = _plain_cost(label[left:right], catalogue) - (
            ALIAS_COST + cost(label[left:start]) + cost(label[end:right])
        )
        if gain < (0 if (left, right) == (start, end) else TRICK_GAIN):
            continue
        found.append(
            Finding(
                code="ascii-trick",
                brand=alias.brand,
                alias=alias.text,
                start=offset + start,
                end=offset + end,
                in_label=in_label,
                gain=gain,
                cover=(end - start) / len(label),
                ordinary=False,
            )
        )
    return found


def _stretch(label: str, start: int, end: int) -> tuple[int, int]:
    left, right = start, end
    while left > 0 and label[left - 1].isalnum():
        left -= 1
    while right < len(label) and label[right].isalnum():
        right += 1
    return left, right


def _plain_cost(text: str, catalogue: Catalogue) -> float:
    """Cost of a stretch of letters and digits read as words and numbers: digits cost as unknown."""
    total = 0.0
    word = ""
    for char in text + "-":
        if char.isalpha():
            word += char
            continue
        total += catalogue.words.cost(word)
        word = ""
        total += UNKNOWN_LETTER if char.isdigit() else 0.0
    return total


def find_slips(
    label: str,
    offset: int,
    in_label: bool,
    lures: list[LureFound],
    catalogue: Catalogue,
) -> list[Finding]:
    """Find words of the label that are one or two slips away from an alias."""
    found = []
    for start, end in _words(label, offset, lures):
        word = label[start:end]
        if catalogue.words.knows(word) < KNOWN_WORD:
            continue
        near = catalogue.typos.near(word)
        if not near:
            continue
        alias_text, slips = near[0]
        gain = catalogue.words.cost(word) - (ALIAS_COST + 4.0 * slips)
        if gain < 0:
            continue
        alias = catalogue.aliases[alias_text]
        found.append(
            Finding(
                code=kind_of_slip(word, alias_text) if slips == 1 else "near",
                brand=alias.brand,
                alias=alias_text,
                start=offset + start,
                end=offset + end,
                in_label=in_label,
                gain=gain,
                cover=(end - start) / len(label),
                ordinary=False,
            )
        )
    return found


def _words(label: str, offset: int, lures: list[LureFound]) -> Iterator[tuple[int, int]]:
    """Yield the hyphen-separated words of a label, and what is left of each without its lures."""
    start = 0
    for part in label.split("-"):
        end = start + len(part)
        if part:
            yield start, end
            for lure in lures:
                s, e = lure.start - offset, lure.end - offset
                if s == start and e < end:
                    yield e, end
                if e == end and s > start:
                    yield start, s
        start = end + 1


def find_international(
    label: str, offset: int, in_label: bool, catalogue: Catalogue
) -> list[Finding]:
    """Find brands in a label of international characters: in their own script, or by look."""
    try:
        text = label.encode("ascii").decode("idna")
    except UnicodeError:
        try:
            text = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return []

    def finding(code: str, alias: Alias, cover: float) -> Finding:
        return Finding(
            code=code,
            brand=alias.brand,
            alias=alias.text,
            start=offset,
            end=offset + len(label),
            in_label=in_label,
            gain=8.0,
            cover=cover,
            ordinary=alias.ordinary,
        )

    found = []
    for alias in catalogue.foreign.values():
        if alias.text in text:
            if alias.ordinary and not any(word in text for word in catalogue.foreign_lures):
                continue
            code = "brand-tld" if alias.text == text else "brand-word"
            found.append(finding(code, alias, len(alias.text) / len(text)))
    for word in re.split(r"[\W_]+", text):
        look = catalogue.looks.get(ascii_skeleton(latin_skeleton(word)))
        if look is not None and not word.isascii():
            found.append(
                finding("confusable", replace(look, ordinary=False), len(word) / len(text))
            )
    if found:
        return found
    folded = ascii_skeleton(latin_skeleton(text))
    plain = folded.encode("ascii", "replace")
    for number, start, end in catalogue.folded_automaton.find(plain):
        _, alias = catalogue.folded[number]
        before, behind = folded[start - 1 : start], folded[end : end + 1]
        bounded = not before.isalpha() and not behind.isalpha()
        if bounded or len(alias.text) > 5:
            code = "brand-word" if alias.text in text else "confusable"
            found.append(finding(code, alias, (end - start) / len(folded)))
    return found

"""A region's brands and lures, arranged so that millions of hosts can be held against them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lionrock.core.region import Brand, Region
from lionrock.names.automaton import CODE, Automaton
from lionrock.names.compiled import compiled
from lionrock.names.hashing import FNV_OFFSET, FNV_PRIME, empty_table, fnv1a, place
from lionrock.names.skeleton import FOLD, PAIR, ascii_skeleton, fold_block
from lionrock.names.typos import TypoIndex, mark_near
from lionrock.names.words import Words

STRONG, ORDINARY, COMPANY = 1, 2, 4
SHORTEST_STRONG = 4
SHORTEST_LOOK = 3
RARE_WORD = 11.5
"""A word of this cost (nats) or more stands in one of 100,000 words of names, or in fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One spelling of one brand; ``ordinary`` ones count only in company."""

    text: str
    brand: Brand
    ordinary: bool


class Catalogue:
    """Everything the pack says about whom names imitate, compiled once per process."""

    def __init__(self, region: Region, words: Mapping[str, int]) -> None:
        self.region = region
        self.brands = {brand.id: brand for brand in region.brands}
        self.aliases: dict[str, Alias] = {}
        self.foreign: dict[str, Alias] = {}
        for brand in region.brands:
            for text in brand.aliases:
                ordinary = text in brand.ordinary
                for form in dict.fromkeys((text, text.replace("-", ""))):
                    short = len(form) < SHORTEST_STRONG
                    alias = Alias(text=form, brand=brand, ordinary=ordinary or short)
                    (self.aliases if form.isascii() else self.foreign).setdefault(form, alias)
        self.lures = {lure.word: lure for lure in region.lures if lure.word.isascii()}
        self.foreign_lures = {lure.word: lure for lure in region.lures if not lure.word.isascii()}
        self.company: set[str] = {w for b in region.brands for w in b.company if w.isascii()}
        self.company |= set(self.lures)
        self.words = Words.build(
            words, without=[a.text for a in self.aliases.values() if not a.ordinary]
        )
        self._patterns = [
            *(alias.text.encode() for alias in self.aliases.values()),
            *(word.encode() for word in sorted(self.company - set(self.aliases))),
        ]
        self.pattern_texts = [pattern.decode() for pattern in self._patterns]
        self.automaton = Automaton.build(self._patterns)
        kinds = []
        for text in self.pattern_texts:
            found = self.aliases.get(text)
            kind = 0 if found is None else STRONG
            if found is not None and found.ordinary and not self.is_rare(found):
                kind = ORDINARY
            kinds.append(kind | (COMPANY if text in self.company else 0))
        self._kinds = np.array(kinds, dtype=np.uint8)
        folded: dict[str, Alias] = {}
        for alias in self.aliases.values():
            if not alias.ordinary and len(alias.text) > SHORTEST_STRONG:
                folded.setdefault(ascii_skeleton(alias.text), alias)
        self.folded = list(folded.items())
        self.looks = {
            ascii_skeleton(alias.text): alias
            for alias in sorted(self.aliases.values(), key=lambda alias: not alias.ordinary)
            if len(alias.text) >= SHORTEST_LOOK
        }
        """How aliases look, short and ordinary ones too: foreign letters are company enough."""
        self.folded_automaton = Automaton.build([text.encode() for text, _ in self.folded])
        self.typos = TypoIndex.build(
            [a.text for a in self.aliases.values() if not a.ordinary and "-" not in a.text]
        )
        self._closed = _ending_table(list(region.closed))
        self._official = _ending_table(list(self.official_domains))

    @cached_property
    def official_domains(self) -> dict[str, str]:
        """Official domain to brand id."""
        return {d.domain: brand.id for brand in self.region.brands for d in brand.official}

    def is_rare(self, alias: Alias) -> bool:
        """Tell whether names hardly ever use the alias as a word: alone, it then means the brand."""
        return len(alias.text) >= SHORTEST_STRONG and self.words.knows(alias.text) > RARE_WORD

    def owner(self, host: str) -> str | None:
        """Return the id of the brand whose official domain ``host`` is or lies under."""
        rest = host
        while rest:
            if rest in self.official_domains:
                return self.official_domains[rest]
            rest = rest.partition(".")[2]
        return None

    def mark_official(
        self, text: NDArray[np.uint8], starts: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return, per host, whether it is or lies under an official domain (by 64-bit hash)."""
        return _marked_below(text, starts, self._official)

    def mark_closed(self, text: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return, per host, whether it lies under an ending that only verified bodies get."""
        return _marked_below(text, starts, self._closed)

    def mark_candidates(
        self,
        text: NDArray[np.uint8],
        starts: NDArray[np.int64],
        suffix: NDArray[np.int32],
        registrable: NDArray[np.int32],
    ) -> NDArray[np.bool_]:
        """Return, per host, whether it may hold a look-alike and must be examined by letters.

        ``text`` and ``starts`` are a block of hosts; ``suffix`` and ``registrable`` are where each
        public suffix and each registered name begin.
        """
        first = starts[:-1]
        last = np.maximum(first, first + suffix - 1)
        out = np.zeros(len(first), dtype=np.bool_)
        mark_near(text, first, last, self.typos.table, self.typos.filter, out)
        a = self.automaton
        registered = first + np.maximum(registrable, 0)
        _mark_words(
            *(text, first, last, CODE, a.goto, a.heads, a.ends, a.lengths),
            *(self._kinds, registered, out),
        )
        folded = np.empty(len(text), dtype=np.uint8)
        folded_starts = np.empty(len(starts), dtype=np.int64)
        fold_block(text, starts, FOLD, PAIR, folded, folded_starts)
        f = self.folded_automaton
        _mark_any(folded, folded_starts, CODE, f.goto, f.heads, out)
        return out


def _marked_below(
    text: NDArray[np.uint8], starts: NDArray[np.int64], table: NDArray[np.uint64]
) -> NDArray[np.bool_]:
    out = np.zeros(len(starts) - 1, dtype=np.bool_)
    _mark_below(text, starts, table, out)
    return out


def _ending_table(names: list[str]) -> NDArray[np.uint64]:
    """Return the hashes of the names read from their ends, as the compiled search reads hosts."""
    table = empty_table(len(names))
    for name in names:
        place(table, fnv1a(name.encode()[::-1]))
    return table


@compiled
def _mark_below(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    table: NDArray[np.uint64],
    out: NDArray[np.bool_],
) -> None:
    mask = np.uint64(table.shape[0] - 1)
    for row in range(starts.shape[0] - 1):
        value = np.uint64(FNV_OFFSET)
        i = starts[row + 1] - 1
        while i >= starts[row]:
            value = (value ^ np.uint64(text[i])) * np.uint64(FNV_PRIME)
            if i == starts[row] or text[i - 1] == 46:
                slot = value & mask
                while table[slot] != 0:
                    if table[slot] == value:
                        out[row] = True
                        break
                    slot = (slot + np.uint64(1)) & mask
            i -= 1


@compiled
def _mark_words(
    text: NDArray[np.uint8],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    codes: NDArray[np.uint8],
    goto: NDArray[np.int32],
    heads: NDArray[np.int32],
    ends: NDArray[np.int32],
    lengths: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    registered: NDArray[np.int64],
    out: NDArray[np.bool_],
) -> None:
    """Mark hosts with a strong alias, an ordinary one at a boundary with company, or ``xn--``.

    Before the registered name (which begins at ``registered``) an ordinary one needs no company.
    """
    for row in range(first.shape[0]):
        if out[row]:
            continue
        a = first[row]
        end = last[row]
        state = 0
        seen = 0
        company_end = -1
        for i in range(a, end):
            if (
                text[i] == 120
                and i + 4 <= end
                and text[i + 1] == 110
                and text[i + 2] == 45
                and text[i + 3] == 45
            ):
                seen |= 1
            state = goto[state, codes[text[i]]]
            for j in range(heads[state], heads[state + 1]):
                number = ends[j]
                kind = kinds[number]
                if kind & 1:
                    seen |= 1
                    break
                begin = i + 1 - lengths[number]
                left = begin == a or not 97 <= text[begin - 1] <= 122
                right = i + 1 == end or not 97 <= text[i + 1] <= 122
                if kind & 2 and (left or right or company_end == begin):
                    seen |= 2
                    if left and right and begin < registered[row]:
                        seen |= 1
                if kind & 4:
                    if kind & 2:
                        if seen & 8:
                            seen |= 4
                        seen |= 8
                    else:
                        seen |= 4
                    company_end = i + 1
            if seen & 1:
                break
        if seen & 1 or (seen & 2 and seen & 4):
            out[row] = True


@compiled
def _mark_any(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    codes: NDArray[np.uint8],
    goto: NDArray[np.int32],
    heads: NDArray[np.int32],
    out: NDArray[np.bool_],
) -> None:
    for row in range(starts.shape[0] - 1):
        if out[row]:
            continue
        state = 0
        for i in range(starts[row], starts[row + 1]):
            state = goto[state, codes[text[i]]]
            if heads[state] < heads[state + 1]:
                out[row] = True
                break

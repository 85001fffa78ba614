"""The small tools of look-alikes: words, slips, skeletons, the automaton; each held to a reference."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from lionrock.names.automaton import Automaton
from lionrock.names.blocks import hosts_of
from lionrock.names.skeleton import (
    FOLD,
    PAIR,
    ascii_skeleton,
    fold_block,
    latin_skeleton,
    skeleton_with_offsets,
)
from lionrock.names.typos import TypoIndex, kind_of_slip, mark_near
from lionrock.names.words import Words
from tests.names.packs import WORDS

LETTERS = st.text("abcr01nmvw", min_size=1, max_size=14)


@given(
    st.lists(
        st.binary(min_size=1, max_size=4).map(lambda b: bytes(97 + x % 3 for x in b)),
        min_size=1,
        max_size=8,
        unique=True,
    ),
    st.text("abc", max_size=30),
)
def test_the_automaton_finds_what_a_plain_search_finds(patterns: list[bytes], text: str) -> None:
    found = set(Automaton.build(patterns).find(text.encode()))
    plain = {
        (number, at, at + len(pattern))
        for number, pattern in enumerate(patterns)
        for at in range(len(text))
        if text.encode().startswith(pattern, at)
    }
    assert found == plain


@given(LETTERS)
def test_a_block_folds_as_a_single_name_does(text: str) -> None:
    block = hosts_of([text, text])
    out = np.empty(len(block.text), dtype=np.uint8)
    starts = np.empty(3, dtype=np.int64)
    fold_block(block.text, block.starts, FOLD, PAIR, out, starts)
    assert out[starts[1] : starts[2]].tobytes().decode() == ascii_skeleton(text)


@given(LETTERS)
def test_skeleton_offsets_point_at_the_letters_they_came_from(text: str) -> None:
    folded, offsets = skeleton_with_offsets(text)
    assert len(offsets) == len(folded) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)


def test_letters_of_other_scripts_read_as_the_latin_ones_they_look_like() -> None:
    assert latin_skeleton("раура\u04cf").replace("i", "l") == "paypal"
    assert latin_skeleton("ḥṣbс") == "hsbc"


def test_chinese_is_left_as_it_is() -> None:
    assert latin_skeleton("滙豐") == "滙豐"


@given(st.text("abcdef", min_size=4, max_size=12))
def test_every_word_within_the_allowed_slips_of_an_alias_is_found(word: str) -> None:
    aliases = ["abcdef", "fedcba", "abcabcabc", "deadbeefed"]
    index = TypoIndex.build(aliases)
    near = dict(index.near(word))
    for alias in aliases:
        limit = 2 if len(alias) >= 9 else 1
        slips = OSA.distance(word, alias)
        assert (alias in near) == (0 < slips <= limit)


@given(st.text("abcdef", min_size=5, max_size=11))
def test_a_block_marks_at_least_what_a_single_word_finds(word: str) -> None:
    index = TypoIndex.build(["abcdef", "abcabcabc"])
    block = hosts_of([word])
    out = np.zeros(1, dtype=np.bool_)
    mark_near(block.text, block.starts[:-1], block.starts[1:], index.table, index.filter, out)
    assert bool(out[0]) or not index.near(word)


def test_a_flipped_bit_is_told_from_a_slip_of_the_keyboard() -> None:
    assert kind_of_slip("paypad", "paypal") == "bit-flip"
    assert kind_of_slip("paypak", "paypal") == "typo"
    assert kind_of_slip("payapl", "paypal") == "typo"


def test_known_words_cost_less_than_unknown_letters() -> None:
    words = Words.build(WORDS)
    assert words.cost("onlinepayments") < words.cost("xqzkvwbtrjfhgd")
    assert words.cost("") == 0


@given(
    st.text("abcdefghijklmnopqrstuvwxyz", max_size=20),
    st.text("abcdefghijklmnopqrstuvwxyz", max_size=20),
)
def test_two_parts_together_never_cost_more_than_apart(one: str, other: str) -> None:
    words = Words.build(WORDS)
    assert words.cost(one + other) <= words.cost(one) + words.cost(other) + 1e-6

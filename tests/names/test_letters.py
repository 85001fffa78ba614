"""How names become the small numbers that a network reads."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lionrock.names.blocks import hosts_of
from lionrock.names.letters import LETTERS, SUFFIXES, WIDTHS, encode, widths_of
from lionrock.names.suffixes import Suffixes


def read(names: list[str], width: int) -> tuple[list[str], list[int]]:
    """Return what a network is given of each name, as text, and the suffix numbers."""
    block = hosts_of(names)
    letters, suffix = encode(block, Suffixes.bundled().split(block), np.arange(len(names)), width)
    return ["".join(LETTERS[i - 1] for i in row if i) for row in letters.tolist()], suffix.tolist()


def test_what_was_registered_is_read_and_sub_domains_are_not() -> None:
    assert read(["login.green-stone.com", "a.b.shop.co.uk"], 24)[0] == [
        "green-stone.com",
        "shop.co.uk",
    ]


def test_of_a_tenant_the_own_name_is_read() -> None:
    assert read(["a.evil.pages.dev"], 24)[0] == ["evil"]


def test_of_a_long_name_the_first_and_the_last_letters_are_read() -> None:
    name = "abcdefghijklmnopqrstuvwxyz-0123456789-and-more-of-it.com"
    assert read([name], 48)[0] == [name[:24] + name[-24:]]


def test_a_name_is_read_in_the_narrowest_width_that_holds_it() -> None:
    names = ["abcdefgh.com", "abcdefghi.com", "x" * 60 + ".com"]
    block = hosts_of(names)
    widths = widths_of(block, Suffixes.bundled().split(block), np.arange(3))
    assert [WIDTHS[i] for i in widths.tolist()] == [12, 16, 48]


def test_equal_endings_have_equal_numbers_and_others_have_others() -> None:
    numbers = read(["one.com", "two.com", "one.top", "one.co.uk"], 12)[1]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3
    assert all(0 < number < SUFFIXES for number in numbers)


@given(
    st.lists(
        st.from_regex(r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?\.(com|co\.uk|xyz)", fullmatch=True),
        min_size=1,
        max_size=8,
    )
)
def test_no_letter_is_lost_that_fits(names: list[str]) -> None:
    assert [name for name in read(names, 48)[0] if len(name) < 48] == [
        name for name in names if len(name) < 48
    ]

"""The narrowest range over an address answers, however ranges nest, touch or cross."""

from hypothesis import given
from hypothesis import strategies as st

from lionrock.enrich.addresses import network_of, packed
from lionrock.enrich.intervals import Range, as_number, disjoint, flatten

SPACE = 1 << 32
ranges = st.lists(
    st.tuples(st.integers(0, 63), st.integers(0, 63), st.integers(1, 5)).map(
        lambda one: Range(min(one[:2]), max(one[:2]), one[2], 24)
    ),
    max_size=12,
)
nested = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 63), st.integers(1, 5)).map(
        lambda one: Range(
            one[1] >> one[0] << one[0], (one[1] >> one[0] << one[0]) + (1 << one[0]) - 1, one[2], 6
        )
    ),
    max_size=14,
    unique_by=lambda one: (one.first, one.last),
)


def texts(numbers: range) -> list[str]:
    return [f"0.0.0.{number}" for number in numbers]


@given(nested)
def test_of_nested_ranges_the_narrowest_answers(rows: list[Range]) -> None:
    flat = flatten(4, rows, merged=False)
    found = flat.values[flat.rows(packed(texts(range(64))).v4)].tolist()
    for number, value in enumerate(found):
        over = [one for one in rows if one.first <= number <= one.last]
        expected = min(over, key=lambda one: one.last - one.first).value if over else 0
        assert value == expected


@given(ranges)
def test_every_address_gets_the_value_of_a_range_over_it_or_none(rows: list[Range]) -> None:
    for version, merged in ((4, False), (4, True), (6, True)):
        flat = flatten(version, rows, merged=merged)
        starts = [flat.first(row) for row in range(len(flat.starts))]
        assert starts[0] == 0
        assert starts == sorted(set(starts))
        for number in range(64):
            row = max(row for row, start in enumerate(starts) if start <= number)
            over = {one.value for one in rows if one.first <= number <= one.last}
            assert (int(flat.values[row]) in over) if over else (int(flat.values[row]) == 0)


def test_ranges_reach_to_the_ends_of_the_space() -> None:
    four = flatten(4, [Range(0, SPACE - 1, 7), Range(SPACE - 256, SPACE - 1, 8)], merged=True)
    found = packed(["0.0.0.0", "255.255.254.255", "255.255.255.255"]).v4
    assert four.values[four.rows(found)].tolist() == [7, 7, 8]
    six = flatten(6, [Range((1 << 128) - 1, (1 << 128) - 1, 9)], merged=True)
    keys = packed(["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "ffff::"]).v6
    assert six.values[six.rows(keys)].tolist() == [9, 0, 0]


def test_addresses_that_end_in_zeros_are_told_apart() -> None:
    six = flatten(6, [Range(1 << 127, (1 << 127) + 255, 3)], merged=True)
    keys = packed(["8000::", "8000::ff", "8000::100", "7fff::"]).v6
    assert six.values[six.rows(keys)].tolist() == [3, 3, 0, 0]
    assert as_number(six.starts[1]) == 1 << 127


def test_neighbours_of_one_value_become_one() -> None:
    flat = disjoint(4, iter([Range(0, 9, 1), Range(10, 19, 1), Range(30, 39, 1)]))
    assert flat.starts.tolist() == [0, 20, 30, 40]
    assert flat.values.tolist() == [1, 0, 1, 0]


def test_a_network_is_written_as_its_prefix() -> None:
    assert network_of(0xC0000280, 4, 24) == "192.0.2.0/24"
    assert network_of(0x20010DB8 << 96 | 5, 6, 32) == "2001:db8::/32"


def test_texts_are_sorted_out_by_what_they_are() -> None:
    found = packed(["192.0.2.1", "2001:db8::1", "a.example", "::ffff:192.0.2.9", "", "1.2.3"])
    assert found.v4.tolist() == [0xC0000201, 0xC0000209]
    assert found.v4_at.tolist() == [0, 3]
    assert found.v6_at.tolist() == [1]
    assert found.others == (2, 4, 5)

"""CSV whose writers were careless, and whose senders are not friends."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.events import Reject
from lionrock.feeds.reading import Row, Rows, columns_of
from lionrock.feeds.reading.table import LONGEST_FIELD


def rows_of(text: str | bytes) -> list[tuple[int, list[str]] | str]:
    content = text.encode() if isinstance(text, str) else text
    return [
        f"{found.line}: {found.why}" if isinstance(found, Reject) else found
        for found in Rows(io.BytesIO(content))
    ]


BROKEN = "has a quote that is not closed or not alone"


def test_a_row_is_named_by_its_first_line() -> None:
    assert rows_of('a,b\n"x\ny",1\n\nz,2\n') == [
        (1, ["a", "b"]),
        (2, ["x\ny", "1"]),
        (5, ["z", "2"]),
    ]


def test_an_unclosed_quote_costs_its_own_row_at_most() -> None:
    assert rows_of('a,b\n"x,1\ny,2\nz,3\n') == [
        (1, ["a", "b"]),
        (2, ["x", "1"]),
        (3, ["y", "2"]),
        (4, ["z", "3"]),
    ]


def test_a_row_that_no_reading_makes_whole_is_a_reject() -> None:
    assert rows_of('a,b\n"x,1,2\ny,2\n') == [(1, ["a", "b"]), f"2: {BROKEN}", (3, ["y", "2"])]


def test_a_quote_within_a_field_is_kept() -> None:
    assert rows_of('a,b\n"say "hello"",1\n"y","2"\n')[1:] == [
        (2, ["say hello", "1"]),
        (3, ["y", "2"]),
    ]


def test_hundreds_of_unclosed_quotes_lose_no_row() -> None:
    text = "a,b\n" + "".join(f'"x{n},{n}\n' for n in range(500))
    found = rows_of(text)
    assert found[1:] == [(n + 2, [f"x{n}", str(n)]) for n in range(500)]


def test_a_field_without_end_is_a_reject_and_the_next_row_is_read() -> None:
    text = 'a,b\n"' + "x" * (LONGEST_FIELD + 10) + '",1\ny,2\n'
    assert rows_of(text) == [
        (1, ["a", "b"]),
        f"2: has a field longer than {LONGEST_FIELD:,} characters",
        (3, ["y", "2"]),
    ]


def test_a_lone_carriage_return_is_part_of_its_row() -> None:
    assert rows_of("a,b\nx\ry,1\nz,2\n")[1:] == [(2, ["x y", "1"]), (3, ["z", "2"])]


def test_the_text_of_a_row_is_its_lines() -> None:
    rows = Rows(io.BytesIO(b'a,b\n"x\ny",1\nz,2\n'))
    assert [rows.text() for _ in rows] == ["a,b", '"x\ny",1', "z,2"]


def test_a_row_answers_by_column_name() -> None:
    row = Row(
        7, columns_of([" ip ", "port", "ip", "", "x"]), [" 192.0.2.1", "", "9", "8", "", "more"]
    )
    assert (row["ip"], row["port"], row["nothing"], "ip" in row) == ("192.0.2.1", "", "", True)
    assert row.details("ip") == {"column_6": "more"}


def cells() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20)


@given(st.lists(st.lists(cells(), min_size=2, max_size=2), min_size=1, max_size=30))
def test_what_a_csv_writer_wrote_is_read_as_it_was(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    import csv

    csv.writer(out, lineterminator="\n").writerows(table)
    found = rows_of(out.getvalue())
    assert [row for _, row in pairs(found)] == table


def pairs(found: list[tuple[int, list[str]] | str]) -> Iterator[tuple[int, list[str]]]:
    for item in found:
        assert not isinstance(item, str), item
        yield item


@given(
    st.lists(st.sampled_from(['"a","b"\n', '"a,b\n', "a,b\n", 'a"b,c\n', '"a"b,c"\n', "\n", '"\n']))
)
def test_every_line_that_is_not_empty_is_a_row_or_a_reject_or_within_one(lines: list[str]) -> None:
    rows = Rows(io.BytesIO("".join(lines).encode()))
    covered: list[int] = []
    for found in rows:
        first = found.line if isinstance(found, Reject) else found[0]
        covered.append(first)
    assert covered == sorted(set(covered))
    if any(line != "\n" for line in lines):
        assert covered


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["empty", "lines", "mark"])
def test_nothing_gives_nothing(content: bytes) -> None:
    assert rows_of(content) == []

"""Lines of any encoding and any length."""

import io
import tracemalloc

import pytest

from lionrock.core.events import LONGEST_TEXT, Reject
from lionrock.feeds.reading import LONGEST_LINE, line_blocks, read_text, shown


def lines_of(content: bytes) -> tuple[list[str], dict[int, Reject]]:
    too_long: dict[int, Reject] = {}
    blocks = line_blocks(io.BytesIO(content), too_long)
    return [line for block in blocks for line in block], too_long


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("utf-32-be", b"\x00\x00\xfe\xff"),
    ],
    ids=lambda value: value if isinstance(value, str) else (value.hex() or "without-mark"),
)
def test_every_unicode_encoding_gives_the_same_lines(encoding: str, mark: bytes) -> None:
    text = "ip,banner\n192.0.2.1,plain enough to be told\n192.0.2.2,also a longer line of text\n"
    assert lines_of(mark + text.encode(encoding))[0] == text.splitlines()


def test_a_line_that_is_no_utf_8_is_read_as_windows_1252_and_its_neighbours_as_utf_8() -> None:
    content = "香港\n".encode() + b"caf\xe9 \x80\n" + b"\x81\n"
    assert lines_of(content)[0] == ["香港", "café €", "\x81"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old-mac"])
def test_every_line_ending_ends_a_line(ending: str) -> None:
    assert lines_of(ending.join(["a", "b", "c"]).encode())[0] == ["a", "b", "c"]


def test_a_final_line_break_makes_no_further_line() -> None:
    assert lines_of(b"a\n\nb\n")[0] == ["a", "", "b"]
    assert lines_of(b"")[0] == []


def test_a_nul_becomes_a_character_that_stores_take() -> None:
    assert lines_of(b"a\0b\nrest of it\n")[0] == ["a\ufffdb", "rest of it"]


def test_lines_keep_their_numbers_around_an_endless_one() -> None:
    content = b"first\n" + b"x" * (LONGEST_LINE + 300_000) + b"\nthird\n"
    lines, too_long = lines_of(content)
    assert (lines[0], lines[-1], len(lines)) == ("first", "third", 3)
    assert list(too_long) == [2]
    assert too_long[2].line == 2
    assert len(too_long[2].text) == LONGEST_TEXT


@pytest.mark.parametrize("tail", [b"", b"\n", b"\nnext"], ids=["cut", "ended", "followed"])
def test_an_endless_line_is_one_reject_whatever_follows(tail: bytes) -> None:
    lines, too_long = lines_of(b"x" * (LONGEST_LINE * 2) + tail)
    assert len(too_long) == 1
    assert [line for line in lines if line] == ([tail[1:].decode()] if tail[1:] else [])


class Endless(io.RawIOBase):
    """A gigabyte without a line break, made while it is read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = min(self.left, size if size >= 0 else self.left)
        self.left -= piece
        return b"y" * piece


def test_a_line_of_a_gigabyte_costs_little_memory() -> None:
    tracemalloc.start()
    too_long: dict[int, Reject] = {}
    stream: io.RawIOBase = Endless(1 << 30)
    count = sum(map(len, line_blocks(stream, too_long)))  # type: ignore[arg-type]  # only read() is used
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (count, len(too_long)) == (1, 1)
    assert peak < 64 << 20


def test_a_text_over_its_limit_is_not_held() -> None:
    assert read_text(io.BytesIO(b"x" * 1000), 999) is None
    assert read_text(io.BytesIO(b"x" * 999), 999) == "x" * 999


def test_a_rejects_text_is_cut_and_can_be_stored() -> None:
    assert shown("a\0" + "\ud800") == "a\ufffd\\ud800"
    assert shown(b"\xff\x41") == "\\xffA"
    assert len(shown("é" * 100_000)) == LONGEST_TEXT

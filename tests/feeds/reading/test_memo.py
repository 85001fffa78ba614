"""What was made of a text is remembered, within bounds."""

import pytest

from lionrock.feeds.reading import Memo, Unreadable
from lionrock.feeds.reading.memo import LONGEST, MOST


def test_of_one_text_is_asked_once() -> None:
    asked: list[str] = []

    def read(text: str) -> int | None:
        asked.append(text)
        return int(text) if text.isdigit() else None

    memo = Memo(read)
    assert [memo[text] for text in ("7", "x", "7", "x")] == [7, None, 7, None]
    assert asked == ["7", "x"]


def test_a_memory_holds_neither_long_texts_nor_endlessly_many() -> None:
    memo = Memo(len)
    assert memo["a" * (LONGEST + 1)] == LONGEST + 1
    assert not memo
    for number in range(MOST + 1):
        assert memo[str(number)] == len(str(number))
    assert len(memo) <= MOST


def test_what_cannot_be_read_is_said_each_time() -> None:
    def read(text: str) -> int:
        raise Unreadable("has no number")

    memo = Memo(read)
    for _ in range(2):
        with pytest.raises(Unreadable, match="has no number"):
            memo["x"]

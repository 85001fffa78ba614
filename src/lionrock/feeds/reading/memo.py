"""What a function made of texts, remembered: most columns of a table say few different things."""

from collections.abc import Callable
from typing import Final, TypeVar

MOST: Final = 20_000
"""Answers that are remembered before all are forgotten."""
LONGEST: Final = 128
"""Characters of a text that is worth remembering; longer ones are no honest source's."""

_T = TypeVar("_T")


class Memo(dict[str, _T]):
    """Gives for ``memo[text]`` what ``read(text)`` returns, asking once; its memory is bounded."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[str], _T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> _T:
        found = self._read(text)
        if len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[text] = found
        return found

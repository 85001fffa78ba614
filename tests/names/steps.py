"""How much Python runs: the same on every machine, fast or slow."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

_T = TypeVar("_T")


def counted(work: Callable[[], _T]) -> tuple[_T, int]:
    """Return what ``work`` returns, and how many functions written in Python it called."""
    calls = 0

    def count(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return work(), calls
    finally:
        sys.setprofile(before)

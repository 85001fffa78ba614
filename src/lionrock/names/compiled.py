"""Keep the types of functions that numba compiles, which its own decorator loses."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` on first use, without the interpreter lock; keep the code on disk."""
    made = numba.njit(cache=True, nogil=True)(function)
    return cast(Callable[_P, _R], made)  # numba has no types; the signature stays the same

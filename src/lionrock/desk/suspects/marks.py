"""Divides a name into the parts that told on it and the rest, for the page to mark."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from lionrock.core.judgement import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a name; ``telling`` when a reason points at it."""

    text: str
    telling: bool


def pieces(host: str, reasons: Iterable[Reason]) -> tuple[Piece, ...]:
    """Return the host in pieces, in order; reasons about the whole name mark nothing."""
    telling = bytearray(len(host))
    for reason in reasons:
        if reason.start is None or reason.end is None:
            continue
        start, end = max(reason.start, 0), min(reason.end, len(host))
        telling[start:end] = b"\x01" * max(end - start, 0)
    cuts = [i for i in range(1, len(host)) if telling[i] != telling[i - 1]]
    edges = [0, *cuts, len(host)]
    return tuple(
        Piece(text=host[start:end], telling=bool(telling[start]))
        for start, end in itertools.pairwise(edges)
        if end > start
    )

"""Read the owner names of a DNS zone in master-file format."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import GiveUp
from lionrock.core.hosts import LONGEST_VALUE
from lionrock.names.blocks import Lines, Reject, shown
from lionrock.names.streams.bytes import Pieces
from lionrock.names.streams.pages import VALUES, Page, lines_on, new_page
from lionrock.names.streams.zone_cutter import (
    DEPTH,
    DIRECTIVE,
    FULL,
    LINE,
    MODE,
    MODE_START,
    NO_OWNER,
    NO_TYPE,
    ORIGIN,
    OWNER,
    RECORD,
    SIZE,
    STOPPED,
    TEXT,
    VALUES_READ,
    WORD,
    Owners,
    cut_zone,
)

_WHY: Final = {
    NO_OWNER: "begins with a blank, and no owner name stands before it",
    NO_TYPE: "has no record type",
}


def read_zone(pieces: Pieces, *, first_line: int) -> Iterator[Lines]:
    """Yield each owner name of a zone (RFC 1035, section 5) once per run of records that bear it.

    Relative names, ``@``, blank owners, parentheses, comments, quotes and escapes are followed;
    owners that exist only to deny others (NSEC3) are left out. ``$INCLUDE``, ``$GENERATE`` and
    lines without a record are Rejects. A parenthesis that never closes is a GiveUp at the end.
    """
    state = np.zeros(SIZE, dtype=np.int64)
    state[LINE] = state[RECORD] = first_line
    state[OWNER] = -1
    page = new_page()
    names = Owners(
        origin=np.zeros(LONGEST_VALUE, dtype=np.uint8),
        owner=np.zeros(2 * LONGEST_VALUE + 2, dtype=np.uint8),
        last=np.zeros(LONGEST_VALUE + 1, dtype=np.uint8),
        word=np.zeros(LONGEST_VALUE, dtype=np.uint8),
    )
    rejects: list[Reject] = []

    def reject(text: bytes, why: str) -> None:
        rejects.append(Reject(line=int(state[RECORD]), text=shown(text), why=why))

    for piece in _with_last_line_end(pieces):
        data = np.frombuffer(piece, dtype=np.uint8)
        at = 0
        while at < len(data):
            at = cut_zone(data, at, state, names, page)
            if state[STOPPED] == DIRECTIVE:
                text = names.word[: state[WORD]].tobytes()
                if why := _follow(text, state, names.origin):
                    reject(text, why)
            elif state[STOPPED] in _WHY:
                reject(names.owner[: max(0, state[OWNER])].tobytes(), _WHY[int(state[STOPPED])])
            if state[STOPPED] == FULL or len(rejects) >= VALUES:
                yield _taken(page, state, rejects)
                rejects = []
    if state[VALUES_READ] or rejects:
        yield _taken(page, state, rejects)
    if pieces.broken is None and state[DEPTH] > 0:
        raise GiveUp(
            f"{pieces.name}: the parenthesis opened near line {state[RECORD]} never closes"
        )


def _with_last_line_end(pieces: Pieces) -> Iterator[bytes]:
    yield from pieces
    if pieces.broken is None:
        yield b"\n"


def _taken(page: Page, state: NDArray[np.int64], rejects: list[Reject]) -> Lines:
    lines = lines_on(page, int(state[VALUES_READ]))
    state[VALUES_READ] = state[TEXT] = 0
    return replace(lines, rejects=tuple(rejects))


def _follow(text: bytes, state: NDArray[np.int64], origin: NDArray[np.uint8]) -> str | None:
    """Carry out a control entry; return why it can not be followed."""
    state[MODE] = MODE_START
    entry, *rest = text.split(b";")[0].split() or [b""]
    match entry.upper():
        case b"$TTL":
            return None
        case b"$ORIGIN" if rest:
            name = rest[0]
            if not name.endswith(b"."):
                name += b"." + origin[: state[ORIGIN]].tobytes()
            if len(name) > len(origin):
                return f"is longer than {LONGEST_VALUE} bytes"
            origin[: len(name)] = np.frombuffer(name, dtype=np.uint8)
            state[ORIGIN] = len(name)
            return None
        case b"$INCLUDE":
            return "includes another file, which is not read"
        case b"$GENERATE":
            return "generates records, which are not read"
        case _:
            return "is no control entry of a zone"

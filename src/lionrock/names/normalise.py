"""Bring every value read to one form of host, or say why it is none."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import COMMENT, EMPTY, LONGEST_VALUE, read_host
from lionrock.names.blocks import Hosts, Lines, Reject, shown
from lionrock.names.compiled import compiled

_SKIP: Final = 0
_HOST: Final = 1
_LOOK_CLOSER: Final = 2


def normalise(lines: Lines) -> tuple[Hosts, list[Reject]]:
    """Return the hosts of ``lines``, in order, and a Reject for every value that names none.

    Empty values and comments (``#``) are neither. The rules are those of
    ``lionrock.core.hosts.read_host``; plain ASCII names take a compiled road to the same answer.
    """
    text = np.empty(len(lines.text), dtype=np.uint8)
    starts = np.zeros(len(lines) + 1, dtype=np.int64)
    outcome = np.empty(len(lines), dtype=np.uint8)
    _read_plain(lines.text, lines.starts, text, starts, outcome)
    rejects = list(lines.rejects)
    found: list[bytes] = []
    closer = np.flatnonzero(outcome == _LOOK_CLOSER)
    for row in closer.tolist():
        value = lines.value(row)
        answer = read_host(value)
        if isinstance(answer, str):
            outcome[row] = _HOST
            found.append(answer.encode("ascii"))
        else:
            found.append(b"")
            if answer not in (EMPTY, COMMENT):
                rejects.append(_reject(lines, row, value, answer.why))
    if any(found):
        text, starts = _with_found(text, starts, closer, found)
    rows = np.flatnonzero(outcome == _HOST).astype(np.int64)
    ends = starts[-1:]
    hosts = Hosts(text=text[: ends[0]], starts=np.concatenate((starts[rows], ends)), rows=rows)
    return hosts, rejects


def _reject(lines: Lines, row: int, value: bytes, why: str) -> Reject:
    return Reject(line=int(lines.numbers[row]), text=shown(value), why=why)


def _with_found(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    rows: NDArray[np.int64],
    found: list[bytes],
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    more_starts = np.zeros(len(found) + 1, dtype=np.int64)
    np.cumsum([len(host) for host in found], out=more_starts[1:])
    more = np.frombuffer(b"".join(found), dtype=np.uint8)
    out = np.empty(starts[-1] + len(more), dtype=np.uint8)
    out_starts = np.empty_like(starts)
    _merge((text, starts), rows, (more, more_starts), (out, out_starts))
    return out, out_starts


_Texts = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Texts laid end to end, and where each begins."""


@compiled
def _merge(plain: _Texts, rows: NDArray[np.int64], found: _Texts, into: _Texts) -> None:
    """Write each found host at its row among those that were read the plain way."""
    text, starts = plain
    more, more_starts = found
    out, out_starts = into
    at = 0
    taken = 0
    for row in range(len(starts) - 1):
        out_starts[row] = at
        if taken < len(rows) and rows[taken] == row:
            for i in range(more_starts[taken], more_starts[taken + 1]):
                out[at] = more[i]
                at += 1
            taken += 1
        else:
            for i in range(starts[row], starts[row + 1]):
                out[at] = text[i]
                at += 1
    out_starts[len(starts) - 1] = at


def _classes() -> NDArray[np.uint8]:
    """Return per byte: the host byte it stands for, or 0 where it is none."""
    table = np.zeros(256, dtype=np.uint8)
    for byte in b"abcdefghijklmnopqrstuvwxyz0123456789-_.":
        table[byte] = byte
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        table[byte] = byte + 32
    return table


def _strip_table() -> NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    for byte in b" \t\r\n\v\f\"'`<>,;":
        table[byte] = 1
    return table


_CLASSES: Final = _classes()
_STRIPPED: Final = _strip_table()


@compiled
def _read_plain(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    out: NDArray[np.uint8],
    out_starts: NDArray[np.int64],
    outcome: NDArray[np.uint8],
) -> None:
    """Write the hosts of plain ASCII values to ``out``; leave all others for a closer look."""
    at = 0
    for row in range(len(starts) - 1):
        out_starts[row] = at
        start = starts[row]
        end = starts[row + 1]
        if end - start > LONGEST_VALUE:
            outcome[row] = _LOOK_CLOSER
            continue
        while start < end and _STRIPPED[text[start]]:
            start += 1
        while end > start and _STRIPPED[text[end - 1]]:
            end -= 1
        if start == end or text[start] == 35:
            plain = True
            for i in range(starts[row], starts[row + 1]):
                plain = plain and text[i] < 128
            outcome[row] = _SKIP if plain else _LOOK_CLOSER
            continue
        start, end = _authority(text, start, end)
        length = _copy_host(text, start, end, out, at)
        if length > 0:
            at += length
            outcome[row] = _HOST
        else:
            outcome[row] = _LOOK_CLOSER
    out_starts[len(starts) - 1] = at


@compiled
def _authority(text: NDArray[np.uint8], start: int, end: int) -> tuple[int, int]:
    """Return where the host part lies in a value that may be a URL; (0, 0) when unsure."""
    special = False
    for i in range(start, end):
        byte = text[i]
        if byte >= 128 or byte in (91, 40, 123):  # beyond ASCII, or a defanging bracket
            return 0, 0
        special = special or _CLASSES[byte] == 0
    if not special:
        if text[start] == 46:
            start += 1
        return start, end
    i = start
    if (97 <= text[i] <= 122) or (65 <= text[i] <= 90):
        while i < end and (_CLASSES[text[i]] or text[i] == 43) and text[i] != 95:
            i += 1
        if i + 2 < end and text[i] == 58 and text[i + 1] == 47 and text[i + 2] == 47:
            start = i + 3
    elif i + 1 < end and text[i] == 47 and text[i + 1] == 47:
        start = i + 2
    for i in range(start, end):
        if text[i] in (47, 63, 35):
            end = i
            break
    for i in range(end - 1, start - 1, -1):
        if text[i] == 64:
            start = i + 1
            break
    for i in range(end - 1, start - 1, -1):
        if text[i] == 58:
            end = i
            break
        if text[i] < 48 or text[i] > 57:
            break
    while start + 1 < end and text[start] == 42 and text[start + 1] == 46:
        start += 2
    if start < end and text[start] == 46:
        start += 1
    return start, end


@compiled
def _copy_host(
    text: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint8], at: int
) -> int:
    """Copy a host in normal form to ``out`` and return its length; 0 when it needs a closer look."""
    if end > start and text[end - 1] == 46:
        end -= 1
    length = end - start
    if length < 3 or length > 253:
        return 0
    label = 0  # where the present label begins
    odd = -1  # where the last label lies that only the left part of a name may hold
    labels = 1
    for i in range(length):
        byte = _CLASSES[text[start + i]]
        if byte == 0:
            return 0
        out[at + i] = byte
        if byte == 46:
            if i == label or i - label > 63:
                return 0
            if out[at + i - 1] == 45:
                odd = labels
            label = i + 1
            labels += 1
        elif byte == 95 or (byte == 45 and i == label):
            odd = labels
        elif byte == 45 and i == label + 3 and out[at + label] == 120 and out[at + i - 1] == 45:
            return 0  # xn--: whether it is valid takes more than a glance
    last = length - label
    if labels < 2 or last == 0 or last > 63 or out[at + length - 1] == 45:
        return 0
    if odd >= labels - 1:
        return 0
    digits = True
    for i in range(label, length):
        digits = digits and 48 <= out[at + i] <= 57
    hexadecimal = last >= 2 and out[at + label] == 48 and out[at + label + 1] == 120
    return 0 if digits or hexadecimal else length

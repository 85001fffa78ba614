"""Bytes of any encoding as numbered lines, in flat memory, however long a line is."""

import codecs
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final

from lionrock.core.events import LONGEST_TEXT, Reject

BLOCK: Final = 1 << 18
"""Bytes read at a time."""
LONGEST_LINE: Final = 1 << 22
"""Bytes of a line that are read; a longer one is a Reject."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def line_blocks(stream: BinaryIO, too_long: dict[int, Reject]) -> Iterator[list[str]]:
    """Yield the stream's lines in lists; a line over ``LONGEST_LINE`` is empty and in ``too_long``.

    UTF-8 is the rule; a byte order mark, or text with every other byte zero, tells UTF-16 and
    UTF-32; a line that is no UTF-8 is read as Windows-1252. NUL characters become U+FFFD, since no
    store takes them. A final line break makes no further line.
    """
    number = 0
    for block in _whole_lines(as_utf8(stream)):
        if isinstance(block, Reject):
            number += 1
            too_long[number] = Reject(line=number, text=block.text, why=block.why)
            yield [""]
            continue
        lines = _decoded(block).split("\n")
        number += len(lines)
        yield lines


def as_utf8(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the stream's bytes in blocks, UTF-16 and UTF-32 written again as UTF-8, without a mark."""
    block = stream.read(BLOCK)
    mark, name = next(
        ((mark, name) for mark, name in _BOMS if block.startswith(mark)), (b"", _guessed(block))
    )
    block = block[len(mark) :] or stream.read(BLOCK)
    if name == "utf-8":
        while block:
            yield block
            block = stream.read(BLOCK)
        return
    decoder = codecs.getincrementaldecoder(name)("replace")
    while block:
        if written := decoder.decode(block):
            yield written.encode("utf-8", "replace")
        block = stream.read(BLOCK)
    if written := decoder.decode(b"", final=True):
        yield written.encode("utf-8", "replace")


def read_text(stream: BinaryIO, limit: int) -> str | None:
    """Return the whole stream as text, or None when it holds more than ``limit`` bytes."""
    held = bytearray()
    for block in as_utf8(stream):
        held += block
        if len(held) > limit:
            return None
    return _decoded(bytes(held))


def shown(text: str | bytes) -> str:
    r"""Return an original line as a Reject keeps it: cut, undecodable bytes as ``\xNN``."""
    if isinstance(text, bytes):
        return text[: LONGEST_TEXT * 4].decode("utf-8", "backslashreplace")[:LONGEST_TEXT]
    if text.isascii():
        return text[:LONGEST_TEXT].replace("\0", "\ufffd")
    cut = text[:LONGEST_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")
    return cut[:LONGEST_TEXT].replace("\0", "\ufffd")


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes | Reject]:
    """Yield runs of whole lines without the last line break; a Reject stands for an endless line."""
    held: deque[bytes] = deque()
    size = 0
    old_mac: bool | None = None
    skipping = False
    for raw in blocks:
        if old_mac is None:
            old_mac = b"\r" in raw and b"\n" not in raw
        block = raw.replace(b"\r", b"\n") if old_mac else raw
        end = block.rfind(b"\n")
        if skipping:
            begin = block.find(b"\n")
            if begin < 0:
                continue
            skipping = False
            if begin == end:
                held, size = deque([block[end + 1 :]]), len(block) - end - 1
                continue
            block, end = block[begin + 1 :], end - begin - 1
        if end < 0:
            held.append(block)
            size += len(block)
            if size > LONGEST_LINE:
                yield Reject(
                    line=0,
                    text=shown(b"".join(held)[: LONGEST_TEXT * 4]),
                    why=f"is longer than {LONGEST_LINE:,} bytes",
                )
                held, size, skipping = deque(), 0, True
            continue
        held.append(block[:end])
        yield b"".join(held)
        held, size = deque([block[end + 1 :]]), len(block) - end - 1
    rest = b"".join(held)
    if rest:
        yield rest


def _decoded(block: bytes) -> str:
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = "\n".join(_line_decoded(line) for line in block.split(b"\n"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _line_decoded(line: bytes) -> str:
    for name in ("utf-8", "cp1252"):
        try:
            return line.decode(name)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def _guessed(block: bytes) -> str:
    """Tell UTF-16 without a mark by its zero bytes: nearly every other one, on one side only."""
    start = block[:4096]
    half = len(start) // 2
    if half >= 4:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if odd > 0.8 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.8 * half and odd < 0.05 * half:
            return "utf-16-be"
    return "utf-8"

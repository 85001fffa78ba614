"""JSON in any wrapping (lines, an array, a document around it), one record at a time."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from lionrock.core.events import Reject
from lionrock.feeds.reading.lines import as_utf8, line_blocks, shown
from lionrock.feeds.reading.unreadable import Unreadable

LONGEST_RECORD: Final = 1 << 23
"""Characters of one JSON value that are held."""

Json = Any  # what json.loads gives; readers check each value they take
_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")
_HARMFUL: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_DECODER: Final = json.JSONDecoder()


def loads(text: str) -> Json:
    """Return one JSON value, cleaned of NUL and lone surrogates; raise Unreadable when it is none."""
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"is no JSON: {_short(error)}") from None
    return _cleaned(value) if _HARMFUL.search(text) else value


def json_lines(stream: BinaryIO) -> Iterator[tuple[int, str, Json] | Reject]:
    """Yield ``(line, text, value)`` per line that is not empty, or a Reject for a line that is no JSON."""
    too_long: dict[int, Reject] = {}
    line = 0
    for block in line_blocks(stream, too_long):
        for text in block:
            line += 1
            if not text or text.isspace():
                if line in too_long:
                    yield too_long.pop(line)
                continue
            try:
                value = loads(text)
            except Unreadable as error:
                yield Reject(line=line, text=shown(text), why=str(error))
            else:
                yield line, text, value


def json_records(
    stream: BinaryIO, path: Sequence[str] = ()
) -> Iterator[tuple[int, str, Json] | Reject]:
    """Yield ``(number, text, value)`` for each record at ``path``, counted from 1.

    ``path`` names the keys down to the records; ``*`` takes every key. An array met on the way is
    walked through, and an array at the end gives its elements; another value there is one record.
    Several documents after one another (JSON lines, pretty-printed or not) are read like one.
    Memory is bounded by ``LONGEST_RECORD``; what follows broken JSON is one Reject with ``whole``.
    """
    walker = _Walker(stream)
    count = 0
    try:
        while not walker.at_end():
            for text, value in walker.records(tuple(path)):
                count += 1
                yield count, text, value
    except Unreadable as error:
        yield Reject(line=count + 1, text=shown(walker.rest()), why=str(error), whole=True)


class _Walker:
    """Reads JSON from a stream, descending to the records and decoding only them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._blocks = as_utf8(stream)
        self._left = b""
        self._text = ""
        self._at = 0
        self._more = True

    def at_end(self) -> bool:
        """Skip white space, and tell whether nothing is left."""
        return self._peek() == ""

    def rest(self) -> str:
        return self._text[self._at : self._at + 8192]

    def records(self, path: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
        mark = self._peek()
        if mark == "[":
            yield from self._elements(path)
        elif path and mark == "{":
            yield from self._members(path)
        elif path:
            self._value()
        else:
            yield self._value()

    def _elements(self, path: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            if path:
                yield from self.records(path)
            else:
                yield self._value()
            if self._next(",]", "in a list") == "]":
                return

    def _members(self, path: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
        self._at += 1
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            if self._peek() != '"':
                raise Unreadable("is no JSON: a key is missing")
            _, key = self._value()
            self._next(":", "after a key")
            if path[0] in {"*", key}:
                yield from self.records(path[1:])
            else:
                self._value()
            if self._next(",}", "in an object") == "}":
                return

    def _next(self, wanted: str, place: str) -> str:
        found = self._peek()
        if not found or found not in wanted:
            raise Unreadable(f"is no JSON: {'ends' if not found else f'has “{found}”'} {place}")
        self._at += 1
        return found

    def _peek(self) -> str:
        while True:
            end = _SPACE.match(self._text, self._at)
            self._at = end.end() if end else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more:
                return ""
            self._pull()

    def _value(self) -> tuple[str, Json]:
        self._peek()
        wanted = 1 << 16
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise Unreadable("is nested too deeply") from None
            except ValueError as error:
                whole = not self._more
                if whole or len(self._text) - self._at > LONGEST_RECORD:
                    why = f"is no JSON: {_short(error)}" if whole else _TOO_LONG
                    raise Unreadable(why) from None
            else:
                # A number at the very end of what is held may go on.
                if end < len(self._text) or not self._more:
                    text = self._text[self._at : end]
                    self._at = end
                    return text, _cleaned(value) if _HARMFUL.search(text) else value
            # Twice as much each time, so that a long value costs linear time.
            while self._more and len(self._text) - self._at < wanted:
                self._pull()
            wanted *= 2

    def _pull(self) -> None:
        block = next(self._blocks, None)
        self._more = block is not None
        held = self._left + (block or b"")
        # A character is never cut: what does not decode at the very end waits for the next block.
        cut = len(held)
        if self._more:
            while cut > max(0, len(held) - 4) and held[cut - 1] & 0xC0 == 0x80:
                cut -= 1
            if cut and held[cut - 1] >= 0xC0:
                cut -= 1
        self._left = held[cut:]
        fresh = held[:cut].decode("utf-8", "replace")
        self._text = self._text[self._at :] + fresh
        self._at = 0


_TOO_LONG: Final = f"holds a value longer than {LONGEST_RECORD:,} characters, or no JSON"


def _short(error: ValueError) -> str:
    return error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error)[:200]


def _cleaned(value: Json) -> Json:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return value

"""CSV by rows: fast where it is well formed, no row lost where it is not."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final

from lionrock.core.events import Reject
from lionrock.feeds.reading.lines import LONGEST_LINE, line_blocks, shown

LONGEST_FIELD: Final = 1 << 17
"""Characters of one field; it also bounds what an unclosed quote can swallow."""
_PATIENCE: Final = 8
"""Broken quotes after which every line is taken for a row of its own, so that time stays linear."""


class Rows:
    """The rows of one CSV stream, with their lines.

    Iterating yields ``(line, fields)`` or a Reject; ``line`` is the first physical line of the row,
    from 1. Empty lines are passed over. A quoted line break is part of its field. Where a quote is
    broken, the line is read once more alone and leniently: it is a row when it has as many fields
    as the first row, otherwise a Reject; the next row starts at the next line.
    ``spaced`` tables write a space after the delimiter, before the quote.
    """

    def __init__(
        self, stream: BinaryIO, *, delimiter: str = ",", quote: str = '"', spaced: bool = False
    ) -> None:
        self._delimiter = delimiter
        self._quote = quote
        self._spaced = spaced
        self._too_long: dict[int, Reject] = {}
        self._blocks = line_blocks(stream, self._too_long)
        self._held: deque[tuple[int, list[str]]] = deque()
        self._first = 1
        self._done = 0
        self._pulled = 0
        self._width = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Reject]:
        csv.field_size_limit(LONGEST_FIELD)
        broken = 0
        while True:
            base = self._done
            reader = csv.reader(
                self._lines_after(base),
                strict=True,
                delimiter=self._delimiter,
                quotechar=self._quote,
                skipinitialspace=self._spaced,
            )
            try:
                for row in reader:
                    first = self._first = self._done + 1
                    self._done = base + reader.line_num
                    if row:
                        if not self._width:
                            self._width = len(row)
                        yield first, row
                    elif self._too_long and first in self._too_long:
                        yield self._too_long.pop(first)
            except csv.Error as error:
                broken += 1
                yield from self._alone(str(error))
                if broken >= _PATIENCE:
                    yield from self._one_by_one()
                    return
            else:
                return

    def text(self) -> str:
        """Return the original lines of the row given last."""
        lines = (self._line(n) for n in range(self._first, self._done + 1))
        return "".join(lines).removesuffix("\n")

    def _lines_after(self, done: int) -> Iterable[str]:
        held = [lines[max(0, done + 1 - first) :] for first, lines in self._held]
        return chain.from_iterable(chain(held, self._pulling()))

    def _pulling(self) -> Iterator[list[str]]:
        for lines in self._blocks:
            while self._held and self._held[0][0] + len(self._held[0][1]) <= self._first:
                self._held.popleft()
            # With their line breaks, which belong to a field where they stand within quotes.
            ended = [line + "\n" for line in lines]
            self._held.append((self._pulled + 1, ended))
            self._pulled += len(ended)
            yield ended

    def _line(self, number: int) -> str:
        for first, lines in self._held:
            if first <= number < first + len(lines):
                return lines[number - first]
        return ""

    def _alone(self, why: str) -> Iterator[tuple[int, list[str]] | Reject]:
        """Read the line after the last row for itself."""
        number = self._first = self._done = self._done + 1
        if number in self._too_long:
            yield self._too_long.pop(number)
            return
        text = self._line(number).removesuffix("\n")
        row = self._leniently(text)
        if row is None:
            yield Reject(line=number, text=shown(text), why=_words(why))
        elif row:
            self._width = self._width or len(row)
            yield number, row

    def _one_by_one(self) -> Iterator[tuple[int, list[str]] | Reject]:
        for text in self._lines_after(self._done):
            try:
                row = next(
                    csv.reader(
                        [text],
                        strict=True,
                        delimiter=self._delimiter,
                        quotechar=self._quote,
                        skipinitialspace=self._spaced,
                    ),
                    [],
                )
            except csv.Error as error:
                yield from self._alone(str(error))
                continue
            number = self._first = self._done = self._done + 1
            if row:
                yield number, row
            elif number in self._too_long:
                yield self._too_long.pop(number)

    def _leniently(self, text: str) -> list[str] | None:
        """Return the row a broken line was meant to be: the reading that gives as many fields as due."""
        plain = text.replace("\r", " ")
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            try:
                row = next(
                    csv.reader(
                        [plain],
                        delimiter=self._delimiter,
                        quotechar=self._quote,
                        skipinitialspace=self._spaced,
                        quoting=quoting,
                    ),
                    [],
                )
            except csv.Error:
                return None
            if not row or not self._width or len(row) == self._width:
                return [field.strip(self._quote) for field in row]
        return None


def _words(why: str) -> str:
    if "larger than field limit" in why:
        return f"has a field longer than {LONGEST_FIELD:,} characters"
    return "has a quote that is not closed or not alone"


def columns_of(header: list[str]) -> dict[str, int]:
    """Return each column's place by its name, trimmed; of two with one name, the first."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(name.strip().strip("\ufeff"), place)
    return places


class Row:
    """One row by column names; what is missing or empty is ``""``."""

    __slots__ = ("_places", "fields", "line")

    def __init__(self, line: int, places: dict[str, int], fields: list[str]) -> None:
        self.line = line
        self._places = places
        self.fields = fields

    def __getitem__(self, name: str) -> str:
        place = self._places.get(name)
        return "" if place is None or place >= len(self.fields) else self.fields[place].strip()

    def __contains__(self, name: str) -> bool:
        return bool(self[name])

    def details(self, *used: str) -> dict[str, str]:
        """Return the filled columns not named in ``used``, by their names.

        Fields beyond the header are kept as ``column_40``.
        """
        found = {
            name: value
            for name in self._places
            if name and name not in used and (value := self[name])
        }
        for place in range(max(self._places.values(), default=-1) + 1, len(self.fields)):
            if value := self.fields[place].strip():
                found[f"column_{place + 1}"] = value
        return found


assert LONGEST_FIELD < LONGEST_LINE  # noqa: S101  # a field that fits is never cut by its line

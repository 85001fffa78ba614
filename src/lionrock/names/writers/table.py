"""Print judged names as a table for people."""

import io
import unicodedata
from collections.abc import Sequence
from typing import BinaryIO, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lionrock.core.judgement import Judgement, Verdict
from lionrock.names.writers.text import words

_ROWS: Final = 2000
"""Rows that share column widths; a longer list is printed in several tables, with flat memory."""

_STYLES: Final = {
    Verdict.SUSPECT: "bold red",
    Verdict.OFFICIAL: "green",
    Verdict.KNOWN: "cyan",
    Verdict.UNREMARKABLE: "dim",
}


class TableWriter:
    """Name, score, verdict, brand and reasons in words, as wide as the terminal.

    Names are written by attackers: whatever could steer a terminal or hide in it is escaped.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._colours = stream.isatty()
        self._kept: list[Judgement] = []

    def write(self, judgements: Sequence[Judgement]) -> None:
        """Append a row per judgement."""
        self._kept += judgements
        while len(self._kept) >= _ROWS:
            self._print(self._kept[:_ROWS])
            self._kept = self._kept[_ROWS:]

    def close(self) -> None:
        """Print the last rows."""
        if self._kept:
            self._print(self._kept)
            self._kept = []
        self._stream.flush()

    def _print(self, judgements: Sequence[Judgement]) -> None:
        text = io.StringIO()
        console = Console(
            file=text, force_terminal=self._colours, markup=False, highlight=False, emoji=False
        )
        console.print(_table(judgements))
        self._stream.write(text.getvalue().encode("utf-8"))


def _table(judgements: Sequence[Judgement]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name", overflow="fold", ratio=3)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("brand", overflow="fold")
    table.add_column("reasons", overflow="fold", ratio=4)
    for j in judgements:
        table.add_row(
            Text(harmless(j.name)),
            f"{j.score:.4f}",
            Text(j.verdict, style=_STYLES[j.verdict]),
            Text(harmless(j.brand or "")),
            Text(harmless("; ".join(words(reason) for reason in j.reasons))),
        )
    return table


def harmless(text: str) -> str:
    """Return ``text`` with control, format and unassigned characters and half pairs escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return character.encode("unicode_escape").decode("ascii")
    return character

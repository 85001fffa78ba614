"""What a report says, before it is a page, a PDF or a Word file: blocks of runs, each knowing what it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lionrock.briefing.report.runs import Run, Runs
from lionrock.briefing.report.shapes import Drawing


class Style(StrEnum):
    """How a paragraph is set."""

    PLAIN = "plain"
    LEAD = "lead"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of level 2 to 4; level 1 is the document's title."""

    level: int
    runs: Runs
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    runs: Runs
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list."""

    items: tuple[Runs, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number in large type, what it counts, and how it changed."""

    label: Runs
    number: Runs
    change_label: Runs
    change: Runs
    note: Runs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A table's column; ``id`` names it in CSV and JSON."""

    id: str
    runs: Runs
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table's cell; ``value`` is what CSV and JSON hold."""

    runs: Runs
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of each row is its heading, the last row a total where ``total`` says so."""

    id: str
    caption: Runs
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    notes: tuple[Runs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart: what it is called, how it is drawn, and all it shows in words."""

    id: str
    caption: Runs
    drawing: Drawing
    alternative: Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a reader must not miss: a correction, a gap."""

    id: str
    title: Runs
    blocks: tuple["Paragraph | Bullets | Table", ...]


Block = Heading | Paragraph | Bullets | Tile | Table | Chart | Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report in one language. ``told`` is what the summary of a text alternative is called."""

    language: str
    title: Runs
    subtitle: Runs
    author: str
    blocks: tuple[Block, ...]
    told: str

    def flat(self) -> Iterator[Block]:
        """Yield every block, those within notices after their notice."""
        for block in self.blocks:
            yield block
            if isinstance(block, Notice):
                yield from block.blocks

    def tables(self) -> tuple[Table, ...]:
        """Return the tables, in order."""
        return tuple(block for block in self.flat() if isinstance(block, Table))

    def charts(self) -> tuple[Chart, ...]:
        """Return the charts, in order."""
        return tuple(block for block in self.flat() if isinstance(block, Chart))

    def runs(self) -> Iterator[Run]:
        """Yield every run a reader meets, text in charts and text alternatives included."""
        yield from self.title
        yield from self.subtitle
        for block in self.flat():
            yield from runs_of(block)


def runs_of(block: Block) -> Iterator[Run]:
    """Yield the runs of one block, without those of blocks within it."""
    match block:
        case Heading() | Paragraph():
            yield from block.runs
        case Bullets():
            for item in block.items:
                yield from item
        case Tile():
            for part in (block.label, block.number, block.change_label, block.change, block.note):
                yield from part
        case Table():
            yield from block.caption
            for column in block.columns:
                yield from column.runs
            for row in block.rows:
                for cell in row:
                    yield from cell.runs
            for note in block.notes:
                yield from note
        case Chart():
            yield from block.caption
            yield from block.drawing.words()
            yield from block.alternative
        case Notice():
            yield from block.title

"""The filled cells of a table's row as an Event's details: quick to make, to check and to write as JSON.

Rows of one table fill few different sets of columns, and most of what they hold is plain text. What
depends on the columns alone is worked out once for each set, as a Shape.
"""

from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring_ascii as _quoted
from typing import Final

LONGEST_PLAIN: Final = 8192
"""Characters of what is written without looking at each cell."""


class Shape:
    """The columns that some rows fill, in order, each once."""

    __slots__ = ("_pieces", "length", "names", "plain")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        joined = "".join(names)
        self.length = len(joined)
        self.plain = (
            len(joined) <= LONGEST_PLAIN
            and len(_quoted(joined)) == len(joined) + 2
            and not any(name.startswith("@") for name in names)
        )
        """The names need no escapes in JSON, are not long, and none is like those we add ourselves."""
        self._pieces: list[str] = []
        """What stands around the cells in JSON; every second one is a cell's place."""
        for name in names:
            self._pieces += [f'", {_quoted(name)}: "', ""]
        if names:
            self._pieces[0] = "{" + self._pieces[0][3:]
            self._pieces.append('"}')

    def around(self, texts: tuple[str, ...]) -> str:
        """Return the JSON object of cells that need no escapes."""
        if not texts:
            return "{}"
        pieces = self._pieces.copy()
        pieces[1::2] = texts
        return "".join(pieces)


class Cells(Mapping[str, str]):
    """Texts by their columns' names; ``texts`` has one for each of the shape's names."""

    __slots__ = ("_by_name", "plain", "shape", "texts")

    def __init__(self, shape: Shape, texts: tuple[str, ...]) -> None:
        self.shape = shape
        self.texts = texts
        joined = "".join(texts)
        size = len(joined)
        self.plain = shape.plain and size <= LONGEST_PLAIN and len(_quoted(joined)) == size + 2
        """Neither names nor texts need escapes in JSON, and together they are not long."""
        self._by_name: dict[str, str] | None = None

    def json(self) -> str:
        """Return what ``json.dumps`` makes of the cells."""
        if self.plain:
            return self.shape.around(self.texts)
        return self.shape.around(tuple([_quoted(text)[1:-1] for text in self.texts]))

    def __getitem__(self, name: str) -> str:
        if self._by_name is None:
            self._by_name = dict(zip(self.shape.names, self.texts, strict=True))
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shape.names)

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return repr(dict(self))

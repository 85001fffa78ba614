"""The tree of a tiled log, of which nothing is believed that does not lead to the signed root.

Source: https://c2sp.org/tlog-tiles. Every full tile has its hash in the tile above, and the tiles at
the right edge give the root; so the edge is proven first, and every other tile by those above it.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final

from lionrock.net.ct.merkle import HASH, Frontier, subtree

WIDE: Final = 256
_HIGH: Final = 8
_KEPT: Final = 64
"""Tiles that are remembered, of 8 KiB each."""

Fetch = Callable[[int, int, int], bytes]
"""Returns the tile of this level, index and width, as many hashes as that."""


class WrongTile(ValueError):
    """A tile's hashes do not lead to the root."""


class TiledTree:
    """A tree of ``size`` entries under ``root``, its tiles fetched when they are needed."""

    def __init__(self, size: int, root: bytes, fetch: Fetch) -> None:
        self.size = size
        self._fetch = fetch
        self._proven: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()
        self._edge = {
            (level, (size >> _HIGH * level) // WIDE): self._fetched(
                level, (size >> _HIGH * level) // WIDE
            )
            for level in _levels(size)
            if (size >> _HIGH * level) % WIDE
        }
        if self.beginning(size).root() != root:
            raise WrongTile("the tiles at the edge do not lead to the root")

    def tile(self, level: int, index: int) -> list[bytes]:
        """Return the hashes of a tile, proven; raise WrongTile."""
        edge = self._edge.get((level, index))
        if edge is not None:
            return edge
        known = self._proven.get((level, index))
        if known is not None:
            self._proven.move_to_end((level, index))
            return known
        expected = self.above(level, index)
        hashes = self._fetched(level, index)
        if len(hashes) != WIDE or subtree(hashes) != expected:
            raise WrongTile(f"tile {index} of level {level} does not lead to the tile above it")
        self._proven[level, index] = hashes
        if len(self._proven) > _KEPT:
            self._proven.popitem(last=False)
        return hashes

    def above(self, level: int, index: int) -> bytes:
        """Return the proven hash of a whole tile, which stands in the tile above it."""
        return self.tile(level + 1, index // WIDE)[index % WIDE]

    def beginning(self, size: int) -> Frontier:
        """Return what the tree was when it had ``size`` entries (at most those it has now)."""
        hashes: list[bytes] = []
        for level in reversed(list(_levels(size))):
            width = (size >> _HIGH * level) % WIDE
            if width:
                tile = self.tile(level, (size >> _HIGH * level) // WIDE)
                at = 0
                for bit in reversed(range(_HIGH)):
                    if width >> bit & 1:
                        hashes.append(subtree(tile[at : at + (1 << bit)]))
                        at += 1 << bit
        return Frontier(size, hashes)

    def _fetched(self, level: int, index: int) -> list[bytes]:
        width = min(WIDE, (self.size >> _HIGH * level) - WIDE * index)
        content = self._fetch(level, index, width)
        return [content[at : at + HASH] for at in range(0, width * HASH, HASH)]


def tile_path(kind: str, index: int, width: int) -> str:
    """Return where a tile lies under a log's address; ``kind`` is a level, ``data`` or ``names``."""
    whole, last = divmod(index, 1000)
    parts = [f"{last:03}"]
    while whole:
        whole, part = divmod(whole, 1000)
        parts.insert(0, f"x{part:03}")
    partial = "" if width == WIDE else f".p/{width}"
    return f"tile/{kind}/{'/'.join(parts)}{partial}"


def _levels(size: int) -> Iterator[int]:
    level = 0
    while size >> _HIGH * level:
        yield level
        level += 1

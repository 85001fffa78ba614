"""Reads a log that lies in static files.

Source: https://c2sp.org/static-ct-api, and names-tiles.md of Sunlight for names alone.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from lionrock.core.errors import TryLater
from lionrock.net.ct.accusing import accused, compared
from lionrock.net.ct.ahead import ahead
from lionrock.net.ct.asking import Asker, Manners, Missing
from lionrock.net.ct.checkpoints import LONGEST, NotSigned, read_checkpoint
from lionrock.net.ct.leaves import Framed, Leaves, NameLines, frame_tile
from lionrock.net.ct.logs import Log
from lionrock.net.ct.merkle import HASH, subtree
from lionrock.net.ct.states import Lie, SignedState
from lionrock.net.ct.tiles import WIDE, TiledTree, WrongTile, tile_path

T = TypeVar("T")

LONGEST_TILE: Final = 32 * 2**20
"""Bytes of 256 entries, however many names a certificate has."""
LONGEST_NAMES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class _Part:
    """Part of a log that lies in one file: the tile's number, and how many entries it has."""

    index: int
    width: int


class TiledLog:
    """One log, being read."""

    def __init__(
        self,
        log: Log,
        asker: Asker,
        *,
        manners: Manners,
        names_only: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._asker = asker
        self._manners = manners
        self._names_only = names_only
        self._clock = clock
        self._pool = ThreadPoolExecutor(manners.at_once, thread_name_prefix="tile")
        self._tree: TiledTree | None = None
        self._left = -1
        self._left_since = 0.0

    def close(self) -> None:
        """Wait for what is under way, and hang up."""
        self._pool.shutdown(cancel_futures=True)
        self._asker.close()

    def latest(self, held: SignedState | None) -> SignedState:
        """Return the newest state, signed and consistent with ``held``; raise Lied."""

        def signed(text: bytes) -> SignedState:
            try:
                return read_checkpoint(text, origin=self._log.origin, key=self._log.key)
            except NotSigned as error:
                raise accused(
                    self._log, Lie.NOT_SIGNED, str(error), held=held, offered=text
                ) from error

        new = self._asker.get("checkpoint", limit=LONGEST, read=signed)
        state = compared(self._log, held, new, begins=self._begins)
        self._proven(state, lambda tree: tree.size)
        return state

    def read(self, position: int, state: SignedState) -> Iterator[Leaves | NameLines]:
        """Yield the entries from ``position`` on that ``state`` covers and that need not wait."""
        while True:
            try:
                for part, found in ahead(
                    self._pool,
                    self._content,
                    self._parts(position, state),
                    most=2 * self._manners.at_once,
                ):
                    first = part.index * WIDE
                    skip = position - first
                    if isinstance(found, Framed):
                        framed = self._believed(part, found, state)
                        yield framed.leaves(
                            log_id=self._log.id, first=first, state=state, skip=skip
                        )
                    else:
                        yield NameLines(
                            log_id=self._log.id,
                            first=position,
                            next=first + part.width,
                            state=state,
                            lines=found[skip:],
                        )
                    position = first + part.width
            except Missing as error:
                if not self._names_only:
                    raise TryLater(
                        f"the log lacks what its checkpoint promises: {error}"
                    ) from error
                self._names_only = False  # the log offers none, or no longer
            else:
                return

    def _content(self, part: _Part) -> Framed | tuple[bytes, ...]:
        return self._names(part) if self._names_only else self._entries(part)

    def _parts(self, position: int, state: SignedState) -> Iterator[_Part]:
        """Yield the whole tiles from ``position`` on, and the last part when it waited long enough."""
        for index in range(position // WIDE, state.size // WIDE):
            yield _Part(index, WIDE)
        index, width = divmod(state.size, WIDE)
        if max(position, index * WIDE) >= state.size:
            return
        now = self._clock()
        if self._left != index:
            self._left, self._left_since = index, now
        if now - self._left_since >= self._manners.patience:
            self._left_since = now
            yield _Part(index, width)

    def _entries(self, part: _Part, *, again: bool = False) -> Framed:
        return self._fetched(
            "data",
            part,
            lambda content, width: frame_tile(content, width=width).cut(part.width),
            limit=LONGEST_TILE,
            again=again,
        )

    def _names(self, part: _Part) -> tuple[bytes, ...]:
        def lines(content: bytes, width: int) -> tuple[bytes, ...]:
            found = content.removesuffix(b"\n").split(b"\n")
            if len(found) != width:
                raise ValueError(f"it has {len(found)} lines for {width} entries")
            return tuple(found[: part.width])

        return self._fetched("names", part, lines, limit=LONGEST_NAMES)

    def _believed(self, part: _Part, found: Framed, state: SignedState) -> Framed:
        """Return the entries of a tile once they lead to the tree; raise Lied when they do not."""
        for again in (False, True):
            framed = self._entries(part, again=True) if again else found
            if self._proven(state, lambda tree: _holds(tree, part, framed)):  # noqa: B023  # done at once
                return framed
        true = self._proven(state, lambda tree: tree.tile(0, part.index))
        wrong = next(i for i, one in enumerate(framed.hashes) if one != true[i])
        begin, end = framed.spans[wrong]
        raise accused(
            self._log,
            Lie.WRONG_ENTRIES,
            f"what is given as entry {part.index * WIDE + wrong} is not the entry in the tree",
            held=state,
            offered=framed.content[begin:end],
        )

    def _begins(self, one: SignedState, other: SignedState) -> bool:
        return self._proven(other, lambda tree: tree.beginning(one.size).root() == one.root)

    def _proven(self, state: SignedState, act: Callable[[TiledTree], T]) -> T:
        """Do something with the tree of ``state``; tiles that prove wrong twice are a lie."""
        for again in (False, True):
            try:
                if again or self._tree is None or self._tree.size != state.size:
                    self._tree = None
                    self._tree = TiledTree(
                        state.size,
                        state.root,
                        lambda level, index, width: self._hashes(level, _Part(index, width), again),  # noqa: B023  # as of now
                    )
                return act(self._tree)
            except WrongTile as error:
                self._tree = None
                wrong = str(error)
        raise accused(self._log, Lie.WRONG_TREE, wrong, held=None, offered=state.note)

    def _hashes(self, level: int, part: _Part, again: bool) -> bytes:
        def hashes(content: bytes, width: int) -> bytes:
            if len(content) != width * HASH:
                raise ValueError(f"it has {len(content)} bytes for {width} hashes")
            return content[: part.width * HASH]

        try:
            return self._fetched(str(level), part, hashes, limit=WIDE * HASH, again=again)
        except Missing as error:
            raise TryLater(f"the log lacks what its checkpoint promises: {error}") from error

    def _fetched(
        self,
        kind: str,
        part: _Part,
        read: Callable[[bytes, int], T],
        *,
        limit: int,
        again: bool = False,
    ) -> T:
        """Return what is read from a tile; in place of a partial one that is gone, the full one."""

        def got(width: int) -> T:
            return self._asker.get(
                tile_path(kind, part.index, width),
                limit=limit,
                read=lambda content: read(content, width),
                again=again,
            )

        try:
            return got(part.width)
        except Missing:
            if part.width == WIDE:
                raise
            return got(WIDE)


def _holds(tree: TiledTree, part: _Part, framed: Framed) -> bool:
    if part.width == WIDE:
        return subtree(framed.hashes) == tree.above(0, part.index)
    return list(framed.hashes) == tree.tile(0, part.index)[: part.width]

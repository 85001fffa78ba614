"""Reads a log that answers questions (RFC 6962, section 4), and proves every answer.

Entries are appended to the tree as they come; that the tree they give is how the signed one begins is
asked of the log as a consistency proof, window by window.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.ct.accusing import accused, compared
from lionrock.net.ct.ahead import ahead
from lionrock.net.ct.asking import Asker, Manners, Missing
from lionrock.net.ct.leaves import Framed, Leaves, frame_inputs
from lionrock.net.ct.logs import Log
from lionrock.net.ct.merkle import HASH, LONGEST_PROOF, Frontier, begins, frontier_before, leaf_hash
from lionrock.net.ct.signatures import moment, signed
from lionrock.net.ct.states import Lie, SignedState

WINDOW: Final = 1024
"""Entries that are asked for and proven together; logs give fewer at a time as they like."""
LONGEST_ANSWER: Final = 32 * 2**20
LONGEST_WINDOW: Final = 64 * 2**20
"""Bytes of a window's entries: their certificates, without the issuers' that come along."""
LONGEST_STATE: Final = 64 * 2**10
_MOST_SIZE: Final = 2**63


class DynamicLog:
    """One log, being read."""

    def __init__(self, log: Log, asker: Asker, *, manners: Manners) -> None:
        self._log = log
        self._asker = asker
        self._manners = manners
        self._pool = ThreadPoolExecutor(manners.at_once, thread_name_prefix="entries")
        self._so_far: Frontier | None = None

    def close(self) -> None:
        """Wait for what is under way, and hang up."""
        self._pool.shutdown(cancel_futures=True)
        self._asker.close()

    def latest(self, held: SignedState | None) -> SignedState:
        """Return the newest state, signed and consistent with ``held``; raise Lied."""

        def state(content: bytes) -> SignedState:
            size, timestamp, root, signature = _tree_head(content)
            at = moment(timestamp)
            if at is None or not signed(
                self._log.key, signature, timestamp=timestamp, size=size, root=root
            ):
                raise accused(
                    self._log,
                    Lie.NOT_SIGNED,
                    "the signature on the tree head does not hold",
                    held=held,
                    offered=content,
                )
            return SignedState(size=size, root=root, at=at, note=content)

        new = self._asker.get("ct/v1/get-sth", limit=LONGEST_STATE, read=state)
        return compared(self._log, held, new, begins=self._begins)

    def read(self, position: int, state: SignedState) -> Iterator[Leaves]:
        """Yield the entries from ``position`` on that ``state`` covers."""
        if position >= state.size:
            return
        so_far = self._beginning(position, state)
        for (first, last), found in ahead(
            self._pool, self._window, _windows(position, state.size), most=2 * self._manners.at_once
        ):
            framed, grown = found, self._grown(so_far, found, state)
            if grown is None:
                framed = self._window((first, last), again=True)
                grown = self._grown(so_far, framed, state)
            if grown is None:
                raise accused(
                    self._log,
                    Lie.WRONG_ENTRIES,
                    f"entries {first} to {last} do not lead to the tree",
                    held=state,
                    offered=framed.content,
                )
            self._so_far = so_far = grown
            yield framed.leaves(log_id=self._log.id, first=first, state=state, skip=0)

    def _grown(self, so_far: Frontier, framed: Framed, state: SignedState) -> Frontier | None:
        """Return the tree with those entries; None when it is not how that of ``state`` begins."""
        grown = so_far.copy()
        grown.grow(framed.hashes)
        return grown if self._begun(grown, state) else None

    def _beginning(self, position: int, state: SignedState) -> Frontier:
        """Return the tree as it was at ``position``, proven."""
        if self._so_far is not None and self._so_far.size == position:
            return self._so_far
        if position == 0:
            return Frontier()
        last = self._inputs(position - 1, position - 1, again=False)[0]
        hashed = leaf_hash(last)

        def audit_path(found: dict[str, Any]) -> list[bytes]:  # Any: as JSON came
            if found.get("leaf_index") != position - 1:
                raise ValueError("it proves another entry")
            return _hashes(found.get("audit_path"))

        path = self._ask(
            "ct/v1/get-proof-by-hash?hash="
            f"{quote(b64encode(hashed).decode(), safe='')}&tree_size={position}",
            audit_path,
        )
        tree = frontier_before(position, hashed, path)
        if tree is None or not self._begun(tree, state):
            raise accused(
                self._log,
                Lie.WRONG_TREE,
                f"the tree of {position} entries is not how this one began",
                held=state,
                offered=json.dumps([b64encode(one).decode() for one in path]).encode(),
            )
        return tree

    def _begun(self, tree: Frontier, state: SignedState) -> bool:
        return self._consistent(tree.size, tree.root(), state.size, state.root)

    def _begins(self, one: SignedState, other: SignedState) -> bool:
        return self._consistent(one.size, one.root, other.size, other.root)

    def _consistent(self, first: int, first_root: bytes, second: int, second_root: bytes) -> bool:
        if not 0 < first < second:
            return begins(first, second, first_root, second_root, [])
        for again in (False, True):
            proof = self._ask(
                f"ct/v1/get-sth-consistency?first={first}&second={second}",
                lambda found: _hashes(found.get("consistency")),
                again=again,
            )
            if begins(first, second, first_root, second_root, proof):
                return True
        return False

    def _window(self, span: tuple[int, int], *, again: bool = False) -> Framed:
        """Return the entries of a window, asked for as often as the log's own limit makes it."""
        first, last = span
        inputs: list[bytes] = []
        while first + len(inputs) <= last:
            inputs += self._inputs(first + len(inputs), last, again=again)
            if sum(map(len, inputs)) > LONGEST_WINDOW:
                raise GiveUp(f"entries {first} to {last} are longer than {LONGEST_WINDOW} bytes")
        try:
            return frame_inputs(inputs)
        except ValueError as error:
            raise TryLater(f"entries {first} to {last} are broken: {error}") from error

    def _inputs(self, first: int, last: int, *, again: bool) -> list[bytes]:
        def inputs(found: dict[str, Any]) -> list[bytes]:  # Any: as JSON came
            entries = found.get("entries")
            if not isinstance(entries, list) or not 0 < len(entries) <= last - first + 1:
                raise ValueError("it has not the entries that were asked for")
            return [
                _unpacked(entry.get("leaf_input") if isinstance(entry, dict) else None)
                for entry in entries
            ]

        return self._ask(f"ct/v1/get-entries?start={first}&end={last}", inputs, again=again)

    def _ask(
        self,
        path: str,
        read: Callable[[dict[str, Any]], list[bytes]],  # Any: as JSON came
        *,
        again: bool = False,
    ) -> list[bytes]:
        try:
            return self._asker.get(
                path, limit=LONGEST_ANSWER, read=lambda text: read(_object(text)), again=again
            )
        except Missing as error:
            raise TryLater(f"the log lacks what its tree head promises: {error}") from error


def _windows(position: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield first and last entry of each window, which begin where any reader's would."""
    while position < size:
        end = min(size, (position // WINDOW + 1) * WINDOW)
        yield position, end - 1
        position = end


def _tree_head(content: bytes) -> tuple[int, int, bytes, bytes]:
    found = _object(content)
    size, timestamp = found.get("tree_size"), found.get("timestamp")
    root, signature = (
        _unpacked(found.get(name)) for name in ("sha256_root_hash", "tree_head_signature")
    )
    if type(size) is not int or type(timestamp) is not int or len(root) != HASH:
        raise ValueError("it states no tree head")
    if not (0 <= size < _MOST_SIZE and 0 <= timestamp < _MOST_SIZE):
        raise ValueError("it states a size or a time that there is not")
    return size, timestamp, root, signature


def _object(content: bytes) -> dict[str, Any]:  # Any: as JSON came
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is no JSON of ours") from error
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004  # what is read wrongly is a ValueError
    return found


def _hashes(found: object) -> list[bytes]:
    if not isinstance(found, list) or len(found) > LONGEST_PROOF:
        raise ValueError("it has no proof")
    hashes = [_unpacked(one) for one in found]
    if any(len(one) != HASH for one in hashes):
        raise ValueError("its proof holds what is no hash")
    return hashes


def _unpacked(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("it lacks a value")  # noqa: TRY004  # as above
    try:
        return b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("a value in it is no base64") from error

"""The arithmetic of Merkle trees: roots, their growth, and the proofs that one tree begins another.

Source: RFC 6962, section 2.1; the checking of proofs as RFC 9162, sections 2.1.3.2 and 2.1.4.2, writes
it down.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
LONGEST_PROOF: Final = 64
"""A tree of 2**64 entries is that high."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of an entry (a MerkleTreeLeaf)."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return sha256(b"\1" + left + right).digest()


def subtree(hashes: Sequence[bytes]) -> bytes:
    """Return the hash above ``hashes``, as many as a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [
            sha256(b"\1" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=True)
        ]
    return row[0]


class Frontier:
    """A tree so far, as the hashes of its largest whole subtrees from left to right.

    All that is needed to let it grow and to know its root: at most 64 hashes.
    """

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)
        if len(self._hashes) != size.bit_count():
            raise ValueError("a frontier has a hash for every bit of its size")

    def copy(self) -> "Frontier":
        """Return one that grows by itself."""
        return Frontier(self.size, self._hashes)

    def grow(self, leaves: Iterable[bytes]) -> None:
        """Append the hashes of entries."""
        for leaf in leaves:
            top = leaf
            size = self.size
            while size & 1:
                top = sha256(b"\1" + self._hashes.pop() + top).digest()
                size >>= 1
            self._hashes.append(top)
            self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self._hashes:
            return EMPTY_ROOT
        above = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            above = node_hash(left, above)
        return above


def frontier_before(size: int, leaf: bytes, path: Sequence[bytes]) -> Frontier | None:
    """Return the tree of ``size`` entries from its last one's hash and audit path; None if it is none.

    That the tree is anybody's is not proven by it: compare its root.
    """
    whole = (size & -size).bit_length() - 1
    if size < 1 or len(path) != whole + size.bit_count() - 1:
        return None
    last = leaf
    for left in path[:whole]:
        last = node_hash(left, last)
    return Frontier(size, [*reversed(path[whole:]), last])


def begins(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether ``proof`` shows that the tree of ``first`` entries is how that of ``second`` began."""
    if first > second or len(proof) > LONGEST_PROOF:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    one, other = first - 1, second - 1
    while one & 1:
        one >>= 1
        other >>= 1
    older = newer = path[0]
    for node in path[1:]:
        if other == 0:
            return False
        if one & 1 or one == other:
            older = node_hash(node, older)
            newer = node_hash(node, newer)
            while one and not one & 1:
                one >>= 1
                other >>= 1
        else:
            newer = node_hash(newer, node)
        one >>= 1
        other >>= 1
    return other == 0 and older == first_root and newer == second_root

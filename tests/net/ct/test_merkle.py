"""The arithmetic agrees with a tree that is built from RFC 6962's definitions, and with its proofs only."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.net.ct.merkle import (
    EMPTY_ROOT,
    Frontier,
    begins,
    frontier_before,
    leaf_hash,
    node_hash,
)
from lionrock.net.ct.tiles import TiledTree, WrongTile, tile_path

LEAVES = [f"entry {i}".encode() for i in range(1200)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
sizes = st.integers(0, 300)


def root_of(hashes: list[bytes]) -> bytes:
    """Return the root as section 2.1 defines it."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def path_of(index: int, hashes: list[bytes]) -> list[bytes]:
    """Return the audit path as section 2.1.1 defines it."""
    if len(hashes) == 1:
        return []
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if index < split:
        return [*path_of(index, hashes[:split]), root_of(hashes[split:])]
    return [*path_of(index - split, hashes[split:]), root_of(hashes[:split])]


def proof_of(size: int, hashes: list[bytes], *, whole: bool = True) -> list[bytes]:
    """Return the consistency proof as section 2.1.2 defines it."""
    if size == len(hashes):
        return [] if whole else [root_of(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if size <= split:
        return [*proof_of(size, hashes[:split], whole=whole), root_of(hashes[split:])]
    return [*proof_of(size - split, hashes[split:], whole=False), root_of(hashes[:split])]


def test_the_hashes_are_those_of_the_rfc_s_own_test_tree() -> None:
    """The entries and roots that RFC 6962's reference implementation is tested with."""
    known = {
        "": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "00": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "10": "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "2021": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "3031": "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "40414243": "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "5051525354555657": "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "606162636465666768696a6b6c6d6e6f": "5dc9da79a70659a9ad559cb701ded9a2"
        "ab9d823aad2f4960cfe370eff4604328",
    }
    tree = Frontier()
    assert tree.root() == EMPTY_ROOT
    for entry, root in known.items():
        tree.grow([leaf_hash(bytes.fromhex(entry))])
        assert tree.root().hex() == root


@given(first=sizes, second=sizes)
def test_a_tree_grows_in_whatever_portions(first: int, second: int) -> None:
    tree = Frontier()
    tree.grow(HASHES[:first])
    assert tree.root() == root_of(HASHES[:first])
    longer = tree.copy()
    longer.grow(HASHES[first : first + second])
    assert (longer.size, longer.root()) == (first + second, root_of(HASHES[: first + second]))
    assert tree.root() == root_of(HASHES[:first])


@given(first=st.integers(1, 300), more=sizes)
def test_a_consistency_proof_holds_for_its_own_two_trees_only(first: int, more: int) -> None:
    second = first + more
    proof = proof_of(first, HASHES[:second])
    one, other = root_of(HASHES[:first]), root_of(HASHES[:second])
    assert begins(first, second, one, other, proof)
    assert not begins(first, second, bytes(32), other, proof)
    assert not begins(first, second, one, bytes(32), proof)
    assert not begins(first, second, one, other, [*proof, bytes(32)])
    if more:
        assert not begins(second, first, other, one, proof)
        assert not begins(first, second, one, other, proof[:-1])
        for place in range(len(proof)):
            bent = [*proof[:place], bytes(32), *proof[place + 1 :]]
            assert not begins(first, second, one, other, bent)


def test_every_tree_begins_with_nothing() -> None:
    assert begins(0, 5, EMPTY_ROOT, root_of(HASHES[:5]), [])
    assert not begins(0, 5, bytes(32), root_of(HASHES[:5]), [])


@given(size=st.integers(1, 300))
def test_an_audit_path_of_the_last_entry_gives_the_tree(size: int) -> None:
    path = path_of(size - 1, HASHES[:size])
    tree = frontier_before(size, HASHES[size - 1], path)
    assert tree is not None
    assert tree.root() == root_of(HASHES[:size])
    tree.grow(HASHES[size : size + 9])
    assert tree.root() == root_of(HASHES[: size + 9])
    assert frontier_before(size, HASHES[size - 1], [*path, bytes(32)]) is None


def test_a_frontier_with_too_few_hashes_is_none() -> None:
    with pytest.raises(ValueError, match="every bit"):
        Frontier(3, [bytes(32)])


def tiles(level: int, index: int, width: int) -> bytes:
    """Return a tile as static-ct-api, "Merkle Tree", defines it."""
    span = 256**level
    first = 256 * index * span
    return b"".join(
        root_of(HASHES[first + i * span : first + (i + 1) * span]) for i in range(width)
    )


@given(size=st.integers(0, 1200), earlier=st.integers(0, 1200))
def test_tiles_give_the_tree_at_every_size_before(size: int, earlier: int) -> None:
    tree = TiledTree(size, root_of(HASHES[:size]), tiles)
    earlier = min(earlier, size)
    assert tree.beginning(earlier).root() == root_of(HASHES[:earlier])


@given(size=st.integers(1, 1200), data=st.data())
def test_a_tile_with_any_wrong_hash_is_not_believed(size: int, data: st.DataObject) -> None:
    """Whatever tile is asked for: either it is what it should be, or it is refused."""
    index = data.draw(st.integers(0, (size - 1) // 256))
    bent_level = data.draw(st.integers(0, 1))

    def bent(level: int, at: int, width: int) -> bytes:
        true = tiles(level, at, width)
        if level == bent_level and (level == 1 or at == index):
            place = data.draw(st.integers(0, len(true) - 1))
            return true[:place] + bytes([true[place] ^ 1]) + true[place + 1 :]
        return true

    if size < 256 and bent_level == 1:
        return
    with pytest.raises(WrongTile):
        TiledTree(size, root_of(HASHES[:size]), bent).tile(0, index)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (7, 256, "tile/0/007"),
        (999, 3, "tile/0/999.p/3"),
        (1000, 256, "tile/0/x001/000"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1234067, 1, "tile/0/x001/x234/067.p/1"),
    ],
)
def test_tiles_lie_where_the_specification_says(index: int, width: int, path: str) -> None:
    assert tile_path("0", index, width) == path

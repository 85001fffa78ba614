"""Entries are told apart to the byte, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.names import certificates
from lionrock.net.ct.leaves import frame_inputs, frame_tile
from lionrock.net.ct.logs import Kind
from lionrock.net.ct.merkle import leaf_hash
from tests.net.ct.localog import LocalLog, Taken, running, some_entries
from tests.net.ct.reading import batches

ENTRIES = some_entries(6)
TILE = b"".join(entry.entry + entry.beside for entry in ENTRIES)


def test_a_tile_and_the_answer_of_a_log_hold_the_same() -> None:
    tile = frame_tile(TILE, width=6)
    answer = frame_inputs([entry.leaf for entry in ENTRIES])
    assert tile.hashes == answer.hashes == tuple(leaf_hash(entry.leaf) for entry in ENTRIES)
    assert tile.timestamps == answer.timestamps == tuple(entry.stamp for entry in ENTRIES)
    assert tile.precertificate == answer.precertificate == (True, False) * 3
    for framed in (tile, answer):
        cut = [framed.content[a:b] for a, b in zip(framed.starts, framed.ends, strict=True)]
        assert cut == [entry.entry[13 + 32 * entry.entry[9] : -10] for entry in ENTRIES]
    assert [tile.content[a:b] for a, b in tile.spans] == [entry.entry for entry in ENTRIES]
    assert [answer.content[a:b] for a, b in answer.spans] == [entry.leaf for entry in ENTRIES]


@pytest.mark.parametrize("width", [5, 7])
def test_a_tile_with_fewer_or_more_entries_than_it_should_have_is_broken(width: int) -> None:
    with pytest.raises(ValueError, match=r"cut off|more follows|kind|chain"):
        frame_tile(TILE, width=width)


@given(cut=st.integers(1, len(TILE)))
def test_a_tile_that_is_cut_off_is_broken(cut: int) -> None:
    with pytest.raises(ValueError, match=r"cut off|kind|chain"):
        frame_tile(TILE[:-cut], width=6)


@given(st.binary(max_size=200) | st.tuples(st.just(TILE[:9]), st.binary(max_size=90)).map(b"".join))
def test_no_bytes_are_too_odd_for_a_tile(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|more follows|kind|chain"):
        frame_tile(content, width=6)


@given(at=st.integers(0, len(TILE) - 1), bits=st.integers(1, 255))
def test_no_changed_byte_of_an_entry_goes_unnoticed(at: int, bits: int) -> None:
    """Either the tile cannot be told apart, or a leaf has another hash; what is beside is not hashed."""
    spoilt = TILE[:at] + bytes([TILE[at] ^ bits]) + TILE[at + 1 :]
    true = frame_tile(TILE, width=6)
    inside = any(begin <= at < end for begin, end in true.spans)
    try:
        found = frame_tile(spoilt, width=6)
    except ValueError:
        return
    assert (found.hashes != true.hashes) is inside


@given(st.lists(st.binary(max_size=80) | st.just(ENTRIES[0].leaf), max_size=4))
def test_no_bytes_are_too_odd_for_an_answer(inputs: list[bytes]) -> None:
    try:
        found = frame_inputs(inputs)
    except ValueError:
        return
    assert found.hashes == tuple(leaf_hash(one) for one in inputs)
    assert all(
        0 <= a <= b <= len(found.content) for a, b in zip(found.starts, found.ends, strict=True)
    )


def test_a_time_beyond_calendars_is_the_last_one_there_is() -> None:
    odd = b"\0\0" + b"\xff" * 8 + ENTRIES[1].leaf[10:]
    assert frame_inputs([odd]).timestamps == (253_402_300_799_999,)


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_an_entry_of_a_kind_that_nobody_knows_is_proven_and_set_aside() -> None:
    strange = Taken(stamp=5, entry=(5).to_bytes(8, "big") + b"\0\7????", beside=b"", names=())
    log = LocalLog()
    log.grow([*ENTRIES, strange, *ENTRIES])
    with running(log, Kind.RFC6962) as (described, _):
        (batch,) = batches(described)
    found = certificates.read(batch)
    assert len(found) == 12
    (reject,) = found.rejects
    assert (reject.index, reject.why) == (6, "is of a kind that is not known")

"""A log that breaks its promise is not followed, and what proves it is kept."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lionrock.core.errors import TryLater
from lionrock.net.ct.checkpoints import read_checkpoint
from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.logs import Kind
from lionrock.net.ct.states import Evidence, Lie, Lied, SignedState
from tests.net.ct.localog import Authority, LocalLog, running, some_entries
from tests.net.ct.reading import Watch, batches, held_by, log_of, put_in
from tests.net.serving import Answer, Asked

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
both_kinds = pytest.mark.parametrize("kind", list(Kind))
Bend = Callable[[Asked, Answer], Answer]


def caught(
    log: LocalLog,
    kind: Kind,
    *,
    bent: Bend | None = None,
    start: int = 0,
    held: SignedState | None = None,
) -> tuple[Evidence, list[Leaves | NameLines]]:
    """Follow a log that lies; return the evidence and what was read before it was caught."""
    kept: list[Leaves | NameLines] = []
    with running(log, kind, bent=bent) as (described, _), pytest.raises(Lied) as raised:
        kept.extend(batches(described, start=start, held=held))
    evidence = raised.value.evidence
    assert (evidence.log_id, evidence.url) == (described.id, described.url)
    assert evidence.why in str(raised.value)
    return evidence, kept


def state_of(log: LocalLog, kind: Kind) -> SignedState:
    """Return what a log says of itself, as an honest reader holds it."""
    with running(log, kind) as (described, _):
        (only,) = batches(described, start=None)
    return only.state


def another(log: LocalLog, count: int) -> LocalLog:
    """Return a log with the same key and name, but other entries, that signed later."""
    other = LocalLog(key=log.key, name=log.name, stamp=log.stamp + 5000)
    other.grow(some_entries(count, authority=Authority("Somebody Else")))
    return other


def heads_of(other: LocalLog, kind: Kind) -> Bend:
    """Let a log state what another one signed."""
    says = other.tiled if kind is Kind.TILES else other.dynamic
    heads = {"/checkpoint", "/ct/v1/get-sth"}
    return lambda asked, said: says(asked) if asked.path in heads else said


@both_kinds
def test_an_entry_that_was_exchanged_is_found_out(kind: Kind) -> None:
    log = log_of(1400)
    (forged,) = some_entries(1, authority=Authority("A Forger"))
    log.entries[1100] = forged  # in what it serves, not in its tree
    evidence, kept = caught(log, kind)
    assert evidence.lie is Lie.WRONG_ENTRIES
    assert forged.entry in evidence.offered
    if kind is Kind.TILES:
        assert evidence.offered == forged.entry
        assert "entry 1100" in evidence.why
    found = [entry for batch in kept for entry in held_by(batch)]
    assert found == put_in(log.entries)[: len(found)]
    assert len(found) == 1024


@both_kinds
def test_entries_in_another_order_are_found_out(kind: Kind) -> None:
    log = log_of(20)
    log.entries[3], log.entries[4] = log.entries[4], log.entries[3]
    evidence, kept = caught(log, kind)
    assert (evidence.lie, kept) == (Lie.WRONG_ENTRIES, [])


@both_kinds
def test_an_entry_that_is_left_out_is_found_out(kind: Kind) -> None:
    log = log_of(20)
    log.grow(some_entries(1))
    del log.entries[7]
    with running(log, kind) as (described, _), pytest.raises((Lied, TryLater)):
        list(batches(described))


@both_kinds
def test_what_only_a_cache_spoilt_is_read_past_it(kind: Kind) -> None:
    log, forged = log_of(300), log_of(300)
    forged.entries[5] = some_entries(1)[0]

    def bent(asked: Asked, said: Answer) -> Answer:
        fresh = asked.headers.get("cache-control") == "no-cache"
        return said if fresh else (forged.tiled if kind is Kind.TILES else forged.dynamic)(asked)

    entries_only = lambda asked, said: (  # noqa: E731  # one condition
        bent(asked, said) if "data/" in asked.path or "get-entries" in asked.path else said
    )
    with running(log, kind, bent=entries_only) as (described, _):
        found = [entry for batch in batches(described) for entry in held_by(batch)]
    assert found == put_in(log.entries)


@both_kinds
def test_a_tree_that_shrank_is_found_out(kind: Kind) -> None:
    log = log_of(300)
    held = state_of(log, kind)
    log.signed_size, log.stamp = 299, log.stamp + 1000
    evidence, kept = caught(log, kind, start=300, held=held)
    assert (evidence.lie, evidence.held, kept) == (Lie.SHRANK, held, [])
    assert b"299" in evidence.offered


@both_kinds
def test_an_older_state_out_of_a_cache_is_no_lie_but_no_news(kind: Kind) -> None:
    log = log_of(300)
    held = state_of(log, kind)
    older = LocalLog(key=log.key, name=log.name, stamp=log.stamp - 2000)
    older.grow(log.entries[:290])
    with running(log, kind, bent=heads_of(older, kind)) as (described, _):
        (only,) = batches(described, start=300, held=held)
    assert (only.first, only.next, only.state) == (300, 300, held)


@both_kinds
def test_an_older_state_of_another_tree_is_found_out(kind: Kind) -> None:
    log = log_of(300)
    held = state_of(log, kind)
    other = another(log, 290)
    other.stamp = log.stamp - 1000
    evidence, _ = caught(log, kind, bent=heads_of(other, kind), start=300, held=held)
    assert (evidence.lie, evidence.held) == (Lie.FORKED, held)


@both_kinds
@pytest.mark.parametrize("size", [300, 301, 700])
def test_a_forked_tree_is_found_out(kind: Kind, size: int) -> None:
    log = log_of(300)
    held = state_of(log, kind)
    evidence, kept = caught(another(log, size), kind, start=300, held=held)
    assert (evidence.lie, evidence.held, kept) == (Lie.FORKED, held, [])
    assert evidence.offered != held.note


@both_kinds
def test_a_fork_between_two_looks_is_found_out(kind: Kind) -> None:
    log = log_of(300)
    other = another(log, 400)
    says = other.tiled if kind is Kind.TILES else other.dynamic
    turned: list[bool] = []

    def bent(asked: Asked, said: Answer) -> Answer:
        return says(asked) if turned else said

    kept: list[tuple[int, int, bool, bytes]] = []
    with running(log, kind, bent=bent) as (described, _):
        coming = batches(described, watch=Watch(polls=3))
        while len(kept) < 300:
            kept += held_by(next(coming))
        turned.append(True)
        with pytest.raises(Lied) as raised:
            next(coming)
    assert raised.value.evidence.lie is Lie.FORKED
    assert kept == put_in(log.entries)


@both_kinds
def test_a_state_that_another_key_signed_is_refused(kind: Kind) -> None:
    log, stranger = log_of(5), LocalLog()
    stranger.grow(log.entries)
    with running(stranger, kind) as (described, _):
        public = log.described(described.url.rstrip("/"), kind)
        with pytest.raises(Lied) as raised:
            list(batches(public))
    assert raised.value.evidence.lie is Lie.NOT_SIGNED


@both_kinds
def test_a_root_that_the_tree_does_not_have_is_found_out(kind: Kind) -> None:
    """The signature holds: it is the log itself that signed what is not so."""

    class Liar(LocalLog):
        def root(self, size: int | None = None) -> bytes:
            return bytes(32)

    log = Liar()
    log.grow(some_entries(300))
    evidence, kept = caught(log, kind)
    assert evidence.lie is (Lie.WRONG_TREE if kind is Kind.TILES else Lie.WRONG_ENTRIES)
    assert kept == []


@pytest.mark.parametrize("tile", ["/tile/0/001.p/44", "/tile/1/000.p/1"])
def test_a_tile_of_hashes_that_was_changed_is_found_out(tile: str) -> None:
    def bent(asked: Asked, said: Answer) -> Answer:
        return (
            Answer(body=bytes([said.body[0] ^ 1]) + said.body[1:]) if asked.path == tile else said
        )

    evidence, kept = caught(log_of(300), Kind.TILES, bent=bent)
    assert (evidence.lie, kept) == (Lie.WRONG_TREE, [])


def test_a_full_tile_of_hashes_that_was_changed_is_found_out() -> None:
    log = log_of(300)
    held = state_of(log, Kind.TILES)
    log.grow(some_entries(300))

    def bent(asked: Asked, said: Answer) -> Answer:
        return Answer(body=said.body[:-1] + b"\0") if asked.path == "/tile/0/001" else said

    evidence, kept = caught(log, Kind.TILES, bent=bent, start=300, held=held)
    assert (evidence.lie, kept) == (Lie.WRONG_TREE, [])


@pytest.mark.parametrize("proof", ["get-sth-consistency", "get-proof-by-hash"])
def test_a_proof_that_proves_nothing_is_found_out(proof: str) -> None:
    log = log_of(300)

    def bent(asked: Asked, said: Answer) -> Answer:
        if proof not in asked.path:
            return said
        some = b64encode(bytes(32)).decode()
        body = f'{{"consistency": ["{some}"], "leaf_index": 76, "audit_path": ["{some}"]}}'
        return Answer(body=body.encode())

    evidence, kept = caught(log, Kind.RFC6962, bent=bent, start=77)
    assert (evidence.lie, kept) == (Lie.WRONG_TREE, [])


def test_a_proof_of_another_entry_accuses_nobody() -> None:
    """A log that holds an entry twice may prove the other one."""

    def bent(asked: Asked, said: Answer) -> Answer:
        if "get-proof-by-hash" not in asked.path:
            return said
        return Answer(body=b'{"leaf_index": 3, "audit_path": []}')

    with (
        running(log_of(300), Kind.RFC6962, bent=bent) as (described, _),
        pytest.raises(TryLater, match="proves another entry"),
    ):
        list(batches(described, start=77))


@both_kinds
def test_a_server_that_knows_less_than_the_one_before_it_accuses_nobody(kind: Kind) -> None:
    log = log_of(300)
    held = state_of(log, kind)
    log.grow(some_entries(50))
    lagging: list[str] = []

    def bent(asked: Asked, said: Answer) -> Answer:
        if "get-sth-consistency" in asked.path and asked.path not in lagging:
            lagging.append(asked.path)
            return Answer(status=400, body=b"tree_size out of range")
        return said

    with running(log, kind, bent=bent) as (described, _):
        found = [e for b in batches(described, start=300, held=held) for e in held_by(b)]
    assert found == put_in(log.entries, start=300)


@pytest.mark.parametrize(
    "body",
    [
        b'{"entries": []}',
        b'{"entries": 7}',
        b"[]",
        b"[" * 100_000,
        b'{"entries": [{"leaf_input": "AAAA"}]}',
        b'{"entries": [{"leaf_input": "!"}]}',
        b'{"entries": [{"leaf_input": 7}]}',
        b'{"entries": [7]}',
        b'{"entries": [{"leaf_input": ""}, {"leaf_input": ""}, {"leaf_input": ""}]}',
    ],
)
def test_answers_that_are_none_are_not_believed(body: bytes) -> None:
    def bent(asked: Asked, said: Answer) -> Answer:
        return Answer(body=body) if "get-entries" in asked.path else said

    with (
        running(log_of(2), Kind.RFC6962, bent=bent) as (described, _),
        pytest.raises((TryLater, Lied)),
    ):
        list(batches(described))


def test_who_holds_the_evidence_can_prove_it() -> None:
    """Both notes carry the log's signature: nobody needs to believe us."""
    log = log_of(300)
    held = state_of(log, Kind.TILES)
    evidence, _ = caught(another(log, 400), Kind.TILES, start=300, held=held)
    assert evidence.held is not None
    proofs = [
        read_checkpoint(note, origin=log.name, key=log.public)
        for note in (evidence.held.note, evidence.offered)
    ]
    assert [proof.size for proof in proofs] == [300, 400]


def test_a_log_list_with_another_address_changes_no_origin() -> None:
    """The origin is the submission address, wherever the files lie."""
    log = log_of(3)
    with running(log, Kind.TILES) as (described, _):
        elsewhere = replace(described, submission_url="https://other.example/2026/")
        with pytest.raises(Lied, match=r"is that of “log\.example/2026h2”"):
            list(batches(elsewhere))


def test_the_key_of_a_log_is_not_only_a_name() -> None:
    log = log_of(3)
    twin = LocalLog(key=ec.generate_private_key(ec.SECP256R1()), name=log.name)
    with pytest.raises(ValueError, match="no signature of the log's key"):
        read_checkpoint(log.checkpoint(), origin=log.name, key=twin.public)

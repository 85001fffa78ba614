"""What is read from a log is what was put in, whole and once, wherever one begins and whatever dies."""

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp, TryLater
from lionrock.names import certificates
from lionrock.names.certificates import Recent
from lionrock.net.carrying import Busy
from lionrock.net.ct.following import follow
from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.logs import Kind, Log
from lionrock.net.guard import Forbidden
from tests.net.ct.localog import LocalLog, running, some_entries
from tests.net.ct.reading import POLL, QUICK, Watch, batches, held_by, log_of, many_entries, put_in
from tests.net.serving import LOOPBACK, Answer, Asked, speaking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
both_kinds = pytest.mark.parametrize("kind", list(Kind))


@pytest.fixture(scope="module")
def log() -> LocalLog:
    return log_of(700)


@pytest.fixture(scope="module", params=list(Kind), ids=str)
def served(request: pytest.FixtureRequest, log: LocalLog) -> Iterator[Log]:
    with running(log, request.param) as (described, _):
        yield described


def test_everything_that_was_put_in_comes_out_in_order(served: Log, log: LocalLog) -> None:
    found = [entry for batch in batches(served) for entry in held_by(batch)]
    assert found == put_in(log.entries)


@pytest.mark.parametrize("start", [1, 255, 256, 257, 511, 512, 699])
def test_one_may_begin_at_any_entry(served: Log, log: LocalLog, start: int) -> None:
    found = [entry for batch in batches(served, start=start) for entry in held_by(batch)]
    assert found == put_in(log.entries, start=start)


@settings(max_examples=15)
@given(start=st.integers(0, 700), kills=st.lists(st.integers(0, 3), max_size=6))
def test_whenever_it_dies_nothing_is_lost_and_nothing_comes_twice(
    served: Log, log: LocalLog, start: int, kills: list[int]
) -> None:
    """The process dies before a batch is kept, as often as it likes; then it runs to the end."""
    kept: list[tuple[int, int, bool, bytes]] = []
    position, state = start, None
    for batches_kept in [*kills, 1000]:
        with closing(batches(served, start=position, held=state)) as coming:
            for batch in islice(coming, batches_kept):
                kept += held_by(batch)
                position, state = batch.next, batch.state
    assert kept == put_in(log.entries, start=start)


def test_without_a_beginning_one_begins_at_the_end(served: Log, log: LocalLog) -> None:
    (only,) = batches(served, start=None)
    assert (only.first, only.next, len(only)) == (700, 700, 0)
    assert (only.state.size, only.state.root) == (700, log.root())


def test_a_place_beyond_the_end_is_refused(served: Log) -> None:
    with pytest.raises(GiveUp, match="has 700 entries"):
        list(batches(served, start=701))


def test_a_log_on_a_private_network_is_not_asked(served: Log) -> None:
    with pytest.raises(Forbidden):
        list(follow(served, start=0, manners=QUICK, stopped=Watch()))


@both_kinds
def test_a_growing_log_is_followed(kind: Kind) -> None:
    log = log_of(10)
    sizes = []
    with running(log, kind) as (described, _):
        found = []
        for batch in batches(described, watch=Watch(polls=4)):
            found += held_by(batch)
            sizes.append(batch.state.size)
            if len(sizes) < 4:
                log.grow(some_entries(290))
    assert found == put_in(log.entries)
    assert sizes[-1] == len(log.entries) == 880


@both_kinds
def test_an_empty_log_is_waited_for(kind: Kind) -> None:
    log = LocalLog()
    with running(log, kind) as (described, _):
        coming = batches(described, watch=Watch(polls=2))
        found = []
        for batch in coming:
            found += held_by(batch)
            log.grow(some_entries(3))
    assert found == put_in(log.entries[:3])


@both_kinds
def test_a_log_that_restarts_is_gone_on_with(kind: Kind) -> None:
    log = log_of(600)
    with running(log, kind, bent=broken_from("data/001", "start=2")) as (described, _):
        kept: list[Leaves | NameLines] = []
        with pytest.raises(TryLater):
            kept.extend(batches(described))
    position, state = (kept[-1].next, kept[-1].state) if kept else (0, None)
    found = [entry for batch in kept for entry in held_by(batch)]
    with running(log, kind) as (described, _):
        found += [e for b in batches(described, start=position, held=state) for e in held_by(b)]
    assert found == put_in(log.entries)


def broken_from(*parts: str) -> Callable[[Asked, Answer], Answer]:
    def bent(asked: Asked, said: Answer) -> Answer:
        if any(part in asked.path for part in parts):
            return Answer(status=503)
        return said

    return bent


@both_kinds
def test_who_is_told_to_wait_waits_as_long_as_told(kind: Kind) -> None:
    log = log_of(20)
    told: list[str] = []

    def busy(asked: Asked, said: Answer) -> Answer:
        if asked.path not in told:
            told.append(asked.path)
            return Answer(status=429, headers={"Retry-After": "77"})
        return said

    watch = Watch()
    with running(log, kind, bent=busy) as (described, _):
        found = [entry for batch in batches(described, watch=watch) for entry in held_by(batch)]
    assert found == put_in(log.entries)
    assert len([wait for wait in watch.waits if wait > 70]) >= len(told)


def test_a_wait_that_is_too_long_is_handed_on() -> None:
    def busy(asked: Asked, said: Answer) -> Answer:
        return Answer(status=503, headers={"Retry-After": "86400"})

    with (
        running(log_of(2), Kind.TILES, bent=busy) as (described, server),
        pytest.raises(Busy, match="answers 503") as raised,
    ):
        list(batches(described))
    assert (raised.value.seconds, len(server.asked)) == (86400, 1)


@both_kinds
def test_what_fails_is_tried_again_with_growing_waits_and_then_surfaces(kind: Kind) -> None:
    watch = Watch()
    manners = replace(QUICK, attempts=5)
    with (
        running(log_of(2), kind, bent=broken_from("checkpoint", "get-sth")) as (described, server),
        pytest.raises(TryLater, match="answers 503"),
    ):
        list(batches(described, watch=watch, manners=manners))
    assert len(server.asked) == 5
    assert len(watch.waits) == 4
    assert watch.waits[-1] > watch.waits[0]


@both_kinds
def test_a_log_that_stalls_is_left_alone_after_its_time(kind: Kind) -> None:
    manners = replace(QUICK, attempts=1, timeout=0.3)

    def silent(connection: socket.socket) -> None:
        while connection.recv(10_000):
            pass

    with speaking(silent) as url:
        described = log_of(1).described(url, kind)
        with pytest.raises(TryLater):
            list(batches(described, manners=manners))


@both_kinds
@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_what_is_cut_off_is_asked_for_again(kind: Kind, part: float) -> None:
    log = log_of(300)
    log.packed = False
    cut: list[str] = []

    def truncated(asked: Asked, said: Answer) -> Answer:
        if asked.path in cut:
            return said
        cut.append(asked.path)
        return Answer(body=said.body[: int(part * len(said.body))])

    with running(log, kind, bent=truncated) as (described, _):
        found = [entry for batch in batches(described) for entry in held_by(batch)]
    assert found == put_in(log.entries)


@both_kinds
def test_what_stays_cut_off_surfaces_and_nothing_of_it_is_believed(kind: Kind) -> None:
    log = log_of(600)
    log.packed = False

    def truncated(asked: Asked, said: Answer) -> Answer:
        cut = "data/001" in asked.path or "start=5" in asked.path
        return Answer(body=said.body[:-100]) if cut else said

    kept: list[Leaves | NameLines] = []
    with (
        running(log, kind, bent=truncated) as (described, _),
        pytest.raises(TryLater, match="broken"),
    ):
        kept.extend(batches(described))
    found = [entry for batch in kept for entry in held_by(batch)]
    assert found == put_in(log.entries)[: len(found)]


@both_kinds
def test_an_answer_without_end_is_not_taken_in(kind: Kind) -> None:
    def endless(asked: Asked, said: Answer) -> Answer:
        body = gzip.compress(bytes(10_000_000))
        return Answer(body=body, headers={"Content-Encoding": "gzip"})

    with (
        running(log_of(2), kind, bent=endless) as (described, _),
        pytest.raises(GiveUp, match="longer than"),
    ):
        list(batches(described))


@both_kinds
def test_an_error_page_is_no_lie(kind: Kind) -> None:
    def page(asked: Asked, said: Answer) -> Answer:
        return Answer(body=b"<html><body>Please sign in to the hotel's network</body></html>")

    with (
        running(log_of(2), kind, bent=page) as (described, _),
        pytest.raises(TryLater, match="broken"),
    ):
        list(batches(described))


@both_kinds
def test_the_log_learns_who_asks(kind: Kind) -> None:
    manners = replace(QUICK, contact="mailto:ct@cert.example")
    with running(log_of(2), kind) as (described, server):
        list(batches(described, manners=manners))
    agents = {asked.headers["user-agent"] for asked in server.asked}
    (agent,) = agents
    assert agent.startswith("Lionrock/")
    assert agent.endswith("(certificate transparency monitor; mailto:ct@cert.example)")


@both_kinds
def test_requests_keep_their_distance(kind: Kind) -> None:
    watch = Watch()
    manners = replace(QUICK, per_second=0.1)
    with running(log_of(300), kind) as (described, server):
        list(batches(described, watch=watch, manners=manners))
    assert sum(watch.waits) > 10 * (len(server.asked) - 1) - 1


@both_kinds
def test_who_is_told_to_end_ends_after_the_batch_at_hand(kind: Kind) -> None:
    ends: list[bool] = []
    with running(log_of(1500), kind) as (described, _):
        coming = follow(
            described, start=0, manners=QUICK, allow=LOOPBACK, stopped=lambda seconds: bool(ends)
        )
        first = next(coming)
        ends.append(True)
        assert len(first) > 0
        assert list(coming) == []


def test_tiles_are_read_in_a_tree_of_three_levels() -> None:
    """65,536 entries fill a tile of level 1, of which the tree's second level is made."""
    log = LocalLog()
    log.grow(many_entries(66_000))
    with running(log, Kind.TILES) as (described, server):
        (*_, last) = found = list(batches(described, start=65_000))
        state = last.state
        entries = [entry for batch in found for entry in held_by(batch)]
        assert entries == put_in(log.entries, start=65_000)
        log.grow(many_entries(100))
        more = [e for b in batches(described, start=66_000, held=state) for e in held_by(b)]
    assert more == put_in(log.entries, start=66_000)
    assert any("tile/2/000.p/1" in asked.path for asked in server.asked)


def test_entries_that_fill_no_tile_wait_for_others_but_not_for_long() -> None:
    manners = replace(QUICK, patience=1.5 * POLL)
    with running(log_of(300), Kind.TILES) as (described, server):
        found = [
            (b.first, b.next) for b in batches(described, watch=Watch(polls=4), manners=manners)
        ]
    assert found == [(0, 256), (256, 256), (256, 300), (300, 300)]
    assert [asked.path for asked in server.asked if "data/001" in asked.path] == [
        "/tile/data/001.p/44"
    ]


def test_in_place_of_a_partial_tile_that_is_gone_the_full_one_is_read() -> None:
    log = log_of(600)
    whole = log.signed_size

    def bent(asked: Asked, said: Answer) -> Answer:
        if asked.path == "/checkpoint":
            return Answer(body=log.checkpoint(300))
        return Answer(status=404) if ".p/44" in asked.path else said

    with running(log, Kind.TILES, bent=bent) as (described, _):
        found = [entry for batch in batches(described) for entry in held_by(batch)]
    assert whole == 600
    assert found == put_in(log.entries)[:300]


def test_a_tile_that_the_checkpoint_promises_is_waited_for() -> None:
    def bent(asked: Asked, said: Answer) -> Answer:
        return Answer(status=404) if "/tile/0/" in asked.path else said

    with (
        running(log_of(300), Kind.TILES, bent=bent) as (described, _),
        pytest.raises(TryLater, match="lacks what its checkpoint promises"),
    ):
        list(batches(described))


def test_names_tiles_are_read_where_they_are_offered() -> None:
    log = log_of(300)
    log.names = True
    with running(log, Kind.TILES) as (described, server):
        found = list(batches(described, start=5, names_only=True))
    assert all(isinstance(batch, NameLines) for batch in found)
    assert [(batch.first, batch.next) for batch in found] == [(5, 256), (256, 300)]
    assert sum(len(batch.lines) for batch in found if isinstance(batch, NameLines)) == 295
    assert not any("/data/" in asked.path for asked in server.asked)


def test_where_no_names_tiles_are_offered_the_certificates_are_read() -> None:
    log = log_of(300)
    with running(log, Kind.TILES) as (described, _):
        found = [e for b in batches(described, names_only=True) for e in held_by(b)]
    assert found == put_in(log.entries)


@both_kinds
@pytest.mark.parametrize("seed", range(3))
def test_a_server_that_fails_in_every_way_at_random_delays_but_changes_nothing(
    kind: Kind, seed: int
) -> None:
    log = log_of(1100)
    dice = Random(seed)

    def troubled(asked: Asked, said: Answer) -> Answer:
        trouble = dice.random()
        if trouble < 0.1:
            return Answer(status=dice.choice((429, 500, 502, 503, 504)))
        if trouble < 0.2:
            return Answer(
                body=said.body[: dice.randrange(len(said.body) + 1)], headers=said.headers
            )
        if trouble < 0.25:
            return Answer(body=b"<html>Bad gateway</html>")
        if trouble < 0.3:
            return Answer(body=said.body, headers={"Content-Length": str(len(said.body) + 9)})
        return said

    manners = replace(QUICK, attempts=30)
    with running(log, kind, bent=troubled) as (described, _):
        found = [entry for batch in batches(described, manners=manners) for entry in held_by(batch)]
    assert found == put_in(log.entries)


def test_a_certificate_that_six_entries_of_three_logs_hold_is_new_once() -> None:
    entries = some_entries(600)
    logs = [LocalLog(name=f"log{i}.example/a") for i in range(3)]
    for i, log in enumerate(logs):
        log.grow(entries[200 * i :] + entries[: 200 * i])
    recent = Recent()
    new: list[str] = []
    kinds = (Kind.TILES, Kind.RFC6962, Kind.TILES)
    for log, kind in zip(logs, kinds, strict=True):
        with running(log, kind) as (described, _):
            for batch in batches(described):
                found = certificates.read(batch)
                fresh = found.only(recent.unseen(found))
                new += [name for row in range(len(fresh)) for name in fresh.entry(row).names]
    expected = [name for i in range(300) for name in (f"n{i}.example", f"www.n{i}.example")]
    assert new == expected

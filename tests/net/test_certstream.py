"""A certstream as it is met: three kinds of messages, broken ones, and connections that end."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.sync.server import ServerConnection

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.streams import Portion
from lionrock.net.certstream import (
    MOST_NAMES,
    Patience,
    listen,
    read_message,
    since_of,
)
from lionrock.net.guard import Forbidden
from tests.net.certstreaming import HEARTBEAT, entries, full, lite, streaming
from tests.net.serving import LOOPBACK

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
QUICK = Patience(silence=5.0, ping=5.0)


def never(_seconds: float) -> bool:
    return False


def heard(
    url: str,
    *,
    since: datetime | None = None,
    patience: Patience = QUICK,
    stopped: Callable[[float], bool] = never,
) -> tuple[list[Portion], Exception | None]:
    """Listen until the connection ends; return what came, and how it ended."""
    portions: list[Portion] = []
    try:
        for portion in listen(
            url,
            since=since,
            stopped=stopped,
            clock=lambda: NOW,
            allow=LOOPBACK,
            patience=patience,
        ):
            portions.append(portion)
    except (TryLater, GiveUp) as error:
        return portions, error
    return portions, None


def test_names_come_from_full_and_lite_messages_and_from_plain_lists() -> None:
    def talk(connection: ServerConnection, _visit: int) -> None:
        for message in (
            full("one.example", "*.one.example"),
            HEARTBEAT,
            lite("two.example"),
            entries("three.example", "three.example"),
        ):
            connection.send(message)

    with streaming(talk) as server:
        portions, error = heard(server.url)

    names = [name for portion in portions for name in portion.names]
    assert names == [b"one.example", b"*.one.example", b"two.example", b"three.example"]
    assert sum(portion.entries for portion in portions) == 3
    assert portions[1].newest == datetime.fromtimestamp(1_795_000_000, UTC)
    assert isinstance(error, TryLater), "a certstream has no end of its own"


def test_what_cannot_be_read_is_kept_with_its_bytes_and_what_follows_is_read() -> None:
    broken = ('{"message_type": "certificate_upd', '{"message_type": "weather"}', "[1, 2]")

    def talk(connection: ServerConnection, _visit: int) -> None:
        for message in broken:
            connection.send(message)
        connection.send(lite("after.example"))

    with streaming(talk) as server:
        portions, _ = heard(server.url)

    unread = [each for portion in portions for each in portion.unread]
    assert [each.raw.decode() for each in unread] == list(broken)
    assert [each.why for each in unread] == [
        "is no JSON",
        "is no message of a certstream",
        "has a name that is no text",
    ]
    assert [name for portion in portions for name in portion.names] == [b"after.example"]


def test_a_connection_that_ends_amid_its_messages_loses_none_that_came() -> None:
    def talk(connection: ServerConnection, _visit: int) -> None:
        connection.send(lite("before.example"))
        connection.socket.close()

    with streaming(talk) as server:
        portions, error = heard(server.url)

    assert [name for portion in portions for name in portion.names] == [b"before.example"]
    assert isinstance(error, TryLater)


def test_what_went_by_since_the_last_connection_is_a_gap_with_its_times() -> None:
    since = NOW - timedelta(minutes=3)

    def talk(connection: ServerConnection, _visit: int) -> None:
        connection.send(lite("again.example"))

    with streaming(talk) as server:
        portions, _ = heard(server.url, since=since)

    (gap,) = portions[0].gaps
    assert (gap.since, gap.until) == (since, NOW)
    assert since_of(portions[-1].position or portions[-2].position) == NOW


def test_the_first_connection_has_no_gap() -> None:
    with streaming(lambda connection, _visit: connection.send(lite("first.example"))) as server:
        portions, _ = heard(server.url)

    assert not portions[0].gaps


def test_a_server_that_says_nothing_is_given_up() -> None:
    def talk(connection: ServerConnection, _visit: int) -> None:
        server.over.wait(30)

    with streaming(talk) as server:
        portions, error = heard(server.url, patience=Patience(silence=0.2, ping=30))

    assert [portion.entries for portion in portions] == [0, 0]
    assert "nothing came" in str(error)


def test_a_message_without_bounds_ends_the_connection() -> None:
    def talk(connection: ServerConnection, _visit: int) -> None:
        connection.send("x" * (2**20 + 1))

    with streaming(talk) as server:
        _, error = heard(server.url)

    assert isinstance(error, TryLater)


def test_a_stop_is_heeded_between_two_portions() -> None:
    stopped = iter([False, True])

    def talk(connection: ServerConnection, _visit: int) -> None:
        while not server.over.wait(0.01):
            connection.send(lite("on-and-on.example"))

    with streaming(talk) as server:
        portions, error = heard(server.url, stopped=lambda _seconds: next(stopped))

    assert error is None
    assert portions[-1].entries > 0


def test_a_certstream_in_the_house_is_refused_unless_it_was_allowed() -> None:
    with streaming(lambda _connection, _visit: None) as server, pytest.raises(Forbidden):
        list(listen(server.url, since=None, stopped=never, clock=lambda: NOW))


def test_an_answer_that_is_no_websocket_is_tried_later() -> None:
    from tests.net.serving import Answer, serving

    with serving(lambda _asked: Answer(status=503)) as server:
        _, error = heard(server.url.replace("http://", "ws://"))

    assert isinstance(error, TryLater)


def test_a_message_with_too_many_names_is_refused() -> None:
    with pytest.raises(GiveUp):
        read_message(entries(*(f"n{n}.example" for n in range(MOST_NAMES + 1))))


def test_a_name_that_utf_8_cannot_say_is_handed_on_for_normalising_to_refuse() -> None:
    names, _ = read_message('{"message_type": "dns_entries", "data": ["\\ud800.example"]}')

    assert names == [b"\\ud800.example"]


@given(st.text() | st.binary())
def test_whatever_comes_is_names_or_a_reason(message: str | bytes) -> None:
    names: list[bytes] = []
    with suppress(GiveUp):
        names, _ = read_message(message)

    assert all(isinstance(name, bytes) for name in names)

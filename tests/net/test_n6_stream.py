"""n6's stream against a STOMP server with TLS and client certificates: well-behaved, broken, hostile."""

import json
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.net import n6, n6_stream
from lionrock.net.carrying import Arrival, Order, Place, Refused
from lionrock.net.guard import Forbidden
from lionrock.net.stomp import Patience
from tests.net.carriers import LOOPBACK, NOW, Asked, Say, order, serving
from tests.net.stomping import Broker, Talk, broker

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])


def trusting(running: Broker) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=running.trusted.decode())


def ordered(running: Broker, **given: object) -> Order:
    wanted: dict[str, object] = {
        "certificate": running.certificate,
        "allow": LOOPBACK,
        "options": {"organisation": "cert.example", "resource": "inside"},
        "stay": 0.5,
        **given,
    }
    return order(running.address, **wanted)


def listened(
    running: Broker, given: Order, *, seconds: float = 0.5
) -> tuple[list[bytes], LionrockError | None, list[Place]]:
    """Listen to the end; return the deliveries, what ended it, the places passed."""
    came: list[bytes] = []
    places: list[Place] = []
    try:
        for each in n6_stream.carry(
            given, trusted=trusting(running), seconds=seconds, catch_up=n6.ask
        ):
            if isinstance(each, Arrival):
                came.append(each.content.read())
            place = each.place if isinstance(each, Arrival) else each
            places += [place] if place is not None else []
    except LionrockError as error:
        return came, error, places
    return came, None, places


def two_and_rest(talk: Talk) -> None:
    talk.welcome()
    talk.message(1)
    talk.message(2, b'{"id":\r\n"2", "name": "\xc3\xa9"}')
    talk.hear()
    talk.rest()


def test_what_came_in_a_window_is_one_delivery_of_one_line_each(tmp_path: Path) -> None:
    with broker(tmp_path, two_and_rest) as running:
        came, error, places = listened(running, ordered(running, account="me", secret="key"))

    assert error is None
    assert [[json.loads(line)["id"] for line in each.splitlines()] for each in came] == [["1", "2"]]
    assert places[0].cursor >= f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    connect, subscribe, ack = running.heard[:3]
    assert (connect.command, connect.headers["login"], connect.headers["passcode"]) == (
        "CONNECT",
        "me",
        "key",
    )
    assert (connect.headers["accept-version"], connect.headers["host"]) == ("1.2", "/")
    assert subscribe.headers["destination"] == "/exchange/cert.example/inside.*.*.*"
    assert (subscribe.headers["ack"], subscribe.headers["prefetch-count"]) == ("client", "1000")
    assert (ack.command, ack.headers["id"]) == ("ACK", "tag\\c2")


def test_nothing_is_acknowledged_before_it_was_kept(tmp_path: Path) -> None:
    with broker(tmp_path, two_and_rest) as running:
        brought = n6_stream.carry(ordered(running, stay=30), trusted=trusting(running), seconds=0.5)
        first = next(brought)
        before = [each.command for each in running.heard]
        brought.close()  # type: ignore[attr-defined]  # it is a generator

    assert isinstance(first, Arrival)
    assert "ACK" not in before
    assert "ACK" not in [each.command for each in running.heard]


def test_a_full_delivery_is_yielded_without_waiting(tmp_path: Path) -> None:
    def many(talk: Talk) -> None:
        talk.welcome()
        for number in range(n6_stream.MOST + 1):
            talk.message(number)
        talk.rest()

    with broker(tmp_path, many) as running:
        brought = n6_stream.carry(ordered(running, stay=600), trusted=trusting(running), seconds=60)
        first = next(brought)
        assert isinstance(first, Arrival)
        lines = first.content.read().splitlines()
        brought.close()  # type: ignore[attr-defined]  # as above

    assert len(lines) == n6_stream.MOST
    assert first.headers["messages"] == str(n6_stream.MOST)


def leaves(talk: Talk) -> None:
    talk.message(1)


def truncates(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b'MESSAGE\nack:2\ncontent-length:400\n\n{"id": "half')


def never_ends(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b"MESSAGE\nack:2\n\n")
    while True:
        talk.raw(b"x" * 65536)


def never_ends_its_headers(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b"MESSAGE\n")
    while True:
        talk.raw(b"a:b\n" * 4096)


def announces_a_lot(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b"MESSAGE\nack:2\ncontent-length:99999999999\n\n")
    talk.rest()


def lies(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b'MESSAGE\nack:2\ncontent-length:2\n\n{"id": "longer"}\0')
    talk.rest()


def counts_badly(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b"MESSAGE\nack:2\ncontent-length:\xc2\xb2\n\n{}\0")
    talk.rest()


def escapes_badly(talk: Talk) -> None:
    talk.message(1)
    talk.raw(b"MESSAGE\nack:\\t\n\n{}\0")
    talk.rest()


def complains(talk: Talk) -> None:
    talk.message(1)
    talk.say("ERROR", b"the broker is going down", message="shutdown")


def denies(talk: Talk) -> None:
    talk.message(1)
    talk.say("ERROR", b"ACCESS_REFUSED - access to exchange refused", message="access_refused")


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (leaves, TryLater, "ended the connection"),
        (truncates, TryLater, "in a message"),
        (never_ends, GiveUp, "no end"),
        (never_ends_its_headers, GiveUp, "no end"),
        (announces_a_lot, GiveUp, "99999999999 bytes"),
        (lies, TryLater, "longer than it says"),
        (counts_badly, TryLater, "no number"),
        (escapes_badly, TryLater, "escape"),
        (complains, TryLater, "going down"),
        (denies, Refused, "ACCESS_REFUSED"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_came_whole_before_a_fault_is_delivered_and_the_fault_told(
    tmp_path: Path, fault: Callable[[Talk], None], error: type[Exception], words: str
) -> None:
    def talk(talk: Talk) -> None:
        talk.welcome()
        fault(talk)

    with broker(tmp_path, talk) as running:
        came, failure, _ = listened(running, ordered(running, stay=60), seconds=30)

    assert came == [b'{"id": "1"}\n']
    assert isinstance(failure, error)
    assert words in str(failure)


def test_a_server_that_falls_silent_against_its_word_is_given_up(tmp_path: Path) -> None:
    def silent(talk: Talk) -> None:
        talk.welcome(beat="100,0")
        talk.message(1)
        talk.rest()

    with broker(tmp_path, silent) as running:
        brought = n6_stream.carry(
            ordered(running, stay=10**5),
            trusted=trusting(running),
            seconds=60,
            patience=Patience(beat=0.1, frame=1),
        )
        first = next(brought)
        with pytest.raises(TryLater, match="fell silent"):
            next(brought)

    assert isinstance(first, Arrival)


def test_a_server_that_drips_a_message_is_given_up(tmp_path: Path) -> None:
    def drips(talk: Talk) -> None:
        talk.welcome()
        talk.message(1)
        talk.raw(b"MESSAGE\nack:2\n\n")
        while not talk.over.wait(0.002):
            talk.raw(b"x")

    with broker(tmp_path, drips) as running:
        brought = n6_stream.carry(
            ordered(running, stay=10**5),
            trusted=trusting(running),
            seconds=60,
            patience=Patience(beat=0.1, frame=1),
        )
        assert isinstance(next(brought), Arrival)
        with pytest.raises(TryLater, match="did not end in time"):
            next(brought)


def test_a_heart_beat_goes_out_while_nothing_comes(tmp_path: Path) -> None:
    beaten: list[bytes] = []

    def listens(talk: Talk) -> None:
        talk.welcome(beat="0,100")
        beaten.append(talk.sock.recv(1))
        talk.message(1)
        talk.rest()

    with broker(tmp_path, listens) as running:
        first = next(
            n6_stream.carry(
                ordered(running, stay=10**5),
                trusted=trusting(running),
                seconds=2,
                patience=Patience(beat=0.1, frame=1),
            )
        )

    assert isinstance(first, Arrival)
    assert beaten == [b"\n"]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"ERROR\nmessage:Bad CONNECT\n\nAccess refused for user\0", Refused, "Access refused"),
        (b"CONNECTED\nversion:1.1\n\n\0", GiveUp, "1.2"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n\0", GiveUp, "does not speak STOMP"),
    ],
    ids=["wrong-key", "old", "no-stomp"],
)
def test_a_server_that_does_not_let_us_in_says_why(
    tmp_path: Path, answer: bytes, error: type[Exception], words: str
) -> None:
    def refuse(talk: Talk) -> None:
        talk.hear()
        talk.raw(answer)
        talk.rest()

    with broker(tmp_path, refuse) as running:
        came, failure, _ = listened(running, ordered(running))

    assert came == []
    assert isinstance(failure, error)
    assert words in str(failure)


def test_a_client_without_its_certificate_or_without_trust_is_told(tmp_path: Path) -> None:
    with broker(tmp_path, two_and_rest, two_and_rest) as running:
        came, stranger, _ = listened(running, ordered(running, certificate=None))
        with pytest.raises(TryLater, match="certificate of localhost does not hold"):
            next(n6_stream.carry(ordered(running)))

    assert came == []
    assert isinstance(stranger, TryLater)
    assert running.strangers == 2
    assert running.heard == []


def test_the_guard_holds_for_streams_too(tmp_path: Path) -> None:
    with broker(tmp_path, two_and_rest) as running, pytest.raises(Forbidden):
        next(n6.carry(ordered(running, allow=())))


@pytest.mark.parametrize(
    "options",
    [{}, {"organisation": "a/b"}, {"organisation": "a", "resource": "outside"}],
    ids=["none", "a-path", "no-such-stream"],
)
def test_what_is_subscribed_to_must_be_said(options: dict[str, str]) -> None:
    with pytest.raises(GiveUp):
        n6_stream.destination(order("stomps://n6.example", options=options))


def test_what_happened_between_two_connections_is_asked_of_the_rest_api(tmp_path: Path) -> None:
    missed = b'{"id": "9", "time": "2026-11-19T07:00:00Z", "modified": "2026-11-20T07:40:00Z"}\n'

    def answer(asked: Asked) -> Say:
        assert asked.headers["authorization"] == "Bearer key"
        return Say(body=missed)

    with serving(answer) as rest, broker(tmp_path, two_and_rest) as running:
        options = {
            "organisation": "cert.example",
            "resource": "inside",
            "catch-up": f"{rest.url}/report/inside.sjson",
        }
        given = ordered(
            running,
            secret="key",
            options=options,
            place=Place(cursor="2026-11-20T07:30:00Z"),
        )
        came, error, places = listened(running, given)

    assert error is None
    assert came[0] == missed
    assert len(came) == 2
    assert places[0].cursor == "2026-11-20T07:40:00Z"
    assert rest.asked[0].query["modified.min"] == ["2026-11-20T07:25:00Z"]
    # Subscribed before it was asked: nothing falls between the two.
    assert [each.command for each in running.heard[:2]] == ["CONNECT", "SUBSCRIBE"]

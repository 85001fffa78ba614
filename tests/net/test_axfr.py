"""Zone transfers from Debian's NSD: allowed, with a key, refused, broken off."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.streams import Portion
from lionrock.net.axfr import Key, transfer
from lionrock.net.carrying import Refused
from lionrock.net.guard import Forbidden
from tests.net.name_server import (
    CLOSED,
    KEY_NAME,
    OPEN,
    SEALED,
    SECRET,
    NameServer,
    name_server,
    needs_nsd,
)
from tests.net.serving import LOOPBACK, speaking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

KEY = Key(name=KEY_NAME, algorithm="hmac-sha256", secret=SECRET)


def never(_seconds: float) -> bool:
    return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameServer]:
    with pytest.MonkeyPatch.context():
        from pytest_socket import enable_socket

        enable_socket()
        with name_server(tmp_path_factory.mktemp("nsd"), names=30_000, serial=7) as running:
            yield running


def take(
    address: str, zone: str, *, known: int | None = None, key: Key | None = None
) -> list[Portion]:
    return list(
        transfer(address, zone, known=known, stopped=never, key=key, allow=LOOPBACK, silence=5)
    )


@needs_nsd
def test_a_zone_comes_whole_in_bounded_portions_and_its_serial_with_the_last(
    server: NameServer,
) -> None:
    portions = take(server.address, OPEN)

    names = [name for portion in portions for name in portion.names]
    assert len(set(names)) == len(names) - 1, "each owner once, but the one that begins and ends"
    assert {f"shop-{n}.{OPEN}".encode() for n in range(30_000)} < set(names)
    assert {f"ns1.{OPEN}".encode(), f"*.{OPEN}".encode(), OPEN.encode()} < set(names)
    assert len(portions) == 2
    assert [portion.position for portion in portions] == [None, {"serial": 7}]


@needs_nsd
def test_a_zone_whose_serial_is_known_is_not_transferred(server: NameServer) -> None:
    (portion,) = take(server.address, OPEN, known=7)

    assert not portion.names
    assert portion.position == {"serial": 7}


@needs_nsd
def test_a_zone_that_wants_a_key_comes_with_it_and_not_without(server: NameServer) -> None:
    assert len(take(server.address, SEALED, key=KEY)) == 2
    with pytest.raises(Refused):
        take(server.address, SEALED)


@needs_nsd
@pytest.mark.parametrize(
    "key",
    [
        Key(name=KEY_NAME, algorithm="hmac-sha256", secret="b3RoZXI="),
        Key(name="other.example", algorithm="hmac-sha256", secret=SECRET),
    ],
    ids=["another secret", "another name"],
)
def test_a_wrong_key_is_refused_for_a_person_to_look_at(server: NameServer, key: Key) -> None:
    with pytest.raises(Refused):
        take(server.address, SEALED, key=key)


@needs_nsd
def test_a_zone_that_is_handed_to_nobody_is_refused(server: NameServer) -> None:
    with pytest.raises(Refused):
        take(server.address, CLOSED)


@needs_nsd
def test_a_stop_ends_a_transfer_without_a_place_to_go_on_from(server: NameServer) -> None:
    portions = list(
        transfer(server.address, OPEN, known=None, stopped=lambda _s: True, allow=LOOPBACK)
    )

    assert all(portion.position is None for portion in portions)


def test_a_name_server_in_the_house_is_refused_unless_it_was_allowed() -> None:
    with pytest.raises(Forbidden):
        list(transfer("dns://127.0.0.1:5300", OPEN, known=None, stopped=never))


@pytest.mark.parametrize("address", ["https://192.0.2.1", "dns://", "dns://192.0.2.1:port"])
def test_an_address_that_is_none_is_given_up(address: str) -> None:
    with pytest.raises(GiveUp):
        take(address, OPEN)


def test_a_key_that_is_no_base64_is_given_up() -> None:
    with pytest.raises(GiveUp, match="base64"):
        take("dns://127.0.0.1:9", OPEN, key=Key(name="k", algorithm="hmac-sha256", secret="not!"))


def test_a_transfer_that_breaks_off_keeps_what_came_and_has_no_place() -> None:
    def talk(connection: socket.socket) -> None:
        query = _received(connection)
        answer = dns.message.make_response(query)
        soa = "ns. hostmaster. 9 3600 600 86400 300"
        answer.answer = [dns.rrset.from_text(f"{OPEN}.", 300, "IN", "SOA", soa)]
        if query.question[0].rdtype == dns.rdatatype.AXFR:
            answer.answer.append(dns.rrset.from_text(f"a.{OPEN}.", 300, "IN", "NS", "ns.example."))
        _send(connection, answer)

    found: list[Portion] = []
    with (
        talking(talk) as address,
        pytest.raises(TryLater, match="broke off"),
    ):
        found.extend(transfer(address, OPEN, known=None, stopped=never, allow=LOOPBACK, silence=5))
    assert all(portion.position is None for portion in found)


def test_an_answer_that_is_no_dns_is_tried_later() -> None:
    with (
        speaking(lambda connection: connection.sendall(b"\0\5hello")) as address,
        pytest.raises(TryLater),
    ):
        take(address.replace("http://", "dns://"), OPEN)


def _received(connection: socket.socket) -> dns.message.Message:
    head = connection.recv(2)
    (length,) = struct.unpack("!H", head)
    return dns.message.from_wire(connection.recv(length))


def _send(connection: socket.socket, answer: dns.message.Message) -> None:
    wire = answer.to_wire()
    connection.sendall(struct.pack("!H", len(wire)) + wire)


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve connections one after the other: one asks for the serial, one for the zone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"dns://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join()

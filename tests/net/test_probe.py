"""One look is one connection, and says what came of it without believing or sending anything."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from lionrock.net.probe import LINE, Answer, look

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

LOOPBACK = ("127.0.0.0/8",)


@contextmanager
def serving(*says: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Take one connection after the other, keep what comes, answer; yield port and what came."""
    came: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for said in says:
            line, _ = listener.accept()
            with line:
                line.settimeout(5)
                try:
                    came.append(line.recv(4096))
                    line.sendall(said)
                except OSError:
                    came.append(b"")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], came
        thread.join(10)
    finally:
        listener.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_port_that_takes_a_connection_is_open_and_gets_not_a_byte() -> None:
    with serving(b"") as (port, came):
        seen = look("127.0.0.1", port, allow=LOOPBACK)

    assert (seen.answer, seen.address) == (Answer.OPEN, "127.0.0.1")
    assert came == [b""]


def test_a_port_that_refuses_says_so() -> None:
    assert look("127.0.0.1", free_port(), allow=LOOPBACK).answer is Answer.REFUSED


def test_of_a_web_server_only_the_status_is_read() -> None:
    with serving(b"HTTP/1.1 404 Not Found\r\nSet-Cookie: x\r\n\r\nbody") as (port, came):
        seen = look("127.0.0.1", port, web="http", allow=LOOPBACK)

    assert (seen.answer, seen.said) == (Answer.OPEN, "HTTP/1.1 404 Not Found")
    assert came[0].startswith(b"HEAD / HTTP/1.1\r\n")


def test_a_web_server_that_floods_us_is_cut_off() -> None:
    with serving(b"\x1b[2J" + b"x" * 1_000_000) as (port, _):
        seen = look("127.0.0.1", port, web="http", allow=LOOPBACK)

    assert seen.answer is Answer.OPEN
    assert len(seen.said) <= LINE
    assert seen.said.isprintable()


def test_a_port_that_speaks_no_tls_is_open_all_the_same() -> None:
    with serving(b"220 hello\r\n") as (port, _):
        seen = look("127.0.0.1", port, web="https", allow=LOOPBACK)

    assert seen.answer is Answer.OPEN
    assert seen.said.startswith("takes")


def test_a_web_server_that_says_nothing_ends_with_the_time() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        port = listener.getsockname()[1]
        seen = look("127.0.0.1", port, web="http", allow=LOOPBACK, seconds=0.5)
    finally:
        listener.close()

    assert seen.answer is Answer.OPEN


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "192.0.2.1"])
def test_nobodys_address_is_never_connected_to(host: str) -> None:
    seen = look(host, 80)

    assert (seen.answer, seen.address) == (Answer.FAILED, "")


def test_a_name_that_leads_home_is_never_connected_to() -> None:
    def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
        return ["127.0.0.1"]

    assert look("evil.example", 80, resolve=resolve).answer is Answer.FAILED


def test_a_name_without_an_address_says_nothing_about_the_service() -> None:
    def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
        return []

    assert look("gone.example", 80, resolve=resolve).answer is Answer.FAILED

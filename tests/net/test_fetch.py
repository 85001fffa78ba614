"""Fetching keeps its limits whatever the server does, and says what the caller does next."""

import gzip
import io
import socket
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.fetch import Answered, AskedToWait, Fetched, Line, fetch
from lionrock.net.guard import Forbidden
from tests.net.serving import LOOPBACK, Answer, Asked, serving, speaking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])


def got(url: str, **more: object) -> tuple[Fetched, bytes]:
    into = io.BytesIO()
    settings: dict[str, object] = {"limit": 10_000, "timeout": 10, "allow": LOOPBACK, **more}
    done = fetch(url, into=into, **settings)  # type: ignore[arg-type]  # as each test says
    return done, into.getvalue()


def test_what_a_server_says_is_written_with_its_size_and_marks() -> None:
    said = Answer(body=b"a\nb\n", headers={"ETag": '"1"', "Last-Modified": "yesterday"})
    with serving(lambda asked: said) as server:
        done, content = got(f"{server.url}/list?key=1")
    assert content == b"a\nb\n"
    assert (done.fresh, done.status, done.size) == (True, 200, 4)
    assert (done.etag, done.last_modified) == ('"1"', "yesterday")
    assert server.asked[0].path == "/list?key=1"
    assert server.asked[0].headers["user-agent"].startswith("Lionrock/")


def test_what_did_not_change_is_not_fetched_again() -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(status=304 if asked.headers.get("if-none-match") == '"1"' else 200)

    with serving(answer) as server:
        done, content = got(server.url, etag='"1"', last_modified="yesterday")
    assert (done.fresh, done.status, content) == (False, 304, b"")
    assert server.asked[0].headers["if-modified-since"] == "yesterday"


def test_content_is_posted() -> None:
    with serving(lambda asked: Answer(body=asked.body[::-1])) as server:
        _, content = got(server.url, content=b"abc", headers={"Content-Type": "text/plain"})
    assert content == b"cba"
    assert (server.asked[0].method, server.asked[0].headers["content-type"]) == (
        "POST",
        "text/plain",
    )


def test_a_redirect_is_followed_and_a_key_stays_where_it_belongs() -> None:
    def first(asked: Asked) -> Answer:
        if asked.path == "/here":
            return Answer(status=302, headers={"Location": "/there"})
        return Answer(status=307, headers={"Location": f"{other.url}/end"})

    with serving(lambda asked: Answer(body=b"end")) as other, serving(first) as server:
        done, content = got(f"{server.url}/here", headers={"Authorization": "secret"})
    assert (content, done.url) == (b"end", f"{other.url}/end")
    assert [one.headers.get("authorization") for one in server.asked] == ["secret", "secret"]
    assert "authorization" not in other.asked[0].headers


def test_redirects_come_to_an_end() -> None:
    with (
        serving(lambda asked: Answer(status=302, headers={"Location": "/again"})) as server,
        pytest.raises(GiveUp, match="more than 5 redirects"),
    ):
        got(server.url)
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "location", ["http://127.0.0.2/", "http://[::1]/", "file:///etc/passwd", "gopher://a.example/"]
)
def test_a_redirect_leads_neither_home_nor_off_the_web(location: str) -> None:
    with (
        serving(lambda asked: Answer(status=302, headers={"Location": location})) as server,
        pytest.raises(GiveUp),
    ):
        got(server.url, allow=["127.0.0.1/32"])


def test_without_leave_this_machine_is_not_asked() -> None:
    with (
        serving(lambda asked: Answer()) as server,
        pytest.raises(Forbidden, match="this machine"),
    ):
        got(server.url, allow=())
    assert server.asked == []


def test_a_name_that_leads_home_is_refused_where_the_connection_is_made() -> None:
    with serving(lambda asked: Answer()) as server:
        url = server.url.replace("127.0.0.1", "feed.example")
        with pytest.raises(Forbidden, match=r"feed\.example leads to 127\.0\.0\.1"):
            got(url, allow=(), resolve=lambda host, port, timeout: ["127.0.0.1"])
    assert server.asked == []


@pytest.mark.parametrize("announced", [True, False])
def test_what_is_too_long_is_given_up(announced: bool) -> None:
    body = b"x" * 10_001

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        length = b"Content-Length: 10001\r\n" if announced else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"Connection: close\r\n\r\n" + body)

    with speaking(talk) as url, pytest.raises(GiveUp, match="10000"):
        got(url)


def test_what_is_packed_for_the_way_is_unpacked() -> None:
    packed = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    with serving(lambda asked: Answer(body=packed, headers={"Content-Encoding": "gzip"})) as server:
        done, content = got(server.url)
    assert content == b"one\ntwo\n"
    assert done.size == 8


def test_a_little_that_becomes_much_is_given_up() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    into = io.BytesIO()
    with (
        serving(lambda asked: Answer(body=bomb, headers={"Content-Encoding": "gzip"})) as server,
        pytest.raises(GiveUp, match="longer than the 100000 bytes"),
    ):
        fetch(server.url, into=into, limit=100_000, timeout=10, allow=LOOPBACK)
    assert len(into.getvalue()) <= 100_000


def test_a_packing_nobody_asked_for_is_given_up() -> None:
    said = Answer(body=b"?", headers={"Content-Encoding": "br"})
    with serving(lambda asked: said) as server, pytest.raises(GiveUp, match="“br”"):
        got(server.url)


def test_a_packed_body_that_breaks_off_is_tried_later() -> None:
    said = Answer(body=gzip.compress(b"a" * 99)[:-9], headers={"Content-Encoding": "gzip"})
    with serving(lambda asked: said) as server, pytest.raises(TryLater, match="broke off"):
        got(server.url)


def test_a_body_shorter_than_announced_is_tried_later() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

    with speaking(talk) as url, pytest.raises(TryLater):
        got(url)


def drip(start: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(start)
        for _ in range(2000):
            connection.sendall(b"a")
            time.sleep(0.005)

    return talk


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"],
    ids=["before the status", "in the headers", "in the body"],
)
def test_a_server_that_drips_is_cut_off_at_the_deadline(start: bytes) -> None:
    with (
        speaking(drip(start)) as url,
        pytest.raises(TryLater, match=r"longer than the 0\.3 seconds"),
    ):
        got(url, timeout=0.3)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_now_says_for_how_long(status: int) -> None:
    said = Answer(status=status, headers={"Retry-After": "120"})
    with serving(lambda asked: said) as server, pytest.raises(AskedToWait) as raised:
        got(server.url)
    assert raised.value.seconds == 120


def test_a_moment_to_come_back_is_counted_from_the_servers_own_clock() -> None:
    said = Answer(
        status=503,
        headers={
            "Retry-After": "Fri, 20 Nov 2026 10:01:00 GMT",
            "date": "Fri, 20 Nov 2026 10:00:00 GMT",
        },
    )

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.headers.items())
        connection.sendall(f"HTTP/1.1 503 Later\r\n{lines}Content-Length: 0\r\n\r\n".encode())

    with speaking(talk) as url, pytest.raises(AskedToWait) as raised:
        got(url)
    assert raised.value.seconds == 60


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_servers_no_is_final_and_names_the_status_but_no_key(status: int) -> None:
    with serving(lambda asked: Answer(status=status)) as server, pytest.raises(Answered) as raised:
        got(f"{server.url}/list?key=secret")
    assert raised.value.status == status
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/passwd",
        "//a.example",
        "http://",
        "http://user:word@a.example/",
        "http://a.example/" + "a" * 9000,
        "http://a b.example/",
    ],
)
def test_what_is_no_address_on_the_web_is_given_up(url: str) -> None:
    with pytest.raises(GiveUp):
        got(url)


def test_a_header_cannot_smuggle_another() -> None:
    with serving(lambda asked: Answer()) as server, pytest.raises(GiveUp, match="line break"):
        got(server.url, headers={"X-Key": "a\r\nX-Other: b"})


def test_a_port_nobody_listens_on_is_tried_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(TryLater, match="does not take a connection"):
        got(f"http://127.0.0.1:{port}/")


def test_what_is_not_http_is_tried_later() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"220 mail.example ESMTP\r\n")

    with speaking(talk) as url, pytest.raises(TryLater, match="HTTP"):
        got(url)


def test_a_line_is_kept_open_from_one_fetch_to_the_next() -> None:
    """The server here takes one connection in its life."""

    def talk(connection: socket.socket) -> None:
        for body in (b"one", b"two", b"three"):
            asked = connection.recv(65536)
            assert asked.startswith(b"GET /")
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            )

    with speaking(talk) as url, closing(Line(allow=LOOPBACK)) as line:
        into = io.BytesIO()
        for path in "abc":
            done = line.fetch(f"{url}/{path}", into=into, limit=100, timeout=10)
            assert done.status == 200
    assert into.getvalue() == b"onetwothree"


def test_a_line_that_the_other_side_hung_up_is_dialled_again() -> None:
    with serving(lambda asked: Answer(body=asked.path.encode())) as server:
        into = io.BytesIO()
        with closing(Line(allow=LOOPBACK)) as line:
            for path in ("/a", "/b"):
                line.fetch(server.url + path, into=into, limit=100, timeout=10)
    assert into.getvalue() == b"/a/b"


def test_what_failed_on_a_line_does_not_spoil_what_follows() -> None:
    """An answer that is too long is left unread; a server that says nothing has used its time up."""

    def answer(asked: Asked) -> Answer:
        if asked.path == "/slow":
            time.sleep(1)
        return Answer(body=bytes(100_000) if asked.path == "/long" else b"fine")

    with serving(answer) as server, closing(Line(allow=LOOPBACK)) as line:
        for path, timeout in (("/long", 10.0), ("/slow", 0.2)):
            with pytest.raises((GiveUp, TryLater)):
                line.fetch(server.url + path, into=io.BytesIO(), limit=1000, timeout=timeout)
            into = io.BytesIO()
            line.fetch(f"{server.url}/", into=into, limit=1000, timeout=10)
            assert into.getvalue() == b"fine"


def test_a_line_leads_nowhere_private_either() -> None:
    with (
        serving(
            lambda asked: Answer(status=302, headers={"Location": "http://127.0.0.2/"})
        ) as server,
        closing(Line(allow=("127.0.0.1/32",))) as line,
        pytest.raises(Forbidden),
    ):
        line.fetch(server.url, into=io.BytesIO(), limit=1000, timeout=10)

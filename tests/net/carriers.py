"""What tests of carriers share: a web server that says what it is told to, and an order to carry out."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from lionrock.net.carrying import Arrival, Carry, Order, Place
from lionrock.net.web import WebClient

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One answer. ``announce`` overrides the Content-Length; ``cut`` sends no more than so many bytes;
    ``stall`` sends the head and then nothing."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    announce: int | None = None
    cut: int | None = None
    stall: bool = False


def say_json(value: object, **headers: str) -> Say:
    """Answer with JSON."""
    return Say(
        body=json.dumps(value).encode(),
        headers={"Content-Type": "application/json", **headers},
    )


class Server:
    """A web server on loopback that remembers what it was asked."""

    def __init__(
        self, answer: Callable[[Asked], Say], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.asked: list[Asked] = []
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                parts = urlsplit(self.path)
                asked = Asked(
                    method=self.command,
                    path=parts.path,
                    query=parse_qs(parts.query),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
                outer.asked.append(asked)
                said = answer(asked)
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                announced = len(said.body) if said.announce is None else said.announce
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                if said.stall:
                    outer.over.wait(60)
                else:
                    self.wfile.write(said.body[: said.cut])
                if said.stall or said.cut is not None or said.announce is not None:
                    self.close_connection = True

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # strangers fail
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def run(self) -> None:
        """Answer until stopped."""
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """Stop answering."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(
    answer: Callable[[Asked], Say], *, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Run a server for the length of the block."""
    server = Server(answer, tls=tls)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)


def order(address: str, **given: object) -> Order:
    """Return an order that reaches loopback."""
    wanted: dict[str, object] = {
        "feed": "test",
        "now": NOW,
        "place": Place(),
        "web": WebClient(allow=LOOPBACK, seconds=10),
        **given,
    }
    return Order(address=address, **wanted)  # type: ignore[arg-type]  # tests name what differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """An arrival with its bytes."""

    name: str
    content: bytes
    origin: str
    headers: Mapping[str, str]


def carried(carry: Carry, given: Order) -> tuple[list[Brought], Place]:
    """Carry the order out to its end; return what came and the place reached."""
    came = []
    place = given.place
    for each in carry(given):
        if isinstance(each, Arrival):
            came.append(
                Brought(
                    name=each.name,
                    content=each.content.read(),
                    origin=each.origin,
                    headers=each.headers,
                )
            )
            place = each.place or place
        else:
            place = each
    return came, place

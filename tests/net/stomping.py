"""A STOMP server on loopback, with TLS and a client's certificate, that behaves as a test says."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from scripts.with_dovecot import make_certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One frame as the server got it."""

    command: str
    headers: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Talk:
    """One connection from the server's side, with everything the client said so far."""

    sock: ssl.SSLSocket
    heard: list[Heard]
    over: threading.Event
    _rest: bytes = b""

    def say(self, command: str, body: bytes = b"", **headers: str) -> None:
        """Send a frame; underscores in names are hyphens."""
        lines = "".join(f"{n.replace('_', '-')}:{v}\n" for n, v in headers.items())
        self.raw(f"{command}\n{lines}\n".encode() + body + b"\0")

    def raw(self, content: bytes) -> None:
        """Send bytes."""
        self.sock.sendall(content)

    def hear(self) -> Heard:
        """Wait for the next frame; heart-beats are passed over."""
        while b"\0" not in self._rest:
            piece = self.sock.recv(65536)
            if not piece:
                raise OSError("the client left")
            self._rest += piece
        frame, _, self._rest = self._rest.partition(b"\0")
        command, *lines = frame.lstrip(b"\n").decode().rstrip("\n").split("\n")
        heard = Heard(command=command, headers=dict(line.split(":", 1) for line in lines))
        self.heard.append(heard)
        return heard

    def welcome(self, *, beat: str = "0,0") -> None:
        """Let the client in and take its subscription."""
        self.hear()
        self.say("CONNECTED", version="1.2", heart_beat=beat)
        self.hear()

    def message(self, number: int, body: bytes | None = None) -> None:
        """Send one event."""
        event = f'{{"id": "{number}"}}'.encode() if body is None else body
        self.say(
            "MESSAGE",
            event,
            subscription="0",
            message_id=str(number),
            destination="/exchange/clients/inside.bots.hidden.42",
            ack=f"tag\\c{number}",
            content_length=str(len(event)),
        )

    def rest(self) -> None:
        """Say nothing until the test is over."""
        self.over.wait(60)


@dataclass(slots=True, kw_only=True)
class Broker:
    """A running server: where it is, whom it trusts, what was said to it."""

    address: str
    trusted: bytes
    certificate: bytes
    heard: list[Heard] = field(default_factory=list)
    strangers: int = 0


@contextmanager
def broker(folder: Path, *talks: Callable[[Talk], None]) -> Iterator[Broker]:
    """Serve one connection after the other, each as its talk says, until the block ends."""
    trusted = make_certificate(folder)
    pem, key = folder / "server.pem", folder / "server.key"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, key)
    tls.load_verify_locations(pem)
    tls.verify_mode = ssl.CERT_REQUIRED
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = Broker(
            address=f"stomps://localhost:{listening.getsockname()[1]}",
            trusted=trusted,
            certificate=pem.read_bytes() + key.read_bytes(),
        )

        def serve() -> None:
            for talk in talks:
                try:
                    bare, _ = listening.accept()
                except OSError:
                    return
                try:
                    sock = tls.wrap_socket(bare, server_side=True)
                except OSError:
                    running.strangers += 1
                    bare.close()
                    continue
                with sock, suppress(OSError):
                    sock.settimeout(30)
                    talk(Talk(sock=sock, heard=running.heard, over=over))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            over.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who accepts
            listening.close()
            thread.join(30)

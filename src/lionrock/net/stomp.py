"""The few frames of STOMP that a subscriber needs, over a guarded connection whose every wait ends.

Source: "STOMP Protocol Specification, Version 1.2" (frames, header escapes, heart-beating, ``client``
acknowledgement), and RabbitMQ's "STOMP Plugin" for ``host`` as virtual host and ``prefetch-count``.
A library was looked at: it resolves and dials by itself, past the guard, and gathers a frame without
an end in memory.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Refused
from lionrock.net.deadline import Deadline
from lionrock.net.guard import Network, Resolve, connected

LONGEST_HEAD: Final = 64 * 2**10
LONGEST_BODY: Final = 2**20
"""Bytes; an event of a few kilobytes is a large one."""
GRACE: Final = 2.5
"""Beats that may be missed, since clocks and networks differ."""
CONNECT_SECONDS: Final = 30.0
PIECE: Final = 64 * 2**10
_ESCAPES: Final = {"\\": "\\\\", "\r": "\\r", "\n": "\\n", ":": "\\c"}
_UNESCAPES: Final = {"\\\\": "\\", "\\r": "\r", "\\n": "\n", "\\c": ":"}
_SIGN_IN_FAULTS: Final = ("access", "refused", "bad connect", "authent", "login", "credential")


class Broken(TryLater):
    """The connection ended, or cannot be trusted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame: its command, its headers (the first of each name counts), its body."""

    command: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds: ``beat`` between two signs of life from either side, ``frame``
    for one frame that began and for one answer."""

    beat: float = 20
    frame: float = 60


class Subscriber:
    """A signed-in connection; what came and was not acknowledged is the server's to send again."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        patience: Patience = Patience(),  # frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sock = sock
        self._patience = patience
        self._clock = clock
        self._buffer = bytearray()
        self._sends = self._hears = 0.0
        self._spoke = self._heard = clock()

    @classmethod
    def at(
        cls,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext,
        allow: Sequence[str | Network] = (),
        resolve: Resolve | None = None,
        patience: Patience = Patience(),  # frozen
    ) -> Self:
        """Return a connection with TLS to a judged address; raise Forbidden, TryLater or Refused."""
        deadline = Deadline.after(CONNECT_SECONDS)
        bare = connected(host, port, deadline=deadline, allow=allow, resolve=resolve)
        try:
            bare.settimeout(deadline.left())
            return cls(tls.wrap_socket(bare, server_hostname=host), patience=patience)
        except ssl.SSLCertVerificationError as error:
            bare.close()
            raise TryLater(
                f"the certificate of {host} does not hold: {error.verify_message}"
            ) from error
        except OSError as error:
            bare.close()
            raise TryLater(f"{host} does not speak TLS with us: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(TryLater, GiveUp):
            self._say(Frame(command="DISCONNECT"))
        self._sock.close()

    def sign_in(self, *, vhost: str = "/", login: str = "", passcode: str = "") -> None:
        """Say who we are, and agree on heart-beats; raise Refused when the server does not want us."""
        beat = int(self._patience.beat * 1000)
        headers = {"accept-version": "1.2", "host": vhost, "heart-beat": f"{beat},{beat}"}
        if login:
            headers |= {"login": login, "passcode": passcode}
        self._say(Frame(command="CONNECT", headers=headers))
        answer = self._answer()
        if answer.command == "ERROR":
            raise Refused(f"the server does not let us in: {_reason(answer)}")
        if answer.command != "CONNECTED":
            raise GiveUp("the server does not speak STOMP")
        if answer.headers.get("version") != "1.2":
            raise GiveUp("the server does not speak STOMP 1.2")
        gives, wants = _beats(answer.headers.get("heart-beat", "0,0"))
        self._sends = max(self._patience.beat, wants) if wants else 0.0
        self._hears = max(self._patience.beat, gives) if gives else 0.0

    def subscribe(self, destination: str, *, most: int) -> None:
        """Ask for what comes to ``destination``; ``most`` messages may be unacknowledged at a time."""
        self._say(
            Frame(
                command="SUBSCRIBE",
                headers={
                    "id": "0",
                    "destination": destination,
                    "ack": "client",
                    "prefetch-count": str(most),
                },
            )
        )

    def acknowledge(self, message: Frame) -> None:
        """Say that this message is kept, and with it every one before it."""
        self._say(Frame(command="ACK", headers={"id": message.headers.get("ack", "")}))

    def message(self, *, within: float) -> Frame | None:
        """Return the next message, ``None`` when none came within so many seconds.

        Raises Broken when the server ends or falls silent, Refused or TryLater where it says why.
        """
        until = self._clock() + within
        while True:
            frame = self._next(until)
            if frame is None or frame.command == "MESSAGE":
                return frame
            if frame.command == "ERROR":
                raise _named(frame)

    def _answer(self) -> Frame:
        frame = self._next(self._clock() + self._patience.frame)
        if frame is None:
            raise Broken("the server did not answer in time")
        return frame

    def _next(self, until: float) -> Frame | None:
        """Return the next frame; between frames heart-beats go out and are listened for."""
        began: float | None = None
        while True:
            while self._buffer.startswith((b"\n", b"\r")):
                del self._buffer[:1]
            frame = _taken(self._buffer)
            if frame is not None:
                return frame
            now = self._clock()
            if self._buffer:
                began = now if began is None else began
                if now - began >= self._patience.frame:
                    raise Broken("a message did not end in time")
            elif now >= until:
                return None
            self._beat(now)
            ends = began + self._patience.frame if began is not None else until
            waits = [ends, *((self._spoke + self._sends,) if self._sends else ())]
            waits += [self._heard + self._hears * GRACE] if self._hears else []
            self._read(max(min(waits) - now, 0.01))

    def _read(self, seconds: float) -> None:
        self._sock.settimeout(seconds)
        try:
            piece = self._sock.recv(PIECE)
        except TimeoutError:
            return
        except OSError as error:
            raise Broken(f"the connection broke: {error}") from error
        if not piece:
            raise Broken(
                "the server ended the connection" + (" in a message" if self._buffer else "")
            )
        self._heard = self._clock()
        self._buffer += piece

    def _beat(self, now: float) -> None:
        if self._hears and now - self._heard >= self._hears * GRACE:
            raise Broken("the server fell silent")
        if self._sends and now - self._spoke >= self._sends:
            self._write(b"\n")

    def _say(self, frame: Frame) -> None:
        self._write(written(frame))

    def _write(self, content: bytes) -> None:
        self._sock.settimeout(self._patience.frame)
        try:
            self._sock.sendall(content)
        except OSError as error:
            raise Broken(f"the connection broke: {error}") from error
        self._spoke = self._clock()


def written(frame: Frame) -> bytes:
    """Return a frame as it goes over the wire; raise GiveUp where a header cannot be written.

    The specification leaves CONNECT's headers unescaped, so what needs an escape cannot be in them.
    """
    lines = [frame.command]
    for name, value in frame.headers.items():
        if frame.command == "CONNECT":
            if any(sign in value for sign in "\r\n\0"):
                raise GiveUp(f"the {name} holds what no {name} holds")
            lines.append(f"{name}:{value}")
        else:
            lines.append(f"{name}:{''.join(_ESCAPES.get(sign, sign) for sign in value)}")
    return "\n".join(lines).encode() + b"\n\n" + frame.body + b"\0"


def _taken(buffer: bytearray) -> Frame | None:
    """Take the first frame out of the buffer, ``None`` while it is not whole; raise Broken or GiveUp."""
    head, gap = _head(buffer)
    if head is None:
        if len(buffer) > LONGEST_HEAD:
            raise GiveUp("the server's headers have no end")
        return None
    command, *lines = head.decode("utf-8", "replace").split("\n")
    command = command.rstrip("\r")
    escaped = command not in {"CONNECT", "CONNECTED"}
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.rstrip("\r").partition(":")
        headers.setdefault(_unescaped(name, escaped), _unescaped(value, escaped))
    start = len(head) + gap
    told = headers.get("content-length", "")
    if told:
        if not (told.isascii() and told.isdigit() and len(told) < 12):
            raise Broken("a message has a length that is no number")
        if int(told) > LONGEST_BODY:
            raise GiveUp(f"a message of {int(told)} bytes is more than the {LONGEST_BODY} we take")
        end = start + int(told)
        if len(buffer) <= end:
            return None
        if buffer[end] != 0:
            raise Broken("a message is longer than it says")
    else:
        end = buffer.find(b"\0", start, start + LONGEST_BODY + 1)
        if end < 0:
            if len(buffer) - start > LONGEST_BODY:
                raise GiveUp(f"a message has no end within {LONGEST_BODY} bytes")
            return None
    body = bytes(buffer[start:end])
    del buffer[: end + 1]
    return Frame(command=command, headers=headers, body=body)


def _head(buffer: bytearray) -> tuple[bytes | None, int]:
    """Return command and headers, and how many bytes part them from the body."""
    ends = [
        (at, len(gap))
        for gap in (b"\n\n", b"\n\r\n")
        if 0 <= (at := buffer.find(gap, 0, LONGEST_HEAD)) < LONGEST_HEAD
    ]
    if not ends:
        return None, 0
    at, gap = min(ends)
    return bytes(buffer[:at]), gap


def _unescaped(text: str, escaped: bool) -> str:
    if not escaped or "\\" not in text:
        return text
    found, at = [], 0
    while at < len(text):
        pair = text[at : at + 2]
        if text[at] != "\\":
            found.append(text[at])
            at += 1
        elif pair in _UNESCAPES:
            found.append(_UNESCAPES[pair])
            at += 2
        else:
            raise Broken("a header has an escape that the protocol does not know")
    return "".join(found)


def _beats(told: str) -> tuple[float, float]:
    """Return how often the server will beat, and how often it wants to hear us, in seconds; 0: never."""
    gives, _, wants = told.partition(",")
    return tuple(  # type: ignore[return-value]  # two of them
        int(each) / 1000 if each.strip().isdecimal() and len(each) < 9 else 0.0
        for each in (gives, wants)
    )


def _named(frame: Frame) -> TryLater | GiveUp:
    reason = _reason(frame)
    if any(fault in reason.lower() for fault in _SIGN_IN_FAULTS):
        return Refused(f"the server refuses: {reason}")
    return Broken(f"the server says: {reason}")


def _reason(frame: Frame) -> str:
    said = frame.headers.get("message", "") + " " + frame.body[:300].decode("utf-8", "replace")
    return " ".join(said.split())[:300] or "no reason given"

"""The guarded, time-limited sockets that HTTP runs over."""

import select
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import httpcore2

from lionrock.net.deadline import Deadline
from lionrock.net.guard import Network, Resolve, connected

LONGEST_SILENCE: Final = 30.0
"""Seconds that a server may say nothing."""

Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


T = TypeVar("T")


class Wire(httpcore2.NetworkBackend):
    """Connects to judged addresses only, and lets nothing outlast the deadline.

    The deadline holds for every single read, so that a server that drips a byte now and then, in
    its handshake, its headers or its body, is cut off like one that says nothing.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        allow: Sequence[str | Network] = (),
        resolve: Resolve | None = None,
    ) -> None:
        self._deadline = deadline
        self._allow = allow
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to ``host``; raise Forbidden, TryLater or Late."""
        del timeout, local_address, socket_options
        sock = connected(
            host, port, deadline=self._deadline, allow=self._allow, resolve=self._resolve
        )
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Stream(sock, self._deadline)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._waiting(lambda: self._sock.recv(max_bytes), httpcore2.ReadTimeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        view = memoryview(buffer)
        while view:
            sent = self._waiting(lambda: self._sock.send(view), httpcore2.WriteTimeout)  # noqa: B023
            view = view[sent:]

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        del timeout
        try:
            wrapped = self._waiting(
                lambda: ssl_context.wrap_socket(self._sock, server_hostname=server_hostname),
                httpcore2.ConnectTimeout,
            )
        except BaseException:
            self.close()
            raise
        return _Stream(wrapped, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # Any: as its base says
        if info == "ssl_object" and isinstance(self._sock, ssl.SSLSocket):
            return self._sock
        if info == "socket":
            return self._sock
        if info == "server_addr":
            return self._sock.getpeername()
        if info == "is_readable":
            return bool(select.select([self._sock], [], [], 0)[0])
        return None

    def _waiting(self, act: Callable[[], T], late: type[Exception]) -> T:
        self._sock.settimeout(self._deadline.left(LONGEST_SILENCE))
        try:
            return act()
        except TimeoutError as error:
            self._deadline.left()  # when it is the whole that takes too long, say so
            raise late("it said nothing for too long") from error
        except OSError as error:
            raise httpcore2.ReadError(str(error)) from error

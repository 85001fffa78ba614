"""One connection to a service that somebody was told of: does the port still answer?

Nothing is logged in to, sent or rendered: a TCP connection is made and closed; of a web server the
first line of its answer to ``HEAD`` is read. One attempt, no repeats, no redirects. Certificates are
not checked: whoever answers there answers.
"""

import errno
import socket
import ssl
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.deadline import Deadline
from lionrock.net.guard import Network, Resolve, addresses_of

SECONDS: Final = 8.0
"""How long one look may take in all."""
LINE: Final = 300
"""Bytes of a web server's first line that are read."""
_REFUSED: Final = {errno.ECONNREFUSED, errno.ECONNRESET}
_SILENT: Final = {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN}


class Answer(StrEnum):
    """What came of a look. ``FAILED`` says nothing about the other side."""

    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen, at which address; ``said`` in a few words."""

    answer: Answer
    address: str = ""
    said: str = ""


def look(
    host: str,
    port: int,
    *,
    web: str = "",
    allow: Sequence[str | Network] = (),
    seconds: float = SECONDS,
    resolve: Resolve | None = None,
) -> Seen:
    """Connect once to the first address of ``host`` and say what came of it; never raise.

    ``web`` is ``http`` or ``https`` where a web server's status is asked for as well. An address that
    is nobody's on the Internet is refused unless ``allow`` names it. A port that takes connections is
    open whatever its web server says: an error page may be the attacker's.
    """
    deadline = Deadline(seconds)
    try:
        address = addresses_of(host, port, allow=allow, deadline=deadline, resolve=resolve)[0]
    except (GiveUp, TryLater) as error:
        return Seen(answer=Answer.FAILED, said=_few(str(error)))
    try:
        with closing(socket.create_connection((address, port), deadline.left(seconds))) as line:
            said = _status(line, host, web, deadline) if web else "takes"
            return Seen(answer=Answer.OPEN, address=address, said=said)
    except TryLater as error:  # the name took all the time there was
        return Seen(answer=Answer.FAILED, address=address, said=_few(str(error)))
    except TimeoutError:
        return Seen(answer=Answer.SILENT, address=address, said="late")
    except OSError as error:
        return Seen(answer=_answer(error), address=address, said=_few(str(error)))


def _answer(error: OSError) -> Answer:
    """Return what a failed connection means; an error of our own network means nothing."""
    if error.errno in _REFUSED:
        return Answer.REFUSED
    return Answer.SILENT if error.errno in _SILENT else Answer.FAILED


def _status(line: socket.socket, host: str, web: str, deadline: Deadline) -> str:
    """Return the first line of a web server's answer; what goes wrong behind the connection is said."""
    name = f"[{host}]" if ":" in host else host
    try:
        line.settimeout(deadline.left(SECONDS))
        if web == "https":
            with _tls().wrap_socket(line, server_hostname=host) as secret:
                return _asked(secret, name, deadline)
        return _asked(line, name, deadline)
    except (OSError, TryLater, ValueError) as error:
        return f"takes: {_few(str(error))}"


def _asked(line: socket.socket, name: str, deadline: Deadline) -> str:
    request = f"HEAD / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    line.sendall(request.encode("ascii"))
    head = b""
    while b"\n" not in head and len(head) < LINE:
        line.settimeout(deadline.left(SECONDS))
        piece = line.recv(LINE - len(head))
        if not piece:
            break
        head += piece
    first = head.split(b"\n", 1)[0].decode("ascii", "replace")
    return _few(first) or "takes-silent"


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # whoever answers there answers; nothing is believed
    return context


def _few(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]

"""Listens to a certstream: a websocket that sends what certificate logs take in, as JSON, while they do.

Source: the messages of the certstream servers in use (certstream-server, certstream-server-go):
``certificate_update`` with ``data.leaf_cert.all_domains`` (full, or lite without the chain),
``dns_entries`` with a plain list of names, and ``heartbeat``. Nothing is kept for whoever is not
connected, so what went by meanwhile is a gap, stated with its times.
"""

import json
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException
from websockets.sync.client import ClientConnection, connect

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.streams import LONGEST_RAW, LONGEST_TEXT, Gap, Portion, Unread
from lionrock.net.deadline import Deadline
from lionrock.net.guard import Network, Resolve, connected

LONGEST_MESSAGE: Final = 2**20
"""Bytes; a full message with its chain has some twenty thousand."""
MOST_NAMES: Final = 10_000
"""Names taken of one message; a certificate seldom has a hundred."""
MOST: Final = 500
"""Messages of one portion."""
GATHERS: Final = 0.5
"""Seconds for which messages are gathered into one."""
CONNECT_SECONDS: Final = 30.0
LATEST: Final = timedelta(days=400)
"""A time further from now than this is no time that a log took something in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds: ``silence`` for any message (a server beats every thirty or so),
    ``ping`` between two signs of life that we ask for."""

    silence: float = 120.0
    ping: float = 20.0


@dataclass(slots=True, kw_only=True)
class _Gathered:
    names: list[bytes] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    entries: int = 0
    newest: datetime | None = None


def listen(
    address: str,
    *,
    since: datetime | None,
    stopped: Callable[[float], bool],
    clock: Callable[[], datetime],
    allow: Sequence[str | Network] = (),
    resolve: Resolve | None = None,
    tls: ssl.SSLContext | None = None,
    patience: Patience = Patience(),  # frozen
) -> Iterator[Portion]:
    """Yield what comes from ``ws://`` or ``wss://address`` until ``stopped(0)`` says so.

    ``since`` is when the last connection was last heard: what went by from then to now is the first
    portion's gap. ``position`` of a portion says when it was heard. A message that cannot be read is
    among ``unread`` with its bytes. What came before a connection breaks is yielded, then the error
    raised: TryLater (Forbidden where the address leads into the house).
    """
    with _connected(address, allow, resolve, tls, patience) as socket:
        now = clock()
        gaps = (Gap(why="not connected", since=since, until=now),) if since else ()
        yield Portion(position=_position(now), gaps=gaps)
        while not stopped(0):
            gathered, failure = _gather(socket, patience, clock)
            heard = clock()
            yield Portion(
                names=gathered.names,
                places=gathered.places,
                entries=gathered.entries,
                unread=gathered.unread,
                newest=gathered.newest,
                position=_position(heard) if failure is None or gathered.entries else None,
            )
            if failure is not None:
                raise failure


def since_of(position: object) -> datetime | None:
    """Return when the stream was last heard, as a portion's position says it."""
    if isinstance(position, dict) and isinstance(text := position.get("heard"), str):
        with suppress(ValueError):
            return datetime.fromisoformat(text).astimezone(UTC)
    return None


def read_message(message: str | bytes) -> tuple[list[bytes], datetime | None]:
    """Return the names in one message and when its certificate was logged; raise GiveUp when it is
    none. A heartbeat has no names and no time."""
    try:
        told = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise GiveUp("is no JSON") from error
    if isinstance(told, list):
        return _names(told), None  # the plain list of servers that send names alone
    if not isinstance(told, dict):
        raise GiveUp("is no JSON object")
    kind, data = told.get("message_type"), told.get("data")
    if kind == "heartbeat":
        return [], None
    if kind in {"dns_entries", "domains"} and isinstance(data, list):
        return _names(data), None
    if kind != "certificate_update" or not isinstance(data, dict):
        raise GiveUp("is no message of a certstream")
    leaf = data.get("leaf_cert")
    if not isinstance(leaf, dict) or not isinstance(leaf.get("all_domains"), list):
        raise GiveUp("is a certificate without names")
    return _names(leaf["all_domains"]), _moment(data.get("seen"))


def _names(values: list[object]) -> list[bytes]:
    if len(values) > MOST_NAMES:
        raise GiveUp(f"has more than {MOST_NAMES} names")
    if not all(isinstance(value, str) for value in values):
        raise GiveUp("has a name that is no text")
    # A lone surrogate is what JSON can say and UTF-8 cannot: it becomes what no name can hold.
    named = dict.fromkeys(str(value).encode("utf-8", "backslashreplace") for value in values)
    return list(named)


def _moment(value: object) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 2**33:
        return datetime.fromtimestamp(value, UTC)
    return None


def _position(heard: datetime) -> dict[str, object]:
    return {"heard": heard.astimezone(UTC).isoformat(timespec="milliseconds")}


def _connected(
    address: str,
    allow: Sequence[str | Network],
    resolve: Resolve | None,
    tls: ssl.SSLContext | None,
    patience: Patience,
) -> ClientConnection:
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "wss"
    if parts.scheme not in {"ws", "wss"} or not host:
        raise GiveUp(f"“{address[:200]}” is no address of a websocket")
    try:
        port = parts.port or (443 if secure else 80)
    except ValueError as error:
        raise GiveUp(f"“{address[:200]}” names no port") from error
    deadline = Deadline.after(CONNECT_SECONDS)
    bare = connected(host, port, deadline=deadline, allow=allow, resolve=resolve)
    try:
        return connect(
            address,
            sock=bare,
            ssl=(tls or ssl.create_default_context()) if secure else None,
            server_hostname=host if secure else None,
            proxy=None,
            user_agent_header=f"Lionrock/{version('lionrock')} (CERT report collector)",
            open_timeout=deadline.left(),
            ping_interval=patience.ping,
            ping_timeout=patience.ping,
            close_timeout=2,
            max_size=LONGEST_MESSAGE,
        )
    except ssl.SSLCertVerificationError as error:
        bare.close()
        raise TryLater(
            f"the certificate of {host} does not hold: {error.verify_message}"
        ) from error
    except (InvalidHandshake, WebSocketException, OSError) as error:
        bare.close()
        raise TryLater(f"{host} does not open a websocket: {error}") from error


def _gather(
    socket: ClientConnection, patience: Patience, clock: Callable[[], datetime]
) -> tuple[_Gathered, TryLater | None]:
    """Gather messages for a moment; what ended the gathering comes with what came before."""
    found = _Gathered()
    wait, ends = patience.silence, 0.0
    while found.entries < MOST:
        try:
            message = socket.recv(timeout=wait)
        except TimeoutError:
            if ends:
                return found, None
            return found, TryLater(f"nothing came for {patience.silence:g} seconds")
        except ConnectionClosed as error:
            return found, TryLater(f"the connection ended: {error}")
        except (WebSocketException, OSError) as error:
            return found, TryLater(f"the connection broke: {error}")
        ends = ends or time.monotonic() + GATHERS
        _take(message, found, clock())
        wait = max(ends - time.monotonic(), 0.0)
    return found, None


def _take(message: str | bytes, found: _Gathered, now: datetime) -> None:
    try:
        names, at = read_message(message)
    except GiveUp as error:
        raw = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
        found.entries += 1
        found.unread.append(
            Unread(
                place=now.isoformat(timespec="milliseconds"),
                text=raw[: 4 * LONGEST_TEXT].decode("utf-8", "backslashreplace")[:LONGEST_TEXT],
                why=str(error),
                raw=raw[:LONGEST_RAW],
            )
        )
        return
    if not names:
        return
    found.entries += 1
    found.names += names
    found.places += [int(now.timestamp())] * len(names)
    if at is not None and abs(at - now) < LATEST:
        found.newest = max(at, found.newest or at)

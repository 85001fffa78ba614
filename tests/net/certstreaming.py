"""A certstream on loopback for tests: a real websocket server that says what each test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


@dataclass(slots=True, kw_only=True)
class Streaming:
    """A running server: its address, and how often somebody connected."""

    url: str
    visits: int = 0
    over: threading.Event = field(default_factory=threading.Event)


Talk = Callable[[ServerConnection, int], None]
"""Speaks to one visitor; told the how many-th it is, from 1."""


@contextmanager
def streaming(talk: Talk) -> Iterator[Streaming]:
    """Serve until the block ends; a visitor's connection ends when ``talk`` does."""
    served = Streaming(url="")

    def visit(connection: ServerConnection) -> None:
        served.visits += 1
        try:
            talk(connection, served.visits)
        except ConnectionClosed:
            return

    with serve(visit, "127.0.0.1", 0, ping_interval=None) as server:
        served.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield served
        finally:
            served.over.set()
            server.shutdown()
            thread.join()


def full(*names: str, seen: float = 1_795_000_000.0) -> str:
    """A certificate as the full stream tells it."""
    leaf = {"all_domains": list(names), "fingerprint": "AA:BB", "subject": {"CN": names[0]}}
    return json.dumps(
        {
            "message_type": "certificate_update",
            "data": {
                "update_type": "PrecertLogEntry",
                "leaf_cert": {**leaf, "as_der": "MIIB"},
                "chain": [{"subject": {"CN": "An authority"}}],
                "cert_index": 7,
                "seen": seen,
                "source": {"name": "A log", "url": "https://log.example/"},
            },
        }
    )


def lite(*names: str) -> str:
    """The same without its chain."""
    return json.dumps(
        {
            "message_type": "certificate_update",
            "data": {"leaf_cert": {"all_domains": list(names)}, "seen": 1_795_000_000},
        }
    )


def entries(*names: str) -> str:
    """Names alone."""
    return json.dumps({"message_type": "dns_entries", "data": list(names)})


HEARTBEAT = json.dumps({"message_type": "heartbeat", "timestamp": 1_795_000_000.0})

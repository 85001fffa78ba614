"""The words of collecting: an order goes out to a carrier, arrivals come back one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from lionrock.core.errors import GiveUp, TryLater


class Busy(TryLater):
    """The other side asks to be left alone for a while; ``seconds`` is how long."""

    def __init__(self, words: str, *, seconds: float) -> None:
        super().__init__(words)
        self.seconds = seconds


class Refused(GiveUp):
    """The other side knows us and will not, or does not know us: a person must look at the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a source has been collected: what the next attempt goes on from.

    ``cursor`` is the carrier's own word (a mailbox UID, a time); ``etag`` and ``last_modified`` are
    HTTP's.
    """

    cursor: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One delivery as a carrier brought it.

    ``content`` stands at its beginning and is good until the next arrival is asked for. ``origin``
    names where it was, without credentials. ``place`` is where to go on from once this one is kept;
    ``None`` leaves the place as it is. What a carrier does behind its ``yield`` (moving a mail or a
    file away) happens only after the delivery was kept.
    """

    name: str
    content: BinaryIO
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    mail: bool = False
    """A mail (RFC 5322): it may be encrypted, or bring links instead of attachments."""


class Reply(Protocol):
    """What a server answered. Leaving the ``with`` block throws the body away."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, names in lower case."""

    @property
    def body(self) -> BinaryIO:
        """The body from its beginning."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Web(Protocol):
    """Asks a web server: one exchange, limited in size and time, past the guard.

    Answers with status 200-299 and 304 come back; everything else, a body that is longer than
    ``limit`` or shorter than announced, and silence raise ``TryLater`` (``Busy`` where the server
    says when), ``Refused`` or ``GiveUp``.
    """

    def __call__(
        self,
        url: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        send: bytes | None = None,
        limit: int | None = None,
    ) -> Reply:
        """Get ``url``, or post ``send`` to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one attempt to collect works with. Secrets are in it, so it is never printed or stored."""

    feed: str
    address: str
    now: datetime
    place: Place
    web: Web
    account: str = ""
    secret: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    limit: int = 2**30
    """The most bytes a delivery may have."""
    timeout: float = 60
    """Seconds without a byte after which the other side is given up."""
    folder: Path | None = None
    """The drop folder, for the carrier that needs one."""
    allow: Sequence[str | IPv4Network | IPv6Network] = ()
    """Private networks that may be contacted, for a carrier that speaks no HTTP."""
    certificate: bytes | None = field(default=None, repr=False)
    """A client certificate with its key, PEM, for the same; ``web`` shows it by itself."""
    stay: float = 3600
    """Seconds after which a carrier that listens ends, to be started anew."""


Carry = Callable[[Order], Iterator[Arrival | Place]]
"""Yields what is new since ``order.place``, oldest first; a bare Place is progress without a delivery.

Ending without an error means that the source was heard.
"""

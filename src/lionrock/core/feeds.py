"""What a feed is: where it comes from, how far it is trusted, how one of its deliveries is read."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.tlp import Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The bytes of one delivery, as they came, and what is known about their coming.

    ``open`` gives the bytes from their beginning, each time it is called; a reader streams them and
    never holds them all. ``name`` is the file's or attachment's name, ``headers`` what the carrier
    said (HTTP headers, in lower case). ``aids`` are documents a feed's reading needs beside the
    delivery, by name: ``shadowserver-schema``; an absent one never stops the reading.
    """

    name: str
    received: datetime
    open: Callable[[], BinaryIO]
    headers: Mapping[str, str] = field(default_factory=dict)
    aids: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        content: bytes,
        *,
        name: str,
        received: datetime,
        headers: Mapping[str, str] | None = None,
        aids: Mapping[str, bytes] | None = None,
    ) -> "Delivery":
        """Return a delivery of bytes at hand."""
        return cls(
            name=name,
            received=received,
            open=lambda: io.BytesIO(content),
            headers=headers or {},
            aids=aids or {},
        )


Read = Callable[[Delivery], Iterator[Event | Reject]]


class Carrier(StrEnum):
    """How deliveries of a feed come in."""

    DROP = "drop"
    """A file laid into the feed's drop folder, or handed over on the command line."""
    HTTP = "http"
    IMAP = "imap"
    SHADOWSERVER = "shadowserver"
    """The Shadowserver reports API."""
    TAXII = "taxii"
    MISP = "misp"
    """A MISP feed: a folder with a manifest and one file per event."""
    N6 = "n6"
    PUSH = "push"
    """Sent to our own authenticated endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A third-party source. A module in ``lionrock.feeds`` exports one as ``FEED``.

    ``id`` is lower-case letters, digits and hyphens. ``every`` is how often a delivery is expected
    (``None``: whenever something happens; no alarm). ``carrier`` and ``address`` are the
    defaults for collecting; an administrator may change them. ``trust`` runs from 0 to 100.
    """

    id: str
    title: str
    provider: str
    home: str
    """Where the provider documents the format."""
    tlp: Tlp
    trust: int
    seen: Seen
    read: Read
    every: timedelta | None = timedelta(days=1)
    may_be_empty: bool = False
    carrier: Carrier = Carrier.DROP
    address: str = ""
    licence: str = ""
    """What the provider demands of users, in a few words: ``CC0``, ``non-commercial``, ``key needed``."""
    aids: tuple[str, ...] = ()
    """The names of documents the reading profits from; ``Delivery.aids`` carries those at hand."""

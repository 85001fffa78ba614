"""n6, CERT Polska's exchange: events since the last time, as JSON lines or a JSON array.

Source: the n6 project's "n6 REST API" documentation (resources ``/report/inside``,
``/report/threats``, ``/search/events`` with the suffixes ``.json`` and ``.sjson``; ``time.min``;
a client certificate, or an API key as bearer token).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from lionrock.net.carrying import Arrival, Order, Place
from lionrock.net.http import authorisation, kept_headers

FIRST: Final = timedelta(days=1)
PIECE: Final = 2**20
OVERLAP: Final = 128
_TIME: Final = re.compile(rb'"time"\s{0,3}:\s{0,3}"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)')


def carry(order: Order) -> Iterator[Arrival | Place]:
    """Yield what happened after the newest event of the last time.

    The address names the resource with its suffix; ``.sjson`` is lighter on both sides. n6 counts
    whole seconds and takes ``time.min`` as included, so the next attempt begins one second later.
    """
    begin = order.place.cursor or f"{order.now - FIRST:%Y-%m-%dT%H:%M:%SZ}"
    parts = urlsplit(order.address)
    query = "&".join(filter(None, [parts.query, urlencode({"time.min": begin})]))
    url = urlunsplit(parts._replace(query=query))
    with order.web(url, headers=authorisation(order), limit=order.limit) as reply:
        newest = newest_time(reply.body)
        if newest is None:
            return
        yield Arrival(
            name=f"{begin.replace(':', '')}-{parts.path.rpartition('/')[2]}",
            content=reply.body,
            origin=order.address,
            headers=kept_headers(reply.headers),
            place=Place(cursor=f"{newest + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"),
        )


def newest_time(body: BinaryIO) -> datetime | None:
    """Return the newest event's time in the body, ``None`` when it holds no event; rewinds."""
    newest = b""
    before = b""
    while piece := body.read(PIECE):
        text = before + piece
        newest = max([newest, *(found.replace(b" ", b"T") for found in _TIME.findall(text))])
        before = text[-OVERLAP:]
    body.seek(0)
    return datetime.fromisoformat(newest.decode("ascii")) if newest else None

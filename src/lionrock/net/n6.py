"""n6, CERT Polska's exchange: events that became known since the last time, or as they happen.

Source: the n6 project's "n6 REST API" documentation (resources ``/report/inside``,
``/report/threats``, ``/search/events`` with the suffixes ``.json`` and ``.sjson``; the mandatory
``time.min``, ``modified.min``; an API key as bearer token, on older servers a client certificate).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lionrock.net import n6_stream
from lionrock.net.carrying import Arrival, Order, Place
from lionrock.net.http import authorisation, kept_headers

FIRST: Final = timedelta(days=1)
"""How far back the first attempt looks for what became known."""
LATE: Final = timedelta(days=30)
"""How long after it happened an event may still become known."""
AGAIN: Final = timedelta(minutes=5)
"""What is asked for twice: a row is seen some time after the moment written into it."""
PIECE: Final = 2**20
OVERLAP: Final = 128
_WHEN: Final = rb'":\s{0,3}"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)'
_MODIFIED: Final = re.compile(rb'"modified' + _WHEN)
_TIME: Final = re.compile(rb'"time' + _WHEN)


def carry(order: Order) -> Iterator[Arrival | Place]:
    """Yield what became known since the last time; from an address ``stomps://`` what happens now."""
    if urlsplit(order.address).scheme == n6_stream.SCHEME:
        yield from n6_stream.carry(order, catch_up=ask)
    else:
        yield from ask(order)


def ask(order: Order) -> Iterator[Arrival | Place]:
    """Yield what the REST API added or changed since the newest change of the last time.

    The address names the resource with its suffix; ``.sjson`` is lighter on both sides. Sources
    report late, so it is the change that counts, not the event's own time; n6 demands a ``time.min``
    all the same. What comes twice by the overlap is the same Blob, or an event known word for word.
    """
    since = datetime.fromisoformat(order.place.cursor) if order.place.cursor else order.now - FIRST
    begin = since - AGAIN if order.place.cursor else since
    parts = urlsplit(order.address)
    named = {name for name, _ in parse_qsl(parts.query)}
    wanted = {"time.min": _said(begin - LATE), "modified.min": _said(begin)}
    added = urlencode({name: at for name, at in wanted.items() if name not in named})
    url = urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, added]))))
    with order.web(url, headers=authorisation(order), limit=order.limit) as reply:
        newest = newest_change(reply.body)
        if newest is None:
            return
        reached = max(since, min(newest, order.now))
        yield Arrival(
            name=f"{_said(begin).replace(':', '')}-{parts.path.rpartition('/')[2]}",
            content=reply.body,
            origin=order.address,
            headers=kept_headers(reply.headers),
            place=Place(cursor=_said(reached)),
        )


def newest_change(body: BinaryIO) -> datetime | None:
    """Return the newest ``modified`` in the body, the newest ``time`` where a server tells none.

    ``None`` when it holds no event. Rewinds.
    """
    newest = {_MODIFIED: b"", _TIME: b""}
    before = b""
    while piece := body.read(PIECE):
        text = before + piece
        for pattern, known in newest.items():
            newest[pattern] = max(
                [known, *(found.replace(b" ", b"T") for found in pattern.findall(text))]
            )
        before = text[-OVERLAP:]
    body.seek(0)
    found = newest[_MODIFIED] or newest[_TIME]
    return datetime.fromisoformat(found.decode("ascii")).replace(tzinfo=UTC) if found else None


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"

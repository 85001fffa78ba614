"""The simplest carrier: one address that holds the newest delivery, asked politely."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

from lionrock.net.carrying import Arrival, Order, Place

KEPT: Final = (
    "content-type",
    "content-encoding",
    "content-disposition",
    "content-length",
    "date",
    "etag",
    "last-modified",
    "server",
)
"""The headers that are kept with a delivery."""
_FILENAME: Final = re.compile(r'filename="?([^";\r\n]{1,200})"?', re.IGNORECASE)


def carry(order: Order) -> Iterator[Arrival | Place]:
    """Yield what lies at the address unless the server says that we have it.

    Options: ``header`` names the header that carries the secret (``Auth-Key``, ``X-API-KEY``; by
    default ``Authorization: Bearer``, or Basic where an account is set). ``{secret}`` in the address
    stands for the secret where a provider wants it there.
    """
    headers = authorisation(order)
    if order.place.etag:
        headers["if-none-match"] = order.place.etag
    if order.place.last_modified:
        headers["if-modified-since"] = order.place.last_modified
    url = order.address.replace("{secret}", order.secret)
    with order.web(url, headers=headers, limit=order.limit) as reply:
        if reply.status == HTTPStatus.NOT_MODIFIED:
            return
        yield Arrival(
            name=name_of(order.address, reply.headers),
            content=reply.body,
            origin=order.address,
            headers=kept_headers(reply.headers),
            place=Place(
                etag=reply.headers.get("etag", "")[:1000],
                last_modified=reply.headers.get("last-modified", "")[:100],
            ),
        )


def authorisation(order: Order) -> dict[str, str]:
    """Return the header that lets us in, as the order's options and account say."""
    if not order.secret or "{secret}" in order.address:
        return {}
    if named := order.options.get("header"):
        return {named.lower(): order.secret}
    if order.account:
        pair = b64encode(f"{order.account}:{order.secret}".encode()).decode()
        return {"authorization": f"Basic {pair}"}
    return {"authorization": f"Bearer {order.secret}"}


def name_of(url: str, headers: Mapping[str, str]) -> str:
    """Return a file name for what lies at the address."""
    if found := _FILENAME.search(headers.get("content-disposition", "")):
        return found[1].rpartition("/")[2].strip() or "delivery"
    return unquote(urlsplit(url).path).rpartition("/")[2] or urlsplit(url).hostname or "delivery"


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those headers that are worth keeping."""
    return {name: headers[name] for name in KEPT if name in headers}

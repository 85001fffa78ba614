"""TAXII 2.1 collections: every page of what was added since the last time.

Source: OASIS, "TAXII Version 2.1", sections 3.4 (pagination), 5.4 (get objects), 1.6.8 (media type).
"""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

from lionrock.core.errors import TryLater
from lionrock.net.carrying import Arrival, Order, Place
from lionrock.net.http import authorisation, kept_headers

ACCEPT: Final = "application/taxii+json;version=2.1"
PAGE: Final = 1000
PAGE_LIMIT: Final = 64 * 2**20
MOST_PAGES: Final = 10_000
LAST: Final = "x-taxii-date-added-last"


def carry(order: Order) -> Iterator[Arrival | Place]:
    """Yield each page of the collection at the address (``…/collections/<id>/``) that holds objects.

    The option ``collection`` names it where the address is its API root. Signs in with account and secret (Basic), or the secret alone (Bearer). The place moves on when
    the last page is there: objects of one moment may be spread over pages, and "added after" that
    moment would miss the rest. The same page fetched again is the same Blob.
    """
    asked = {"limit": str(PAGE)}
    if order.place.cursor:
        asked["added_after"] = order.place.cursor
    collection = order.options.get("collection", "")
    within = f"/collections/{quote(collection, safe='')}" if collection else ""
    objects = f"{order.address.rstrip('/')}{within}/objects/"
    newest = order.place.cursor
    for number in range(1, MOST_PAGES + 1):
        url = f"{objects}?{urlencode(asked)}"
        headers = {**authorisation(order), "accept": ACCEPT}
        with order.web(url, headers=headers, limit=min(order.limit, PAGE_LIMIT)) as reply:
            envelope = _envelope(reply.body.read(), url=objects)
            newest = max(newest, reply.headers.get(LAST, ""))
            reply.body.seek(0)
            if envelope.get("objects"):
                yield Arrival(
                    name=f"{order.now:%Y%m%dT%H%M%SZ}-{number}.json",
                    content=reply.body,
                    origin=objects,
                    headers=kept_headers(reply.headers),
                )
        following = envelope.get("next")
        if not envelope.get("more") or not isinstance(following, str):
            break
        asked["next"] = following[:2000]
    if newest:
        yield Place(cursor=newest[:100])


def _envelope(body: bytes, *, url: str) -> dict[str, Any]:  # Any: STIX objects are free-form JSON
    """Return the page when it is one; an empty collection answers with an empty object."""
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise TryLater(f"{url} does not answer in JSON") from error
    if not isinstance(found, dict):
        raise TryLater(f"{url} answers no TAXII envelope")
    return found

"""MISP, both ways: a feed (a folder with a manifest and one file per event), and the search of an instance.

Source: the MISP project's "Feeds" and "Automation and MISP API" chapters (manifest.json;
``/events/restSearch`` with ``returnFormat``, ``publish_timestamp``, ``page``, ``limit``).
"""

import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Arrival, Order, Place
from lionrock.net.http import authorisation, kept_headers

MANIFEST_LIMIT: Final = 64 * 2**20
PAGE_LIMIT: Final = 128 * 2**20
EVENT_LIMIT: Final = 128 * 2**20
PAGE: Final = 50
MOST_PAGES: Final = 2000
WRITE_EVERY: Final = 25
"""Events between two writings of the place, which lists every event of the feed."""
FIRST_DAYS: Final = 30
OVERLAP: Final = timedelta(minutes=5)
"""Asked for again, so that clocks may differ; the same answer is the same Blob."""
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def carry(order: Order) -> Iterator[Arrival | Place]:
    """Yield each event that is new or was changed.

    Options: ``search`` (any word) asks an instance's search instead of reading a feed's folder,
    narrowed by ``tags`` (words); ``days`` is how far back the first time reaches (30).
    """
    yield from (_search(order) if order.options.get("search") else _folder(order))


def _folder(order: Order) -> Iterator[Arrival | Place]:
    """Yield what the manifest says has changed, the oldest first."""
    base = order.address.removesuffix("manifest.json").rstrip("/")
    headers = authorisation(order)
    conditional = {"if-none-match": order.place.etag} if order.place.etag else {}
    with order.web(
        f"{base}/manifest.json", headers={**headers, **conditional}, limit=MANIFEST_LIMIT
    ) as reply:
        if reply.status == 304:
            return
        listed = _manifest(_json(reply.body.read(), f"{base}/manifest.json"))
        etag = reply.headers.get("etag", "")[:1000]
    seen = _seen(order.place.cursor)
    if not order.place.cursor:
        begin = int((order.now - timedelta(days=_days(order))).timestamp())
        seen = {name: changed for name, changed in listed.items() if changed < begin}
    changed = [(at, name) for name, at in listed.items() if at > seen.get(name, -1)]
    for number, (at, name) in enumerate(sorted(changed), start=1):
        url = f"{base}/{name}.json"
        with order.web(url, headers=headers, limit=min(order.limit, EVENT_LIMIT)) as reply:
            seen[name] = at
            due = number % WRITE_EVERY == 0
            yield Arrival(
                name=f"{name}.json",
                content=reply.body,
                origin=url,
                headers=kept_headers(reply.headers),
                place=Place(cursor=_written(seen, listed)) if due else None,
            )
    yield Place(cursor=_written(seen, listed), etag=etag)


def _search(order: Order) -> Iterator[Arrival | Place]:
    """Yield the pages of events published since the last time."""
    url = f"{order.address.rstrip('/')}/events/restSearch"
    since = order.place.cursor or str(int((order.now - timedelta(days=_days(order))).timestamp()))
    headers = {
        "authorization": order.secret,
        "accept": "application/json",
        "content-type": "application/json",
    }
    for number in range(1, MOST_PAGES + 1):
        asked: dict[str, Any] = {  # Any: JSON
            "returnFormat": "json",
            "publish_timestamp": since,
            "published": True,
            "page": number,
            "limit": PAGE,
        }
        if tags := order.options.get("tags", "").split():
            asked["tags"] = tags
        body = json.dumps(asked).encode()
        with order.web(url, headers=headers, send=body, limit=PAGE_LIMIT) as reply:
            content = reply.body.read()
            events = _events(_json(content, url))
            if events:
                yield Arrival(
                    name=f"{order.now:%Y%m%dT%H%M%SZ}-{number}.json",
                    content=io.BytesIO(content),
                    origin=url,
                    headers=kept_headers(reply.headers),
                )
        if len(events) < PAGE:
            break
    yield Place(cursor=str(int((order.now - OVERLAP).timestamp())))


def _manifest(found: Any) -> dict[str, int]:  # Any: what the server said
    """Return each event's time of change; raise TryLater when this is no manifest."""
    if not isinstance(found, dict):
        raise TryLater("the manifest is no list of events")
    listed = {}
    for name, entry in found.items():
        at = entry.get("timestamp") if isinstance(entry, dict) else None
        if _UUID.fullmatch(name) and isinstance(at, (str, int)) and str(at).isdigit():
            listed[name.lower()] = int(str(at)[:15])
    return listed


def _events(found: Any) -> list[Any]:  # Any: as above
    """Return the events of an answer of the search."""
    if isinstance(found, dict) and isinstance(found.get("response"), list):
        return list(found["response"])
    if isinstance(found, list):
        return found
    raise TryLater("the search answers no list of events")


def _json(body: bytes, url: str) -> Any:  # Any: whatever was said
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise TryLater(f"{url} does not answer in JSON") from error


def _days(order: Order) -> int:
    text = order.options.get("days", "")
    return min(int(text), 36500) if text.isascii() and text.isdigit() else FIRST_DAYS


def _seen(cursor: str) -> dict[str, int]:
    """Return the events fetched before with their time of change, from a cursor."""
    try:
        found = json.loads(cursor or "{}")
        return {str(name): int(at) for name, at in found.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise GiveUp("the place reached cannot be read") from error


def _written(seen: dict[str, int], listed: dict[str, int]) -> str:
    """Return the cursor; what the manifest no longer lists is forgotten."""
    return json.dumps(
        {name: at for name, at in sorted(seen.items()) if name in listed}, separators=(",", ":")
    )

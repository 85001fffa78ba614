"""MISP: events as its feeds, exports and API give them, and manifests of feeds."""

import re
from collections.abc import Iterator
from typing import Any, Final

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import from_archive
from lionrock.feeds.objects.misp import Around, attribute_event, events
from lionrock.feeds.reading import Record, Unreadable, read_json

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
_PARTS: Final = {"Attribute", "Object", "Tag", "info", "Orgc"}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield what each MISP event in the delivery says; an event is a line, its rows are ``nth``.

    Read are ``{"Event": …}``, ``{"response": […]}``, bare events, lists of them, and single
    attributes. A manifest only lists events: the collector fetches them, so its entries say nothing.
    """

    def record(found: Record) -> Iterator[Event | Reject]:
        return _told(found.value, found.line, delivery)

    return from_archive(read_json(delivery, record), delivery.received)


def entries(manifest: object) -> Iterator[str]:
    """Yield the ids of the events that a feed's ``manifest.json`` lists, for the collector."""
    if isinstance(manifest, dict):
        yield from (key for key in manifest if isinstance(key, str) and _UUID.match(key))


def _told(value: Any, line: int, delivery: Delivery) -> Iterator[Event | Reject]:
    if isinstance(value, dict) and isinstance(value.get("response"), (list, dict)):
        inner = value["response"]
        if isinstance(inner, dict) and isinstance(inner.get("Attribute"), list):
            inner = [{"Attribute": inner["Attribute"]}]
        for item in inner if isinstance(inner, list) else [inner]:
            yield from _told(item, line, delivery)
        return
    if not isinstance(value, dict):
        raise Unreadable("is no MISP event")
    event = value.get("Event", value)
    if isinstance(event, dict) and not (_PARTS & event.keys()) and next(entries(value), None):
        return
    if isinstance(event, dict) and {"type", "value"} <= event.keys() and "Attribute" not in event:
        around = Around(
            labels=(), info="", date=None, ref=str(event.get("event_id") or ""), owner=""
        )
        made = attribute_event(event, around, line=line, received=delivery.received)
        if made is None:
            raise Unreadable("is an attribute that names no asset")
        yield made
        return
    if not isinstance(event, dict) or not _PARTS & event.keys():
        raise Unreadable("is no MISP event")
    yield from events(event, line=line, received=delivery.received)


FEED = Feed(
    id="misp",
    title="MISP events",
    provider="whoever shares MISP events with us",
    home="https://www.misp-standard.org/rfc/misp-standard-core.html",
    tlp=Tlp.AMBER,
    trust=50,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    may_be_empty=True,
    carrier=Carrier.MISP,
    licence="open format",
)

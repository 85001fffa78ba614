"""STIX 2.1: bundles of indicators and what was observed, from files or TAXII collections."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import from_archive
from lionrock.feeds.objects.stix import events
from lionrock.feeds.reading import json_records, shown

MOST_OBJECTS = 500_000
"""Objects of one delivery that are held together, since they refer to one another."""


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield what the objects of all bundles in the delivery say; single objects count as a bundle.

    A TAXII envelope (``{"objects": […]}``) is read as a bundle is.
    """
    objects: list[dict[str, Any]] = []  # what json.loads gave
    rejects: list[Reject] = []
    with delivery.open() as stream:
        for item in islice(json_records(stream), MOST_OBJECTS):
            if isinstance(item, Reject):
                rejects.append(item)
                continue
            line, text, value = item
            inner = value.get("objects") if isinstance(value, dict) else None
            bundled = isinstance(inner, list) and value.get("type") in {None, "bundle"}
            for found in inner if bundled and isinstance(inner, list) else [value]:
                if isinstance(found, dict) and found.get("type"):
                    objects.append(found)
                else:
                    rejects.append(
                        Reject(line=line, text=shown(text), why="is no STIX object: has no type")
                    )
            if len(objects) > MOST_OBJECTS:
                break
    if len(objects) >= MOST_OBJECTS:
        why = f"holds more than {MOST_OBJECTS:,} objects"
        yield Reject(line=1, text="", why=why, whole=True)
        return
    yield from rejects
    if objects:
        yield from from_archive(events(objects, received=delivery.received), delivery.received)


FEED = Feed(
    id="stix",
    title="STIX 2.1 bundles",
    provider="whoever shares STIX with us",
    home="https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html",
    tlp=Tlp.AMBER,
    trust=50,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    may_be_empty=True,
    carrier=Carrier.TAXII,
    licence="open format",
)

"""PROKI (CSIRT.CZ): findings on Czech networks, IntelMQ events in an answer of its API."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds import intelmq
from lionrock.feeds.reading import Record, Unreadable, read_json


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per IntelMQ event under ``data``."""

    def record(found: Record) -> Iterator[Event | Reject]:
        if not isinstance(found.value, dict):
            raise Unreadable("is no JSON object")
        one = Delivery.of(
            json.dumps(found.value).encode(), name=delivery.name, received=delivery.received
        )
        for made in intelmq.read(one):
            yield replace(made, line=found.line)

    return read_json(delivery, record, path=("data",))


FEED = Feed(
    id="proki",
    title="PROKI",
    provider="CSIRT.CZ (CZ.NIC)",
    home="https://csirt.cz/en/proki/",
    tlp=Tlp.AMBER,
    trust=75,
    seen=Seen.PASSIVE,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    carrier=Carrier.DROP,
    licence="for network owners; key needed",
)

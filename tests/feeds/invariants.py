"""What holds for whatever comes out of any reader, whatever went in."""

from datetime import UTC, datetime
from typing import Final

from lionrock.core.events import LONGEST_TEXT, AssetKind, Event, Reject
from lionrock.core.feeds import Delivery, Feed
from lionrock.feeds.reading import Limits, as_json, as_network, read_delivery

NOW: Final = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
SMALL: Final = Limits(unpacked=4 << 20, ratio=50, unmeasured=1 << 20, members=50)
"""What hostile bytes may unpack to while they are tried."""


def tried(feed: Feed, content: bytes, name: str = "delivery") -> list[Event | Reject]:
    """Read hostile bytes and return what came out; AssertionError where something is not right."""
    delivery = Delivery.of(content, name=name, received=NOW)
    records = list(read_delivery(feed, delivery, SMALL))
    if not records:
        assert feed.may_be_empty, "nothing came of a delivery that may not be empty"
    seen: set[tuple[int, int]] = set()
    for record in records:
        assert record.line >= 1, record
        if isinstance(record, Reject):
            assert not record.why.startswith("stopped its reader"), record.why
            assert record.why, "a reject without a reason"
            assert len(record.text) <= LONGEST_TEXT
            _storable(record.text + record.why)
            continue
        assert isinstance(record, Event), record
        assert (record.line, record.nth) not in seen, (
            f"two events are called {record.line}, {record.nth}"
        )
        seen.add((record.line, record.nth))
        _right(record)
    return records


def _right(event: Event) -> None:
    assert event.at.tzinfo is UTC, event.at
    assert event.until is None or event.until.tzinfo is UTC, event.until
    assert event.asset.value.strip(), event
    assert event.asset.kind is not AssetKind.NETWORK or as_network(event.asset.value), event.asset
    assert event.port is None or 0 < event.port < 65536, event.port
    assert event.other_port is None or 0 < event.other_port < 65536, event.other_port
    assert event.transport in {None, "tcp", "udp"}, event.transport
    assert 0 < event.count < 1 << 31, event.count
    assert event.reported_asn is None or 0 < event.reported_asn < 1 << 32, event.reported_asn
    assert event.reported_country is None or len(event.reported_country) == 2, (
        event.reported_country
    )
    assert (event.other is None) or event.other_part is not None, "another end without a part"
    _storable(str(as_json(event)))
    for value in event.details.values():
        assert isinstance(value, (str, tuple)), value


def _storable(text: str) -> None:
    assert "\0" not in text
    text.encode()

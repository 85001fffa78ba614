"""A feed of addresses, one per line, for trying the machinery."""

from collections.abc import Callable, Iterator

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.reading import Line, Unreadable, as_address, read_lines


def lines_feed(
    tell: Callable[[Delivery], object] | None = None, *, may_be_empty: bool = False
) -> Feed:
    """Return a feed that reads addresses, and tells of each delivery it is handed."""

    def read(delivery: Delivery) -> Iterator[Event | Reject]:
        if tell is not None:
            tell(delivery)

        def event(line: Line) -> Event:
            address = as_address(line.value)
            if address is None:
                raise Unreadable("is no address")
            return Event(
                line=line.line,
                at=delivery.received,
                asset=Asset(kind=AssetKind.ADDRESS, value=address),
                part=Part.SOURCE,
                kind=Rsit.SCANNER,
            )

        return read_lines(delivery, event)

    return feed_of(read, may_be_empty=may_be_empty)


def feed_of(
    read: Callable[[Delivery], Iterator[Event | Reject]], *, may_be_empty: bool = False
) -> Feed:
    """Return a feed with that reader."""
    return Feed(
        id="plain",
        title="Plain",
        provider="us",
        home="",
        tlp=Tlp.CLEAR,
        trust=1,
        seen=Seen.LISTED,
        read=read,
        may_be_empty=may_be_empty,
    )


PLAIN = lines_feed()

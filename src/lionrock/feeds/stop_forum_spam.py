"""StopForumSpam: addresses that register and post spam in forums."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.listed.lists import NETS
from lionrock.feeds.reading import Row, Unreadable, as_time, read_csv

_CLAIM: Final = Claim(
    kind=Rsit.SPAM,
    part=Part.SOURCE,
    severity=Severity.LOW,
    variant="form-spam",
    service="http",
    report="listed-ip",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``address, times seen, last seen``; a plain list has the address alone."""

    def row(found: Row) -> Event:
        at = as_time(found["last_seen"]) if "last_seen" in found else delivery.received
        if at is None:
            raise Unreadable("has no time that can be read")
        made = event(_CLAIM, line=found.line, at=at, asset=assets(found["address"], kinds=NETS))
        count = found["count"]
        return replace(made, count=max(1, int(count))) if count.isdecimal() else made

    return read_csv(delivery, row, columns=("address", "count", "last_seen"))


FEED = Feed(
    id="stop-forum-spam",
    title="StopForumSpam addresses",
    provider="StopForumSpam",
    home="https://www.stopforumspam.com/downloads",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://www.stopforumspam.com/downloads/listed_ip_1_all.zip",
    licence="CC BY-NC-ND 3.0",
)

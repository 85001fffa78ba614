"""Binary Defense's ban list: addresses its honeypots were attacked from."""

from datetime import timedelta

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import attackers

FEED = Feed(
    id="binary-defense",
    title="Binary Defense ban list",
    provider="Binary Defense Systems",
    home="https://www.binarydefense.com/banlist.txt",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=attackers("banlist"),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://www.binarydefense.com/banlist.txt",
    licence="public use, not for commercial resale",
)

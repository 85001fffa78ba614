"""CINS Army: addresses whose score of rogue packets is bad."""

from datetime import timedelta

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import attackers

FEED = Feed(
    id="cins-army",
    title="CINS Army list",
    provider="Sentinel IPS",
    home="https://cinsscore.com/#list",
    tlp=Tlp.CLEAR,
    trust=40,
    seen=Seen.LISTED,
    read=attackers("badguys"),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://cinsscore.com/list/ci-badguys.txt",
    licence="free of charge",
)

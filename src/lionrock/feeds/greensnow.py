"""GreenSnow: addresses that attacked its sensors with scans and password guessing."""

from datetime import timedelta

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import attackers

FEED = Feed(
    id="greensnow",
    title="GreenSnow blocklist",
    provider="GreenSnow",
    home="https://greensnow.co/",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=attackers("greensnow", Rsit.BRUTE_FORCE),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://blocklist.greensnow.co/greensnow.txt",
    licence="free of charge",
)

"""Spam404: sites of scams and of abuse, reported by people."""

from datetime import timedelta

from lionrock.core.events import Part, Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain
from lionrock.feeds.listed.lists import SITES

FEED = Feed(
    id="spam404",
    title="Spam404 main blacklist",
    provider="Spam404",
    home="https://github.com/Spam404/lists",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=plain(
        Claim(
            kind=Rsit.MASQUERADE,
            part=Part.HOST,
            variant="scam",
            report="main-blacklist",
        ),
        kinds=SITES,
    ),
    every=timedelta(days=7),
    carrier=Carrier.HTTP,
    address="https://raw.githubusercontent.com/Spam404/lists/master/main-blacklist.txt",
    licence="CC BY-SA 4.0",
)

"""Phishing Army: phishing hosts gathered from PhishTank, OpenPhish and others."""

from datetime import timedelta

from lionrock.core.events import Part, Seen, Severity
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain
from lionrock.feeds.listed.lists import NAMES

FEED = Feed(
    id="phishing-army",
    title="Phishing Army blocklist",
    provider="Andrea Draghetti",
    home="https://phishing.army/",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=plain(
        Claim(
            kind=Rsit.PHISHING,
            part=Part.HOST,
            severity=Severity.MEDIUM,
            report="phishing-army",
        ),
        kinds=NAMES,
    ),
    every=timedelta(hours=6),
    carrier=Carrier.HTTP,
    address="https://phishing.army/download/phishing_army_blocklist.txt",
    licence="CC BY-NC 4.0",
)

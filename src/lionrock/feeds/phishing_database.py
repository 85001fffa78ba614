"""Phishing.Database: phishing links and hosts that were found alive."""

from datetime import timedelta

from lionrock.core.events import Part, Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain
from lionrock.feeds.listed.lists import SITES

FEED = Feed(
    id="phishing-database",
    title="Phishing.Database active links",
    provider="Mitchell Krog and Nissar Chababy",
    home="https://github.com/Phishing-Database/Phishing.Database",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=plain(
        Claim(kind=Rsit.PHISHING, part=Part.HOST, report="active"), kinds=SITES, comments=("#",)
    ),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://phish.co.za/latest/phishing-links-ACTIVE.txt",
    licence="MIT",
)

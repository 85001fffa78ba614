"""Sblam!: addresses that post spam into web forms."""

from datetime import timedelta

from lionrock.core.events import Part, Seen, Severity
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain

FEED = Feed(
    id="sblam",
    title="Sblam! form spammers",
    provider="Sblam!",
    home="https://sblam.com/blacklist.html",
    tlp=Tlp.CLEAR,
    trust=50,
    seen=Seen.LISTED,
    read=plain(
        Claim(
            kind=Rsit.SPAM,
            part=Part.SOURCE,
            severity=Severity.LOW,
            variant="form-spam",
            service="http",
            report="blacklist",
        )
    ),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://sblam.com/blacklist.txt",
    licence="free of charge",
)

"""Dan's list of Tor relays and exits: no wrong-doing, but what an analyst wants to know."""

from datetime import timedelta

from lionrock.core.events import Part, Seen, Severity
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain

FEED = Feed(
    id="dan-tor",
    title="Tor nodes (dan.me.uk)",
    provider="Daniel Austin",
    home="https://www.dan.me.uk/tornodes",
    tlp=Tlp.CLEAR,
    trust=80,
    seen=Seen.LISTED,
    read=plain(
        Claim(
            kind=Rsit.OTHER,
            part=Part.HOST,
            severity=Severity.INFO,
            variant="tor",
            report="torlist",
        )
    ),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://www.dan.me.uk/torlist/",
    licence="free; one fetch in 30 minutes",
)

"""CINS Army: addresses whose score of rogue packets is bad."""

from datetime import timedelta

from lionrock.core.events import Part, Seen, Severity
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain

FEED = Feed(
    id="cins-army",
    title="CINS Army list",
    provider="Sentinel IPS",
    home="https://cinsscore.com/#list",
    tlp=Tlp.CLEAR,
    trust=40,
    seen=Seen.LISTED,
    read=plain(
        Claim(
            kind=Rsit.SCANNER,
            part=Part.SOURCE,
            severity=Severity.LOW,
            variant="blocklist",
            report="badguys",
        )
    ),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://cinsscore.com/list/ci-badguys.txt",
    licence="free of charge",
)

"""Emerging Threats: addresses of compromised hosts that attack others."""

from datetime import timedelta

from lionrock.core.events import Part, Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain

FEED = Feed(
    id="emerging-threats",
    title="Emerging Threats compromised addresses",
    provider="Proofpoint Emerging Threats",
    home="https://rules.emergingthreats.net/",
    tlp=Tlp.CLEAR,
    trust=60,
    seen=Seen.LISTED,
    read=plain(
        Claim(
            kind=Rsit.SYSTEM_COMPROMISE,
            part=Part.SOURCE,
            variant="blocklist",
            report="compromised-ips",
        )
    ),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://rules.emergingthreats.net/blockrules/compromised-ips.txt",
    licence="BSD",
)

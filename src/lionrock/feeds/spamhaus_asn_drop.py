"""Spamhaus ASN-DROP: autonomous systems that criminals took over or run."""

from datetime import timedelta

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed.spamhaus import read

FEED = Feed(
    id="spamhaus-asn-drop",
    title="Spamhaus ASN-DROP",
    provider="The Spamhaus Project",
    home="https://www.spamhaus.org/blocklists/do-not-route-or-peer/",
    tlp=Tlp.CLEAR,
    trust=90,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://www.spamhaus.org/drop/asndrop.json",
    licence="free with attribution; one fetch an hour at most",
)

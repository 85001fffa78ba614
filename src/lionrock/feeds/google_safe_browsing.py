"""Google Safe Browsing: what it found within an autonomous system."""

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import safe_browsing
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="google-safe-browsing",
    title="Google Safe Browsing reports",
    provider="Google",
    home="https://developers.google.com/search/docs/monitor-debug/security/safe-browsing-network-administrators",
    tlp=Tlp.GREEN,
    trust=80,
    seen=Seen.LISTED,
    read=mails(safe_browsing.of_mail),
    every=None,
    carrier=Carrier.IMAP,
    licence="for network administrators",
)

"""Feedback loops: mails that users of a provider called spam (RFC 5965)."""

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import arf
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="arf",
    title="Feedback loops (ARF)",
    provider="mailbox providers and their reporters",
    home="https://www.rfc-editor.org/rfc/rfc5965",
    tlp=Tlp.AMBER,
    trust=60,
    seen=Seen.REPORTED,
    read=mails(arf.of_mail),
    every=None,
    carrier=Carrier.IMAP,
)

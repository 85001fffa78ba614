"""Cyscon (C-SIRT): malicious files and pages found by its crawler."""

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import cyscon
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="cyscon",
    title="Cyscon C-SIRT reports",
    provider="cyscon",
    home="https://www.c-sirt.org/",
    tlp=Tlp.GREEN,
    trust=60,
    seen=Seen.REPORTED,
    read=mails(cyscon.of_mail),
    every=None,
    carrier=Carrier.IMAP,
)

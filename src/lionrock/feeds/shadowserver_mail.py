"""Shadowserver's report mails: each attached report is read as the API's is."""

from datetime import timedelta

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import shadowserver
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="shadowserver-mail",
    title="Shadowserver reports by mail",
    provider="The Shadowserver Foundation",
    home="https://www.shadowserver.org/what-we-do/network-reporting/get-reports/",
    tlp=Tlp.AMBER,
    trust=90,
    seen=Seen.SCAN,
    aids=("shadowserver-schema",),
    read=mails(shadowserver.of_mail),
    every=timedelta(days=1),
    carrier=Carrier.IMAP,
    licence="free for network owners and CERTs",
)

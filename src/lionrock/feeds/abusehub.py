"""AbuseHUB: the Dutch providers' shared clearing house."""

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import abusehub
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="abusehub",
    title="AbuseHUB reports",
    provider="Abuse Information Exchange",
    home="https://www.abuseinformationexchange.nl/",
    tlp=Tlp.AMBER,
    trust=70,
    seen=Seen.REPORTED,
    read=mails(abusehub.of_mail),
    every=None,
    carrier=Carrier.IMAP,
)

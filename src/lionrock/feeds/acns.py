"""Copyright notices with ACNS XML, as IP-Echelon, Irdeto and others send them."""

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import acns
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="acns",
    title="Copyright notices (ACNS)",
    provider="rights holders and their agents",
    home="http://www.acns.net/spec.html",
    tlp=Tlp.AMBER,
    trust=40,
    seen=Seen.REPORTED,
    read=mails(acns.of_mail),
    every=None,
    carrier=Carrier.IMAP,
)

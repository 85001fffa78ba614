"""Project Honey Pot's monitor reports: what one's own addresses did to its honey pots."""

from datetime import timedelta

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import project_honeypot
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="project-honeypot",
    title="Project Honey Pot monitor reports",
    provider="Unspam Technologies",
    home="https://www.projecthoneypot.org/monitor_settings.php",
    tlp=Tlp.GREEN,
    trust=60,
    seen=Seen.PASSIVE,
    read=mails(project_honeypot.of_mail),
    every=timedelta(days=31),
    carrier=Carrier.IMAP,
    licence="for monitored networks",
)

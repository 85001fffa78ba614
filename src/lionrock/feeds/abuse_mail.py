"""The abuse mailbox: every kind of report we know, and what people write themselves."""

from lionrock.core.events import Seen
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.mailing import (
    abusehub,
    acns,
    arf,
    clean_mx,
    cyscon,
    project_honeypot,
    safe_browsing,
    shadowserver,
    written,
    xarf,
    zone_h,
)
from lionrock.feeds.mailing.reader import mails

FEED = Feed(
    id="abuse-mail",
    title="Abuse mailbox",
    provider="whoever writes",
    home="https://www.rfc-editor.org/rfc/rfc2142",
    tlp=Tlp.AMBER,
    trust=30,
    seen=Seen.REPORTED,
    aids=("shadowserver-schema",),
    read=mails(
        abusehub.of_mail,
        shadowserver.of_mail,
        arf.of_mail,
        xarf.of_mail,
        acns.of_mail,
        safe_browsing.of_mail,
        clean_mx.of_mail,
        cyscon.of_mail,
        project_honeypot.of_mail,
        zone_h.of_mail,
        written.of_mail,
    ),
    every=None,
    carrier=Carrier.IMAP,
)

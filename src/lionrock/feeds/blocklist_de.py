"""blocklist.de: addresses that attacked its users' servers, in a list per attacked service."""

from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final

from lionrock.core.events import Part, Seen, Severity
from lionrock.core.feeds import Carrier, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, plain
from lionrock.feeds.reading import kebab

_LISTS: Final[dict[str, tuple[Rsit, str | None]]] = {
    "apache": (Rsit.IDS_ALERT, "http"),
    "asterisk": (Rsit.BRUTE_FORCE, "sip"),
    "bots": (Rsit.SPAM, "http"),
    "bruteforcelogin": (Rsit.BRUTE_FORCE, "http"),
    "courierimap": (Rsit.BRUTE_FORCE, "imap"),
    "courierpop3": (Rsit.BRUTE_FORCE, "pop3"),
    "email": (Rsit.SPAM, "smtp"),
    "ftp": (Rsit.BRUTE_FORCE, "ftp"),
    "imap": (Rsit.BRUTE_FORCE, "imap"),
    "ircbot": (Rsit.INFECTED_SYSTEM, "irc"),
    "mail": (Rsit.SPAM, "smtp"),
    "pop3": (Rsit.BRUTE_FORCE, "pop3"),
    "postfix": (Rsit.SPAM, "smtp"),
    "proftpd": (Rsit.BRUTE_FORCE, "ftp"),
    "sip": (Rsit.BRUTE_FORCE, "sip"),
    "ssh": (Rsit.BRUTE_FORCE, "ssh"),
}
"""What each list holds; ``all`` and ``strongips`` mix them, and password guessing prevails."""


def claim(name: str) -> Claim:
    """Return what the list in the file ``name`` says of its entries."""
    report = kebab(PurePosixPath(name).stem) or "all"
    kind, service = _LISTS.get(report, (Rsit.BRUTE_FORCE, None))
    return Claim(
        kind=kind,
        part=Part.SOURCE,
        severity=Severity.MEDIUM if report == "strongips" else Severity.LOW,
        variant="blocklist",
        service=service,
        report=report,
    )


FEED = Feed(
    id="blocklist-de",
    title="blocklist.de attackers",
    provider="blocklist.de",
    home="https://www.blocklist.de/en/export.html",
    tlp=Tlp.CLEAR,
    trust=60,
    seen=Seen.LISTED,
    read=plain(claim),
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://lists.blocklist.de/lists/all.txt",
    licence="free of charge",
)

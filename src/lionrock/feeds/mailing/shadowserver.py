"""Read Shadowserver's report mails: the CSV attached; a mail with a link alone awaits the collector."""

from collections.abc import Iterable

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds.mailing.links import links
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.mailing.reader import attached
from lionrock.feeds.reading import shown

_ENDINGS = (".csv", ".csv.zip", ".csv.gz", ".zip")


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return the rows of all attached reports, or None for a mail that carries none."""
    if not _is_theirs(mail):
        return None
    from lionrock.feeds.shadowserver import FEED  # noqa: PLC0415  a feed, found only when needed

    reports = [leaf for leaf in mail.leaves if leaf.name.lower().endswith(_ENDINGS)]
    if reports:
        return attached(FEED, reports, delivery)
    if links(mail):
        why = "is a mail with a link to a report, which the collector fetches"
        return [Reject(line=1, text=shown(f"Subject: {mail.subject}"), why=why)]
    return None


def _is_theirs(mail: Mail) -> bool:
    return mail.sender.endswith("@shadowserver.org") or "shadowserver" in mail.subject.lower()

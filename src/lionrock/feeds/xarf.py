"""X-ARF reports of any version, as JSON files or in mails."""

from collections.abc import Iterator

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import beginning
from lionrock.feeds.mailing import xarf
from lionrock.feeds.mailing.reader import mails
from lionrock.feeds.reading import Record, read_json

_of_mail = mails(xarf.of_mail)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per report: a JSON file holds one, a list or one after another, a mail its parts.

    Reports of version 4 are held against the published schema, those of version 3 against ours;
    what breaks it is a Reject with the reason.
    """
    if beginning(delivery, 64).startswith(("{", "[")):
        return read_json(delivery, _report)
    return _of_mail(delivery)


def _report(record: Record) -> Event | Reject:
    return xarf.of_json(record.value, record.text, line=record.line)


FEED = Feed(
    id="xarf",
    title="X-ARF reports",
    provider="whoever reports in X-ARF",
    home="https://xarf.org/",
    tlp=Tlp.AMBER,
    trust=50,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.IMAP,
    licence="open format",
)

"""Zone-H: defaced sites, from its RSS, its CSV exports and its mails to CERTs."""

from collections.abc import Iterator
from datetime import timedelta

from lionrock.core.events import Event, Reject, Seen
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import beginning, moment_of
from lionrock.feeds.mailing import zone_h
from lionrock.feeds.mailing.parts import mail_date
from lionrock.feeds.mailing.reader import mails
from lionrock.feeds.reading import Record, Row, Unreadable, read_csv, read_json

_of_mail = mails(zone_h.of_mail)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per defaced page: JSON triples of the RSS, CSV by its heading, or a mail."""
    start = beginning(delivery, 4096)
    if start.startswith("["):
        return read_json(delivery, lambda record: _item(record, delivery))
    if "," in start.partition("\n")[0] and "domain" in start.partition("\n")[0].lower():
        return read_csv(delivery, _row, required=("domain",))
    return _of_mail(delivery)


def _item(record: Record, delivery: Delivery) -> Event:
    """Return the event of one RSS item: link, title ``URL notified by NAME``, date."""
    item = record.value
    if not isinstance(item, list) or len(item) != 3 or not all(isinstance(i, str) for i in item):
        raise Unreadable("is no item of link, title and date")
    link, title, date = item
    url, _, defacer = title.partition(" notified by ")
    at = mail_date(date)
    if at is None and date.strip():
        raise Unreadable("has no time that can be read")
    return zone_h.defaced(
        line=record.line, at=at or delivery.received, url=link or url, defacer=defacer.strip()
    )


def _row(row: Row) -> Event:
    at = moment_of(row["add_date"] or row["accept_date"] or row["date"])
    used = ("add_date", "accept_date", "date", "domain", "ip_address", "country", "defacer")
    details = row.details(*used)
    return zone_h.defaced(
        line=row.line,
        at=at,
        url=row["domain"],
        address=row["ip_address"],
        country=row["country"],
        defacer=row["defacer"] or row["attacker"],
        **{name.replace(" ", "_"): value for name, value in details.items() if name != "attacker"},
    )


FEED = Feed(
    id="zone-h",
    title="Zone-H defacements",
    provider="Zone-H",
    home="https://www.zone-h.org/",
    tlp=Tlp.GREEN,
    trust=70,
    seen=Seen.REPORTED,
    read=read,
    every=timedelta(days=7),
    carrier=Carrier.IMAP,
    licence="CERTs by agreement",
)

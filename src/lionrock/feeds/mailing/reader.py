"""Make a feed's reader of the kinds of report its mails may hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery, Feed, Read
from lionrock.feeds.mailing.parts import Leaf, Mail, read_mail
from lionrock.feeds.reading import Unreadable, read_delivery, shown

Kind = Callable[[Mail, Delivery], Iterable[Event | Reject] | None]
"""A kind of report: what a mail of that kind says, or None for a mail of another kind."""


def mails(*kinds: Kind) -> Read:
    """Return a reader of one mail per delivery: the first kind that knows the mail reads it.

    A part that could not be read (encrypted still, broken) is a Reject of its own beside the rest,
    and a mail that no kind knows is one Reject.
    """

    def read(delivery: Delivery) -> Iterator[Event | Reject]:
        with delivery.open() as stream:
            try:
                mail = read_mail(stream)
            except Unreadable as why:
                yield Reject(line=1, text="", why=str(why), whole=True)
                return
        last = 0
        known = False
        for kind in kinds:
            found = kind(mail, delivery)
            if found is None:
                continue
            known = True
            for record in _guarded(found, mail):
                last = max(last, record.line)
                yield record
            break
        for number, why_not in enumerate(mail.broken, start=last + 1):
            yield Reject(line=number, text=shown(f"Subject: {mail.subject}"), why=why_not)
        if not known and not mail.broken:
            yield _unknown(mail)

    return read


def attached(feed: Feed, leaves: Iterable[Leaf], delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield what a feed reads from attachments, lines counted through all of them."""
    offset = 0
    for leaf in leaves:
        inner = leaf.delivery(delivery.received)
        last = 0
        for record in read_delivery(feed, replace(inner, aids=delivery.aids)):
            last = max(last, record.line)
            yield replace(record, line=record.line + offset)
        offset += last


def _guarded(found: Iterable[Event | Reject], mail: Mail) -> Iterator[Event | Reject]:
    line = 0
    try:
        for record in found:
            line = record.line
            yield record
    except Unreadable as why:
        yield Reject(line=line + 1, text=shown(f"Subject: {mail.subject}"), why=str(why))


def _unknown(mail: Mail) -> Reject:
    text = f"From: {mail.sender}\nSubject: {mail.subject}\n\n{mail.text}"
    return Reject(line=1, text=shown(text), why="is a mail in which nothing to report was found")

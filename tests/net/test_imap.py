"""A mailbox on a real IMAP server: every mail once, none lost, none deleted."""

import imaplib
import ssl
from collections.abc import Iterator

import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net import imap
from lionrock.net.carrying import Arrival, Order, Place, Refused
from scripts.with_dovecot import Mailbox, server
from scripts.with_postgres import free_port
from tests.net.carriers import carried, order
from tests.net.mails import mail

pytestmark = pytest.mark.imap


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with server() as box:
        yield box


@pytest.fixture
def box(running: Mailbox) -> Mailbox:
    """The mailbox, emptied."""
    with imaplib.IMAP4("127.0.0.1", running.imap) as client:
        client.login(running.account, running.password)
        for folder in ("INBOX", "Done"):
            if client.select(folder)[1] == [b"0"]:
                continue
            client.store("1:*", "+FLAGS", r"\Deleted")
            client.expunge()
    return running


def deliver(box: Mailbox, *mails: bytes) -> None:
    with imaplib.IMAP4("127.0.0.1", box.imap) as client:
        client.login(box.account, box.password)
        for each in mails:
            client.append("INBOX", "", "", each)


def flags(box: Mailbox, folder: str = "INBOX") -> list[bytes]:
    with imaplib.IMAP4("127.0.0.1", box.imap) as client:
        client.login(box.account, box.password)
        (count,) = client.select(folder)[1]
        if count in {b"0", None}:
            return []
        return [line for line in client.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]


def trusting(box: Mailbox) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=box.authority.decode())
    return context


def plain(box: Mailbox, **given: object) -> Order:
    options = {"security": "none", **given.pop("options", {})}  # type: ignore[dict-item]  # a dict
    wanted = {"account": box.account, "secret": box.password, **given}
    return order(f"imap://localhost:{box.imap}", options=options, **wanted)


def test_each_mail_comes_once_as_it_lies_there_and_stays_unread(box: Mailbox) -> None:
    first, second = mail("first", attachment=b"PK.."), mail("second")
    deliver(box, first, second)
    came, place = carried(imap.carry, plain(box))
    deliver(box, mail("third"))
    more, _ = carried(imap.carry, plain(box, place=place))
    none, _ = carried(imap.carry, plain(box, place=Place(cursor=f"{place.cursor}9999")))

    assert [each.content for each in came] == [first, second]
    assert came[0].origin == "<first@reports.example>"
    assert came[0].headers["from"] == "sender@reports.example"
    assert [each.headers["subject"] for each in more] == ["third"]
    assert none == []
    assert len(flags(box)) == 3
    assert not any(b"Seen" in each or b"Deleted" in each for each in flags(box))


def test_an_attempt_that_was_killed_goes_on_behind_the_last_mail_it_wrote_down(
    box: Mailbox,
) -> None:
    deliver(box, mail("first"), mail("second"))
    coming = imap.carry(plain(box))
    first = next(coming)
    coming.close()  # type: ignore[attr-defined]  # a generator

    assert isinstance(first, Arrival)
    assert first.place is not None
    rest, _ = carried(imap.carry, plain(box, place=first.place))
    assert [each.headers["subject"] for each in rest] == ["second"]


def test_a_mailbox_that_was_made_anew_is_read_from_its_beginning(box: Mailbox) -> None:
    deliver(box, mail("first"))
    came, _ = carried(imap.carry, plain(box, place=Place(cursor="1:4000000000")))

    assert [each.headers["subject"] for each in came] == ["first"]


def test_a_mail_is_moved_only_after_it_was_kept(box: Mailbox) -> None:
    deliver(box, mail("first"), mail("second"))
    coming = imap.carry(plain(box, options={"move": "Done"}))
    next(coming)
    assert (len(flags(box)), len(flags(box, "Done"))) == (2, 0)
    next(coming)
    assert (len(flags(box)), len(flags(box, "Done"))) == (1, 1)
    coming.close()  # type: ignore[attr-defined]  # a generator

    rest, _ = carried(imap.carry, plain(box, options={"move": "Done"}))
    assert [each.headers["subject"] for each in rest] == ["second"]
    assert (len(flags(box)), len(flags(box, "Done"))) == (0, 2)


def test_a_mail_that_is_too_large_stays_and_is_told_and_those_behind_it_come(box: Mailbox) -> None:
    deliver(box, mail("large", "x" * 70_000), mail("small"))
    came: list[str] = []
    with pytest.raises(GiveUp, match="too large"):
        came.extend(
            each.headers["subject"]
            for each in imap.carry(plain(box, limit=50_000))
            if isinstance(each, Arrival)
        )

    assert came == ["small"]
    assert len(flags(box)) == 2


def test_tls_is_spoken_at_once_or_after_starttls_and_the_certificate_is_checked(
    box: Mailbox,
) -> None:
    deliver(box, mail("first"))
    wanted = {"account": box.account, "secret": box.password}
    for address in (f"imaps://localhost:{box.imaps}", f"imap://localhost:{box.imap}"):
        trusted = list(imap.carry(order(address, **wanted), trusted=trusting(box)))
        assert len(trusted) == 1
        with pytest.raises(TryLater, match="certificate"):
            list(imap.carry(order(address, **wanted)))


def test_a_wrong_password_is_a_person_s_business(box: Mailbox) -> None:
    with pytest.raises(Refused) as caught:
        list(imap.carry(plain(box, secret="wr0ng")))
    assert "wr0ng" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(box: Mailbox) -> None:
    with pytest.raises(GiveUp, match="Reports"):
        list(imap.carry(plain(box, options={"folder": "Reports"})))
    with pytest.raises(GiveUp, match="Elsewhere"):
        list(imap.carry(plain(box, options={"move": "Elsewhere"})))


def test_a_mailbox_that_does_not_answer_is_tried_later() -> None:
    with pytest.raises(TryLater):
        list(imap.carry(order(f"imaps://localhost:{free_port()}", account="a", secret="b")))

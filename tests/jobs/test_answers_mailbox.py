"""The answers' mailbox, on a real IMAP server: every mail is kept and taken once, whoever dies when."""

import imaplib
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from lionrock.core.errors import TryLater
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import Answer, LetterState, Mailing, Notice
from lionrock.desk.notices.services import mailing, set_answers
from lionrock.desk.notices.services.answers import FEED
from lionrock.jobs.mail import IMAP_PASSWORD, keep_secret, take_answers
from scripts.with_dovecot import Mailbox, server
from tests.desk.notices.making import HOUR, NOW, only_letter
from tests.desk.notices.test_answers import bounce, reply, told

pytestmark = [
    pytest.mark.imap,
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with server() as box:
        yield box


@pytest.fixture
def box(running: Mailbox, tmp_path: Path, settings: Settings) -> Mailbox:
    """The mailbox, emptied, and named as where answers are read."""
    settings.LIONROCK_DATA = tmp_path
    with signed_in(running) as client:
        if client.select("INBOX")[1] != [b"0"]:
            client.store("1:*", "+FLAGS", r"\Deleted")
            client.expunge()
    keep_secret(IMAP_PASSWORD, running.password)
    named(running)
    return running


def named(box: Mailbox, folder: str = "INBOX") -> None:
    set_answers(
        by=None, host="localhost", port=box.imaps, account=box.account, folder=folder, now=NOW
    )


def signed_in(box: Mailbox) -> imaplib.IMAP4:
    client = imaplib.IMAP4("127.0.0.1", box.imap)
    client.login(box.account, box.password)
    return client


def deliver(box: Mailbox, *mails: bytes, folder: str = "INBOX") -> None:
    with signed_in(box) as client:
        for each in mails:
            client.append(folder, "", "", each)


def take(box: Mailbox) -> int:
    return take_answers(now=NOW + HOUR, trusted=trusting(box))


def trusting(box: Mailbox) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=box.authority.decode())
    return context


def replies(notice: Notice, *numbers: int) -> list[bytes]:
    return [reply(notice, f"No {n}.", Message_ID=f"<{n}@isp.example>") for n in numbers]


def test_each_mail_of_the_mailbox_is_kept_and_taken_once(box: Mailbox) -> None:
    notice, _ = told()
    deliver(box, bounce(notice), *replies(notice, 1, 2))
    assert (take(box), take(box)) == (3, 0)
    deliver(box, *replies(notice, 3))
    assert take(box) == 1

    assert only_letter().state == LetterState.BOUNCED
    assert Answer.objects.count() == Blob.objects.filter(feed=FEED).count() == 4
    assert set(Blob.objects.filter(feed=FEED).values_list("times", flat=True)) == {1}
    first = Blob.objects.filter(feed=FEED).order_by("pk")[0]
    assert (first.carrier, first.origin) == ("imap", "<bounce@mx.isp.example>")


def test_a_worker_that_died_after_keeping_leaves_the_mail_to_the_next(box: Mailbox) -> None:
    notice, _ = told()
    deliver(box, *replies(notice, 1, 2))
    take(box)
    # As if it had died before it noted anything: neither cursor nor what was taken.
    Mailing.objects.update(reply_cursor="")
    Blob.objects.filter(feed=FEED).update(completed_at=None)

    assert take(box) == 2
    assert Answer.objects.count() == 2


def test_what_was_kept_is_taken_though_the_mailbox_cannot_be_reached(box: Mailbox) -> None:
    notice, _ = told()
    deliver(box, *replies(notice, 1))
    take(box)
    Answer.objects.all().delete()
    Blob.objects.filter(feed=FEED).update(completed_at=None)
    Mailing.objects.update(reply_port=1)

    with pytest.raises(TryLater):
        take(box)
    assert Answer.objects.get().text == "No 1."


def test_a_mailbox_made_anew_is_read_from_its_beginning_and_doubles_nothing(box: Mailbox) -> None:
    notice, _ = told()
    deliver(box, *replies(notice, 1, 2))
    take(box)
    validity, _, last = mailing().reply_cursor.partition(":")
    Mailing.objects.update(reply_cursor=f"{int(validity) - 1}:{int(last) + 1000}")

    assert take(box) == 0
    assert (Answer.objects.count(), mailing().reply_cursor) == (2, f"{validity}:{last}")


def test_another_folder_counts_its_mails_anew(box: Mailbox) -> None:
    notice, _ = told()
    deliver(box, *replies(notice, 1, 2, 3))
    take(box)
    named(box, "Done")
    assert mailing().reply_cursor == ""
    deliver(box, *replies(notice, 4), folder="Done")

    assert take(box) == 1
    named(box, "Done")
    assert mailing().reply_cursor != ""


def test_two_workers_at_once_take_each_mail_once(box: Mailbox) -> None:
    notice, _ = told()
    deliver(box, bounce(notice), *replies(notice, *range(12)))
    failures: list[Exception] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait(10)
        try:
            take(box)
        except Exception as error:  # noqa: BLE001  # told below
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    again = take(box)

    assert failures == []
    assert again == 0
    assert Answer.objects.count() == Blob.objects.filter(feed=FEED).count() == 13
    assert mailing().reply_cursor.partition(":")[2] != ""
    assert take(box) == 0

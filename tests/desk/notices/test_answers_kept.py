"""Every mail that comes back is kept before it is looked at, and what is sealed for us is opened."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pysequoia import Tsk, encrypt
from pytest_django import Settings

from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.selectors.blobs import unrouted, waiting
from lionrock.desk.feeds.selectors.deliveries import Narrowed, deliveries
from lionrock.desk.feeds.services.blobs import Damaged, open_blob, path_of
from lionrock.desk.notices.models import Answer, AnswerKind, LetterState, Mailing, NoticeState
from lionrock.desk.notices.selectors.board import attention
from lionrock.desk.notices.services import answers
from lionrock.desk.notices.services.answers import keep, take, take_waiting
from lionrock.desk.notices.services.key import make_key
from lionrock.desk.people.roles import Role
from lionrock.jobs.replaying import Which, chosen
from tests.desk.notices.making import HOUR, NOW, only_letter, person
from tests.desk.notices.test_answers import bounce, reply, told
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """Keep blobs and secrets in a folder of this test."""
    settings.LIONROCK_DATA = tmp_path
    return tmp_path


def sealed(content: bytes, key: Tsk, *, subject: str) -> bytes:
    """Return a mail whose content is encrypted for a key (RFC 3156)."""
    secret = encrypt(content, recipients=[key.extract_certificate()])
    return (
        (
            "From: Lee <lee@isp.example>\r\nTo: cert@cert.example\r\n"
            f"Subject: Re: [{subject}] hello\r\nMessage-ID: <sealed@isp.example>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="B"\r\n\r\n'
            "--B\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
            "--B\r\nContent-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + bytes(secret)
        + b"\r\n--B--\r\n"
    )


def test_a_mail_is_kept_as_it_came_outside_the_reading_road() -> None:
    notice, _ = told()
    mail = reply(notice, "It is fixed.")
    take(mail, now=NOW + HOUR)
    blob = Blob.objects.get(feed=answers.FEED)

    with open_blob(blob) as stream:
        assert stream.read() == mail
    assert blob not in waiting(now=NOW + HOUR)
    assert blob not in unrouted()
    assert blob.completed_at == NOW + HOUR


def test_a_mail_that_was_kept_and_not_taken_is_taken_once_later() -> None:
    notice, _ = told("abuse@isp.example", "security@isp.example")
    keep(bounce(notice), now=NOW)
    keep(bounce(notice), now=NOW)  # read once more after a crash

    assert Answer.objects.count() == 0
    assert (take_waiting(now=NOW + HOUR), take_waiting(now=NOW + HOUR)) == (1, 0)
    assert only_letter().state == LetterState.BOUNCED
    assert Blob.objects.get(feed=answers.FEED).times == 2


def test_a_death_between_taking_and_noting_it_doubles_nothing() -> None:
    notice, _ = told()
    take(bounce(notice), now=NOW)
    Blob.objects.filter(feed=answers.FEED).update(completed_at=None)
    notice.refresh_from_db()
    version = notice.version

    assert take_waiting(now=NOW + HOUR) == 1
    notice.refresh_from_db()
    assert (Answer.objects.count(), notice.version) == (1, version)


def test_a_mail_that_cannot_be_taken_holds_up_no_other() -> None:
    notice, _ = told()
    broken = keep(reply(notice, "one"), now=NOW)
    path_of(broken.sha256).unlink()
    keep(reply(notice, "two", Message_ID="<two@isp.example>"), now=NOW)

    for _ in range(2):
        with pytest.raises(Damaged):
            take_waiting(now=NOW)
    assert Answer.objects.get().text == "two"


def test_the_page_hands_out_the_mail_and_never_draws_it(client: Client) -> None:
    notice, _ = told()
    mail = reply(notice, "<script>alert(1)</script>")
    answer = take(mail, now=NOW)
    client.force_login(someone(Role.ANALYST))

    page = client.get(reverse("notices:notice", args=[notice.pk])).content.decode()
    address = reverse("notices:answer-mail", args=[answer.pk])
    assert address in page
    got = client.get(address)
    assert b"".join(got) == mail
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert "'none'" in got["Content-Security-Policy"]
    assert Entry.objects.filter(action="answer.downloaded").exists()


def test_an_answer_without_a_mail_or_with_a_removed_one_has_no_download(client: Client) -> None:
    notice, _ = told()
    answer = take(reply(notice, "x"), now=NOW)
    client.force_login(someone(Role.ANALYST))
    path_of(Blob.objects.get(feed=answers.FEED).sha256).unlink()
    assert client.get(reverse("notices:answer-mail", args=[answer.pk])).status_code == 404
    Answer.objects.update(blob_id=None)
    assert client.get(reverse("notices:answer-mail", args=[answer.pk])).status_code == 404


def our_key() -> Tsk:
    """Name the sender and make the key that bears its address."""
    Mailing.objects.update_or_create(pk=1, defaults={"sender": "cert@cert.example"})
    return make_key(by=person(), now=NOW)


def test_a_mail_sealed_for_us_is_read() -> None:
    notice, _ = told()
    key = our_key()
    inside = b"Content-Type: text/plain\r\n\r\nThis has been fixed.\r\n"
    answer = take(sealed(inside, key, subject=notice.ticket), now=NOW)

    assert (answer.kind, answer.notice, answer.why) == (AnswerKind.FIXED, notice, "")
    assert answer.text == "This has been fixed."


def test_a_mail_sealed_for_somebody_else_is_kept_with_the_reason_and_a_person_sees_it() -> None:
    notice, _ = told()
    mail = sealed(b"\r\nhello", Tsk.generate(user_id="other"), subject=notice.ticket)
    without = take(mail.replace(b"<sealed@", b"<first@"), now=NOW)
    our_key()
    answer = take(mail, now=NOW)

    assert (without.kind, without.why) == (
        AnswerKind.UNKNOWN,
        "no-key",
    )
    assert (answer.kind, answer.notice) == (AnswerKind.UNKNOWN, notice)
    assert answer.why == "another-key"
    assert set(attention().proposed) == {without, answer}


def test_our_own_sealed_letter_that_hangs_on_an_answer_hides_nothing() -> None:
    notice, _ = told()
    our_key()
    message = EmailMessage()
    message["From"], message["Subject"] = "lee@isp.example", f"Re: [{notice.ticket}]"
    message.set_content("We are working on it.")
    message.add_attachment(
        b"-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n",
        maintype="application",
        subtype="octet-stream",
        filename="letter.asc",
    )
    answer = take(message.as_bytes(), now=NOW)

    assert (answer.kind, answer.why) == (AnswerKind.WORKING, "")
    notice.refresh_from_db()
    assert notice.state == NoticeState.ANSWERED


def test_answers_are_no_deliveries_on_pages_and_in_replays() -> None:
    notice, _ = told()
    before, _more = deliveries(Narrowed())
    take(reply(notice, "x"), now=NOW)

    assert deliveries(Narrowed())[0] == before
    assert not chosen(Which()).filter(feed=answers.FEED).exists()

"""A bounce finds its letter by the letter's own return address; a forged one does nothing by itself."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.desk.constituents.models import Contact
from lionrock.desk.notices.models import Answer, AnswerKind, Letter, LetterState, Notice
from lionrock.desk.notices.selectors.board import attention
from lionrock.desk.notices.services import set_plus
from lionrock.desk.notices.services.answers import take
from lionrock.desk.notices.services.compose import message_id_of
from lionrock.desk.notices.services.returns import letter_of, return_path
from lionrock.desk.people.roles import Role
from tests.desk.notices.making import NOW, only_letter, person
from tests.desk.notices.test_answers import bounce, told
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

SENDER = "notices@cert.example"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """Keep blobs and secrets in a folder of this test."""
    settings.LIONROCK_DATA = tmp_path
    return tmp_path


def path_of(letter: Letter) -> str:
    """Return the letter's return address."""
    set_plus(by=person(), plus=True, now=NOW)
    message = f"Message-ID: {letter.message_id}\r\n\r\nx".encode()
    return return_path(message, sender=SENDER, to=letter.to)


def bare(to: str, *, text: str = "550 5.1.1 no such user", message_id: str = "") -> bytes:
    """Return a bounce in a server's own words, without the letter."""
    back = f"Message-ID: {message_id}\r\n" if message_id else ""
    return (
        "From: MAILER-DAEMON@mx.isp.example\r\nReturn-Path: <>\r\n"
        f"To: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <own@mx.isp.example>\r\n\r\n{text}\r\n{back}"
    ).encode()


def state() -> tuple[str, bool]:
    """Return the letter's state, and whether its contact is dead."""
    dead = Contact.objects.filter(dead_since__isnull=False).exists()
    return only_letter().state, dead


def test_without_plus_addressing_letters_leave_from_the_sender() -> None:
    told()
    message = f"Message-ID: {only_letter().message_id}\r\n\r\nx".encode()

    assert return_path(message, sender=SENDER, to="abuse@isp.example") == SENDER


def test_a_bounce_that_brings_nothing_back_finds_its_letter_by_the_return_address() -> None:
    notice, _ = told()
    address = path_of(only_letter())
    answer = take(bare(address.upper()), now=NOW)

    assert address.startswith("notices+b")
    assert len(address.partition("@")[0]) <= 64
    assert (answer.notice, answer.kind, answer.trusted) == (notice, AnswerKind.BOUNCE, True)
    assert state() == (LetterState.BOUNCED, True)


@pytest.mark.parametrize("place", [-1, -16, 0])
def test_a_return_address_with_one_wrong_letter_is_nobodys(place: int) -> None:
    told()
    local, _, domain = path_of(only_letter()).partition("@")
    at = place if place else local.index("-") - 1
    wrong = list(local)
    wrong[at] = "b" if wrong[at] == "a" else "a"
    address = f"{''.join(wrong)}@{domain}"

    assert letter_of([f"{local}@{domain}"]) == only_letter()
    assert letter_of([address]) is None
    take(bare(address), now=NOW)
    assert state() == (LetterState.SENT, False)


def test_a_letter_of_another_recipient_has_another_return_address() -> None:
    told()
    letter = only_letter()
    message = f"Message-ID: {letter.message_id}\r\n\r\nx".encode()
    path_of(letter)

    assert return_path(message, sender=SENDER, to="x@elsewhere.example") == SENDER


def test_a_forged_bounce_is_a_proposal_that_a_person_may_accept(client: Client) -> None:
    notice, _ = told()
    answer = take(bounce(notice, message_id="<guessed@cert.example>"), now=NOW)
    assert state() == (LetterState.SENT, False)
    assert (answer.trusted, answer.accepted) == (False, None)
    assert answer.why == "no-letter"
    assert attention().proposed == (answer,)

    client.force_login(someone(Role.ANALYST))
    notice.refresh_from_db()
    form = {"version": notice.version, "bounced": "1"}
    client.post(reverse("notices:answer", args=[answer.pk]), form)
    assert state() == (LetterState.BOUNCED, True)
    assert client.post(reverse("notices:answer", args=[answer.pk]), form).status_code == 409
    assert attention().proposed == ()


def test_three_forged_bounces_do_not_add_up() -> None:
    notice, _ = told()
    for number in range(4):
        take(
            bounce(notice, message_id="<x@cert.example>", status="4.2.2", id=f"f{number}"), now=NOW
        )
    assert Answer.objects.filter(kind=AnswerKind.BOUNCE).count() == 4
    take(bounce(notice, status="4.2.2", id="real"), now=NOW)

    assert state() == (LetterState.BOUNCED, False)


def test_a_bounce_of_a_letter_that_was_not_sent_does_nothing() -> None:
    notice, _ = told()
    Letter.objects.update(state=LetterState.READY)
    answer = take(bounce(notice), now=NOW)

    assert (answer.why, state()) == ("not-sent", (LetterState.READY, False))


def test_a_message_id_without_the_recipient_does_nothing() -> None:
    notice, _ = told()
    answer = take(bare("cert@cert.example", message_id=only_letter().message_id), now=NOW)

    assert answer.notice == notice
    assert answer.why == "no-address"
    assert state() == (LetterState.SENT, False)


def test_a_mail_servers_own_words_count_with_message_id_and_recipient() -> None:
    told()
    text = "550 no such user: abuse@isp.example"
    take(bare("c@cert.example", text=text, message_id=only_letter().message_id), now=NOW)

    assert state() == (LetterState.BOUNCED, True)


def test_a_message_id_cannot_be_reckoned_from_what_outsiders_know(
    settings: Settings,
) -> None:
    told()
    notice = Notice.objects.get()
    first = message_id_of(notice, to="a@isp.example", attempt=1)
    again = message_id_of(notice, to="a@isp.example", attempt=1)
    settings.SECRET_KEY = "another house"  # no secret of anybody's

    assert first == again
    assert message_id_of(notice, to="a@isp.example", attempt=1) != first

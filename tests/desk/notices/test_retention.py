"""The text of letters goes when its time is over; that they were sent stays."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.desk.notices.models import (
    Answer,
    AnswerKind,
    Caught,
    Letter,
    LetterState,
    Notice,
)
from lionrock.desk.notices.services.retention import forget
from lionrock.desk.people.roles import Role
from tests.desk.notices.making import DAY, NOW
from tests.desk.notices.test_answers import told
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ages(settings: Settings) -> None:
    settings.LIONROCK_KEEP_EVENTS = 100
    settings.LIONROCK_KEEP_SECRET = 10


def caught(letter: Letter) -> Caught:
    return Caught.objects.create(letter=letter, to=letter.to, subject="x", body=b"x", caught_at=NOW)


@pytest.mark.parametrize(("tlp", "days"), [("TLP:AMBER", 100), ("TLP:RED", 10)])
def test_texts_go_with_the_events_they_tell_of(tlp: str, days: int, client: Client) -> None:
    told()
    Notice.objects.update(tlp=tlp)
    letter = Letter.objects.get()
    caught(letter)
    assert forget(now=NOW + days * DAY - DAY).letters == 0
    done = forget(now=NOW + days * DAY + DAY)
    assert (done.letters, done.caught, forget(now=NOW + days * DAY + DAY).letters) == (1, 1, 0)

    kept = Letter.objects.get()
    assert (bytes(kept.body), kept.message_id, kept.state) == (
        b"",
        letter.message_id,
        LetterState.SENT,
    )
    client.force_login(someone(Role.ANALYST))
    for name, pk in (("notices:letter", kept.pk), ("notices:notice", kept.notice_id)):
        page = client.get(reverse(name, args=[pk])).content.decode()
        assert "Its text was removed" in page


@pytest.mark.parametrize(("tlp", "days"), [("TLP:AMBER", 100), ("TLP:AMBER+STRICT", 10)])
def test_what_somebody_answered_goes_as_the_letters_text_does(
    tlp: str, days: int, client: Client
) -> None:
    told()
    Notice.objects.update(tlp=tlp)
    Answer.objects.create(
        notice=Notice.objects.get(),
        kind=AnswerKind.FIXED,
        sender="abuse@isp.example",
        text="We told Ada Lovelace of 192.0.2.4.",
        received_at=NOW,
        accepted=True,
    )
    assert forget(now=NOW + days * DAY - DAY).answers == 0
    assert forget(now=NOW + days * DAY + DAY).answers == 1
    assert forget(now=NOW + days * DAY + DAY).answers == 0

    kept = Answer.objects.get()
    assert (kept.text, kept.kind, kept.sender) == ("", AnswerKind.FIXED, "abuse@isp.example")
    client.force_login(someone(Role.ANALYST))
    page = client.get(reverse("notices:notice", args=[kept.notice_id])).content.decode()
    assert "Its text was removed" in page


def test_a_mail_that_belongs_to_no_ticket_is_not_kept_for_ever() -> None:
    Answer.objects.create(
        kind=AnswerKind.UNKNOWN, sender="x@isp.example", text="hello", received_at=NOW
    )

    assert forget(now=NOW + 99 * DAY).answers == 0
    assert forget(now=NOW + 101 * DAY).answers == 1


@pytest.mark.parametrize(
    "state", [LetterState.READY, LetterState.SENDING, LetterState.UNKNOWN], ids=str
)
def test_a_letter_that_may_still_leave_keeps_its_text(state: LetterState) -> None:
    told()
    Letter.objects.update(state=state)

    assert forget(now=NOW + 1000 * DAY).letters == 0

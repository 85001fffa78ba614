"""Whoever gave us a key gets sealed letters, or a person hears why not."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pysequoia import Tsk
from pytest_django import Settings

from lionrock.core.errors import GiveUp
from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.models import Contact
from lionrock.desk.notices.models import Letter, Notice, NoticeState
from lionrock.desk.notices.services import approve, hold, let_leave_unsealed, release
from lionrock.desk.notices.services.outbox import build_ready
from lionrock.desk.notices.services.route import route_complete
from lionrock.desk.notices.words import why_in_words
from lionrock.desk.people.roles import Role
from tests.desk.notices.making import NOW, Remembers, constituent, delivery, episode, person, send
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

GOOD = str(Tsk.generate(user_id="abuse@isp.example").extract_certificate())


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """Keep secrets in a folder of this test."""
    settings.LIONROCK_DATA = tmp_path
    return tmp_path


def ready(key: str, *, tlp: str = "TLP:AMBER") -> Notice:
    """Return a notice to a contact with that key, approved where its label asks for it."""
    constituent()
    Contact.objects.update(pgp_key=key)
    episode(delivery(), tlp=tlp)
    route_complete(now=NOW)
    notice = Notice.objects.get()
    if notice.state == NoticeState.WAITING:
        approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    return notice


def after_sending() -> tuple[Notice, Remembers]:
    """Return the notice after one run of the outbox, and the server."""
    server = Remembers()
    send(server)
    return Notice.objects.get(), server


def test_a_letter_to_a_contact_with_a_key_leaves_sealed() -> None:
    ready(GOOD)
    _, server = after_sending()

    assert b"multipart/encrypted" in server.took[0][1]


@pytest.mark.parametrize("key", ["no key at all", GOOD.replace("=", "!")], ids=["words", "broken"])
@pytest.mark.parametrize("tlp", ["TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"])
def test_a_letter_whose_key_cannot_be_used_waits_for_a_person(key: str, tlp: str) -> None:
    ready(key, tlp=tlp)
    notice, server = after_sending()

    assert (notice.state, server.took, Letter.objects.count()) == (NoticeState.WAITING, [], 0)
    assert notice.why[-1] == {"code": "key-unusable", "value": "abuse@isp.example"}
    assert "of abuse@isp.example cannot be used" in why_in_words(notice.why[-1])
    assert notice.note == ""


def test_an_expired_key_is_named_with_its_day() -> None:
    key = Tsk.generate(user_id="abuse@isp.example", validity_seconds=3600).extract_certificate()
    assert key.expiration is not None
    ready(str(key))
    server = Remembers()
    send(server, now=key.expiration)

    assert server.took == []
    why = Notice.objects.get().why[-1]
    assert why["code"] == "key-expired"
    assert f"abuse@isp.example expired on {key.expiration:%Y-%m-%d}:" in why_in_words(why)


@pytest.mark.parametrize(
    ("days", "said"), [(90, ""), (29, "Its key expires on"), (None, "cannot be used")]
)
def test_the_contacts_page_warns_before_a_key_ends(
    client: Client, days: int | None, said: str
) -> None:
    owner = constituent()
    key = "broken"
    if days is not None:
        seconds = int(timedelta(days=days).total_seconds())
        made = Tsk.generate(user_id="abuse@isp.example", validity_seconds=seconds)
        key = str(made.extract_certificate())
    Contact.objects.update(pgp_key=key)
    client.force_login(someone(Role.ANALYST))
    page = client.get(reverse("constituents:constituent", args=[owner.pk])).content.decode()

    assert said in page
    assert ("Its key" in page) == bool(said)


def test_a_person_may_let_it_leave_unsealed_up_to_amber(client: Client) -> None:
    ready("no key at all")
    build_ready(now=NOW)
    approver = someone(Role.APPROVER)
    client.force_login(approver)
    page = reverse("notices:notice", args=[Notice.objects.get().pk])
    assert "Approve, although it leaves unencrypted" in client.get(page).content.decode()
    client.post(
        reverse("notices:act", args=[Notice.objects.get().pk]),
        {"version": Notice.objects.get().version, "do": "unsealed"},
    )
    notice, server = after_sending()

    assert (notice.state, notice.approved_by) == (NoticeState.SENT, approver)
    assert b"multipart/encrypted" not in server.took[0][1]
    assert Entry.objects.filter(action="notice.unsealed").exists()


@pytest.mark.parametrize("tlp", ["TLP:AMBER+STRICT", "TLP:RED"])
def test_nobody_lets_what_is_narrower_leave_unsealed(tlp: str) -> None:
    ready("no key at all", tlp=tlp)
    build_ready(now=NOW)
    notice = Notice.objects.get()
    with pytest.raises(GiveUp, match="never leaves unsealed"):
        let_leave_unsealed(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    Notice.objects.update(unsealed=True, state=NoticeState.READY)
    notice, server = after_sending()

    assert (notice.state, server.took) == (NoticeState.WAITING, [])


@pytest.mark.parametrize("tlp", ["TLP:AMBER+STRICT", "TLP:RED"])
def test_what_is_narrower_leaves_unsealed_only_once_a_person_was_told_so(
    client: Client, tlp: str
) -> None:
    constituent()
    episode(delivery(), tlp=tlp)
    route_complete(now=NOW)
    notice = Notice.objects.get()
    approver = someone(Role.APPROVER)
    client.force_login(approver)
    page = client.get(reverse("notices:notice", args=[notice.pk])).content.decode()

    told = f"abuse@isp.example gave no key: this letter, {tlp}, would leave unencrypted"
    assert told in page
    assert "Approve: let it leave" not in page, "not without having read that"
    approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    notice, server = after_sending()
    assert (notice.state, server.took) == (NoticeState.WAITING, [])
    assert told in why_in_words(notice.why[-1])

    client.post(
        reverse("notices:act", args=[notice.pk]), {"version": notice.version, "do": "unsealed"}
    )
    notice, server = after_sending()
    assert (notice.state, notice.approved_by) == (NoticeState.SENT, approver)
    assert b"multipart/encrypted" not in server.took[0][1]
    assert Entry.objects.get(action="notice.unsealed").details == {"tlp": tlp}


def test_what_was_said_of_one_address_does_not_hold_for_another() -> None:
    constituent()
    episode(delivery(), tlp="TLP:AMBER+STRICT")
    route_complete(now=NOW)
    notice = Notice.objects.get()
    let_leave_unsealed(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    notice = Notice.objects.get()
    hold(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    notice = Notice.objects.get()
    release(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)

    assert not Notice.objects.get().unsealed


@pytest.mark.parametrize(("key", "said"), [("", True), (GOOD, False)], ids=["none", "good"])
def test_a_notices_page_says_whether_its_letter_leaves_encrypted(
    client: Client, key: str, said: bool
) -> None:
    constituent()
    Contact.objects.update(pgp_key=key)
    episode(delivery())
    route_complete(now=NOW)
    client.force_login(someone(Role.APPROVER))
    page = client.get(reverse("notices:notice", args=[Notice.objects.get().pk])).content.decode()

    assert ("It leaves unencrypted: its recipient gave no key." in page) == said
    assert ("It is encrypted to the recipient’s key" in page) != said


def test_a_contact_that_never_gave_a_key_gets_its_letter_unsealed() -> None:
    ready("")
    notice, server = after_sending()

    assert (notice.state, len(server.took)) == (NoticeState.SENT, 1)

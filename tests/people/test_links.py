"""One-time links let their person in, once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.desk.audit.models import Entry
from lionrock.desk.people.links import LIFETIME, LinkIsDead, make_link, read_link, use_link
from lionrock.desk.people.models import OneTimeLink, Person
from lionrock.desk.people.roles import Role
from lionrock.desk.people.services import set_active
from tests.people.someone import NOW, PASSWORD, someone, with_password

pytestmark = pytest.mark.django_db


def fresh_link(person: Person) -> str:
    """A link that works at the time the pages themselves look at the clock."""
    from django.utils import timezone

    return make_link(person=person, by=None, now=timezone.now())


def choose(client: Client, key: str, **fields: str) -> int:
    form = {"name": "Chan Tai Man", "password": PASSWORD, "again": PASSWORD, **fields}
    return client.post(reverse("people:welcome", args=[key]), form).status_code


def test_a_link_lets_its_person_choose_a_password_and_signs_them_in(client: Client) -> None:
    person = someone(Role.ANALYST)
    key = fresh_link(person)

    assert choose(client, key) == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert person.name == "Chan Tai Man"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_link_works_once(client: Client) -> None:
    key = fresh_link(someone(Role.ANALYST))
    choose(client, key)

    assert choose(Client(), key) == 410


def test_opening_a_link_does_not_use_it_up(client: Client) -> None:
    key = fresh_link(someone(Role.ANALYST))

    assert client.get(reverse("people:welcome", args=[key])).status_code == 200
    assert choose(client, key) == 302


def test_a_link_dies_of_age() -> None:
    key = make_link(person=someone(), by=None, now=NOW)

    assert read_link(key=key, now=NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(LinkIsDead):
        read_link(key=key, now=NOW + LIFETIME)


def test_a_new_link_kills_the_one_before() -> None:
    person = someone()
    first = make_link(person=person, by=None, now=NOW)
    second = make_link(person=person, by=None, now=NOW + timedelta(minutes=1))

    with pytest.raises(LinkIsDead):
        read_link(key=first, now=NOW + timedelta(minutes=2))
    assert read_link(key=second, now=NOW + timedelta(minutes=2)).person == person


def test_a_forged_link_opens_nothing(client: Client) -> None:
    key = fresh_link(someone())
    forged = ("A" if key[0] != "A" else "B") + key[1:]

    assert choose(client, forged) == 410
    assert choose(client, "no-signature-at-all") == 410


def test_a_link_of_somebody_who_may_not_sign_in_is_dead() -> None:
    person = someone()
    key = make_link(person=person, by=None, now=NOW)
    set_active(person_id=person.pk, active=False, by=None, now=NOW)

    with pytest.raises(LinkIsDead):
        use_link(key=key, name="x", password=None, now=NOW)


def test_the_database_does_not_hold_what_a_link_holds() -> None:
    key = make_link(person=someone(), by=None, now=NOW)
    nonce = key.partition(":")[0]

    assert nonce not in str(OneTimeLink.objects.values().get())
    assert not Entry.objects.filter(body__contains=nonce).exists()


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", "short"), ("password1234", "password1234"), (PASSWORD, PASSWORD + "?"), ("", "")],
)
def test_a_weak_or_mistyped_password_does_not_use_the_link_up(
    client: Client, password: str, again: str
) -> None:
    key = fresh_link(someone())

    assert choose(client, key, password=password, again=again) == 400
    assert choose(client, key) == 302


def test_who_prefers_a_passkey_gets_in_without_a_password(client: Client) -> None:
    person = with_password(Role.ANALYST)
    response = client.post(
        reverse("people:welcome", args=[fresh_link(person)]), {"name": "Lee", "passkey": "yes"}
    )

    assert response.status_code == 302
    assert response["Location"] == reverse("mfa_add_webauthn")
    person.refresh_from_db()
    assert not person.has_usable_password()

"""People are added, changed and sent away, and the log remembers it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lionrock.desk.audit.models import Entry
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.people.services import (
    AlreadyHere,
    LastAdministrator,
    add_person,
    set_active,
    set_roles,
)
from lionrock.desk.people.tokens import (
    PER_MINUTE,
    NoSuchToken,
    Scope,
    TooMany,
    make_token,
    may,
    revoke_token,
    use_token,
)
from tests.people.someone import NOW, PASSWORD, someone, with_password

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_lower_case_and_belongs_to_one_person() -> None:
    person = someone(email="Chan@Example.org")

    assert person.email == "chan@example.org"
    with pytest.raises(AlreadyHere):
        someone(email="CHAN@example.org")


def test_the_database_itself_refuses_a_second_person_with_the_same_address() -> None:
    someone(email="chan@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="Chan@example.org", joined_at=NOW)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValidationError):
        add_person(email="chan", name="", roles=[Role.ANALYST], by=None, now=NOW)


def test_a_change_of_roles_is_recorded_with_before_and_after() -> None:
    administrator = someone(Role.ADMINISTRATOR)
    person = someone(Role.ANALYST)
    set_roles(person_id=person.pk, roles={Role.ANALYST, Role.APPROVER}, by=administrator, now=NOW)

    entry = Entry.objects.get(action="person.roles")
    assert entry.by == administrator
    assert entry.details == {"before": ["analyst"], "after": ["analyst", "approver"]}


def test_setting_the_same_roles_again_records_nothing() -> None:
    person = someone(Role.ANALYST)
    set_roles(person_id=person.pk, roles=[Role.ANALYST], by=None, now=NOW)

    assert not Entry.objects.filter(action="person.roles").exists()


def test_somebody_always_administers() -> None:
    only = someone(Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        set_roles(person_id=only.pk, roles=[], by=only, now=NOW)
    with pytest.raises(LastAdministrator):
        set_active(person_id=only.pk, active=False, by=only, now=NOW)

    someone(Role.ADMINISTRATOR)
    set_active(person_id=only.pk, active=False, by=only, now=NOW)
    only.refresh_from_db()
    assert not only.is_active


def test_a_deactivated_person_is_out_at_once_with_sessions_and_tokens(client: Client) -> None:
    person = someone(Role.ANALYST)
    client.force_login(person)
    secret = token(person)
    assert client.get(reverse("people:profile")).status_code == 200

    set_active(person_id=person.pk, active=False, by=None, now=NOW)

    assert client.get(reverse("people:profile")).status_code == 302
    with pytest.raises(NoSuchToken):
        use_token(secret=secret, now=NOW)


def token(owner: Person, *scopes: Scope) -> str:
    return make_token(
        owner=owner,
        name="test",
        scopes=scopes or tuple(Scope),
        lifetime=timedelta(days=30),
        now=NOW,
    )[1]


def test_a_token_is_known_by_its_secret_until_it_is_too_old() -> None:
    owner = someone(Role.ANALYST)
    secret = token(owner)

    assert use_token(secret=secret, now=NOW + timedelta(days=29)).owner == owner
    with pytest.raises(NoSuchToken):
        use_token(secret=secret, now=NOW + timedelta(days=30))


def test_a_revoked_token_opens_nothing() -> None:
    owner = someone(Role.ANALYST)
    secret = token(owner)
    used = use_token(secret=secret, now=NOW)
    revoke_token(token_id=used.pk, owner=owner, by=owner, now=NOW)

    with pytest.raises(NoSuchToken):
        use_token(secret=secret, now=NOW)
    assert Entry.objects.filter(action="token.revoked").count() == 1


def test_a_secret_is_nowhere_kept() -> None:
    owner = someone(Role.ANALYST)
    secret = token(owner)

    assert secret not in str(owner.tokens.values().get())
    assert not Entry.objects.filter(body__contains=secret).exists()


def test_using_a_token_says_when_it_was_last_used() -> None:
    owner = someone(Role.ANALYST)
    secret = token(owner)
    assert owner.tokens.get().last_used is None
    use_token(secret=secret, now=NOW)

    assert owner.tokens.get().last_used == NOW


def test_a_token_may_be_used_so_often_in_a_minute_and_then_again() -> None:
    secret = token(someone(Role.ANALYST))
    for _ in range(PER_MINUTE):
        use_token(secret=secret, now=NOW + timedelta(seconds=15))

    with pytest.raises(TooMany) as refused:
        use_token(secret=secret, now=NOW + timedelta(seconds=15))
    assert refused.value.seconds == 45
    assert use_token(secret=secret, now=NOW + timedelta(seconds=60))


def test_a_scope_counts_only_while_its_owner_has_a_role_for_it() -> None:
    owner = someone(Role.ANALYST)
    secret = token(owner, Scope.DECIDE)
    assert may(use_token(secret=secret, now=NOW), Scope.DECIDE)
    assert not may(use_token(secret=secret, now=NOW), Scope.READ)

    set_roles(person_id=owner.pk, roles=[Role.PARTNER], by=None, now=NOW)
    assert not may(use_token(secret=secret, now=NOW), Scope.DECIDE)


def test_nobody_revokes_a_stranger_s_token(client: Client) -> None:
    owner = someone(Role.ANALYST)
    token(owner)
    client.force_login(someone(*Role))

    address = reverse("people:revoke", args=[owner.tokens.get().pk])
    assert client.post(address).status_code == 404
    assert owner.tokens.get().revoked_at is None


def test_a_token_is_shown_once_on_the_page_that_made_it(client: Client) -> None:
    client.force_login(someone(Role.ANALYST))
    address = reverse("people:tokens")
    made = client.post(address, {"name": "x", "scopes": ["names:submit"], "days": "30"})
    text = made.content.decode()

    assert "lr_" in text
    secret = text.split("<code>lr_")[1].split("</code>")[0]
    assert secret not in client.get(address).content.decode()
    assert "no-store" in made["Cache-Control"]


def test_an_administrator_adds_somebody_and_gets_a_link_for_them(client: Client) -> None:
    client.force_login(someone(Role.ADMINISTRATOR))
    response = client.post(
        reverse("people:list"), {"email": "lee@example.org", "name": "Lee", "roles": ["analyst"]}
    )

    assert "/people/welcome/" in response.content.decode()
    assert Person.objects.get(email="lee@example.org").roles == {Role.ANALYST}


def test_the_page_says_so_when_nobody_would_administer_any_more(client: Client) -> None:
    only = someone(Role.ADMINISTRATOR)
    client.force_login(only)
    response = client.post(
        reverse("people:person", args=[only.pk]), {"roles": ["analyst"]}, follow=True
    )

    assert "Somebody has to remain who administers" in response.content.decode()
    assert Person.objects.get(pk=only.pk).roles == {Role.ADMINISTRATOR}


def test_signing_in_and_out_and_failing_to_are_recorded(client: Client) -> None:
    person = with_password(Role.ANALYST)
    sign_in = reverse("account_login")
    client.post(sign_in, {"login": person.email, "password": "wrong"})
    client.post(sign_in, {"login": person.email.upper(), "password": PASSWORD})
    client.post(reverse("account_logout"))

    log = list(
        Entry.objects.exclude(action="person.added")
        .order_by("number")
        .values_list("action", "actor")
    )
    assert log == [
        ("sign-in.failed", "lionrock"),
        ("sign-in.done", person.email),
        ("sign-out.done", person.email),
    ]
    assert PASSWORD not in "".join(Entry.objects.values_list("body", flat=True))


def test_trying_many_passwords_is_stopped(client: Client) -> None:
    person = with_password(Role.ANALYST)
    sign_in = reverse("account_login")
    for _ in range(5):
        client.post(sign_in, {"login": person.email, "password": "wrong"})
    client.post(sign_in, {"login": person.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_a_person_s_language_meets_them_when_they_sign_in(client: Client) -> None:
    person = with_password(Role.ANALYST)
    Person.objects.filter(pk=person.pk).update(language="zh-hant")
    response = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    assert response.cookies["language"].value == "zh-hant"

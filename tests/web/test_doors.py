"""What browsers are told, and what a stranger learns."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.desk.people.roles import Role
from tests.people.someone import someone, with_password
from tests.web.suspects import store

pytestmark = pytest.mark.django_db

PAGES = [
    "account_login",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_change_password",
    "people:list",
    "people:profile",
    "people:tokens",
    "audit:log",
    "suspects:front",
    "suspects:queue",
    "suspects:list",
    "suspects:readings",
    "suspects:proposals",
    "suspects:exports",
    "suspects:team",
]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_needs_a_script_or_a_style_of_its_own(name: str, client: Client) -> None:
    if name != "account_login":
        made = with_password if name == "account_change_password" else someone
        client.force_login(made(*Role))
        store("hsbc1.example", "hsbc2.example")
    response = client.get(reverse(name))
    page = response.content.decode()

    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", page)
    assert scripts == []
    assert "<style" not in page
    assert not re.search(r"\sstyle=|\son[a-z]+=", page)
    assert "javascript:" not in page


def test_every_page_forbids_frames_and_keeps_its_address_to_itself(client: Client) -> None:
    response = client.get(reverse("account_login"))

    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_out_of_scripts_reach_and_stay_on_this_site(client: Client) -> None:
    person = with_password(Role.ANALYST)
    response = client.post(
        reverse("account_login"), {"login": person.email, "password": "seven green lanterns"}
    )
    assert "session" in response.cookies
    for cookie in response.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_a_form_from_elsewhere_changes_nothing() -> None:
    strict = Client(enforce_csrf_checks=True)
    person = someone(*Role)
    strict.force_login(person)
    response = strict.post(reverse("people:profile"), {"name": "Mallory", "language": "en"})

    assert response.status_code == 403
    assert "This form is no longer valid" in response.content.decode()
    person.refresh_from_db()
    assert person.name != "Mallory"


def test_another_host_name_is_not_answered(client: Client) -> None:
    assert client.get(reverse("account_login"), headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("address", ["/account/sign-in/", "/api/v1/names"])
def test_a_file_of_any_size_is_refused_before_it_is_read(address: str, settings: Settings) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(reverse("account_login"))
    file = SimpleUploadedFile("names.bin", b"0" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    settings.FILE_UPLOAD_HANDLERS = ["no.such.handler"]  # whoever reads the form stumbles over it

    response = strict.post(address, {"file": file})

    assert response.status_code == 413
    problem = response["Content-Type"] == "application/problem+json"
    assert problem == address.startswith("/api/")


def test_a_failed_sign_in_does_not_tell_who_is_here(client: Client) -> None:
    person = with_password(Role.ANALYST)
    answers = [
        client.post(
            reverse("account_login"), {"login": email, "password": "wrong"}
        ).content.decode()
        for email in (person.email, "nobody@example.org")
    ]
    errors = [re.findall(r'<ul class="errorlist.*?</ul>', answer, re.S) for answer in answers]

    assert errors[0]
    assert errors[0] == errors[1]


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert "sign up" not in client.get(reverse("account_login")).content.decode().lower()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_the_language_switch_leads_nowhere_else(back: str, client: Client) -> None:
    response = client.post(reverse("language"), {"language": "zh-hant", "next": back})

    assert response["Location"] == "/"
    assert response.cookies["language"].value == "zh-hant"


def test_a_language_we_do_not_speak_is_not_remembered(client: Client) -> None:
    assert "language" not in client.post(reverse("language"), {"language": "xx"}).cookies


def test_the_health_page_says_that_the_database_answers(client: Client) -> None:
    assert client.get(reverse("health")).json() == {"status": "ok"}


def test_what_is_not_there_is_said_on_a_page_like_all_others(client: Client) -> None:
    client.force_login(someone(Role.ANALYST))
    response = client.get("/nothing-here/")

    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()

"""The page of models, as an administrator meets it."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from lionrock.desk.audit.models import Entry
from lionrock.desk.models.current import current_version
from lionrock.desk.models.models import Choice
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.names.scorer import shipped
from tests.desk.models.conftest import NOW, Added, examined

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    """A browser in which an administrator is signed in."""
    ada = Person.objects.create(email="ada@cert.example", name="Ada", joined_at=NOW)
    ada.groups.add(Group.objects.get_or_create(name=Role.ADMINISTRATOR.value)[0])
    client.force_login(ada)
    return client


def page(browser: Client) -> str:
    response = browser.get(reverse("models:list"))
    assert response.status_code == 200
    return response.content.decode()


def post(browser: Client, name: str, **data: str) -> str:
    response = browser.post(reverse(f"models:{name}"), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_opens_when_there_is_only_the_shipped_model(browser: Client) -> None:
    shown = page(browser)
    assert shipped().version in shown
    assert "There is no other." in shown
    assert "Go back to" not in shown


def test_a_model_without_a_comparison_has_a_button_that_cannot_be_pressed(
    browser: Client, add: Added
) -> None:
    add("made-1")
    shown = page(browser)
    assert "Not examined yet." in shown
    assert 'class="primary" disabled' in shown


def test_a_shut_gate_shows_both_shares_and_the_row_that_fails(browser: Client, add: Added) -> None:
    add("made-1")
    examined(shipped().version, false_alarms=0.001)
    examined("made-1", false_alarms=0.00412)
    shown = page(browser)
    assert "The gate is shut: 1 row fails." in shown
    for cell in ("0.412 %", "0.100 %", "at most 0.30 %", "200,000"):
        assert cell in shown
    assert "misses the target, which the current model keeps" in shown
    assert 'class="primary" disabled' in shown


def test_an_open_gate_lets_an_administrator_switch_and_go_back(browser: Client, add: Added) -> None:
    add("made-1")
    examined(shipped().version)
    examined("made-1")
    assert 'class="primary">' in page(browser)
    shown = post(browser, "switch", version="made-1", seen=shipped().version)
    assert "From now on made-1 judges." in shown
    assert f"Go back to {shipped().version}" in shown
    assert current_version() == "made-1"
    shown = post(browser, "back", seen="made-1")
    assert f"From now on {shipped().version} judges." in shown
    assert [c.by.name for c in Choice.objects.order_by("id") if c.by] == ["Ada", "Ada"]
    actor = Entry.objects.filter(action="model.switch").values_list("actor", flat=True)
    assert list(actor) == ["ada@cert.example"]


def test_a_forged_switch_is_refused_by_the_gate(browser: Client, add: Added) -> None:
    add("made-1")
    shown = post(browser, "switch", version="made-1", seen=shipped().version)
    assert "The exam does not let this model take over." in shown
    assert "Somebody switched meanwhile." in post(browser, "switch", version="made-1", seen="x")
    assert "Somebody switched meanwhile." in post(browser, "back", seen=shipped().version)
    assert current_version() == shipped().version

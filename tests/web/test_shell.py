"""The navigation: groups, and the pages of the group one is in."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.desk.people.roles import Role
from lionrock.web.shell import PLACES
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


def links(page: str, within: str) -> dict[str, str]:
    """Return the links of one navigation: their words, and what they say about where one is."""
    found = re.search(rf'<nav class="{within}".*?</nav>', page, re.DOTALL)
    return {
        title: current
        for current, title in re.findall(
            r'<a href="[^"]+"(?: aria-current="(\w+)")?>([^<]+)</a>', found.group() if found else ""
        )
    }


def opened(address: str, *roles: Role) -> str:
    client = Client()
    client.force_login(someone(*roles))
    return client.get(address, follow=True).content.decode()


def test_every_place_stands_in_one_group_only() -> None:
    pages = [page for group in PLACES for page in group.pages]

    assert len(pages) == len(set(pages))
    assert all(reverse(page) for page in pages)


def test_the_group_one_is_in_shows_its_pages() -> None:
    page = opened(reverse("suspects:readings"), Role.ADMINISTRATOR)

    assert links(page, "groups")["Suspects"] == "true"
    assert links(page, "groups")["Team"] == ""
    assert links(page, "places") == {
        "Queue": "",
        "All suspects": "",
        "Series": "",
        "Readings": "page",
        "Streams": "",
        "Proposals": "",
        "Export": "",
    }


def test_what_lies_under_a_page_is_marked_as_being_there() -> None:
    person = someone(Role.ADMINISTRATOR)
    page = opened(reverse("people:person", args=[person.pk]), Role.ADMINISTRATOR)

    assert links(page, "places")["People"] == "true"


def test_ones_own_pages_belong_to_no_group() -> None:
    page = opened(reverse("people:tokens"), Role.ADMINISTRATOR)

    assert set(links(page, "groups").values()) == {""}
    assert links(page, "places") == {}


def test_nobody_is_shown_a_place_they_may_not_open() -> None:
    page = opened(reverse("suspects:queue"), Role.ANALYST)

    assert "Team" not in links(page, "groups")
    assert "Export" not in links(page, "places")

"""The queue's pages, as an analyst meets them."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.desk.suspects.conftest import Storing

pytestmark = pytest.mark.django_db


def test_every_list_opens_when_there_is_nothing_yet(browser: Client) -> None:
    for page in ("front", "queue", "list", "readings", "proposals"):
        assert browser.get(reverse(f"suspects:{page}")).status_code == 200


def test_the_queue_shows_name_brand_and_reasons(browser: Client, store: Storing) -> None:
    store("hsbc-verify.top")
    page = browser.get(reverse("suspects:queue")).content.decode()
    assert "<mark>hsbc</mark>-verify" in page
    assert "HSBC" in page
    assert "contains the brand name “hsbc” as a word of its own" in page

"""A report's road through the console: handed in, read, found, decided, by keyboard and without scripts."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.models import Blob
from lionrock.desk.people.roles import Role
from lionrock.jobs.road import read_blob
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import press, ready_for_keys, signed_in
from tests.people.someone import someone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DELIVERY = b"http://login.bank.example.hk/a\nhttp://pay.bank.example.hk/b\nno address at all\n"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


def test_a_delivery_handed_in_becomes_episodes_that_an_analyst_settles_without_scripts(
    open_page: OpenPage,
) -> None:
    page = open_page(scripts=False)
    signed_in(page, someone(Role.ANALYST))
    page.goto("/feeds/openphish/")
    page.get_by_label("Hand in a delivery").set_input_files(
        {"name": "feed.txt", "mimeType": "text/plain", "buffer": DELIVERY}
    )
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("main")).to_contain_text("kept, not read yet")

    read_blob(Blob.objects.get().pk, worker="test", clock=timezone.now)
    page.reload()
    expect(page.locator(".blob")).to_have_text("read")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the bytes").click()
    assert download.value.path().read_bytes() == DELIVERY

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports").click()
    page.get_by_role("searchbox").fill("hxxp://login[.]bank.example.hk")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a[data-row]").click()
    page.get_by_label("Note").fill("the page is gone")
    page.get_by_role("button", name="It is fixed").click()
    expect(page.locator(".standing").first).to_have_text("fixed")
    expect(page.locator(".history")).to_contain_text("the page is gone")
    assert Episode.objects.get(host="login.bank.example.hk").standing == Standing.FIXED


def test_the_lists_are_walked_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    signed_in(page, someone(Role.ANALYST))
    page.goto("/feeds/openphish/")
    page.get_by_label("Hand in a delivery").set_input_files(
        {"name": "feed.txt", "mimeType": "text/plain", "buffer": DELIVERY}
    )
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("main")).to_contain_text("kept, not read yet")
    read_blob(Blob.objects.get().pk, worker="test", clock=timezone.now)

    page.goto("/events/")
    ready_for_keys(page)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("hxxp://")
    page.get_by_role("link", name="Its episode").focus()
    press(page, "Enter")
    expect(page.locator("h2").first).to_have_text("Its course")

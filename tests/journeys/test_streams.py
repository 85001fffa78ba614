"""The story of a stream: started and stopped without scripts, read by everybody in every look."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from lionrock.desk.people.roles import Role
from lionrock.desk.streams.models import Stream
from tests.desk.streams.busy import busy_streams
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import now, signed_in
from tests.journeys.test_every_page import LOOKS, problems_of
from tests.people.someone import someone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = {
    "streams": "/streams/",
    "log": "/streams/lamp-post-2026h2/",
    "log-that-lied": "/streams/harbour-2026h2/",
    "zone-files": "/streams/gtlds/",
    "stream-rejects": "/streams/lamp-post-2026h2/rejects/",
}


@pytest.fixture(autouse=True)
def _streams(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path
    busy_streams(now=now())


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("look", "language"), [("wide", "zh-hant"), ("dark", "en"), ("phone", "zh-hant")]
)
def test_pages_of_streams_are_accessible_and_fit_the_screen(
    look: str, language: str, open_page: OpenPage, picture: Callable[[Page, str], None]
) -> None:
    page = open_page(**LOOKS[look])
    page.context.add_cookies(
        [{"name": "language", "value": language, "domain": "localhost", "path": "/"}]
    )
    signed_in(page, someone(*Role, name="Wong Ka Yan"))
    problems: dict[str, list[str]] = {}
    for name, address in PAGES.items():
        page.goto(address)
        picture(page, f"{name}-{language}-{look}")
        if found := problems_of(page, look):
            problems[name] = found

    assert problems == {}


@pytest.mark.any_database
def test_an_administrator_starts_and_stops_a_stream_by_keyboard_without_scripts(
    open_page: OpenPage,
) -> None:
    page = open_page(scripts=False)
    signed_in(page, someone(Role.ADMINISTRATOR))
    page.goto("/streams/")
    page.get_by_role("button", name="Start gtlds").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("started")
    assert Stream.objects.get(name="gtlds").wanted
    page.get_by_role("button", name="Stop gtlds").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("keeps its place")
    assert not Stream.objects.get(name="gtlds").wanted

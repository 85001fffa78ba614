"""The report's page can be read by everybody, on a phone of 400 pixels too, and its own policy lets it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lionrock.briefing.report.content import Form
from lionrock.briefing.report.made import Format, made
from tests.briefing.report_samples import silent
from tests.journeys.test_every_page import problems_of

pytestmark = pytest.mark.browser


def test_a_report_is_accessible_fits_a_phone_and_is_styled_under_its_own_policy(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(made(silent(), Form.LONG).written("zh-Hant", Format.HTML))
    page = browser.new_page(viewport={"width": 400, "height": 800})
    try:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(file.as_uri())
        assert problems_of(page, "phone") == []
        ground = "e => getComputedStyle(e).backgroundColor"
        assert page.eval_on_selector(".tile", ground) == "rgb(232, 242, 240)"
        for chart in page.query_selector_all("figure svg"):
            box = chart.bounding_box()
            assert box is not None
            assert box["width"] <= 400 - 32
        assert complaints == []
    finally:
        page.close()

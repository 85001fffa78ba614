"""The pages of trends: what is unusual, why, and what to do; without a script."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.desk.people.roles import Role
from lionrock.desk.trends.models import Look, Trend, Wish
from tests.desk.trends.weeks import LAST, NOW
from tests.people.someone import someone

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(someone(Role.ANALYST))
    return client


def a_trend() -> Trend:
    Look.objects.create(day=LAST, at=NOW, series=120, days=180, left_out={"feed-b/daily": "new"})
    period = f"{LAST - timedelta(days=1)}..{LAST}"
    figure = {
        "id": f"{period}.trend.names.campaign.wtrgov.test",
        "stream": "suspects",
        "definition": "trend.names",
        "period": period,
        "unit": "name",
        "value": "4",
        "filters": [["campaign", "wtrgov.test"]],
        "query": "trend.names",
    }
    return Trend.objects.create(
        key="campaign:wtrgov.test",
        what="campaign",
        dimension="campaign",
        value="wtrgov.test",
        since=LAST - timedelta(days=1),
        last_day=LAST,
        counted=4,
        usual=0.0,
        yearly=0.4,
        course=[0] * 50 + [None, 0, 0, 0, 1, 3],
        why=[["names", "4"], ["share-certificate", ""], ["imitates", "water"]],
        members=[["suspect:7", "host", "wtrgov.test"]],
        also=[["brand", "water"]],
        figures=[figure, {**figure, "value": "0"}],
        noticed_at=NOW,
        updated_at=NOW,
    )


def test_the_page_says_what_why_and_how_unusual(browser: Client) -> None:
    trend = a_trend()
    page = browser.get(reverse("trends:list")).content.decode()
    assert "4 names that belong together." in page
    assert "They stand on one certificate." in page
    assert "once in 2 years" in page
    assert "1 source was left out" in page
    assert reverse("trends:trend", args=[trend.pk]) in page


def test_a_chart_tells_its_numbers_in_words_and_shows_missing_days(browser: Client) -> None:
    trend = a_trend()
    page = browser.get(reverse("trends:trend", args=[trend.pk])).content.decode()
    assert "at most 3 on a day" in page
    assert "1 day is missing, since a feed was silent." in page
    assert page.count('class="missing"') == 1
    assert "not known" in page


def test_no_page_holds_a_live_name(browser: Client) -> None:
    trend = a_trend()
    for address in (reverse("trends:list"), reverse("trends:trend", args=[trend.pk])):
        page = browser.get(address).content.decode()
        assert "wtrgov[.]test" in page
        assert not re.search(r"wtrgov\.test", page)


def test_muting_and_taking_back_are_plain_forms(browser: Client) -> None:
    trend = a_trend()
    browser.post(
        reverse("trends:wish", args=[trend.pk]),
        {"standing": "muted", "days": "30", "note": "a drill"},
    )
    row = Wish.objects.get()
    assert (row.key, row.standing, row.note) == (trend.key, "muted", "a drill")
    assert row.until is not None
    page = browser.get(reverse("trends:list")).content.decode()
    assert "a drill" in page
    browser.post(reverse("trends:take-back", args=[row.pk]))
    assert not Wish.objects.exists()


def test_a_wish_for_nothing_known_is_refused(browser: Client) -> None:
    trend = a_trend()
    browser.post(reverse("trends:wish", args=[trend.pk]), {"standing": "loved", "days": "30"})
    assert not Wish.objects.exists()
    assert browser.post(reverse("trends:wish", args=[trend.pk + 1])).status_code == 404


def test_before_the_first_look_the_page_says_how_to_look(browser: Client) -> None:
    assert "lionrock trends find" in browser.get(reverse("trends:list")).content.decode()

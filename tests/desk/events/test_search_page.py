"""A list that stops searching says how far it got, and leads on from there without a script."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.desk.events.models import Event
from lionrock.desk.events.selectors import events, search, walk
from lionrock.desk.events.views import lists
from lionrock.desk.people.roles import Role
from tests.desk.events.conftest import NOW
from tests.desk.events.rows import busy_road
from tests.desk.notices.making import delivery, episode
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An analyst at a console without any patience, and with something on its road."""
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(events, "MANY", 0)
    monkeypatch.setattr(walk, "FIRST", 2)
    monkeypatch.setattr(lists, "PATIENCE", -1.0)
    monkeypatch.setattr(lists, "SURVEYED", -1.0)
    busy_road(now=NOW)
    client.force_login(someone(Role.ANALYST))
    return client


@pytest.mark.parametrize("name", ["list", "episodes"])
def test_the_link_under_a_list_leads_further_back_until_all_is_found(
    analyst: Client, name: str
) -> None:
    address = reverse(f"events:{name}")
    query = "?q=mirai"
    found: list[str] = []
    steps = 0
    while query:
        shown = analyst.get(address + query).content.decode()
        found += re.findall(r"data-row><bdi class=\"name\">(.*?)</bdi>", shown)
        links = re.findall(r"<a rel=\"next\" href=\"([^\"]+)\"", shown)
        assert len(links) <= 1
        assert ("Searched back to" in shown) == bool(links)
        if links:
            assert "more than 0" not in shown
            assert "No event matches" not in shown
            assert "No episode matches" not in shown
        query = links[0].replace("&amp;", "&") if links else ""
        steps += 1
    assert [re.sub(r"<[^>]+>", "", asset) for asset in found] == ["192.0.2.200"]
    assert steps > 2


@pytest.mark.parametrize("name", ["list", "episodes"])
def test_a_count_that_ran_out_of_time_says_how_far_it_got(analyst: Client, name: str) -> None:
    shown = analyst.get(reverse(f"events:{name}")).content.decode()
    said = re.search(r"<h1>.*?<span class=\"aside\">(.*?)</span>", shown, re.DOTALL)

    assert said
    assert re.fullmatch(r"at least \d+, counted back to \d{4}-\d\d-\d\d \d\d:\d\d", said[1])
    assert "more than" not in said[1]


def test_an_export_goes_through_to_the_end(analyst: Client) -> None:
    response = analyst.get(reverse("events:export", args=["csv"]), {"severity": "high"})
    lines = b"".join(getattr(response, "streaming_content", ())).decode().splitlines()
    assert len(lines) == 1 + Event.objects.filter(severity="high").count()


@pytest.mark.parametrize("query", ["", "?standing=open", "?severity=high", "?q=192.0.2"])
def test_a_list_of_two_pages_counts_every_one_of_them(client: Client, query: str) -> None:
    blob = delivery()
    for number in range(95):
        episode(blob, f"192.0.2.{number}")
    client.force_login(someone(Role.ANALYST))
    shown = client.get(reverse("events:episodes") + query).content.decode()

    assert '<h1>Episodes <span class="aside">95</span></h1>' in shown


def test_the_filter_offers_the_feeds_that_delivered_and_the_one_asked_for(client: Client) -> None:
    delivery("shadowserver")
    delivery("of-a-package-since-removed")
    client.force_login(someone(Role.ANALYST))
    for name in ("list", "episodes", "rejects"):
        address = reverse(f"events:{name}")
        shown = client.get(address).content.decode()
        asked = client.get(address, {"feed": "urlhaus"}).content.decode()

        assert 'value="shadowserver"' in shown
        assert 'value="of-a-package-since-removed"' in shown
        assert 'value="urlhaus"' not in shown
        assert '<option value="urlhaus" selected>' in asked

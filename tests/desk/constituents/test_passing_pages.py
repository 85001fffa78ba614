"""The pages of passing on: the rules, the feed's setting, the notice, and who hears of an address."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.core.tlp import Tlp
from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.models import Constituent, ConstituentKind, PassingRule
from lionrock.desk.events.models import Passed
from lionrock.desk.feeds.models import Source
from lionrock.desk.notices.models import Notice
from lionrock.desk.notices.services.passing import route_passed
from lionrock.desk.people.roles import Role
from tests.desk.notices.making import constituent, delivery
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
FAR = "203.0.113.7"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


@pytest.fixture
def client() -> Client:
    return signed_in(Role.ADMINISTRATOR)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(someone(role))
    return client


def text(response: Any) -> str:  # Any: the test client's own response
    """Return what a page says, without its markup."""
    said = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(unescape(said).split())


def partner(name: str = "Far CERT") -> Constituent:
    return constituent(
        name, networks=(), emails=("cert@far.example",), kind=ConstituentKind.PARTNER
    )


def passed(to: Constituent, **changes: object) -> Passed:
    blob = delivery()
    return Passed.objects.create(
        **{
            "blob_id": blob.pk,
            "line": 1,
            "partner_id": to.pk,
            "feed": "shadowserver",
            "at": NOW,
            "kind": "vulnerable.potentially-unwanted-accessible",
            "severity": "high",
            "asset_kind": "address",
            "asset": FAR,
            "part": "host",
            "address": FAR,
            "located": "TW",
            "tlp": Tlp.GREEN.value,
            "problem": "vulnerable.potentially-unwanted-accessible||telnet|23/tcp",
            "seen": "scan",
            **changes,
        }
    )


def said(to: Constituent, **changes: str) -> dict[str, str]:
    return {"title": "To the far", "partner": str(to.pk), "countries": "tw, jp", "active": "on"} | (
        changes
    )


def test_a_rule_is_added_changed_and_removed_and_each_is_recorded(client: Client) -> None:
    to = partner()
    page = reverse("constituents:passing")
    assert client.post(page, said(to)).status_code == 302
    added = PassingRule.objects.get()
    assert (added.partner, added.countries, added.active) == (to, "JP TW", True)
    assert "To the far" in text(client.get(page))

    one = reverse("constituents:passing-rule", args=[added.pk])
    assert 'value="JP TW"' in client.get(one).content.decode()
    assert client.post(one, said(to, countries="")).status_code == 302
    added.refresh_from_db()
    assert added.countries == ""

    client.post(reverse("constituents:remove-passing", args=[added.pk]))
    assert not PassingRule.objects.exists()
    actions = Entry.objects.filter(action__startswith="passing.").order_by("number")
    assert list(actions.values_list("action", flat=True)) == [
        "passing.added",
        "passing.changed",
        "passing.removed",
    ]


@pytest.mark.parametrize("wrong", [{"countries": "Taiwan"}, {"countries": "T1"}, {"title": " "}])
def test_a_rule_that_makes_no_sense_is_not_added(client: Client, wrong: dict[str, str]) -> None:
    to = partner()

    assert client.post(reverse("constituents:passing"), said(to, **wrong)).status_code == 400
    assert not PassingRule.objects.exists()


def test_only_a_partner_can_be_passed_anything(client: Client) -> None:
    partner()
    isp = constituent("Example ISP")

    assert client.post(reverse("constituents:passing"), said(isp)).status_code == 400
    assert not PassingRule.objects.exists()


def test_an_analyst_reads_the_rules_and_changes_none(client: Client) -> None:
    analyst = signed_in(Role.ANALYST)
    page = reverse("constituents:passing")

    assert analyst.get(page).status_code == 200
    assert analyst.post(page, said(partner())).status_code == 403


def test_a_partners_ceiling_is_set_where_its_name_is(client: Client) -> None:
    to = partner()
    page = reverse("constituents:edit", args=[to.pk])
    form = {"name": to.name, "kind": "partner", "ceiling": "TLP:AMBER", "version": str(to.version)}
    assert client.post(page, form).status_code == 302
    to.refresh_from_db()
    assert to.ceiling == Tlp.AMBER.value

    wrong = {**form, "ceiling": "TLP:RED", "version": str(to.version)}
    assert client.post(page, wrong).status_code == 400


def test_a_feeds_page_says_who_gets_what_is_outside(client: Client) -> None:
    page = reverse("feeds:feed", args=["shadowserver"])
    Source.objects.create(feed="shadowserver", outside="pass")
    assert "No rule in force names a partner for this source" in text(client.get(page))

    PassingRule.objects.create(title="To the far", partner=partner(), countries="TW")
    shown = text(client.get(page))
    assert "Far CERT To the far · TW" in shown
    assert "No rule in force" not in shown


def test_the_notice_says_that_it_is_outside_and_shows_what_it_tells(client: Client) -> None:
    to = partner()
    passed(to, asset="<b>", asset_kind="host")
    route_passed(now=NOW)
    notice = Notice.objects.get()
    page = client.get(reverse("notices:notice", args=[notice.pk]))

    assert "All of it lies outside the region" in text(page)
    assert "It lies outside the region (TW), and a rule passes it on" in text(page)
    assert "We pass on to you the security problems below" in text(page)
    assert "<b>" not in page.content.decode().partition("<main")[2].replace("<bdi>", "")
    listed = client.get(reverse("notices:list") + "?state=all")
    assert "passed on to a partner" in text(listed)


@pytest.mark.parametrize("name", ["events:list", "events:episodes", "suspects:front"])
def test_no_list_of_the_regions_shows_it(client: Client, name: str) -> None:
    to = partner()
    passed(to)
    route_passed(now=NOW)

    assert FAR not in client.get(reverse(name)).content.decode()


def test_who_would_be_told_explains_what_becomes_of_it(client: Client) -> None:
    page = reverse("constituents:who") + f"?asset={FAR}"
    shown = text(client.get(page))
    assert "outside the region" in shown
    assert "No rule passes it on to a partner: it is dropped." in shown

    PassingRule.objects.create(title="To the far", partner=partner())
    assert "but no source it speaks of passes anything on" in text(client.get(page))
    Source.objects.create(feed="shadowserver", outside="pass")
    assert "by the rule “To the far” (every problem)" in text(client.get(page))
    inside = text(client.get(reverse("constituents:who") + "?asset=192.0.2.7"))
    assert "outside the region" not in inside

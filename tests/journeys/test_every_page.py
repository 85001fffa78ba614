"""Every page can be read by everybody: with a screen reader, on a phone, in the dark."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django import Settings

from lionrock.desk.alerts.models import Alert
from lionrock.desk.constituents.models import Constituent, PassingRule
from lionrock.desk.events.models import Episode, Event
from lionrock.desk.feeds.models import Blob
from lionrock.desk.people.links import address_of, make_link
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.people.tokens import Scope, make_token
from lionrock.desk.sample.models import Laid, What
from lionrock.desk.suspects.models import Dismissal
from lionrock.desk.suspects.services.decide import confirm, dismiss
from tests.desk.alerts.making import draft as drafted
from tests.desk.alerts.making import published
from tests.desk.events.rows import busy_road
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import now, signed_in
from tests.people.someone import someone
from tests.web.suspects import store

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = {
    "wide": {"width": 1280, "height": 860},
    "dark": {"width": 1280, "height": 860, "dark": True},
    "phone": {"width": 375, "height": 720},
}

PAGES = {
    "front": "/",
    "queue": "/queue/",
    "all-suspects": "/suspects/",
    "confirmed": "/suspects/?state=confirmed",
    "dismissed": "/suspects/?state=dismissed",
    "feeds": "/feeds/",
    "feed": "/feeds/urlhaus/",
    "failing-feed": "/feeds/threatfox/",
    "deliveries": "/deliveries/",
    "events": "/events/",
    "events-narrowed": "/events/?q=192.0.2.0/24&severity=high&asn=none",
    "episodes": "/episodes/",
    "rejects": "/rejects/",
    "rejects-of-a-feed": "/rejects/?feed=urlhaus",
    "passing-on": "/constituents/passing/",
    "who-outside": "/constituents/who/?asset=203.0.113.7",
    "sample": "/sample/",
    "readings": "/readings/",
    "proposals": "/proposals/",
    "export": "/export/",
    "team": "/team/",
    "people": "/people/",
    "profile": "/people/me/",
    "tokens": "/people/me/tokens/",
    "audit-log": "/audit/",
    "two-step": "/account/two-step/",
    "authenticator-app": "/account/two-step/totp/activate/",
    "passkey": "/account/two-step/webauthn/add/",
    "alerts": "/drafts/",
    "alerts-published": "/drafts/?state=published",
    "alerts-figures": "/drafts/figures/",
    "public-alerts": "/alerts/en/",
    "public-alerts-hant": "/alerts/zh-hant/",
    "public-subscribe": "/alerts/en/subscribe/",
    "not-found": "/nothing-here/",
}


@pytest.fixture
def busy_console(settings: Settings, tmp_path: Path) -> Person:
    """A console in which something happened; returns somebody who may do everything."""
    settings.LIONROCK_DATA = tmp_path
    person = someone(*Role, name="Wong Ka Yan")
    busy_road(now=now())
    hosts = store(
        "hsbc-secure-login.example",
        "hsbc.com.hk.verify-id.example",
        *(f"hsbcpay{number}.example" for number in range(1, 9)),
        "xn--hsc-5wa.example",
        now=now() - timedelta(hours=3),
    )
    store("a" * 60 + "-hsbc." + "b" * 60 + ".example", score=0.7, now=now())
    confirm(suspect_id=hosts[2].pk, seen_version=1, by=person, note="同一手法", now=now())
    dismiss(
        suspect_id=hosts[10].pk,
        seen_version=1,
        by=person,
        reason=Dismissal.BRAND_OWN,
        now=now(),
    )
    make_token(
        owner=person,
        name="nightly upload",
        scopes=[Scope.SUBMIT],
        lifetime=timedelta(days=30),
        now=now(),
    )
    partner = Constituent.objects.create(name="Far CERT", kind="partner", made_at=now())
    PassingRule.objects.create(title="To the neighbours", partner=partner, countries="JP TW")
    drafted(now=now())
    published(now=now())
    Laid.objects.create(what=What.NAMES, key="sample.txt", laid_at=now())  # every page says so
    return person


def problems_of(page: Page, look: str = "wide") -> list[str]:
    """Return what axe finds wrong with a page, and whether it is wider than the screen.

    In the dark a page has the same elements in other colours: those alone are looked at again.
    """
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
    if look == "dark":
        # Of the colours' rules those that axe asks by itself: another one wants more than WCAG's AA.
        options["runOnly"] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    found = Axe().run(page, options=options).response["violations"]
    problems = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
    if page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth"):
        problems.append("wider than the screen")
    return problems


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("look", "language"), [("wide", "zh-hant"), ("dark", "en"), ("phone", "en")]
)
def test_every_page_is_accessible_and_fits_the_screen(
    look: str,
    language: str,
    open_page: OpenPage,
    busy_console: Person,
    picture: Callable[[Page, str], None],
) -> None:
    page = open_page(**LOOKS[look])
    page.context.add_cookies(
        [{"name": "language", "value": language, "domain": "localhost", "path": "/"}]
    )
    problems: dict[str, list[str]] = {}

    def look_at(name: str, address: str) -> None:
        page.goto(address)
        picture(page, f"{name}-{language}-{look}")
        if found := problems_of(page, look):
            problems[name] = found

    look_at("sign-in", "/account/sign-in/")
    newcomer = someone(Role.ANALYST)
    link = address_of(make_link(person=newcomer, by=None, now=now()))
    look_at("welcome", link)
    look_at("dead-link", link[:-3] + "x/")
    signed_in(page, busy_console)
    for name, address in PAGES.items():
        look_at(name, address)
    look_at("person", f"/people/{newcomer.pk}/")
    for name, subject in (("event", Event), ("episode", Episode), ("delivery", Blob)):
        for row in subject.objects.order_by("id")[:2]:
            look_at(f"{name}-{row.pk}", reverse(f"{subject._meta.app_label}:{name}", args=[row.pk]))
    for alert in Alert.objects.order_by("pk"):
        for name, query in (("", ""), ("-languages", "?view=languages"), ("-edit", "?edit=0")):
            look_at(f"alert-{alert.state}{name}", f"/drafts/{alert.pk}/{query}")
        if alert.slug:
            look_at("public-alert", f"/alerts/zh-hant/{alert.slug}/")
    page.goto("/queue/")
    look_at("suspect", str(page.locator("a[data-row]").first.get_attribute("href")))
    page.goto("/queue/")
    look_at("series", str(page.locator("a.fold").first.get_attribute("href")))

    assert problems == {}

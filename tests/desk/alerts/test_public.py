"""The public site: what it shows, and that nothing internal or live can be read there."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser  # type: ignore[import-untyped]  # has no types
import pytest
from django.test import Client

from lionrock.core.alerts import Kind, Risk
from lionrock.desk.alerts import services
from lionrock.desk.alerts.models import Alert
from lionrock.desk.alerts.services.export import export
from lionrock.desk.people.models import Person
from tests.desk.alerts.making import NEWS, NOW, approver, draft, later, published

pytestmark = pytest.mark.django_db

CONSOLE = (
    "/drafts",
    "/suspects",
    "/episodes",
    "/events",
    "/account",
    "/people",
    "/audit",
    "/language",
)
LIVE = ("harbour-water.example", "192.0.2.44")


class Links(HTMLParser):
    """Collects where a page leads, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src", "action"} and value:
                self.found.append((tag, value))
            if name == "id" and value:
                self.ids.append(value)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


def read(page: str) -> Links:
    links = Links()
    links.feed(page)
    return links


@pytest.fixture
def busy(client: Client) -> list[Alert]:
    """Alerts of several kinds, one of them withdrawn, and a draft that nobody published."""
    draft()
    withdrawn = published(kind=Kind.BOTNET)
    services.withdraw(
        alert_id=withdrawn.pk,
        seen_version=withdrawn.version,
        by=approver(),
        text=NEWS,
        now=later(5),
    )
    return [published(), published(risk=Risk.EXTREME, kind=Kind.MALWARE), withdrawn]


def crawled(client: Client) -> Iterator[tuple[str, str, str]]:
    """Yield address, type and text of everything the public site leads to."""
    waiting, seen = (
        ["/alerts/en/", "/alerts/zh-hant/", "/alerts/zh-hans/", "/alerts/en/nowhere/"],
        set(),
    )
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        kind = response.headers["Content-Type"].partition(";")[0]
        text = response.content.decode()
        assert response.status_code == (404 if "nowhere" in address else 200), address
        assert not response.cookies, address
        assert "Cookie" not in response.headers.get("Vary", ""), address
        yield address, kind, text
        if kind == "text/html":
            for _tag, link in read(text).found:
                parts = urlsplit(urljoin(address, link))
                if not parts.netloc and parts.path.startswith("/alerts/"):
                    waiting.append(parts.path)


def test_nothing_internal_and_nothing_live_can_be_read_on_the_public_site(
    client: Client, busy: list[Alert]
) -> None:
    people = [one for person in Person.objects.all() for one in (person.email, person.name)]
    internal = [
        *people,
        "Card data is asked for",
        "trend:7",
        "figure:",
        "source:",
        "csrf",
        "session",
    ]
    pages = list(crawled(client))
    kinds = {kind for _address, kind, _text in pages}
    assert {"text/html", "application/json", "application/atom+xml", "application/cap+xml"} <= kinds
    assert len([one for one in pages if one[1] == "text/html"]) > 30

    for address, kind, text in pages:
        assert [word for word in internal if word in text] == [], address
        if kind == "text/html":
            links = read(text)
            assert "<script" not in text
            assert not [link for _, link in links.found if link.startswith(CONSOLE)], address
            assert links.headings[0] == 1
            assert all(b - a <= 1 for a, b in zip(links.headings, links.headings[1:], strict=False))
            assert len(set(links.ids)) == len(links.ids)
        if kind in {
            "text/html",
            "application/atom+xml",
            "application/rss+xml",
            "application/cap+xml",
        }:
            assert [name for name in LIVE if name in text] == [], address


def test_pages_say_what_no_browser_may_do(client: Client, busy: list[Alert]) -> None:
    response = client.get("/alerts/en/")

    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_the_list_is_narrowed_by_kind_and_risk(client: Client, busy: list[Alert]) -> None:
    def slugs(path: str) -> set[str]:
        return set(re.findall(r"lr-2026-000\d", client.get(f"/alerts/en/{path}").content.decode()))

    assert len(slugs("")) == 3
    assert slugs("kind-malware/") == slugs("risk-extreme/") == slugs("kind-malware/risk-extreme/")
    assert len(slugs("kind-malware/")) == 1
    assert slugs("kind-vulnerability/") == set()
    assert client.get("/alerts/en/kind-nonsense/").status_code == 404
    assert client.get("/alerts/en/page-2/").status_code == 404


def test_every_page_stands_in_three_languages_and_each_leads_to_the_others(
    client: Client, busy: list[Alert]
) -> None:
    slug = busy[0].slug
    for folder, language, title in (
        ("en", "en", "Fake Harbour Water bills"),
        ("zh-hant", "zh-Hant", "假冒 Harbour Water 水費單"),
        ("zh-hans", "zh-Hans", "假冒 Harbour Water 水费单"),
    ):
        response = client.get(f"/alerts/{folder}/{slug}/")
        page = response.content.decode()
        assert f'<html lang="{language}">' in page
        assert title in page
        assert response.headers["Content-Language"] == language
        others = {link for _, link in read(page).found if link.endswith(f"/{slug}/")}
        assert len(others) == 2


def test_a_withdrawn_alert_says_so_and_names_nothing_any_more(
    client: Client, busy: list[Alert]
) -> None:
    page = client.get(f"/alerts/en/{busy[2].slug}/").content.decode()

    assert "Do not act on this alert any more" in page
    assert NEWS["en"] in page
    assert "harbour-water" not in page.replace(str(busy[2].slug), "")


def test_a_draft_has_no_public_page(client: Client) -> None:
    alert = draft()
    alert.refresh_from_db()

    assert alert.slug is None
    assert "Harbour" not in client.get("/alerts/en/").content.decode()


def test_what_is_not_for_everybody_is_shown_to_nobody(client: Client) -> None:
    alert = published()
    version = alert.public
    assert version is not None
    version.content["tlp"] = "TLP:AMBER"
    version.save()

    assert client.get(f"/alerts/en/{alert.slug}/").status_code == 404
    assert "Harbour" not in client.get("/alerts/en/").content.decode()


def test_the_front_leads_to_the_language_that_is_asked_for(client: Client) -> None:
    there = client.get("/alerts/", headers={"accept-language": "zh-TW, en;q=0.5"})

    assert there.headers["Location"] == "/alerts/zh-hant/"
    assert client.get("/alerts/").headers["Location"] == "/alerts/en/"


def test_feeds_are_read_by_feed_readers(client: Client, busy: list[Alert]) -> None:
    for name in ("feed.atom", "feed.rss"):
        feed = feedparser.parse(client.get(f"/alerts/en/{name}").content)
        assert not feed.bozo
        assert len(feed.entries) == 3


def test_an_alert_is_given_in_every_format_that_fits_it(client: Client, busy: list[Alert]) -> None:
    slug = busy[0].slug
    for suffix, kind in (
        ("alert.json", "application/json"),
        ("stix.json", "application/stix+json"),
        ("misp.json", "application/json"),
        ("cap.xml", "application/cap+xml"),
    ):
        response = client.get(f"/alerts/files/{slug}.{suffix}")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith(kind)
        if suffix.endswith("json"):
            json.loads(response.content)
    assert client.get(f"/alerts/files/{slug}.exe.zip").status_code == 404
    assert client.get("/alerts/csaf/2.0/lr-2026-0001.json").status_code == 404


def test_the_export_is_the_site_and_its_links_lead_somewhere(
    client: Client, busy: list[Alert], tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    count = export(folder, now=NOW)
    files = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert len(files) == count

    for name in files:
        if not name.endswith(".html"):
            continue
        page = (folder / name).read_text()
        for _tag, link in read(page).found:
            if link.startswith("https://") or link.startswith("#"):
                continue
            parts = urlsplit(urljoin(f"/{name}", link))
            place = parts.path.lstrip("/") + ("index.html" if parts.path.endswith("/") else "")
            assert parts.netloc or place in files, (name, link)


def test_an_export_is_replaced_as_a_whole_and_nothing_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.css").write_text("an export made before")
    (folder / "old.html").write_text("stale")
    export(folder, now=NOW)
    assert not (folder / "old.html").exists()

    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("precious")
    with pytest.raises(Exception, match="something else"):
        export(other, now=NOW)
    assert (other / "letter.txt").exists()

"""Feeds, catalogues and advisories are read strictly, and nothing of another's markup is left."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lionrock.briefing.news.catalogue import BadSources, read_sources, shipped
from lionrock.briefing.news.csaf import read_csaf, read_list
from lionrock.briefing.news.feed import MOST_ELEMENTS, read_feed
from lionrock.briefing.news.items import LARGEST, Broken, Item, Unread, safe_link
from lionrock.briefing.news.kev import read_kev
from lionrock.briefing.news.text import plain

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Harbour alerts</title><link>https://alerts.example/</link>{entries}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Isles</title><id>tag:isles.example</id>
<entry><id>tag:isles.example,2026:7</id><title type="html">Lamp&amp;nbsp;OS &lt;b&gt;flaw&lt;/b&gt;</title>
<link href="https://isles.example/7"/><updated>2026-07-05T10:00:00+08:00</updated>
<content type="html">&lt;p&gt;It is CVE-2026-10001.&lt;/p&gt;</content></entry></feed>"""
KEV = {
    "cveID": "CVE-2026-10001",
    "vendorProject": "Lamp",
    "product": "LampOS",
    "vulnerabilityName": "LampOS Code Injection",
    "dateAdded": "2026-07-05",
    "shortDescription": "LampOS runs what it is told.",
    "requiredAction": "Apply the update.",
}


def rss(entries: str) -> list[Item | Unread]:
    return list(read_feed(RSS.format(entries=entries).encode()))


def advisory(**changes: Any) -> bytes:  # Any: JSON
    """Return an advisory in CSAF, with some of its document's fields changed."""
    document = {
        "csaf_version": "2.0",
        "title": "LampOS: several flaws",
        "publisher": {"name": "Lamp PSIRT"},
        "distribution": {"tlp": {"label": "WHITE"}},
        "tracking": {
            "id": "LAMP-2026-7",
            "initial_release_date": "2026-07-05T00:00:00Z",
            "current_release_date": "2026-07-06T00:00:00Z",
        },
        "notes": [{"category": "summary", "text": "Two flaws <script>x</script>."}],
        "references": [
            {"category": "self", "url": "https://lamp.example/7.json"},
            {"category": "self", "url": "https://lamp.example/7.html"},
        ],
    } | changes
    tree = {"category": "product_name", "name": "LampOS"}
    return json.dumps(
        {
            "document": document,
            "product_tree": {
                "branches": [{"category": "vendor", "name": "Lamp", "branches": [tree]}]
            },
            "vulnerabilities": [
                {
                    "cve": "CVE-2026-10001",
                    "threats": [{"category": "exploit_status", "details": "Exploited:Yes"}],
                    "remediations": [{"category": "vendor_fix"}],
                },
                {"cve": "CVE-2026-10002", "remediations": [{"category": "vendor_fix"}]},
            ],
        }
    ).encode()


def test_an_entry_of_rss_becomes_plain_words() -> None:
    (item,) = rss(
        "<item><guid>a-1</guid><title>Lamp &amp; buoy</title><link>https://alerts.example/1</link>"
        "<pubDate>Sun, 05 Jul 2026 02:00:00 GMT</pubDate><description><![CDATA[<p>See "
        '<a href="javascript:x">here</a>&nbsp;now</p><script>alert(1)</script><img src="x" '
        'onerror="y">]]></description><content:encoded><![CDATA[<div>See here now: '
        "cve-2026-10001 and CVE-2026-10001</div>]]></content:encoded></item>"
    )
    assert isinstance(item, Item)
    assert item.title == "Lamp & buoy"
    assert item.summary in {"See here now", "See here now: cve-2026-10001 and CVE-2026-10001"}
    assert "<" not in item.summary
    assert item.published == datetime(2026, 7, 5, 2, 0, tzinfo=UTC)


def test_atom_is_read_with_its_time_in_utc() -> None:
    (item,) = read_feed(ATOM.encode())
    assert isinstance(item, Item)
    assert (item.key, item.title, item.cves) == (
        "tag:isles.example,2026:7",
        "Lamp OS flaw",
        ("CVE-2026-10001",),
    )
    assert item.published == item.updated == datetime(2026, 7, 5, 2, 0, tzinfo=UTC)


def test_an_entry_without_title_or_id_is_told_and_the_others_are_read() -> None:
    found = rss(
        "<item><guid>a-1</guid><description>No title</description></item>"
        "<item><title>No id</title></item><item><guid>a-3</guid><title>Good</title></item>"
    )
    assert [each.why for each in found if isinstance(each, Unread)] == [
        "it has no title",
        "it has neither id nor link",
    ]
    assert [each.title for each in found if isinstance(each, Item)] == ["Good"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "well-formed"),
        (b"<rss><channel>", "well-formed"),
        (b"<html><body>Service unavailable</body></html>", "neither RSS nor Atom"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0">&a;</rss>', "entities of its own"),
        (b"<a>" * 200 + b"</a>" * 200, "too deep"),
        (b"<rss>" + b"<a/>" * (MOST_ELEMENTS + 1) + b"</rss>", "too many"),
        (b" " * (LARGEST + 1), "longer than"),
    ],
    ids=["empty", "cut", "page", "entity", "deep", "wide", "large"],
)
def test_what_is_no_feed_is_broken(content: bytes, why: str) -> None:
    with pytest.raises(Broken, match=why):
        list(read_feed(content))


def test_a_feed_that_is_a_path_or_an_address_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(ATOM)
    # Sockets are closed to tests: an attempt to connect would say so, and no Broken.
    for content in (str(secret).encode(), b"http://127.0.0.1:9/feed"):
        with pytest.raises(Broken):
            list(read_feed(content))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a &lt;b&gt; c", "a <b> c"),
        ("1 < 2", "1 < 2"),
        ("<p>one<p>two<br>three", "one two three"),
        ("<style>x{}</style><template>y</template><svg><text>z</text></svg>w", "w"),
        ("left\u202eright\u200b\x07", "leftright"),
        ("<p>" * 3000 + "deep", "deep"),
    ],
)
def test_markup_becomes_words(markup: str, text: str) -> None:
    assert plain(markup, 100) == text


def test_words_are_cut_to_what_was_asked_for() -> None:
    assert plain("a" * 500, 10) == "aaaaaaaaa…"


def test_a_catalogue_of_exploited_vulnerabilities_is_read() -> None:
    content = json.dumps({"vulnerabilities": [KEV, {**KEV, "cveID": "nonsense"}, [], {}]}).encode()
    good, *others = read_kev(content)
    assert isinstance(good, Item)
    assert (good.key, good.exploited, good.products) == (
        "CVE-2026-10001",
        True,
        (("Lamp", "LampOS"),),
    )
    assert [each.why for each in others if isinstance(each, Unread)] == [
        "its cveID is no CVE number",
        "it is no object",
        "it has no cveID",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"vulnerabilities": 3}', b"\xff", b"[" * 10**5]
)
def test_what_is_no_catalogue_is_broken(content: bytes) -> None:
    with pytest.raises(Broken):
        list(read_kev(content))


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_an_advisory_says_what_is_affected_exploited_and_patched(version: str) -> None:
    label = {"2.0": "WHITE", "2.1": "CLEAR"}[version]
    item = read_csaf(advisory(csaf_version=version, distribution={"tlp": {"label": label}}))
    assert item.cves == ("CVE-2026-10001", "CVE-2026-10002")
    assert item.products == (("Lamp", "LampOS"),)
    assert (item.exploited, item.patched) == (True, True)
    assert (item.url, item.publisher) == ("https://lamp.example/7.html", "Lamp PSIRT")
    assert item.published == datetime(2026, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"csaf_version": "1.2"}, "no CSAF"),
        ({"title": ""}, "title"),
        ({"tracking": {}}, "tracking"),
        ({"distribution": {"tlp": {"label": "AMBER"}}}, "not for publication"),
        ({"distribution": {"tlp": {"label": "GREEN"}}}, "not for publication"),
    ],
)
def test_an_advisory_that_lacks_something_or_is_not_public_is_broken(
    changes: dict[str, Any],
    why: str,  # Any: JSON
) -> None:
    with pytest.raises(Broken, match=why):
        read_csaf(advisory(**changes))


def test_a_product_tree_that_goes_on_and_on_ends() -> None:
    branch: dict[str, Any] = {"category": "product_name", "name": "Bottom"}  # Any: JSON
    for _ in range(60):
        branch = {"category": "product_family", "name": "x", "branches": [branch]}
    table = json.loads(advisory())
    table["product_tree"] = {"branches": [branch]}
    assert read_csaf(json.dumps(table).encode()).products == ()


def test_lists_of_advisories_are_read_the_latest_first_and_only_https() -> None:
    rolie = {
        "feed": {
            "entry": [
                {
                    "updated": "2026-07-05T00:00:00Z",
                    "content": {"src": "https://lamp.example/1.json"},
                },
                {
                    "updated": "2026-07-07T00:00:00Z",
                    "content": {"src": "https://lamp.example/2.json"},
                },
                {
                    "updated": "2026-07-08T00:00:00Z",
                    "content": {"src": "http://lamp.example/3.json"},
                },
                {"updated": "never", "content": {"src": "https://lamp.example/4.json"}},
            ]
        }
    }
    listed = read_list(json.dumps(rolie).encode(), base="https://lamp.example/feed.json")
    assert [each.url[-6:] for each in listed] == ["2.json", "1.json"]
    changes = b'"2026/a.json","2026-07-05T00:00:00Z"\n"2026/b.json","2026-07-06T00:00:00Z"\n'
    listed = read_list(changes, base="https://lamp.example/csaf/changes.csv")
    assert [each.url for each in listed] == [
        "https://lamp.example/csaf/2026/b.json",
        "https://lamp.example/csaf/2026/a.json",
    ]
    for broken in (b"{}", b"<html>", b"\xff", b"a,b\n"):
        with pytest.raises(Broken):
            read_list(broken, base="https://lamp.example/")


@pytest.mark.parametrize(
    "link",
    [
        *("http://a.example/", "javascript:alert(1)", "https://user@a.example/", "https://a/"),
        *("https://a.example:8443/", "https://a.example/ b", "https://ä.example/", "https://[x/"),
    ],
)
def test_a_link_that_should_not_be_opened_is_none(link: str) -> None:
    assert safe_link(link) == ""


def test_every_shipped_source_says_its_terms_and_where_it_is() -> None:
    assert len(shipped()) >= 10
    assert {source.kind.value for source in shipped().values()} == {"feed", "kev", "csaf"}
    assert all(len(source.terms) > 20 for source in shipped().values())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (('kind = "feed"', 'kind = "gopher"'), "gopher"),
        (('address = "https', 'address = "http'), "no https"),
        (('terms = "Free."', ""), "must say"),
        (('name = "lamp"', 'name = "Lamp!"'), "no name"),
        (("every_hours = 6", "every_hours = 0"), "every_hours"),
        (("[[source]]", "[source]"), "nothing else"),
    ],
)
def test_a_list_of_sources_is_read_strictly(change: tuple[str, str], why: str) -> None:
    good = """[[source]]
name = "lamp"
title = "Lamp alerts"
kind = "feed"
address = "https://lamp.example/feed"
page = "https://lamp.example/"
publisher = "Lamp"
origin = "vendor"
language = "en"
terms = "Free."
every_hours = 6
"""
    assert read_sources(good.encode())[0].every_hours == 6
    with pytest.raises(BadSources, match=why):
        read_sources(good.replace(*change).encode())

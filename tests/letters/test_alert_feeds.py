"""Feeds of alerts are read by others' readers as they were meant, and never forget a withdrawal."""

import re
from calendar import timegm
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

import feedparser  # type: ignore[import-untyped]  # the library has no types
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.core.alerts import LANGUAGES, Kind, Part
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_atom import alerts_atom
from lionrock.letters.alert_rss import alerts_rss
from tests.letters.alerts import (
    EVERY,
    LINK,
    NOW,
    PUBLISHER,
    alert,
    sentence,
    texts,
    updated,
    withdrawn,
)

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "https://www.cert.example/alerts.xml"
FORMATS = {"atom": alerts_atom, "rss": alerts_rss}


def parsed(
    form: str, *alerts: object, language: str = "en"
) -> Any:  # Any: the library has no types
    """Return the feed as a reader reads it, which must find nothing wrong in it."""
    found = feedparser.parse(raw(form, *alerts, language=language))
    assert not found.bozo, found.get("bozo_exception")
    return found


def raw(form: str, *alerts: Any, language: str = "en") -> bytes:  # Any: alerts
    """Return the feed's bytes."""
    return FORMATS[form](alerts, publisher=PUBLISHER, language=language, at=AT, now=NOW)


def dated(entry: Any) -> datetime:  # Any: the library has no types
    """Return when an entry says it last changed."""
    key = "updated_parsed" if "updated_parsed" in dict.keys(entry) else "published_parsed"
    return datetime.fromtimestamp(timegm(entry[key]), tz=UTC)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_finds_every_alert_with_its_page(form: str, language: str) -> None:
    found = parsed(form, *EVERY, language=language)

    assert found.version == {"atom": "atom10", "rss": "rss20"}[form]
    assert PUBLISHER.names[language] in found.feed.title
    assert sorted(entry.title for entry in found.entries) == sorted(
        one.title[language] for one in EVERY
    )
    for entry in found.entries:
        assert entry.link == PUBLISHER.page(EVERY[0], language)
        assert dated(entry) == EVERY[0].updated


@pytest.mark.parametrize("form", FORMATS)
def test_an_entry_is_the_same_one_after_an_update_and_a_withdrawal(form: str) -> None:
    versions = [alert(), updated(alert()), withdrawn(updated(alert()))]
    entries = [parsed(form, one).entries[0] for one in versions]

    assert len({entry.id for entry in entries}) == 1
    assert [entry.title.partition(":")[0] for entry in entries][2] == "Withdrawn"
    dates = [dated(entry) for entry in entries]
    assert dates == sorted(set(dates))


@pytest.mark.parametrize("form", FORMATS)
def test_a_withdrawn_alert_holds_none_of_its_indicators_or_links(form: str) -> None:
    text = raw(form, withdrawn(alert())).decode()

    assert "gul1post" not in text
    assert LINK.url not in text
    assert "The names belong to Gull Post itself." in text


def test_an_id_is_of_one_language_and_of_the_team_alone() -> None:
    ids = {parsed("atom", alert(), language=one).entries[0].id for one in LANGUAGES}

    assert ids == {f"tag:cert.example,2026:alert/LR-2026-0012/{one}" for one in LANGUAGES}


@pytest.mark.parametrize("form", FORMATS)
def test_the_newest_change_comes_first(form: str) -> None:
    old = alert(id="LR-2026-0001", slug="old")
    found = parsed(form, alert(), updated(old), alert(id="LR-2026-0002", slug="new"))

    assert found.entries[0].link.endswith("/old/")


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_feed_is_a_feed(form: str) -> None:
    found = parsed(form)

    assert found.entries == []
    assert datetime.fromtimestamp(timegm(found.feed.updated_parsed), tz=UTC) == NOW


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("tlp", [one for one in Tlp if one is not Tlp.CLEAR])
def test_what_is_not_for_everybody_makes_no_feed(form: str, tlp: Tlp) -> None:
    with pytest.raises(GiveUp, match="not for everybody"):
        raw(form, alert(), alert(tlp=tlp))


@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_links_to_our_pages_and_the_alerts_own_links_alone(form: str) -> None:
    for one in EVERY:
        text = raw(form, one).decode()
        links = set(re.findall(r"""https?://[^\s"'<>&]+""", text))
        foreign = {link for link in links if not link.startswith(PUBLISHER.home)}

        assert (
            foreign
            - {
                LINK.url,
                "http://www.w3.org/2005/Atom",
                "http://www.w3.org/1999/xhtml",
                "https://www.rssboard.org/rss-specification",
            }
            == set()
        )


def test_atom_has_what_rfc_4287_wants_of_feeds_and_entries() -> None:
    feed = fromstring(raw("atom", *EVERY))

    once(feed, "id", "title", "updated", "author")
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    for entry in feed.findall(f"{ATOM}entry"):
        once(entry, "id", "title", "updated", "published", "summary", "content")
        (div,) = list(entry.iterfind(f"{ATOM}content/*"))
        assert div.tag == "{http://www.w3.org/1999/xhtml}div"
        pages = {
            link.get("hreflang"): link.get("rel")
            for link in entry.findall(f"{ATOM}link")
            if link.get("hreflang")
        }
        assert pages == {"en": "alternate", "zh-Hant": "related", "zh-Hans": "related"}


def once(element: Element, *names: str) -> None:
    """Hold that each of these children stands there exactly once."""
    for name in names:
        assert len(element.findall(f"{ATOM}{name}")) == 1, name


HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<>&\"'\x00\x08\x0b\x1f\u202e\u2028\ufffe\uffff\ud800]]><!--"),
    ),
    max_size=200,
).map(lambda text: f"a{text}")


@settings(max_examples=25)
@given(text=HOSTILE)
@pytest.mark.parametrize("form", FORMATS)
def test_whatever_stands_in_an_alert_the_feed_is_well_formed(form: str, text: str) -> None:
    one = alert(title=texts(text, text, text), sentences=(sentence(Part.LURES, text, text, text),))
    root = fromstring(raw(form, one))

    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "script" not in names
    if form == "rss":
        html = root.findtext(".//item/description") or ""
        assert not set(re.findall(r"<([a-z0-9]+)", html)) - {
            "div",
            "p",
            "h2",
            "ul",
            "ol",
            "li",
            "a",
        }


@pytest.mark.parametrize("form", FORMATS)
def test_markup_in_an_alert_is_shown_and_never_obeyed(form: str) -> None:
    words = "<script>alert(1)</script> & <b>"
    found = parsed(form, alert(Kind.PHISHING, sentences=(sentence(Part.LEAD, words, "b", "c"),)))
    (entry,) = found.entries
    html = entry.content[0].value if form == "atom" else entry.description

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in html

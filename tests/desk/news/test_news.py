"""Sources are followed, asked and told; stories say what of them is here; drafts cite items."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.briefing.facts import Origin
from lionrock.briefing.news.catalogue import shipped
from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.facts import Why
from lionrock.core.rsit import Rsit
from lionrock.desk.audit.models import Entry
from lionrock.desk.events.models import DayCount
from lionrock.desk.news.known import known_sources
from lionrock.desk.news.models import Earlier, Item, Source, Story, Unread
from lionrock.desk.news.selectors.cited import cited
from lionrock.desk.news.services import following, keeping
from lionrock.desk.people.roles import Role
from lionrock.jobs.news_collecting import (
    ADVISORIES_AT_ONCE,
    Asked,
    collect_due,
    replay,
    tell_stories,
)
from lionrock.net.fetch import Fetched
from tests.briefing.news.test_reading import KEV, RSS, advisory
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 6, 4, 30, tzinfo=UTC)
ENTRY = (
    "<item><guid>{0}</guid><title>{1}</title><description>{2}</description>"
    "<pubDate>Sun, 05 Jul 2026 02:00:00 GMT</pubDate></item>"
)


@dataclass(slots=True)
class Web:
    """The web, as a few pages: what each address answers; bytes, or the error that it raises."""

    pages: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    same: bool = False
    """Whether every page that bears the mark we know is said to be unchanged."""

    def __call__(
        self, url: str, *, into: io.BytesIO, limit: int, etag: str, last_modified: str
    ) -> Fetched:
        self.asked.append((url, etag))
        page = self.pages.get(url, GiveUp(f"{url} answers 404"))
        if isinstance(page, Exception):
            raise page
        fresh = not (self.same and etag)
        headers: Mapping[str, str] = {"etag": '"7"'}
        if fresh:
            assert len(page) <= limit
            into.write(page)
        return Fetched(fresh=fresh, status=200, url=url, headers=headers, size=len(page))


def feed(*entries: tuple[str, str, str]) -> bytes:
    return RSS.format(entries="".join(ENTRY.format(*entry) for entry in entries)).encode()


def followed(name: str) -> str:
    """Follow a shipped source and return its address."""
    return following.follow(name=name, wanted=True, by=None, now=NOW).address


def ask(web: Web, *, hours: float = 0) -> list[Asked]:
    return collect_due(clock=lambda: NOW + timedelta(hours=hours), get=web)


def test_nothing_is_asked_of_a_source_that_nobody_follows() -> None:
    web = Web()
    following.follow(name="jpcert", wanted=True, by=None, now=NOW)
    following.follow(name="jpcert", wanted=False, by=None, now=NOW)
    assert ask(web) == []
    assert web.asked == []
    with pytest.raises(GiveUp, match="no source called"):
        following.follow(name="nobody", wanted=True, by=None, now=NOW)
    assert [
        e.action for e in Entry.objects.filter(action__startswith="news.").order_by("number")
    ] == [
        "news.followed",
        "news.left",
    ]


def test_the_regions_own_sources_stand_beside_those_of_everybody() -> None:
    names = set(known_sources())
    assert {"cisa-kev", "hkcert-bulletins"} <= names
    assert len(names) > len(shipped())


def test_a_source_that_was_added_is_asked_like_any_other() -> None:
    source = replace(shipped()["jpcert"], name="own", address="https://own.example/feed")
    following.add(source=source, by=None, now=NOW)
    following.follow(name="own", wanted=True, by=None, now=NOW)
    web = Web({"https://own.example/feed": feed(("1", "LampOS flaw", ""))})
    assert [(each.source, each.fresh) for each in ask(web)] == [("own", 1)]
    following.add(source=replace(source, address="https://own.example/2"), by=None, now=NOW)
    ask(web, hours=3)
    assert web.asked[-1] == ("https://own.example/2", "")  # another address, another mark


def test_a_feed_is_kept_once_and_what_its_publisher_changes_is_kept_too() -> None:
    address = followed("jpcert")
    web = Web({address: feed(("1", "LampOS flaw", "First words"), ("2", "", "no title"))})
    (asked,) = ask(web)
    assert (asked.fresh, asked.changed, asked.unread, asked.failure) == (1, 0, 1, "")
    assert ask(web, hours=1) == []  # not due
    web.pages[address] = feed(("1", "LampOS flaw", "Other words"))
    (asked,) = ask(web, hours=3)
    assert (asked.fresh, asked.changed) == (0, 1)
    assert Item.objects.get().summary == "Other words"
    assert Earlier.objects.get().summary == "First words"
    web.same = True
    ask(web, hours=6)
    assert web.asked[-1] == (address, '"7"')
    row = Source.objects.get()
    assert (row.items_read, row.unread, row.failures) == (1, 1, 0)
    assert row.heard_at == NOW + timedelta(hours=6)


def test_a_broken_feed_is_kept_counted_shown_and_read_once_it_can_be() -> None:
    address = followed("jpcert")
    web = Web({address: b"<rss><channel>" + b"x" * 100})
    (asked,) = ask(web)
    assert "well-formed" in asked.failure
    ask(web, hours=0.2)
    unread = Unread.objects.get()
    assert (unread.times, unread.state, bool(unread.raw)) == (2, "open", True)
    row = Source.objects.get()
    assert row.failures == 2
    assert row.next_at is not None
    assert row.next_at > NOW + timedelta(hours=0.2)
    assert [bool(each.failure) for each in replay(clock=lambda: NOW)] == [True]
    # As after an upgrade that reads what it could not: the same row, now with bytes that are a feed.
    keeping.keep_broken(source=row, place=address, raw=feed(("9", "Later", "")), why="?", now=NOW)
    assert sum(each.fresh for each in replay(clock=lambda: NOW)) == 1
    assert Unread.objects.filter(state="read").count() == 1


def test_a_source_that_does_not_answer_is_asked_ever_later_and_hurts_no_other() -> None:
    gone, here = followed("jpcert"), followed("cisa-kev")
    web = Web(
        {
            gone: TryLater("it does not answer"),
            here: json.dumps({"vulnerabilities": [KEV]}).encode(),
        }
    )
    assert {each.source: bool(each.failure) for each in ask(web)} == {
        "jpcert": True,
        "cisa-kev": False,
    }
    assert Item.objects.get().exploited
    row = Source.objects.get(name="jpcert")
    assert (row.failures, row.failure) == (1, "it does not answer")


def test_advisories_are_read_the_oldest_first_and_never_twice() -> None:
    address = followed("redhat-csaf")
    base = address.rpartition("/")[0]
    last = ADVISORIES_AT_ONCE
    at = [NOW - timedelta(hours=200 - number) for number in range(last)]
    at += [at[-1], NOW - timedelta(hours=1), NOW - timedelta(days=60)]
    lines = "".join(f'"{n}.json","{when.isoformat()}"\n' for n, when in enumerate(at))
    web = Web({address: lines.encode()})
    for number in range(len(at)):
        tracking = {
            "id": f"LAMP-{number}",
            "initial_release_date": "2026-07-01T00:00:00Z",
            "current_release_date": "2026-07-02T00:00:00Z",
        }
        web.pages[f"{base}/{number}.json"] = advisory(tracking=tracking)
    web.pages[f"{base}/2.json"] = b"{}"
    (first,) = ask(web)
    # One of the first portion is broken; the one behind it is of its last one's very time.
    assert (first.fresh, first.unread) == (last, 1)
    (second,) = ask(web, hours=1)
    assert (second.fresh, second.unread) == (1, 0)
    fetched = [url for url, _etag in web.asked if url != address]
    assert len(fetched) == len(set(fetched)) == last + 2  # but the one of two months ago
    assert Unread.objects.get().place == f"{base}/2.json"


def seen_here(family: str) -> None:
    DayCount.objects.create(
        day=date(2026, 7, 1),
        feed="made-up",
        kind=Rsit.INFECTED_SYSTEM.value,
        family=family,
        why=Why.LOCATED.value,
        events=90,
        episodes=40,
    )


def test_stories_of_several_sources_say_what_of_them_is_here() -> None:
    seen_here("mirai")
    first, second = followed("jpcert"), followed("cisa-advisories")
    web = Web(
        {
            first: feed(("1", "CVE-2026-10001 in LampOS", "Used by the Mirai botnet")),
            second: feed(("1", "Intruders use CVE-2026-10001", ""), ("2", "Cranes", "Nothing")),
        }
    )
    ask(web)
    story = Story.objects.get(matched=True)
    assert story.matches == [{"what": "family", "name": "mirai", "number": 40}]
    assert (story.items_told, story.sources_told, story.cves) == (2, 2, ["CVE-2026-10001"])
    assert Story.objects.count() == 2
    before = list(Story.objects.order_by("pk").values())
    tell_stories(now=NOW)
    assert list(Story.objects.order_by("pk").values()) == before


def test_a_story_that_was_put_away_comes_back_with_news_of_it() -> None:
    address = followed("jpcert")
    web = Web({address: feed(("1", "CVE-2026-10001 in LampOS", ""))})
    ask(web)
    story, person = Story.objects.get(), someone(Role.ANALYST)
    keeping.put_away(story_id=story.pk, away=True, by=person, now=NOW)
    tell_stories(now=NOW)
    assert Story.objects.get().put_away_at == NOW
    web.pages[address] = feed(("2", "CVE-2026-10001 is exploited", ""))
    ask(web, hours=3)
    assert Story.objects.get().put_away_at is None


def test_a_draft_cites_an_item_with_its_quote_and_its_publisher() -> None:
    address = followed("jpcert")
    ask(Web({address: feed(("1", "LampOS flaw", "It is &lt;b&gt;bad&lt;/b&gt;"))}))
    reference = Item.objects.get().reference
    found = cited([reference, "source:news-999999", "figure:x", "source:news-0"])
    assert list(found) == [reference]
    source = found[reference]
    assert (source.ref, source.origin, source.publisher) == (reference, Origin.CERT, "JPCERT/CC")
    assert [quote.text for quote in source.quotes] == ["LampOS flaw", "It is bad"]
    assert source.published == date(2026, 7, 5)


def test_what_is_older_than_drafts_need_is_removed() -> None:
    address = followed("jpcert")
    ask(Web({address: feed(("1", "LampOS flaw", ""))}))
    assert keeping.forget(now=NOW) == 0
    assert keeping.forget(now=NOW + timedelta(days=500)) == 1
    assert not Story.objects.exists()


@pytest.mark.any_database
def test_the_pages_show_stories_and_sources_without_a_strangers_markup(client: Client) -> None:
    seen_here("mirai")
    address = followed("jpcert")
    words = "&lt;img src=x onerror=alert(1)&gt; &amp;lt;script&amp;gt; mirai"
    ask(Web({address: feed(("1", "A flaw", words), ("2", "", "x"))}))
    client.force_login(someone(Role.ANALYST))
    page = client.get(reverse("news:list"))
    assert "mirai" in page.text
    story = client.get(reverse("news:story", args=[Story.objects.get().pk]))
    assert Item.objects.get().reference in story.text
    assert "onerror" not in story.text
    assert "<script>" not in story.text.replace("<script src", "")
    sources = client.get(reverse("news:sources")).text
    assert "Creative Commons" in sources
    assert 'name="follow"' not in sources  # an administrator's to do
    assert "it has no title" in client.get(reverse("news:source", args=["jpcert"])).text
    client.post(reverse("news:away", args=[Story.objects.get().pk]), {"away": "yes"})
    assert "A flaw" not in client.get(reverse("news:list")).text
    assert "A flaw" in client.get(reverse("news:list"), {"which": "away"}).text


@pytest.mark.any_database
def test_an_administrator_follows_and_leaves_a_source_on_its_page(client: Client) -> None:
    client.force_login(someone(Role.ADMINISTRATOR))
    address = reverse("news:follow", args=["cisa-kev"])
    client.post(address, {"follow": "yes"})
    assert Source.objects.get().wanted
    client.post(address, {"follow": "no"})
    assert not Source.objects.get().wanted
    assert (
        client.post(reverse("news:follow", args=["nobody"]), {"follow": "yes"}).status_code == 404
    )

"""The pages of events, episodes and rejects, as an analyst meets them."""

import csv
import io
import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import stix2
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lionrock.desk.audit.models import Entry
from lionrock.desk.events.models import Episode, Event, Standing
from lionrock.desk.events.selectors.events import each_event
from lionrock.desk.events.selectors.filters import Filters
from lionrock.desk.events.views.exports import FORMATS
from lionrock.desk.people.roles import Role
from tests.desk.events.conftest import NOW
from tests.desk.events.rows import SCRIPT, Road, busy_road, event, keep
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Road:
    return busy_road(now=NOW)


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(someone(Role.ANALYST))
    return client


def text(response: Any) -> str:  # Any: the test client's own response
    """Return a page's text."""
    body = b"".join(response) if response.streaming else response.content
    return str(body.decode())


def page(client: Client, name: str, *args: int, **query: str) -> str:
    response = client.get(reverse(f"events:{name}", args=args), query)
    assert response.status_code == 200
    return text(response)


def listed(shown: str) -> list[str]:
    """Return the assets of a list, in its order, without what lets them break."""
    found = re.findall(r'data-row><bdi class="name">(.*?)</bdi>', shown)
    return [re.sub(r"<[^>]*>", "", asset) for asset in found]


def test_every_list_opens_when_there_is_nothing_yet(analyst: Client) -> None:
    for name in ("list", "episodes", "rejects"):
        page(analyst, name)


def test_events_are_listed_from_the_latest_with_their_problem(analyst: Client, road: Road) -> None:
    shown = page(analyst, "list")

    assert listed(shown)[:3] == ["192.0.2.2", "192.0.2.3", "192.0.2.4"]
    assert "Service open to the world" in shown
    assert "AS64496" in shown
    assert "203.0.113.9" not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "fraud"}, ["hxxp://login[.]bank[.]example"]),
        ({"kind": "fraud.phishing"}, ["hxxp://login[.]bank[.]example"]),
        ({"feed": "openphish", "severity": "high"}, ["192.0.2.200"]),
        ({"asn": "AS64496", "q": "mirai"}, ["192.0.2.200"]),
        ({"q": "cve-2026-0001"}, ["192.0.2.200"]),
        ({"q": "hxxp://login[.]bank.example"}, ["hxxp://login[.]bank[.]example"]),
        ({"q": "bank.example"}, ["hxxp://login[.]bank[.]example"]),
        ({"q": "192.0.2.200/29"}, ["192.0.2.200"]),
        ({"q": "192.0.0.0/18 mirai"}, ["192.0.2.200"]),
        ({"q": "198.51.100.0/24"}, ["192.0.2.200"]),  # the other end
        ({"q": "198.51.100.128/25"}, []),
        ({"country": "hk", "severity": "critical"}, ["hxxp://login[.]bank[.]example"]),
        ({"country": "de"}, []),
        ({"since": "2026-03-02", "until": "2026-03-01"}, []),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked(
    analyst: Client, road: Road, query: dict[str, str], found: list[str]
) -> None:
    assert [one.partition("/&lt;")[0] for one in listed(page(analyst, "list", **query))] == found


def test_a_wrong_filter_is_said_and_narrows_nothing(analyst: Client, road: Road) -> None:
    shown = page(analyst, "list", asn="many", since="yesterday", kind="nonsense", after="x,y")

    assert len(listed(shown)) == Event.objects.count()
    assert shown.count("errorlist") == 3


def test_facets_count_and_lead_to_the_narrowed_list(analyst: Client, road: Road) -> None:
    shown = page(analyst, "list", country="HK")
    facets = shown[shown.index('class="facets') :]
    (link,) = re.findall(r'<a href="(\?[^"]*)">Phishing</a><span class="number">1</span>', facets)

    assert "country=HK" in link
    chosen = text(analyst.get(reverse("events:list") + link.replace("&amp;", "&")))
    assert "Phishing" in chosen[chosen.index('class="chosen"') :][:60]


def test_a_list_goes_on_behind_its_last_row_and_comes_back(analyst: Client, road: Road) -> None:
    more = [
        event(n, value=f"192.0.2.{n % 50 + 100}", at=NOW - timedelta(days=20, seconds=n))
        for n in range(1, 61)
    ]
    keep(*more, feed="urlhaus", name="more.csv", now=NOW)
    first = page(analyst, "list")
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = text(analyst.get(reverse("events:list") + link.replace("&amp;", "&")))
    (back,) = re.findall(r'rel="prev" href="([^"]+)"', second)
    again = text(analyst.get(reverse("events:list") + back.replace("&amp;", "&")))

    assert len(listed(first)) == 50
    assert len(listed(first)) + len(listed(second)) == Event.objects.count()
    assert listed(again) == listed(first)


def test_an_events_page_says_everything_and_why_it_is_ours(analyst: Client, road: Road) -> None:
    found = Event.objects.get(asset="192.0.2.200")
    shown = page(analyst, "event", found.pk)

    for said in ("Infected system", "mirai", "CVE-2026-0001", "198.51.100.9", "AS64501", "DE"):
        assert said in shown
    assert "192.0.2.0/24 is used in HK (geolocation 2026-03-01)" in shown
    assert "<dd>HK</dd>" in shown
    assert "<dd>SG</dd>" in shown
    assert "TLP:GREEN" in shown


def test_the_line_an_event_was_made_of_is_shown_as_the_source_wrote_it(
    analyst: Client, road: Road
) -> None:
    first = Event.objects.filter(asset="192.0.2.2").get()

    assert "192.0.2.2,23,&lt;script&gt;" in page(analyst, "event", first.pk)


def test_a_line_that_is_not_the_events_own_is_not_shown_for_it(analyst: Client, road: Road) -> None:
    found = Event.objects.filter(asset="192.0.2.2").get()
    Event.objects.filter(pk=found.pk).update(line=1)

    assert "this is its record 1" in page(analyst, "event", found.pk)


def test_what_a_source_wrote_is_never_run_nor_linked(analyst: Client, road: Road) -> None:
    shown = [page(analyst, name) for name in ("list", "episodes", "rejects")]
    shown += [page(analyst, "event", event.pk) for event in Event.objects.all()]
    shown += [page(analyst, "episode", episode.pk) for episode in Episode.objects.all()]

    for one in shown:
        assert SCRIPT not in one
        assert not re.search(r'(href|src|action)="(?!/|\?|#)', one)
        own_words = re.sub(r'<pre class="foreign">.*?</pre>', "", one, flags=re.DOTALL)
        assert "http://login.bank.example" not in own_words


def test_a_reject_shows_control_characters_instead_of_obeying_them(
    analyst: Client, road: Road
) -> None:
    shown = page(analyst, "rejects", feed="urlhaus")

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "&lt;ESC&gt;" in shown
    assert "&lt;U+202E&gt;" in shown


def test_rejects_are_grouped_by_reason_and_found_by_it(analyst: Client, road: Road) -> None:
    shown = page(analyst, "rejects", feed="urlhaus")
    (link,) = re.findall(r'<a href="([^"]+)">has no time</a>', shown)
    narrowed = text(analyst.get(reverse("events:rejects") + link.replace("&amp;", "&")))

    assert shown.count("<pre") == 3  # one of the three is empty, one is shown in part and whole
    assert narrowed.count('<p class="head">') == 1


def test_an_episodes_page_tells_its_course_in_a_picture_and_in_words(
    analyst: Client, road: Road
) -> None:
    shown = page(analyst, "episode", road.telnet.pk)

    assert shown.count('<rect class="bar"') == 5
    assert "<desc" in shown
    assert "Events by day, as a table" in shown
    assert "Example Telecom" in shown
    assert "No notice is about it yet." in shown


def test_what_a_person_says_of_an_episode_is_kept_with_name_and_note(
    analyst: Client, road: Road
) -> None:
    address = reverse("events:say", args=[road.telnet.pk])
    answer = analyst.post(address, {"seen": "open", "standing": "fixed", "note": "rang them"})
    road.telnet.refresh_from_db()

    assert answer.status_code == 302
    assert (road.telnet.standing, road.telnet.fixed_by) == (Standing.FIXED, "person")
    assert Entry.objects.get(action="episode.fixed").details["note"] == "rang them"
    assert "rang them" in page(analyst, "episode", road.telnet.pk)
    assert 'value="open"' in page(analyst, "episode", road.telnet.pk)


def test_nothing_is_said_of_an_episode_that_changed_meanwhile(analyst: Client, road: Road) -> None:
    Episode.objects.filter(pk=road.telnet.pk).update(standing=Standing.UNSEEN)
    address = reverse("events:say", args=[road.telnet.pk])

    assert analyst.post(address, {"seen": "open", "standing": "fixed"}).status_code == 409
    assert analyst.post(address, {"seen": "unseen", "standing": "unseen"}).status_code == 400
    road.telnet.refresh_from_db()
    assert road.telnet.standing == Standing.UNSEEN


def test_an_episodes_page_says_who_would_be_told_and_why(analyst: Client, road: Road) -> None:
    road.isp.contacts.create(email="abuse@telecom.example")
    road.isp.holdings.create(kind="network", value="192.0.2.0/24")
    shown = page(analyst, "episode", road.telnet.pk)

    assert "abuse@telecom.example" in shown
    assert "192.0.2.0/24" in shown[shown.index("Would be told") :]
    assert "a person of the team" in shown


def test_exports_hold_what_is_listed_and_say_who_took_them(analyst: Client, road: Road) -> None:
    address = reverse("events:export", args=["csv"])
    rows = list(csv.DictReader(io.StringIO(text(analyst.get(address, {"kind": "fraud"})))))

    assert [(row["kind"], row["tlp"], row["feed"]) for row in rows] == [
        ("fraud.phishing", "TLP:GREEN", "openphish")
    ]
    assert rows[0]["asset"].startswith("http://login.bank.example/")
    entry = Entry.objects.get(action="export.events")
    assert entry.details["filters"] == {"kind": "fraud"}


def test_no_cell_of_an_exported_table_is_a_formula(analyst: Client) -> None:
    said = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")
    for number, formula in enumerate(said, start=1):
        keep(
            event(
                1, value=f"192.0.2.{number}", at=NOW, family=formula, ref=formula, report=formula
            ),
            feed="urlhaus",
            name=f"{number}",
            now=NOW,
        )
    shown = text(analyst.get(reverse("events:export", args=["csv"])))
    cells = [cell for row in csv.reader(io.StringIO(shown)) for cell in row]

    assert len(cells) > len(said) * 30
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_json_holds_what_is_known_and_leaves_out_what_is_not(analyst: Client, road: Road) -> None:
    address = reverse("events:export", args=["json"])
    (found,) = json.loads(text(analyst.get(address, {"q": "mirai"})))["events"]

    assert (found["asset"], found["family"], found["other"]) == (
        *("192.0.2.200", "mirai", "198.51.100.9"),
    )
    assert found["cves"] == ["CVE-2026-0001"]
    assert "brand" not in found


def test_stix_is_valid_and_every_object_stands_under_its_label(analyst: Client, road: Road) -> None:
    answer = analyst.get(reverse("events:export", args=["stix"]))
    bundle = stix2.parse(text(answer), allow_custom=False)
    kinds = Counter(thing["type"] for thing in bundle["objects"])

    assert answer["Content-Type"] == "application/stix+json;version=2.1"
    assert kinds["observed-data"] == Event.objects.count()
    assert kinds["marking-definition"] == 2
    assert {"ipv4-addr", "domain-name", "url"} <= set(kinds)
    assert len({thing["id"] for thing in bundle["objects"]}) == len(bundle["objects"])
    for thing in bundle["objects"]:
        if thing["type"] != "marking-definition":
            assert thing["object_marking_refs"]


def test_the_list_states_the_limit_that_its_exports_keep(analyst: Client, road: Road) -> None:
    shown = page(analyst, "list")

    for name, format_ in FORMATS.items():
        assert reverse("events:export", args=[name]) in shown
        assert f"the latest {format_.limit:,} at most" in shown
    assert len(list(each_event(Filters(), limit=3))) == 3
    assert analyst.get(reverse("events:export", args=["pdf"])).status_code == 404


def test_the_first_page_counts_what_the_road_brought_today(analyst: Client) -> None:
    now = timezone.now()
    cache.clear()
    busy_road(now=now)
    shown = text(analyst.get("/"))
    figures = dict(re.findall(r"<div><dt>([^<]+)</dt><dd>(?:<a[^>]*>)?([\d,]+)", shown))

    assert figures["Open episodes"] == str(Episode.objects.filter(standing="open").count())
    assert figures["New today"] == "8"
    assert figures["Deliveries today"] in {"1", "2"}  # one came five hours ago: yesterday at night
    assert "1 high" in shown
    assert "0 critical" in shown  # the phishing page came three days ago
    assert "ThreatFox cannot be collected." in shown
    assert "OpenPhish is silent" in shown
    assert ("could not be read today" in shown) is (figures["Deliveries today"] == "2")


@pytest.mark.parametrize(("severity", "told"), [("high", "1 high"), ("critical", "0 critical")])
def test_the_first_page_leads_to_the_very_episodes_it_counts(
    analyst: Client, severity: str, told: str
) -> None:
    cache.clear()
    # What a delivery of today tells is often older than a day.
    busy_road(now=timezone.now())
    Episode.objects.update(
        first_seen=F("first_seen") - timedelta(days=2), last_seen=F("last_seen") - timedelta(days=2)
    )
    shown = analyst.get("/").content.decode()
    (address,) = re.findall(rf'href="(/episodes/\?severity={severity}[^"]*)"', shown)
    listed = analyst.get(address.replace("&amp;", "&")).context["rows"]

    assert told in shown
    assert len(listed) == int(told.split(maxsplit=1)[0])
    everything = analyst.get(reverse("events:episodes"), {"opened": "on"})
    assert everything.context["counted"].number == 8

"""Whatever the filters, and however they are answered, the rows are those that match."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest

from lionrock.core.events import Severity
from lionrock.core.facts import Facts, Scope, Why
from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Episode, Event
from lionrock.desk.events.selectors import counts, episodes, events, search, walk
from lionrock.desk.events.selectors.filters import Filters, Place
from tests.desk.events.conftest import DAY, NOW, Keep, event

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(keep: Keep) -> None:
    """Forty events on twenty addresses, of two feeds."""
    for feed in ("shadowserver", "other"):
        keep(
            *(
                event(
                    n,
                    f"192.0.2.{n}",
                    at=NOW - timedelta(hours=n % 7),
                    kind=Rsit.INFECTED_SYSTEM if n % 2 else Rsit.UNWANTED_ACCESSIBLE,
                    family="mirai" if n % 4 == 1 else None,
                    host=f"h{n}.example.org" if n % 5 == 0 else None,
                    severity=Severity.HIGH if n % 3 else Severity.LOW,
                )
                for n in range(1, 21)
            ),
            feed=feed,
        )


CHOICES: dict[str, tuple[Any, ...]] = {  # Any: each field has its own type
    "kind": ("", "malicious-code", "vulnerable.potentially-unwanted-accessible"),
    "feed": ("", "other"),
    "asn": (None, 64496),
    "constituent": (None,),
    "country": ("", "DE", "HK"),
    "severity": ("", "high"),
    "text": ("", "192.0.2.1", "mir", "example.org", "mirai 192.0.2.1"),
}


COMBINATIONS = list(itertools.product(*CHOICES.values()))


def some_of(few: int) -> list[tuple[Any, ...]]:  # Any: as above
    """Return every combination, or a drawn part of them where searching is made to take many steps."""
    return COMBINATIONS if few > 100 else random.Random(7).sample(COMBINATIONS, 48)


def expected(one: Event, filters: Filters) -> bool:
    """Say by plain comparison whether an event matches."""
    return (
        (not filters.kind or one.kind == filters.kind or one.kind.startswith(f"{filters.kind}."))
        and (not filters.feed or one.feed == filters.feed)
        and filters.asn in (None, one.asn)
        and filters.constituent in (None, one.constituent_id)
        and filters.country in ("", one.located)
        and filters.severity in ("", one.severity)
        and all(
            any(name.startswith(word) for name in (one.asset, one.family, one.host, one.host[3:]))
            or one.host.endswith(f".{word}")
            for word in filters.text.split()
        )
    )


@pytest.mark.parametrize("few", [0, 3, 2_000])
@pytest.mark.usefixtures("stored")
def test_every_combination_finds_what_a_plain_comparison_finds(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(events, "MANY", few)
    every = list(Event.objects.all())
    for values in some_of(few):
        filters = Filters(**dict(zip(CHOICES, values, strict=True)))
        wanted = {one.pk for one in every if expected(one, filters)}
        page = events.events_page(filters)
        assert {row.pk for row in page.rows} == wanted, filters
        assert events.survey_events(filters)[0].number == len(wanted)
        about = {one.episode_id for one in every if one.pk in wanted}
        found = episodes.episodes_page(filters)
        assert {row.pk for row in found.rows} == about, filters
        assert episodes.survey_episodes(filters)[0].number == len(about)


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.usefixtures("stored")
def test_a_search_that_stops_after_each_slice_finds_everything_in_the_end(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(events, "MANY", few)
    monkeypatch.setattr(walk, "FIRST", 7)
    past = 0.0
    stops = 0
    every = list(Event.objects.order_by("-at", "-id"))
    for values in some_of(0):  # however it is searched: it takes many steps here
        filters = Filters(**dict(zip(CHOICES, values, strict=True)))
        wanted = [one.pk for one in every if expected(one, filters)]
        found: list[int] = []
        place: Place | None = None
        while True:
            page = events.events_page(filters, after=place, size=5, until=past)
            found += [row.pk for row in page.rows]
            if not page.has_after:
                break
            stops += page.searched is not None
            place = page.searched or Place(at=page.rows[-1].at, id=page.rows[-1].pk)
        assert found == wanted, filters
        counted, _ = events.survey_events(filters, until=past)
        assert counted.number <= len(wanted)
        assert counted.more or counted.number == len(wanted)
        about = {one.episode_id for one in every if one.pk in wanted}
        told: list[int] = []
        place = None
        while True:
            some = episodes.episodes_page(filters, after=place, size=5, until=past)
            told += [row.pk for row in some.rows]
            if not some.has_after:
                break
            place = some.searched or Place(at=some.rows[-1].last_seen, id=some.rows[-1].pk)
        assert len(told) == len(set(told))
        assert set(told) == about, filters
    assert stops


@pytest.mark.parametrize(
    "rare",
    [{"feed": "rare"}, {"kind": "fraud.phishing"}, {"constituent": 9}, {"asn": 65550}, {"country": "SG"}],
)  # fmt: skip
@pytest.mark.usefixtures("stored")
def test_what_is_rare_is_found_without_patience_however_long_ago_it_was(
    rare: dict[str, Any], keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = (
        Facts(network="203.0.113.0/24", asn=65550, holder="Example", located="SG"),
        Scope(why=Why.CONSTITUENT, fact="203.0.113.0/24 is a constituent's", constituents=(9,)),
    )
    monkeypatch.setattr(walk, "FIRST", 2)
    long_ago = event(1, "203.0.113.9", at=NOW - 60 * DAY, kind=Rsit.PHISHING)
    keep(long_ago, feed="rare", enrich=lambda found: [elsewhere for _ in found])
    page = events.events_page(Filters(**rare), until=0.0)
    assert [row.asset for row in page.rows] == ["203.0.113.9"]
    assert page.searched is None


@pytest.mark.usefixtures("stored")
def test_a_search_for_what_is_later_stops_and_goes_on_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "FIRST", 3)
    filters = Filters(text="mirai", feed="other")
    wanted = [row.pk for row in events.events_page(filters).rows]
    earliest = Event.objects.order_by("at", "id")[0]
    place: Place | None = Place(at=earliest.at - DAY, id=0)
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(events, "MANY", 0)
    found: list[int] = []
    while place:
        page = events.events_page(filters, before=place, size=5, until=0.0)
        found = [row.pk for row in page.rows] + found
        place = page.searched
    assert found == wanted


@pytest.mark.parametrize("first", [2, 1_000])
@pytest.mark.usefixtures("stored")
def test_a_time_bounds_the_list_in_both_directions(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FIRST", first)
    hour = timedelta(hours=1)
    for since, before in itertools.product((None, NOW - 4 * hour), (None, NOW - hour)):
        filters = Filters(since=since, before=before, kind="malicious-code")
        monkeypatch.setattr(events, "MANY", first)
        rows = Event.objects.filter(kind__startswith="malicious-code").order_by("-at", "-id")
        wanted = [
            row.pk
            for row in rows
            if (since is None or row.at >= since) and (before is None or row.at < before)
        ]
        assert [row.pk for row in events.events_page(filters).rows] == wanted
        late = Place(at=NOW + DAY, id=0)
        early = Place(at=NOW - DAY, id=0)
        assert [row.pk for row in events.events_page(filters, after=late).rows] == wanted
        assert [row.pk for row in events.events_page(filters, before=early).rows] == wanted
        assert events.survey_events(filters)[0].number == len(wanted)


@pytest.mark.usefixtures("stored")
def test_pages_follow_each_other_without_a_gap_in_both_directions() -> None:
    whole = [row.pk for row in events.events_page(Filters(), size=100).rows]
    assert len(whole) == 40
    seen: list[int] = []
    place: Place | None = None
    while True:
        page = events.events_page(Filters(), after=place, size=7)
        seen += [row.pk for row in page.rows]
        last = page.rows[-1]
        place = Place(at=last.at, id=last.pk)
        if not page.has_after:
            break
    assert seen == whole
    back = events.events_page(Filters(), before=place, size=7)
    assert [row.pk for row in back.rows] == whole[-8:-1]
    assert [e.pk for e in events.each_event(Filters(), limit=17)] == whole[:17]


@pytest.mark.usefixtures("stored")
def test_episodes_of_every_standing_are_listed_in_one_order() -> None:
    for number, episode in enumerate(Episode.objects.order_by("id")):
        episode.standing = ("open", "unseen", "fixed", "not_ours")[number % 4]
        episode.save()
    wanted = [e.pk for e in Episode.objects.order_by("-last_seen", "-id")]
    assert [e.pk for e in episodes.each_episode(Filters())] == wanted
    first = episodes.episodes_page(Filters(), size=5)
    place = Place(at=first.rows[-1].last_seen, id=first.rows[-1].pk)
    second = episodes.episodes_page(Filters(), after=place, size=5)
    assert [e.pk for e in (*first.rows, *second.rows)] == wanted[:10]
    place = Place(at=second.rows[0].last_seen, id=second.rows[0].pk)
    assert [e.pk for e in episodes.episodes_page(Filters(), before=place, size=5).rows] == wanted[
        :5
    ]


@pytest.mark.usefixtures("stored")
def test_figures_count_what_is_stored() -> None:
    region = counts.region_figures(now=NOW)
    assert (region.week, region.opened) == (40, 20)
    assert region.standing == {"open": 20}
    own = counts.constituent_figures(7, now=NOW)
    assert own.standing == {"open": 20}
    assert {kind.kind: kind.episodes for kind in own.open_kinds} == {
        "malicious-code.infected-system": 10,
        "vulnerable.potentially-unwanted-accessible": 10,
    }
    assert counts.constituent_figures(8, now=NOW).week == 0
    daily = counts.daily(since=(NOW - DAY).date(), before=(NOW + DAY).date())
    assert sum(row.events for row in daily) == 40
    assert {row.family for row in daily} == {"", "mirai"}


@pytest.mark.usefixtures("stored")
def test_facets_tell_how_often_each_value_holds() -> None:
    _, facets = events.survey_events(Filters(kind="malicious-code"))
    assert {facet.value: facet.number for facet in facets.by["feed"]} == {
        "shadowserver": 10,
        "other": 10,
    }
    assert (facets.of, facets.partial) == (20, False)
    counted, facets = episodes.survey_episodes(Filters(), cap=5)
    assert facets.partial
    assert (counted.number, counted.more, counted.back_to) == (5, True, None)

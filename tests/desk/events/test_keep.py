"""What was read is kept once, wholly or not at all, and told together where it is one problem."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.facts import Why
from lionrock.core.feeds import Carrier
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events import models
from lionrock.desk.events.models import ConstituentDay, DayCount, Episode, Standing, Tally, Word
from lionrock.desk.events.services.keep import MANY, keep_batch
from lionrock.desk.events.services.rows import Batch, Source, batches
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.selectors.blobs import LEASE
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.feeds.services.reading import PATIENCE, Lost, claim
from tests.desk.events.conftest import DAY, NOW, Keep, event, scoped

pytestmark = pytest.mark.django_db


def test_an_event_is_stored_with_every_field_it_came_with(keep: Keep) -> None:
    keep(
        event(
            3,
            at=datetime(2026, 3, 1, 2, 3, 4, 500_000, tzinfo=UTC),
            severity=Severity.HIGH,
            host="a.example.org",
            cves=("CVE-2026-0001", "CVE-2026-0002"),
            other=Asset(kind=AssetKind.ADDRESS, value="198.51.100.9"),
            other_part=Part.SOURCE,
            other_port=4000,
            other_asn=64501,
            other_country="DE",
            ref="r-1",
            tlp=Tlp.RED,
            count=4,
            until=NOW,
            details={"banner": "login:", "tags": ("a", "b")},
        )
    )
    stored = models.Event.objects.get()
    assert stored.at == datetime(2026, 3, 1, 2, 3, 4, 500_000, tzinfo=UTC)
    assert (stored.line, stored.nth, stored.feed, stored.report) == (
        *(3, 0, "shadowserver", "scan_telnet"),
    )
    assert (stored.asset, stored.part, stored.host) == ("192.0.2.1", "host", "a.example.org")
    assert (stored.other, stored.other_port, stored.other_asn) == ("198.51.100.9", 4000, 64501)
    assert (stored.network, stored.asn, stored.located) == ("192.0.2.0/24", 64496, "HK")
    assert (stored.why, stored.constituent_id, stored.tlp) == ("located", 7, "TLP:RED")
    assert (stored.cves, stored.count, stored.ref) == ("CVE-2026-0001,CVE-2026-0002", 4, "r-1")
    assert stored.details == {
        "banner": "login:",
        "tags": ["a", "b"],
        "@until": NOW.isoformat(),
        "@other_part": "source",
    }
    episode = Episode.objects.get()
    assert stored.episode_id == episode.pk
    assert episode.many == {
        "cves": ["CVE-2026-0001", "CVE-2026-0002"],
        "others": ["198.51.100.9"],
    }
    assert (episode.severity, episode.tlp, episode.host) == ("high", "TLP:RED", "a.example.org")
    assert (episode.holder, episode.fact) == ("Example", "192.0.2.0/24 is used in HK")


def test_a_problem_seen_within_the_gap_is_one_episode_and_behind_it_the_next(keep: Keep) -> None:
    keep(event(1))
    keep(event(1, at=NOW + 14 * DAY), feed="other")
    keep(event(1, at=NOW + 29 * DAY))
    first, second = Episode.objects.order_by("number")
    assert (first.first_seen, first.last_seen) == (NOW, NOW + 14 * DAY)
    assert (first.events, first.feeds) == (2, ["shadowserver", "other"])
    assert (second.number, second.first_seen, second.events) == (2, NOW + 29 * DAY, 1)


def test_a_late_event_widens_the_span_backwards_and_joins_the_nearest(keep: Keep) -> None:
    keep(event(1, at=NOW + 10 * DAY))
    keep(event(1, at=NOW))
    episode = Episode.objects.get()
    assert (episode.first_seen, episode.last_seen) == (NOW, NOW + 10 * DAY)
    keep(event(1, at=NOW + 40 * DAY))
    keep(event(1, at=NOW + 27 * DAY), event(2, at=NOW + 17 * DAY))
    first, second = Episode.objects.order_by("number")
    assert (second.first_seen, second.events) == (NOW + 27 * DAY, 2)
    assert (first.last_seen, first.events) == (NOW + 17 * DAY, 3)


def test_two_episodes_are_never_merged_and_keep_their_ids(keep: Keep) -> None:
    keep(event(1, at=NOW), event(2, at=NOW + 20 * DAY))
    ids = list(Episode.objects.order_by("id").values_list("id", flat=True))
    keep(event(1, at=NOW + 10 * DAY))
    assert list(Episode.objects.order_by("id").values_list("id", flat=True)) == ids
    assert sorted(Episode.objects.values_list("events", flat=True)) == [1, 2]


def test_what_the_same_feed_says_again_word_for_word_is_counted_as_a_duplicate_alone(
    keep: Keep,
) -> None:
    other = Asset(kind=AssetKind.ADDRESS, value="198.51.100.9")
    first = keep(event(1), event(2), event(3, other=other))
    again = keep(event(8), event(9, details={"banner": "worded otherwise"}))
    assert (first.ours, first.duplicates) == (2, 1)
    assert (again.ours, again.duplicates, again.events) == (0, 2, 2)
    keep(event(1, report="another_report"), event(2, at=NOW + timedelta(seconds=1)))
    keep(event(1), feed="other")
    assert Episode.objects.get().events == 5 == models.Event.objects.count()
    assert sum(DayCount.objects.values_list("events", flat=True)) == 5


def test_twins_in_different_transactions_of_one_delivery_are_met(keep: Keep) -> None:
    blob = keep(*(event(n, f"192.0.2.{n % 3}") for n in range(1, 31)), size=4)
    assert (blob.ours, blob.duplicates, blob.fresh) == (3, 27, 3)
    assert models.Event.objects.count() == 3


def test_an_episode_is_as_bad_and_as_secret_as_its_worst_event(keep: Keep) -> None:
    keep(event(1, severity=Severity.LOW, tlp=Tlp.GREEN))
    keep(event(1, at=NOW + DAY, severity=Severity.CRITICAL, tlp=Tlp.RED))
    keep(event(1, at=NOW + 2 * DAY, severity=Severity.INFO, tlp=Tlp.CLEAR))
    episode = Episode.objects.get()
    assert (episode.severity, episode.tlp) == ("critical", "TLP:RED")


def test_fields_with_several_values_stay_lists_up_to_a_limit_and_are_counted_beyond(
    keep: Keep,
) -> None:
    keep(
        *(
            event(
                n,
                at=NOW + timedelta(minutes=n),
                host=f"h{n}.example.org",
                other=Asset(kind=AssetKind.ADDRESS, value=f"198.51.100.{n}"),
            )
            for n in range(1, MANY + 4)
        )
    )
    episode = Episode.objects.get()
    assert episode.host == "h1.example.org"
    assert len(episode.many["hosts"]) == len(episode.many["others"]) == MANY
    assert (episode.many["hosts_more"], episode.many["others_more"]) == (2, 3)


@pytest.mark.parametrize("standing", [Standing.UNSEEN, Standing.FIXED])
def test_what_was_gone_and_is_seen_again_within_the_gap_is_open_again(
    keep: Keep, standing: Standing
) -> None:
    keep(event(1))
    Episode.objects.update(standing=standing, standing_since=NOW + DAY, misses=3)
    keep(event(1, at=NOW - DAY))
    assert Episode.objects.get().standing == standing
    keep(event(1, at=NOW + 2 * DAY))
    episode = Episode.objects.get()
    assert (episode.standing, episode.misses) == (Standing.OPEN, 0)


def test_what_was_seen_before_it_was_fixed_does_not_open_it_again(keep: Keep) -> None:
    keep(event(1))
    Episode.objects.update(standing=Standing.FIXED, standing_since=NOW + 3 * DAY)
    keep(event(1, at=NOW + 2 * DAY))
    assert Episode.objects.get().standing == Standing.FIXED


def test_what_is_outside_the_region_is_counted_by_country_and_stored_nowhere(keep: Keep) -> None:
    blob = keep(event(1, "203.0.113.1"), event(2, "203.0.113.2"), event(3))
    assert (blob.events, blob.ours, blob.outside) == (3, 1, 2)
    assert models.Event.objects.count() == Episode.objects.count() == 1
    outside = DayCount.objects.get(why=Why.ELSEWHERE.value)
    assert (outside.country, outside.events, outside.day) == ("DE", 2, date(2026, 3, 2))


def test_rejects_are_stored_with_their_place_and_reason(keep: Keep) -> None:
    blob = keep(
        event(1),
        Reject(line=2, text="x\0y", why="has no address"),
        Reject(line=2, text="z", why="has no time"),
    )
    assert blob.rejects == 2
    assert list(models.Reject.objects.values_list("line", "nth", "text", "why")) == [
        (2, 0, "x�y", "has no address"),
        (2, 1, "z", "has no time"),
    ]


def test_counts_by_day_delivery_and_constituent_agree(keep: Keep) -> None:
    blob = keep(event(1), event(2, "192.0.2.2"), event(3, at=NOW + DAY))
    assert list(
        DayCount.objects.order_by("day").values_list("day", "kind", "events", "episodes")
    ) == [
        (date(2026, 3, 2), "vulnerable.potentially-unwanted-accessible", 2, 2),
        (date(2026, 3, 3), "vulnerable.potentially-unwanted-accessible", 1, 0),
    ]
    assert sorted(Tally.objects.values_list("blob_id", "events", "episodes")) == [
        (blob.pk, 1, 0),
        (blob.pk, 2, 2),
    ]
    assert sorted(ConstituentDay.objects.values_list("constituent_id", "events")) == [
        (7, 1),
        (7, 2),
    ]


def test_an_episode_is_found_by_what_its_events_name(keep: Keep) -> None:
    keep(
        event(1, kind=Rsit.INFECTED_SYSTEM, family="mirai", host="a.b.example.org"),
        event(2, at=NOW + DAY, kind=Rsit.INFECTED_SYSTEM, family="mirai", host="c.example.net"),
    )
    assert set(Word.objects.values_list("word", flat=True)) == {
        *("feed:shadowserver", "mirai", "a.b.example.org", "b.example.org", "example.org"),
        *("c.example.net", "example.net"),
    }


def test_values_beyond_their_columns_and_unstorable_ones_are_made_to_fit(keep: Keep) -> None:
    keep(
        event(
            1,
            asset=Asset(kind=AssetKind.URL, value="http://example.org/" + "a" * 5000),
            report="r" * 300,
            family="g" * 300,
            cves=tuple(f"CVE-2026-{n:04d}" for n in range(200)),
            details={"text": "a\0\udc80" + "b" * 10, "more": "c" * 60_000, "é": "\0"},
        ),
        event(
            1,
            asset=Asset(kind=AssetKind.URL, value="http://example.org/" + "a" * 5000),
            cves=tuple(f"CVE-2026-{n:04d}" for n in range(201)),
        ),
    )
    first, _ = models.Event.objects.order_by("nth")
    assert len(first.asset) == 2048
    assert first.family == "g" * 100
    assert first.details["text"] == "a�?" + "b" * 10
    assert "@cut" in first.details
    assert Episode.objects.count() == 2, "long lists of vulnerabilities still differ"


def test_a_batch_whose_delivery_somebody_else_took_over_keeps_nothing(keep: Keep) -> None:
    blob = keep_blob(feed="shadowserver", content=b"x", name="", carrier=Carrier.DROP, now=NOW).blob
    slow = claim(blob_id=blob.pk, worker="one", now=NOW)
    assert slow is not None
    assert claim(blob_id=blob.pk, worker="two", now=NOW + LEASE) is None
    quick = claim(blob_id=blob.pk, worker="two", now=NOW + LEASE + timedelta(seconds=1))
    assert quick is not None
    batch = read([event(1)])
    with pytest.raises(Lost):
        keep_batch(held=slow, feed="shadowserver", batch=batch, now=NOW)
    assert not models.Event.objects.exists()
    keep_batch(held=quick, feed="shadowserver", batch=batch, now=NOW)
    blob.refresh_from_db()
    assert (blob.state, blob.ours) == (BlobState.COMPLETE, 1)
    assert claim(blob_id=blob.pk, worker="two", now=NOW) is None


def test_a_delivery_whose_readers_keep_dying_at_one_place_is_marked_failed() -> None:
    blob = keep_blob(feed="a", content=b"x", name="", carrier=Carrier.DROP, now=NOW).blob
    for _ in range(PATIENCE):
        assert claim(blob_id=blob.pk, worker="one", now=NOW) is not None
    assert claim(blob_id=blob.pk, worker="one", now=NOW) is None
    assert Blob.objects.get().state == BlobState.FAILED


@pytest.mark.parametrize("stop", range(7))
def test_reading_that_stopped_anywhere_goes_on_there_and_gives_the_same(
    keep: Keep, stop: int
) -> None:
    items: list[Event | Reject] = [
        event(1),
        event(2, "203.0.113.1"),
        event(3, "192.0.2.3"),
        event(3, "192.0.2.4", nth=1),
        Reject(line=3, text="", why="is odd"),
        event(3, "192.0.2.5", nth=2),
        event(5, "192.0.2.3"),
    ]
    whole = keep(*items)
    expected = dumped(whole.pk)
    models.Event.objects.all().delete()
    models.Reject.objects.all().delete()
    Episode.objects.all().delete()
    Tally.objects.all().delete()
    blob = keep_blob(feed="shadowserver", content=b"2", name="", carrier=Carrier.DROP, now=NOW).blob
    for worker, upto in (("one", stop), ("two", 1000)):
        held = claim(blob_id=blob.pk, worker=worker, now=NOW + (worker == "two") * DAY)
        assert held is not None
        source = Source(feed="shadowserver", tlp=Tlp.AMBER, seen=items[0].seen)  # type: ignore[union-attr]  # an event
        place = (held.lines, held.nth)
        for number, batch in enumerate(
            batches(items, source=source, enrich=scoped, after=place, size=1)
        ):
            if number >= upto:
                break
            held = keep_batch(held=held, feed="shadowserver", batch=batch, now=NOW)
    blob.refresh_from_db()
    assert blob.state == BlobState.COMPLETE
    assert dumped(blob.pk) == expected
    for column in ("events", "ours", "outside", "rejects", "duplicates", "fresh", "lines"):
        assert getattr(blob, column) == getattr(whole, column), column


def dumped(blob_id: int) -> str:
    """Return everything a delivery left, without the ids that differ."""

    def rows(found: Any) -> list[Any]:  # Any: rows of several tables
        return [
            {
                k: str(v)
                for k, v in row.items()
                if k not in ("id", "episode_id", "blob_id", "last_blob_id")
            }
            for row in found.values()
        ]

    return json.dumps(
        [
            rows(models.Event.objects.filter(blob_id=blob_id).order_by("line", "nth")),
            rows(models.Reject.objects.filter(blob_id=blob_id).order_by("line", "nth")),
            rows(Episode.objects.order_by("asset", "number")),
            rows(Tally.objects.filter(blob_id=blob_id).order_by("day", "country")),
        ]
    )


def read(items: list[Event | Reject]) -> Batch:
    """Return what was read as one batch, the last."""
    source = Source(feed="shadowserver", tlp=Tlp.AMBER, seen=event(1).seen)
    (batch,) = batches(items, source=source, enrich=scoped)
    return Batch.unpacked(batch.packed())

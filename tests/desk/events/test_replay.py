"""Reading deliveries again changes what is read differently today, and nothing else."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from lionrock.core.events import Event, Reject, Seen, Severity
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events import models
from lionrock.desk.events.models import DayCount, Episode
from lionrock.desk.events.services import replay
from lionrock.desk.events.services.rows import Source, batches
from lionrock.desk.feeds.models import Blob
from tests.desk.events.conftest import DAY, NOW, Keep, event, scoped

pytestmark = pytest.mark.django_db

TABLES = (
    *("events_event", "events_episode", "events_reject", "events_daycount", "events_tally"),
    *("events_constituentday", "events_word", "feeds_blob"),
)
Items = Sequence[Event | Reject]


def dump() -> str:
    """Return every byte of the tables that a replay may write to."""
    with connection.cursor() as cursor:
        rows: dict[str, Any] = {}  # Any: rows of several tables
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            rows[table] = cursor.fetchall()
    return json.dumps(rows, default=str)


def again(
    blob: Blob,
    items: Items,
    *,
    size: int = 20_000,
    do: Callable[..., replay.Changes] = replay.apply,
) -> replay.Changes:
    """Read a delivery again: what its reader says today is ``items``."""
    source = Source(feed=blob.feed, tlp=Tlp.AMBER, seen=Seen.SCAN)
    more = {"reader": "tomorrow"} if do is replay.apply else {}
    return do(
        blob_id=blob.pk,
        feed=blob.feed,
        batches=batches(items, source=source, enrich=scoped, size=size),
        now=NOW + DAY,
        **more,
    )


MIXED: Items = (
    event(1, host="a.example.org", cves=("CVE-2026-0001",)),
    event(2, "203.0.113.1"),
    event(2, "192.0.2.2", nth=1),
    Reject(line=2, text="x", why="is odd"),
    event(2, "192.0.2.3", nth=2),
    event(4),
    Reject(line=5, text="y", why="has no address"),
    event(6, at=NOW + 40 * DAY, details={"b": "ü", "a": "1"}),
)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_with_nothing_repaired_nothing_changes_to_the_last_byte(keep: Keep, size: int) -> None:
    first = keep(*MIXED)
    other = keep(*MIXED[:4], feed="other")
    before = dump()
    for blob, items in ((first, MIXED), (other, MIXED[:4])):
        assert not again(blob, items, size=size, do=replay.preview)
        assert not again(blob, items, size=size)
    assert dump() == before


@pytest.mark.parametrize("size", [1, 100])
def test_what_a_preview_says_is_what_applying_does_and_once_done_is_done(
    keep: Keep, size: int
) -> None:
    blob = keep(*MIXED)
    today: Items = (
        event(1, host="a.example.org", cves=("CVE-2026-0001",), severity=Severity.HIGH),
        event(2, "192.0.2.9"),
        event(2, "192.0.2.2", nth=1, kind=Rsit.VULNERABLE_SYSTEM),
        Reject(line=2, text="x", why="is odd"),
        Reject(line=4, text="z", why="is a twin"),
        event(5, "192.0.2.5"),
        event(6, at=NOW + 40 * DAY, details={"b": "ü", "a": "1"}),
    )
    before = dump()
    preview = again(blob, today, size=size, do=replay.preview)
    assert dump() == before
    applied = again(blob, today, size=size)
    assert {k: n for k, n in applied.counts.items() if k != "outside"} == preview.counts
    assert preview.counts == {
        "changed": 1,
        "added": 2,
        "moved": 1,
        "removed": 2,
        "read": 1,
        "rejected": 1,
    }
    assert preview.outside == applied.outside == -1
    assert preview.fields["severity"] == 1
    assert preview.differences
    after = dump()
    assert not again(blob, today, size=size)
    assert dump() == after


def test_after_a_replay_the_tables_are_those_of_a_first_reading(keep: Keep) -> None:
    wrong = [
        event(n, f"192.0.2.{n % 5}", at=NOW + timedelta(hours=n), port=80) for n in range(1, 30)
    ]
    right = [
        event(n, f"192.0.2.{n % 5}", at=NOW + timedelta(hours=n), port=81) for n in range(1, 30)
    ]
    blob = keep(*wrong)
    again(blob, right, size=7)
    replayed = told()
    for model in (
        models.Event,
        Episode,
        DayCount,
        models.Tally,
        models.ConstituentDay,
        models.Word,
    ):
        model.objects.all().delete()
    keep(*right)
    assert told() == replayed


def test_when_the_event_that_opened_an_episode_leaves_the_next_one_opened_it(keep: Keep) -> None:
    first = keep(event(1))
    second = keep(event(1, at=NOW + DAY), feed="other")
    again(first, [])
    assert Episode.objects.get().blob_id == second.pk
    assert list(models.Tally.objects.values_list("blob_id", "events", "episodes")) == [
        (second.pk, 1, 1)
    ]
    assert list(DayCount.objects.values_list("feed", "events", "episodes")) == [("other", 1, 1)]
    assert list(models.ConstituentDay.objects.values_list("day", "episodes")) == [
        ((NOW + DAY).date(), 1)
    ]
    again(second, [])
    assert not Episode.objects.exists()
    assert not DayCount.objects.exists()


def told() -> str:
    """Return what the tables say, without the ids."""

    def rows(found: Any) -> list[str]:  # Any: rows of several tables
        hidden = {"id", "episode_id", "blob_id", "last_blob_id"}
        return sorted(
            json.dumps(
                {k: v for k, v in row.items() if k not in hidden}, default=str, sort_keys=True
            )
            for row in found.values()
        )

    return json.dumps(
        [
            rows(models.Event.objects),
            rows(Episode.objects),
            rows(DayCount.objects),
            rows(models.Tally.objects),
            rows(models.ConstituentDay.objects),
            sorted(models.Word.objects.values_list("word", flat=True)),
        ],
        indent=1,
    )


def test_an_episode_keeps_its_id_and_standing_while_asset_and_problem_stay(keep: Keep) -> None:
    blob = keep(event(1), event(2, at=NOW + DAY))
    Episode.objects.update(standing="fixed", fixed_by="word", told_at=NOW)
    before = Episode.objects.get()
    again(blob, [event(1, severity=Severity.CRITICAL), event(2, at=NOW + 2 * DAY)])
    after = Episode.objects.get()
    assert (after.pk, after.number, after.standing) == (before.pk, 1, "fixed")
    assert (after.severity, after.last_seen, after.events) == ("critical", NOW + 2 * DAY, 2)


def test_an_episode_that_a_letter_named_stays_though_it_has_no_events(keep: Keep) -> None:
    blob = keep(event(1), event(2, "192.0.2.2"))
    Episode.objects.filter(asset="192.0.2.1").update(told_at=NOW)
    again(blob, [])
    episode = Episode.objects.get()
    assert (episode.asset, episode.events) == ("192.0.2.1", 0)
    assert not DayCount.objects.exists()


def test_an_episode_of_several_deliveries_is_rebuilt_from_all_of_them(keep: Keep) -> None:
    wrong = keep(event(1, tlp=Tlp.RED, host="wrong.example.org"))
    keep(event(1, at=NOW + DAY, host="right.example.org"), feed="other")
    again(wrong, [event(1, "192.0.2.77")])
    episode = Episode.objects.get(asset="192.0.2.1")
    assert (episode.first_seen, episode.events) == (NOW + DAY, 1)
    assert (episode.feeds, episode.tlp) == (["other"], "TLP:AMBER")
    assert (episode.host, episode.many) == ("right.example.org", {})
    assert not models.Word.objects.filter(word="wrong.example.org").exists()


def test_what_retention_removed_does_not_come_back(keep: Keep) -> None:
    items = [event(1, at=NOW - 500 * DAY), event(2)]
    blob = keep(*items)
    models.Event.objects.filter(line=1).delete()
    assert not again(blob, items, do=replay.preview)

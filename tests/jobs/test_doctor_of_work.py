"""What the doctor finds about workers, duties, feeds and deliveries."""

from datetime import UTC, datetime, timedelta

import pytest

from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.work import services as work
from lionrock.jobs.doctor import (
    State,
    check_aids,
    check_deliveries,
    check_duties,
    check_feeds,
    check_workers,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at_work(name: str, at: datetime = NOW) -> None:
    work.enlist(name=name, machine="there.example", process=7, version="1", now=at)


def test_a_worker_that_gives_no_sign_is_told_and_worse_when_it_was_the_only_one() -> None:
    assert check_workers(NOW).state is State.NOTE
    at_work("one")
    assert check_workers(NOW).state is State.FINE
    found = check_workers(NOW + HOUR)
    assert (found.state, "one" in found.words) == (State.BROKEN, True)
    at_work("two", NOW + HOUR)
    assert check_workers(NOW + HOUR).state is State.NOTE


def test_a_duty_that_fails_is_broken_and_says_why() -> None:
    assert check_duties().state is State.FINE
    work.begin_duty(name="send", by="one", now=NOW)
    work.end_duty(name="send", by="one", now=NOW, failure="the mail server\nis away")

    found = check_duties()
    assert (found.state, found.words) == (
        State.BROKEN,
        "send failed 1 times: the mail server is away",
    )


def test_a_feed_that_fails_or_is_silent_is_named() -> None:
    Source.objects.create(feed="urlhaus", enabled=True)
    assert check_feeds().state is State.FINE
    Source.objects.create(feed="threatfox", enabled=True, failures=3)
    Source.objects.create(feed="openphish", enabled=True, silent_since=NOW)

    found = check_feeds()
    assert found.state is State.BROKEN
    assert "cannot be collected: threatfox; silent: openphish" in found.words


@pytest.mark.parametrize(
    ("state", "later", "found"),
    [
        (BlobState.KEPT, timedelta(0), State.FINE),
        (BlobState.KEPT, 2 * HOUR, State.BROKEN),
        (BlobState.FAILED, timedelta(0), State.NOTE),
        (BlobState.COMPLETE, 2 * HOUR, State.FINE),
    ],
    ids=["just in", "waiting for long", "unreadable", "read"],
)
def test_a_delivery_that_waits_for_long_or_cannot_be_read_is_told(
    state: BlobState, later: timedelta, found: State
) -> None:
    Blob.objects.create(
        feed="urlhaus",
        sha256="0" * 64,
        name="x",
        carrier="drop",
        size=1,
        stored_size=1,
        received_at=NOW,
        last_at=NOW,
        state=state,
    )
    assert check_deliveries(NOW + later).state is found


def test_without_any_aid_reading_goes_on_by_column_names() -> None:
    assert check_aids(NOW).state is State.NOTE

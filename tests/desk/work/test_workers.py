"""Who works: one process to a name, one heir to a dead one, one at a time for each duty."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from lionrock.core.errors import TryLater
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services import sources
from lionrock.desk.work import services as work
from lionrock.desk.work.models import Duty, Worker

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DEAD = work.DEAD_AFTER + timedelta(seconds=1)
HERE, THERE = "here.example", "there.example"


def enlist(
    name: str = "one", *, machine: str = THERE, process: int = 7, at: datetime = NOW
) -> Worker:
    return work.enlist(name=name, machine=machine, process=process, version="1", now=at)


def test_a_name_belongs_to_one_living_process() -> None:
    enlist()
    with pytest.raises(TryLater, match="LIONROCK_WORKER"):
        enlist(process=8)
    enlist(process=8, at=NOW + DEAD)

    assert Worker.objects.get().process == 8
    assert not work.beat(name="one", process=7, now=NOW + DEAD)
    assert work.beat(name="one", process=8, now=NOW + DEAD)


def test_a_worker_killed_on_this_machine_starts_again_at_once_under_its_name() -> None:
    gone = 2**22 + 1  # above the highest process number there is
    enlist(machine=HERE, process=gone)
    enlist(machine=HERE, process=os.getpid())

    assert Worker.objects.get().process == os.getpid()


def test_of_two_that_notice_a_death_one_is_the_heir() -> None:
    enlist("dead")
    enlist("one", at=NOW + DEAD)
    enlist("two", at=NOW + DEAD)

    assert work.bury(by="one", now=NOW + DEAD) == ["dead"]
    assert work.bury(by="two", now=NOW + DEAD) == []
    assert not work.beat(name="dead", process=7, now=NOW + DEAD)


def test_nobody_is_buried_who_beats_or_stopped_in_order() -> None:
    enlist("alive")
    enlist("stopped")
    work.leave(name="stopped", process=7, now=NOW)
    work.beat(name="alive", process=7, now=NOW + DEAD)

    assert work.bury(by="one", now=NOW + DEAD) == []


def test_what_a_dead_worker_had_in_its_hands_is_free() -> None:
    enlist("dead")
    sources.set_up(feed="shadowserver", by=None, now=NOW, enabled=True, carrier="drop")
    sources.claim(feed="shadowserver", claimant="dead/1", now=NOW)
    work.begin_duty(name="send", by="dead", now=NOW)
    Blob.objects.create(
        feed="shadowserver",
        sha256="0" * 64,
        name="x",
        carrier="drop",
        size=1,
        stored_size=1,
        received_at=NOW,
        last_at=NOW,
        state=BlobState.READING,
        claimed_by="dead",
        heartbeat_at=NOW,
    )
    assert not work.begin_duty(name="send", by="one", now=NOW + DEAD)
    work.bury(by="one", now=NOW + DEAD)

    assert Source.objects.get().claimed_by == ""
    assert Blob.objects.get().heartbeat_at is None
    assert work.begin_duty(name="send", by="one", now=NOW + DEAD)


def test_a_duty_is_done_by_one_at_a_time_and_its_failures_are_counted() -> None:
    assert work.begin_duty(name="send", by="one", now=NOW)
    assert not work.begin_duty(name="send", by="two", now=NOW)
    assert not work.begin_duty(name="send", by="one", now=NOW)
    work.end_duty(name="send", by="two", now=NOW)
    assert not work.begin_duty(name="send", by="two", now=NOW)
    work.end_duty(name="send", by="one", now=NOW, failure="it broke")
    assert Duty.objects.get().failures == 1
    assert work.begin_duty(name="send", by="two", now=NOW)
    work.end_duty(name="send", by="two", now=NOW)

    duty = Duty.objects.get()
    assert (duty.failures, duty.failure, duty.done_at, duty.by) == (0, "", NOW, "two")


def test_a_machine_s_workers_are_numbered_and_a_dead_one_s_number_comes_first() -> None:
    assert work.free_name(machine=THERE, now=NOW) == "there.example-1"
    enlist("there.example-1")
    enlist("there.example-2", process=8)
    assert work.free_name(machine=THERE, now=NOW) == "there.example-3"
    work.leave(name="there.example-1", process=7, now=NOW)
    assert work.free_name(machine=THERE, now=NOW) == "there.example-1"

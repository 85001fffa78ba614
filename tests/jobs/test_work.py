"""The worker as it is: a process that does everything that is due, and may be killed at any time."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from lionrock.core.feeds import Carrier
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.services import drop, sources
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.notices.models import Scan
from lionrock.desk.work import services as work
from lionrock.jobs import clock

SECONDS = 90
START = [sys.executable, "-c", "from lionrock.jobs.cli import main; main()"]


def report(number: int, rows: int = 20) -> tuple[str, bytes]:
    """A Shadowserver report of addresses of ours."""
    lines = ["timestamp,severity,ip,protocol,port,tag,asn,geo"]
    lines += [
        f"2026-11-1{number % 10} 01:00:00,high,198.18.{number % 250}.{row},tcp,23,telnet,64496,"
        for row in range(rows)
    ]
    return f"2026-11-1{number % 10}-scan_telnet-n{number}.csv", ("\n".join(lines) + "\n").encode()


def switch_on() -> None:
    sources.set_up(
        feed="shadowserver",
        by=None,
        now=datetime.now(UTC),
        enabled=True,
        carrier=Carrier.DROP.value,
    )


@pytest.mark.django_db
def test_a_duty_that_fails_is_written_down_and_the_next_one_is_done() -> None:
    def breaks(_worker: str, _clock: object) -> object:
        raise ValueError("no such thing")

    failure = clock.guarded(lambda: breaks("", None))

    assert failure == "ValueError: no such thing"


@pytest.mark.django_db
def test_a_scan_that_came_in_is_looked_at_for_what_it_no_longer_lists_once_all_is_read(
    settings: Settings, tmp_path: Path
) -> None:
    settings.LIONROCK_DATA = tmp_path
    now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert not clock.scanned(now)
    for day in range(2):
        kept = keep_blob(
            feed="shadowserver", content=bytes([day]), name=f"{day}", carrier=Carrier.DROP, now=now
        )
        Blob.objects.filter(pk=kept.blob.pk).update(state=BlobState.COMPLETE, routed_at=now)
        Scan.objects.create(
            blob_id=kept.blob.pk, feed="shadowserver", day=now.date(), rows=1, complete=True
        )
        last = Blob.objects.filter(pk=kept.blob.pk)

    assert clock.scanned(now)
    last.update(state=BlobState.KEPT)
    assert not clock.scanned(now), "another is still to be read"
    last.update(state=BlobState.COMPLETE)
    work.begin_duty(name="recheck", by="test", now=now + timedelta(seconds=1))
    assert not clock.scanned(now + timedelta(seconds=2))
    last.update(routed_at=now + timedelta(seconds=3))
    assert clock.scanned(now + timedelta(seconds=4))


# Real processes ------------------------------------------------------------------------------


@contextmanager
def worker(
    name: str, environment: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process; stopped in order at the end."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [*START, "work", "--name", name],
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(SECONDS)


def inside(environment: dict[str, str], code: str) -> str:
    """Ask the processes' database something."""
    start = "from lionrock.jobs import django; django.start()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout.strip()


def wait_for(what: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def done(environment: dict[str, str]) -> tuple[int, int]:
    """Return how many deliveries went all the way, and how many events are stored."""
    delivered, stored = asked(
        environment,
        "SELECT (SELECT count(*) FROM feeds_blob WHERE state = 'complete' AND routed_at IS NOT NULL),"
        " (SELECT count(*) FROM events_event)",
    )
    return int(delivered), int(stored)


def asked(environment: dict[str, str], question: str) -> tuple[Any, ...]:  # Any: the database's
    """Ask the processes' database for one row.

    Without a process of its own, which would take longer to start than what is waited for.
    """
    if environment["LIONROCK_DATABASE"]:
        with connection.cursor() as cursor:
            cursor.execute(question)
            found = cursor.fetchone()
    else:
        file = Path(environment["LIONROCK_DATA"]) / "lionrock.sqlite3"
        with closing(sqlite3.connect(file)) as database:
            found = database.execute(question).fetchone()
    return tuple(found)


PREPARE = """
from tests.jobs.test_work import switch_on
switch_on()
"""
WHO_IS_TWO = "SELECT process FROM work_worker WHERE name = 'two'"
LONG_SILENT = """
from datetime import timedelta
from django.db.models import F
from lionrock.desk.work.models import Worker
Worker.objects.filter(name='two').update(beat_at=F('beat_at') - timedelta(hours=1))
"""


@pytest.mark.django_db(transaction=True)
def test_once_does_everything_that_is_due_from_a_file_to_a_notice_and_ends(
    environment: dict[str, str],
) -> None:
    folder = Path(environment["LIONROCK_DATA"]) / "drop" / "shadowserver"
    folder.mkdir(parents=True)
    name, content = report(1)
    (folder / name).write_bytes(content)
    inside(environment, PREPARE)
    at_rest = (folder / name).stat().st_ctime + drop.SETTLE_SECONDS + 0.1
    time.sleep(max(0.0, at_rest - time.time()))

    ended = subprocess.run(
        [*START, "work", "--once"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )

    told = ended.stderr.splitlines()
    assert "collected shadowserver: 1 new" in told
    assert {f"{duty}: done" for duty in clock.BY_NAME} <= set(told), told
    assert done(environment) == (1, 20)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_s_share_is_done_by_the_other_and_nothing_twice(
    environment: dict[str, str], tmp_path: Path
) -> None:
    inside(environment, PREPARE)
    folder = Path(environment["LIONROCK_DATA"]) / "drop" / "shadowserver"
    folder.mkdir(parents=True)
    log = tmp_path / "log"

    def lay(first: int, last: int) -> None:
        for number in range(first, last):
            name, content = report(number)
            (folder / f".{name}").write_bytes(content)
            (folder / f".{name}").rename(folder / name)

    with worker("one", environment, log), worker("two", environment, log) as two:
        lay(0, 10)
        wait_for(lambda: done(environment) != (0, 0), log)
        two.kill()
        two.wait()
        inside(environment, LONG_SILENT)
        lay(10, 20)
        wait_for(lambda: done(environment) == (20, 400), log)
        with worker("two", environment, log) as again:
            lay(20, 25)
            wait_for(lambda: done(environment) == (25, 500), log)
            # The other may have done all of it before this one stood.
            wait_for(lambda: asked(environment, WHO_IS_TWO) == (again.pid,), log)

    assert len(list((folder / "done").iterdir())) == 25
    names = "from lionrock.desk.work.models import Worker\n" + (
        "print(*Worker.objects.order_by('name').values_list('name', 'ended_by'))"
    )
    assert inside(environment, names) == "('one', 'one') ('two', 'two')"


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_of_a_living_one_s_name_is_refused(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log, second = tmp_path / "log", tmp_path / "second"
    with worker("one", environment, log):
        wait_for(lambda: b"at work" in log.read_bytes(), log)
        with worker("one", environment, second) as refused:
            assert refused.wait(SECONDS) == 4
    assert "LIONROCK_WORKER" in second.read_text()

"""A delivery goes its whole road: kept bytes, read, enriched, scoped, kept rows; killed or not."""

import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.feeds import Carrier
from lionrock.desk.events.models import DayCount, Episode, Event, Reject
from lionrock.desk.events.services.swift import swiftly
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.services.blobs import keep_blob, path_of
from lionrock.jobs import reading
from lionrock.jobs.replaying import Which, preview_of, replayed
from lionrock.jobs.road import plan_of, read_blob

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HEADER = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","naics"\n'


def report(rows: int, *, first: int = 0) -> bytes:
    """Return a scan report about addresses of the documentation networks, some of it odd."""
    lines = [HEADER]
    for number in range(first, first + rows):
        network = ("192.0.2", "198.51.100", "203.0.113")[number % 3]
        address = f"{network}.{number % 250}" if number % 50 else ""
        asn = "64496" if address else ""
        at = datetime(2026, 11, 19, tzinfo=UTC) + timedelta(seconds=number)
        lines.append(
            f'"{at:%Y-%m-%d %H:%M:%S}","high","{address}","tcp","23","","telnet","{asn}","ZZ","0"\n'
        )
    return "".join(lines).encode()


def clock() -> datetime:
    """Return a time that stands still."""
    return NOW


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


def kept(content: bytes, name: str = "2026-11-19-scan_telnet-hk.csv") -> Blob:
    return keep_blob(
        feed="shadowserver", content=content, name=name, carrier=Carrier.DROP, now=NOW
    ).blob


def counts(blob: Blob) -> dict[str, int]:
    blob.refresh_from_db()
    return {
        name: getattr(blob, name)
        for name in ("events", "ours", "outside", "duplicates", "rejects", "fresh", "lines")
    }


@pytest.mark.django_db
def test_every_line_becomes_an_event_a_count_or_a_reject() -> None:
    blob = kept(report(600))
    read_blob(blob.pk, worker="one", clock=clock)
    found = counts(blob)
    assert blob.state == BlobState.COMPLETE
    assert found["events"] + found["rejects"] == 600
    assert found["rejects"] == Reject.objects.count() == 12
    assert found["ours"] == Event.objects.count() > 0
    assert found["outside"] > 0
    assert found["events"] == found["ours"] + found["outside"] + found["duplicates"]
    assert sum(DayCount.objects.values_list("events", flat=True)) == found["events"]
    assert found["fresh"] == Episode.objects.count()
    event = Event.objects.order_by("line").first()
    assert event is not None
    assert (event.located, event.why, event.report) == ("HK", "located", "scan_telnet")


@pytest.mark.django_db
def test_a_delivery_that_was_read_is_not_read_again() -> None:
    blob = kept(report(60))
    read_blob(blob.pk, worker="one", clock=clock)
    before = counts(blob)
    read_blob(blob.pk, worker="two", clock=clock)
    assert counts(blob) == before
    assert blob.attempts == 1


@pytest.mark.django_db
def test_a_process_of_its_own_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    here = kept(report(600))
    plan = plan_of(here)
    expected = reading.read_here(plan)
    with reading.read_elsewhere(plan) as elsewhere:
        assert elsewhere.version == expected.version
        assert list(elsewhere.batches) == list(expected.batches)


@pytest.mark.django_db
def test_a_reading_process_knows_the_feeds_that_the_site_declares() -> None:
    plan = plan_of(kept(report(60)))
    folder = plan.tables.parent / "feeds"
    folder.mkdir()
    try:
        (folder / "ours.toml").write_text(
            'title = "Ours"\nprovider = "us"\nformat = "csv"\n[fields]\naddress = "ip"\n',
            encoding="utf-8",
        )
        with reading.read_elsewhere(replace(plan, feed="ours")) as found:
            assert list(found.batches)[-1].last
    finally:
        shutil.rmtree(folder)


@pytest.mark.django_db
def test_a_reading_process_that_gives_up_says_why() -> None:
    plan = replace(plan_of(kept(report(60))), region="nowhere")
    with (
        pytest.raises(GiveUp, match="no pack of this code"),
        reading.read_elsewhere(plan) as found,
    ):
        list(found.batches)


@pytest.mark.django_db
def test_a_reading_process_that_dies_is_told_as_one_to_start_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = plan_of(kept(report(60)))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TryLater, match="ended early"), reading.read_elsewhere(plan) as found:
        list(found.batches)


@pytest.mark.django_db
def test_damaged_bytes_make_the_delivery_fail_with_a_clear_sentence() -> None:
    blob = kept(report(60))
    path_of(blob.sha256).write_bytes(b"not what was kept")
    read_blob(blob.pk, worker="one", clock=clock)
    blob.refresh_from_db()
    assert blob.state == BlobState.FAILED
    assert "damaged" in blob.failure
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_reading_again_with_nothing_repaired_changes_nothing() -> None:
    blob = kept(report(600))
    read_blob(blob.pk, worker="one", clock=clock)
    assert not preview_of(blob, now=NOW)
    lines = list(replayed(Which(feed="shadowserver"), applying=True, clock=clock))
    assert lines[-1] == "1 deliveries read again, 0 changed"


@pytest.mark.django_db(transaction=True)
def test_a_reader_killed_at_any_moment_loses_no_row_and_doubles_none(
    environment: dict[str, str], tmp_path: Path
) -> None:
    content = tmp_path / "report.csv"
    content.write_bytes(report(3000))
    run(environment, "prepare", str(content))
    expected = run(environment, "expected", str(content))
    pauses = random.Random(7)
    for _ in range(5):
        child = start(environment, "read")
        assert child.stdout
        child.stdout.readline()
        time.sleep(pauses.uniform(0.0, 2.5))
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=30)
    run(environment, "read")
    assert run(environment, "report") == expected


@pytest.mark.django_db(transaction=True)
def test_of_two_readers_of_one_delivery_one_reads_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    content = tmp_path / "report.csv"
    content.write_bytes(report(3000))
    run(environment, "prepare", str(content))
    expected = run(environment, "expected", str(content))
    both = [start(environment, "read", worker) for worker in ("one", "two")]
    for child in both:
        child.communicate(timeout=60)
        assert child.returncode == 0
    assert run(environment, "report") == expected


COMMAND = [sys.executable, "-m", "tests.jobs.reading_process"]


def start(environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([*COMMAND, *words], env=environment, stdout=subprocess.PIPE, text=True)


def run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [*COMMAND, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [600, 60_000], ids=["here", "elsewhere"])
def test_a_reader_says_that_it_lives_while_a_batch_takes_long(
    monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    blob = kept(report(rows))
    if rows > 600:
        monkeypatch.setattr(reading, "LARGE", 0)
    signs: list[int] = []
    plan = replace(plan_of(blob), pulse=0.0 if rows == 600 else 0.001)
    with reading.reading(plan, meanwhile=lambda: signs.append(1)) as found:
        batches = list(found.batches)
    assert batches[-1].last
    assert signs


@pytest.mark.django_db
def test_what_a_waiting_reader_learns_ends_the_reading() -> None:
    class TakenOver(Exception):
        pass

    def meanwhile() -> None:
        raise TakenOver

    plan = replace(plan_of(kept(report(600))), pulse=0.0)
    with pytest.raises(TakenOver), reading.reading(plan, meanwhile=meanwhile) as found:
        list(found.batches)
    with (
        pytest.raises(TakenOver),
        reading.read_elsewhere(replace(plan, pulse=0.001), meanwhile=meanwhile),
    ):
        pass


@pytest.mark.django_db
def test_after_much_was_kept_at_once_sqlite_has_its_settings_back() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's settings")

    def settings() -> list[int]:
        with connection.cursor() as cursor:
            found = []
            for name in ("wal_autocheckpoint", "mmap_size", "cache_size"):
                cursor.execute(f"PRAGMA {name}")
                found.append(cursor.fetchone()[0] if name != "mmap_size" else 0)
        return found

    before = settings()
    with swiftly():
        assert settings() != before
    assert settings() == before

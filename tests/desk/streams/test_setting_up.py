"""What streams there may be, who starts them, and what a list of logs does to them."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from pytest_django import Settings

from lionrock.core.errors import GiveUp
from lionrock.core.streams import Portion, StreamKind, Unread
from lionrock.desk.audit.models import Entry
from lionrock.desk.streams.models import (
    LogList,
    Standing,
    Stream,
    StreamGap,
    StreamHour,
    StreamReject,
)
from lionrock.desk.streams.selectors.rows import StreamState, history, state_of, stream_row
from lionrock.desk.streams.services import keeping, running, setting_up
from lionrock.desk.streams.services.keeping import Found, Here, Lost
from lionrock.desk.streams.services.setting_up import Listed
from lionrock.desk.suspects.brands import current
from lionrock.jobs import log_lists
from lionrock.net.ct.logs import Kind, Log, State
from tests.desk.streams.busy import busy_streams
from tests.net.serving import Answer, serving

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
KEY = b64encode(b"a key").decode()


def listed(name: str = "log.example/2026h2", **changes: object) -> Listed:
    made = Listed(
        name=name,
        title="A log",
        address=f"https://{name}/",
        options={"key": b64encode(name.encode()).decode(), "protocol": "tiles"},
        standing=Standing.USABLE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # by name


def add(name: str = "names", **changes: object) -> Stream:
    fields: dict[str, object] = {
        "kind": StreamKind.CERTSTREAM,
        "address": "wss://stream.example/",
        "by": None,
        "now": NOW,
        **changes,
    }
    return setting_up.add(name=name, **fields)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "../secrets"}, "is no name"),
        ({"name": "UPPER"}, "is no name"),
        ({"address": "https://stream.example/"}, "no address of a stream"),
        ({"address": "wss://me:secret@stream.example/"}, "no address of a stream"),
        ({"options": {"zone": "example"}}, "has no option zone"),
        ({"kind": StreamKind.AXFR, "address": "dns://192.0.2.1"}, "needs the option zone"),
        (
            {"kind": StreamKind.CT_LOG, "address": "https://log.example/", "options": {"key": KEY}},
            "needs the option protocol",
        ),
        (
            {
                "kind": StreamKind.CT_LOG,
                "address": "https://log.example/",
                "options": {"key": KEY, "protocol": "gopher"},
            },
            "speaks tiles or rfc6962",
        ),
        (
            {
                "kind": StreamKind.CT_LOG,
                "address": "https://log.example/",
                "options": {"key": KEY, "protocol": "tiles", "from": "yesterday"},
            },
            "from is",
        ),
    ],
    ids=[
        "a path as name",
        "capitals",
        "another scheme",
        "a password in the address",
        "an option of another kind",
        "a zone unsaid",
        "a protocol unsaid",
        "a strange protocol",
        "a strange beginning",
    ],
)
def test_a_stream_that_could_never_be_read_is_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(GiveUp, match=why):
        add(**{"name": "names", **changes})  # type: ignore[arg-type]  # by name


def test_a_name_is_taken_once() -> None:
    add()
    with pytest.raises(GiveUp, match="already"):
        add()


def test_what_a_list_names_appears_and_is_not_started() -> None:
    assert setting_up.take_list([listed(), listed("log.example/2027h1")], now=NOW) == (2, 0)

    streams = list(Stream.objects.order_by("name"))
    assert [stream.name for stream in streams] == ["log-example-2026h2", "log-example-2027h1"]
    assert not any(stream.wanted for stream in streams)
    assert running.due(now=NOW) == []


def test_a_log_that_retires_is_marked_and_cannot_be_started() -> None:
    setting_up.take_list([listed()], now=NOW)

    assert setting_up.take_list([listed(standing=Standing.RETIRED)], now=NOW) == (0, 1)

    assert Stream.objects.get().standing == Standing.RETIRED
    with pytest.raises(GiveUp, match="retired"):
        setting_up.start(name="log-example-2026h2", by=None, now=NOW)
    assert Entry.objects.get(action="stream.standing").details == {
        "before": "usable",
        "after": "retired",
    }


def test_a_log_that_runs_goes_on_when_no_list_names_it_any_more() -> None:
    setting_up.take_list([listed()], now=NOW)
    setting_up.start(name="log-example-2026h2", by=None, now=NOW)

    setting_up.take_list([], now=NOW)

    stream = Stream.objects.get()
    assert (stream.standing, stream.wanted) == (Standing.GONE, True)


def test_a_log_keeps_its_place_when_its_address_changes() -> None:
    setting_up.take_list([listed()], now=NOW)
    Stream.objects.update(index=77)

    setting_up.take_list([listed(address="https://elsewhere.example/")], now=NOW)

    stream = Stream.objects.get()
    assert (stream.address, stream.index) == ("https://elsewhere.example/", 77)


def test_two_logs_of_one_name_are_two_streams() -> None:
    other = listed(options={"key": KEY, "protocol": "tiles"})

    assert setting_up.take_list([listed(), other], now=NOW) == (2, 0)
    assert Stream.objects.filter(name="log-example-2026h2-2").exists()


def test_a_stream_that_runs_is_not_forgotten_and_a_stopped_one_is() -> None:
    add()
    setting_up.start(name="names", by=None, now=NOW)
    with pytest.raises(GiveUp, match="stop it first"):
        setting_up.remove(name="names", by=None, now=NOW)
    setting_up.stop(name="names", by=None, now=NOW)

    setting_up.remove(name="names", by=None, now=NOW)

    assert not Stream.objects.exists()


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_a_list_is_looked_at_only_while_it_is_followed(settings: Settings) -> None:
    from ipaddress import ip_network

    settings.LIONROCK_INTERNAL = (ip_network("127.0.0.0/8"),)
    with serving(lambda _asked: Answer(body=LIST, headers={"ETag": '"1"'})) as server:
        address = f"{server.url}/log_list.json"
        LogList.objects.create(address=address)
        assert log_lists.follow_due(clock=lambda: NOW) == 0
        assert server.asked == []
        setting_up.follow(address=address, wanted=True, by=None, now=NOW)
        assert log_lists.follow_due(clock=lambda: NOW) == 1
        assert log_lists.follow_due(clock=lambda: NOW) == 0, "its next look is half a day away"

    row = LogList.objects.get()
    assert (row.logs, row.etag, row.failure) == (1, '"1"', "")
    stream = Stream.objects.get()
    assert (stream.kind, stream.standing) == (StreamKind.CT_LOG, Standing.USABLE)
    assert stream.options["protocol"] == "tiles"
    assert stream.address == "https://mon.log.example/2026h2/"


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_a_list_that_is_none_changes_nothing_and_says_why(settings: Settings) -> None:
    from ipaddress import ip_network

    settings.LIONROCK_INTERNAL = (ip_network("127.0.0.0/8"),)
    with serving(lambda _asked: Answer(body=b"<html>")) as server:
        setting_up.follow(address=f"{server.url}/l", wanted=True, by=None, now=NOW)
        log_lists.follow_due(clock=lambda: NOW)

    row = LogList.objects.get()
    assert "no JSON" in row.failure
    assert row.next_at is not None
    assert row.next_at > NOW


def test_a_log_of_a_list_is_described_as_it_will_be_read() -> None:
    from lionrock.jobs.stream_sources import log_of

    key = b"any key"
    log = Log(
        id=sha256(key).digest(),
        key=key,
        kind=Kind.TILES,
        operator="Lamp Post",
        description="Lamp Post 2026h2",
        url="https://mon.log.example/2026h2/",
        submission_url="https://log.example/2026h2/",
        mmd=60,
        state=State.USABLE,
    )
    made = log_lists.listed(log)
    again = log_of(made.address, made.options, title=made.title)

    assert replace(again, state=State.USABLE) == log


LIST = json.dumps(
    {
        "operators": [
            {
                "name": "Lamp Post",
                "tiled_logs": [
                    {
                        "description": "Lamp Post 2026h2",
                        "log_id": b64encode(sha256(b"a key").digest()).decode(),
                        "key": KEY,
                        "submission_url": "https://log.example/2026h2/",
                        "monitoring_url": "https://mon.log.example/2026h2/",
                        "mmd": 60,
                        "state": {"usable": {"timestamp": "2026-01-01T00:00:00Z"}},
                    }
                ],
            }
        ]
    }
).encode()


# How it fares ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "lag", "state"),
    [
        ({}, None, StreamState.STOPPED),
        ({"wanted": True}, None, StreamState.DUE),
        ({"wanted": True, "claimed_by": "w/1", "claimed_at": NOW}, 3, StreamState.RUNNING),
        ({"wanted": True, "claimed_by": "w/1", "claimed_at": NOW}, 10**6, StreamState.BEHIND),
        (
            {"wanted": True, "claimed_by": "w/1", "claimed_at": NOW - timedelta(hours=1)},
            None,
            StreamState.DUE,
        ),
        ({"wanted": True, "next_at": NOW + timedelta(hours=1)}, None, StreamState.RESTING),
        ({"wanted": True, "failures": 1}, None, StreamState.FAILING),
        ({"wanted": True, "failures": 1, "alarm": "it lied"}, None, StreamState.ALARM),
    ],
    ids=["stopped", "due", "running", "behind", "its reader died", "resting", "failing", "alarm"],
)
def test_where_a_stream_stands_follows_from_what_reading_wrote_down(
    fields: dict[str, object], lag: int | None, state: StreamState
) -> None:
    stream = Stream(**fields)

    assert state_of(stream, lag=lag, now=NOW) is state


def kept(stream: Stream, portion: Portion, *, now: datetime = NOW, repeated: int = 0) -> int:
    Stream.objects.filter(pk=stream.pk).update(claimed_by="w/1")
    return keeping.keep(
        stream_id=stream.pk,
        portion=portion,
        found=Found(judged=3, repeated=repeated, model_version="1"),
        here=Here(claimant="w/1", machine="here", process=1),
        book=current(),
        now=now,
    )


def test_nothing_is_kept_for_who_has_lost_the_stream() -> None:
    stream = add()
    with pytest.raises(Lost):
        keeping.keep(
            stream_id=stream.pk,
            portion=Portion(entries=1, position={"at": 1}),
            found=Found(judged=1, model_version="1"),
            here=Here(claimant="w/1", machine="here", process=1),
            book=current(),
            now=NOW,
        )

    stream.refresh_from_db()
    assert (stream.entries, stream.position) == (0, {})


def test_hours_add_up_and_are_shown_with_those_in_which_nothing_came() -> None:
    stream = add()
    for minutes in (0, 10, 65):
        kept(stream, Portion(entries=5), now=NOW - timedelta(minutes=minutes), repeated=1)

    shown = history(stream, now=NOW)

    assert [(row.hour.hour, row.entries, row.names) for row in shown.hours] == [
        (4, 10, 8),
        (3, 5, 4),
    ]
    assert len(shown.bars) == 48
    assert (shown.most, max(bar.height for bar in shown.bars)) == (10, shown.height)
    row = stream_row("names", now=NOW)
    assert row is not None
    assert (row.day.entries, row.day.repeated) == (15, 3)


def test_what_lay_before_a_log_s_first_entry_is_no_missing_entry() -> None:
    stream = add()
    StreamGap.objects.create(stream=stream, noted_at=NOW, first=0, last=999, why="before")
    StreamGap.objects.create(stream=stream, noted_at=NOW, first=2000, last=2004, why="skipped")

    row = stream_row("names", now=NOW)

    assert row is not None
    assert (row.gaps, row.missing) == (1, 5)


def test_rejects_are_kept_within_bounds_of_time_and_number_and_stay_counted() -> None:
    stream = add()
    unread = [Unread(place=str(n), text="\0", why="is none", raw=b"Hx") for n in range(8)]
    kept(stream, Portion(unread=unread[:2]), now=NOW - timedelta(days=200))
    kept(stream, Portion(unread=unread))

    keeping.tidy(before=NOW - timedelta(days=180), most=5)

    assert [row.place for row in StreamReject.objects.order_by("pk")] == ["3", "4", "5", "6", "7"]
    assert StreamHour.objects.count() == 1
    stream.refresh_from_db()
    assert stream.rejects == 10


def test_a_secret_s_name_is_a_file_of_the_secrets_folder(tmp_path: Path) -> None:
    from lionrock.desk.feeds.services.secrets import Kind as SecretKind
    from lionrock.desk.feeds.services.secrets import place_of

    file = place_of(tmp_path, setting_up.secret_name("gtlds"), SecretKind.PASSWORD)

    assert file == tmp_path / "secrets" / "feed-stream-gtlds"


def test_the_doctor_tells_of_streams_in_trouble() -> None:
    from lionrock.jobs.doctor import State as Health
    from lionrock.jobs.doctor import check_streams

    assert (check_streams(NOW).state, check_streams(NOW).words) == (Health.FINE, "0 started")
    busy_streams(now=NOW)

    found = check_streams(NOW)

    assert found.state is Health.BROKEN
    assert found.words == (
        "4 started; said what cannot be true: harbour-2026h2; far behind: lamp-post-2026h2"
    )

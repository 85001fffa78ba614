"""Reading streams as a worker does: what is kept, what is tried again, what rings, what is judged once."""

import os
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_network
from pathlib import Path

import pytest
from pytest_django import Settings
from websockets.sync.server import ServerConnection

from lionrock import regions
from lionrock.core.errors import TryLater
from lionrock.core.streams import Gap, Portion, StreamKind, Unread
from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.services import secrets
from lionrock.desk.people.roles import Role
from lionrock.desk.streams.models import (
    Stream,
    StreamAlarm,
    StreamGap,
    StreamHour,
    StreamReject,
)
from lionrock.desk.streams.services import running, setting_up
from lionrock.desk.suspects.models import Reading, Suspect
from lionrock.desk.suspects.services.decide import confirm
from lionrock.jobs import stream_judging, streaming
from lionrock.jobs.stream_judging import Judge
from lionrock.jobs.stream_replaying import replay
from lionrock.jobs.stream_sources import MESSAGE, NAME, Order, Taken
from lionrock.jobs.streaming import Around, Ran
from lionrock.names import scorer
from lionrock.names.blocks import lines_of
from lionrock.names.seen import SeenSet
from lionrock.names.triage import Triage
from lionrock.net.carrying import Busy
from lionrock.net.ct.logs import Kind
from tests.jobs.streaming_process import EAGER
from tests.net.certstreaming import Streaming, lite
from tests.net.certstreaming import streaming as certstreaming
from tests.net.ct.localog import BEGAN, Authority, LocalLog, some_entries, taken
from tests.net.ct.localog import running as log_running
from tests.net.czds_server import ACCOUNT, Zone, czds_service, zone_of
from tests.net.name_server import KEY_NAME, SEALED, SECRET, name_server, needs_nsd
from tests.net.serving import Answer, Asked
from tests.people.someone import someone

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

NOW = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
STAY = 60.0
OVER = TryLater("it broke off")

Script = list[Taken | Exception]


@cache
def triage() -> Triage:
    return Triage(regions.load("hk"), scorer.shipped())


@pytest.fixture(autouse=True)
def _in_the_house(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path
    settings.LIONROCK_INTERNAL = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(region="hk", seen=tmp_path / "seen", triage=triage)


def taken_of(*names: str, position: int = 0, **portion: object) -> Taken:
    """A portion of names, numbered by its position."""
    told = Portion(entries=len(names), position={"at": position}, **portion)  # type: ignore[arg-type]  # by name
    return Taken(portion=told, lines=lines_of([name.encode() for name in names]))


def scripted(*visits: Script) -> Callable[[Order], Iterator[Taken]]:
    """A source that brings one script at each opening, and nothing more after the last."""
    left = list(visits)

    def source(_order: Order) -> Iterator[Taken]:
        for each in left.pop(0) if left else []:
            if isinstance(each, Exception):
                raise each
            yield each

    return source


def added(
    name: str = "names",
    kind: StreamKind = StreamKind.CERTSTREAM,
    address: str = "wss://stream.example/",
    *,
    options: dict[str, str] | None = None,
    account: str = "",
) -> Stream:
    """A stream that was added and started."""
    setting_up.add(
        name=name,
        kind=kind,
        address=address,
        by=None,
        now=NOW,
        options=options,
        account=account,
    )
    return setting_up.start(name=name, by=None, now=NOW)


def read(
    stream: Stream,
    judge: Judge,
    source: Callable[[Order], Iterator[Taken]] | None = None,
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    until_caught_up: bool = False,
    wait_most: float = 0.0,
    stay: float = STAY,
    over: threading.Event | None = None,
    show: Callable[[Ran], None] | None = None,
) -> Ran:
    """Read the stream in this thread; its row is fresh afterwards."""
    around = Around(data=Path(judge._seen.parent), judge=judge, manners=EAGER, wait_most=wait_most)
    ran = streaming.run_stream(
        stream.pk,
        worker="test",
        around=around if source is None else replace(around, open=source),
        clock=clock,
        stay=stay,
        until_caught_up=until_caught_up,
        over=over,
        show=show,
    )
    stream.refresh_from_db()
    return ran


# What is kept -------------------------------------------------------------------------------


def test_names_are_judged_and_their_place_is_kept_with_them(judge: Judge) -> None:
    stream = added()

    ran = read(
        stream,
        judge,
        scripted([taken_of("hsbc-verify.example", "plain.example", position=7)]),
    )

    assert (ran.names, ran.fresh) == (2, 1)
    suspect = Suspect.objects.get()
    assert (suspect.host, suspect.source) == ("hsbc-verify.example", "names")
    assert stream.position == {"at": 7}
    assert (stream.names, stream.suspects, stream.fresh, stream.entries) == (2, 1, 1, 2)
    assert stream.arrived_at == stream.heard_at == NOW
    hour = StreamHour.objects.get()
    assert (hour.hour, hour.names) == (NOW.replace(minute=0), 2)
    assert Reading.objects.get().names == 2


def test_a_name_that_came_before_by_whatever_stream_is_counted_and_not_judged(
    judge: Judge,
) -> None:
    one, other = added("one"), added("other")
    read(one, judge, scripted([taken_of("a.example", "b.example")]))

    read(other, judge, scripted([taken_of("a.example", "c.example", "c.example")]))

    assert (other.names, other.repeated) == (3, 2)


def test_a_name_that_a_person_decided_before_is_no_suspect_again(judge: Judge) -> None:
    first = added("first")
    read(first, judge, scripted([taken_of("hsbc-verify.example")]))
    suspect = Suspect.objects.get()
    confirm(suspect_id=suspect.pk, seen_version=1, by=someone(Role.ANALYST), note="", now=NOW)
    forgetful = Judge(region="hk", seen=judge._seen.with_name("other"), triage=triage)
    second = added("second")

    read(second, forgetful, scripted([taken_of("hsbc-verify.example", "hsbc-login.example")]))

    assert (second.suspects, second.fresh) == (1, 1)
    assert Reading.objects.get(source="second").known == 1
    suspect.refresh_from_db()
    assert (suspect.state, suspect.source) == ("confirmed", "first")


def test_a_name_that_a_scan_of_new_names_met_is_not_judged_again(judge: Judge) -> None:
    with SeenSet.open(judge._seen) as seen:
        from lionrock.names.blocks import hosts_of

        seen.add(hosts_of(["hsbc-verify.example"]))

    stream = added()
    read(stream, judge, scripted([taken_of("hsbc-verify.example")]))

    assert (stream.names, stream.repeated) == (1, 1)
    assert not Suspect.objects.exists()


def test_what_is_no_name_is_kept_with_why_and_read_again_on_demand(judge: Judge) -> None:
    stream = added()
    cut = Unread(place="9", text="{", why="is no JSON", raw=MESSAGE + b"{")
    whole = Unread(
        place="10",
        text="…",
        why="a reader of old",
        raw=MESSAGE + lite("hsbc-late.example").encode(),
    )
    read(stream, judge, scripted([taken_of("no name at all", unread=(cut, whole))]))
    assert stream.rejects == 3
    assert StreamReject.objects.count() == 3

    done = replay(stream, judge=judge, clock=lambda: NOW)

    assert (done.read, done.still, done.fresh) == (1, 2, 1)
    assert Suspect.objects.get().host == "hsbc-late.example"
    assert StreamReject.objects.get(replayed_at=NOW).place == "10"
    assert replay(stream, judge=judge, clock=lambda: NOW).read == 0


def test_a_reading_lasts_a_day_at_most_and_ends_when_there_is_no_more_for_now(
    judge: Judge,
) -> None:
    stream = added()
    times, kept = [NOW], threading.Event()

    def source(_order: Order) -> Iterator[Taken]:
        yield taken_of("a.example")
        assert kept.wait(30)
        yield taken_of("b.example")

    def show(_ran: Ran) -> None:
        times.append(NOW + timedelta(days=1))
        kept.set()

    read(stream, judge, source, clock=lambda: times[-1], show=show)

    tomorrow = NOW + timedelta(days=1)
    readings = Reading.objects.order_by("pk")
    assert [(each.started_at, each.finished_at, each.names) for each in readings] == [
        (NOW, tomorrow, 1),
        (tomorrow, tomorrow, 1),
    ]


def test_a_stop_ends_the_reading_that_is_open(judge: Judge) -> None:
    stream = added()
    read(stream, judge, scripted([taken_of("a.example"), OVER]))
    assert Reading.objects.get().finished_at is None, "it is tried again, and goes on"

    setting_up.stop(name="names", by=None, now=NOW)

    assert Reading.objects.get().finished_at == NOW


def test_whoever_goes_on_with_a_stream_takes_its_reading_over(judge: Judge) -> None:
    stream = added()
    read(stream, judge, scripted([taken_of("a.example"), OVER]))
    Reading.objects.update(process=1)
    later = NOW + timedelta(minutes=30)

    read(stream, judge, scripted([OVER]), clock=lambda: later)

    reading = Reading.objects.get()
    assert (reading.process, reading.heartbeat_at) == (os.getpid(), later)


def test_what_a_failed_commit_judged_is_judged_again(judge: Judge) -> None:
    stream = added()

    def taken_over(_order: Order) -> Iterator[Taken]:
        Stream.objects.update(claimed_by="somebody else")
        yield taken_of("hsbc-verify.example", position=3)

    read(stream, judge, taken_over)
    assert (stream.position, stream.names) == ({}, 0)

    Stream.objects.update(claimed_by="")
    read(stream, judge, scripted([taken_of("hsbc-verify.example", position=3)]))
    assert (stream.position, stream.fresh) == ({"at": 3}, 1)


def test_a_fault_of_ours_is_raised_and_not_tried_again_at_once(judge: Judge) -> None:
    stream = added()

    with pytest.raises(ZeroDivisionError):
        read(stream, judge, scripted([ZeroDivisionError()]))

    stream.refresh_from_db()
    assert stream.failure.startswith("a fault in Lionrock")
    assert stream.next_at is not None
    assert stream.next_at > NOW
    assert stream.claimed_by == ""


# Trying again ---------------------------------------------------------------------------------


def test_what_came_before_a_failure_is_kept_and_the_next_attempt_waits_longer(
    judge: Judge,
) -> None:
    stream = added()
    read(stream, judge, scripted([taken_of("a.example", position=1), OVER]))
    assert (stream.position, stream.failures) == ({"at": 1}, 1)
    waits = [(stream.next_at or NOW) - NOW]
    for _ in range(3):
        read(stream, judge, scripted([OVER]))
        waits.append((stream.next_at or NOW) - NOW)

    assert waits == [timedelta(seconds=2**n) for n in range(4)]
    assert stream.failure == "it broke off"
    assert running.wait_after(99) == running.LONGEST_WAIT


def test_a_short_wait_is_waited_out_with_the_stream_in_hand(judge: Judge) -> None:
    stream = added()
    ran = read(
        stream, judge, scripted([OVER], [taken_of("after.example", position=2)]), wait_most=5
    )

    assert ran.names == 1
    assert (stream.failures, stream.failure, stream.position) == (0, "", {"at": 2})


def test_a_server_that_asks_for_time_gets_it(judge: Judge) -> None:
    stream = added()
    read(stream, judge, scripted([Busy("later", seconds=90)]))

    assert stream.next_at == NOW + timedelta(seconds=90)


def test_a_password_does_not_stand_in_what_went_wrong(judge: Judge, tmp_path: Path) -> None:
    stream = added()
    secrets.keep_secret(
        data=tmp_path,
        feed=setting_up.secret_name("names"),
        kind=secrets.Kind.PASSWORD,
        value=b"two lions",
    )
    read(stream, judge, scripted([TryLater("nobody is let in with two lions")]))

    assert stream.failure == "nobody is let in with …"


def test_what_a_server_says_is_kept_by_every_database(judge: Judge) -> None:
    stream = added()
    odd = Unread(place="1", text="a\0b", why="it says \0", raw=b"\0\xff")
    read(stream, judge, scripted([taken_of(unread=(odd,)), TryLater("it ended: \0 \u202e")]))

    assert stream.failure == "it ended: � \u202e"
    assert StreamReject.objects.get().text == "a�b"


def test_a_stream_that_somebody_living_reads_is_left_to_them(judge: Judge) -> None:
    stream = added()
    Stream.objects.update(claimed_by="other/1", claimed_at=NOW)
    assert read(stream, judge).busy

    Stream.objects.update(claimed_at=NOW - running.CLAIM_LASTS - timedelta(seconds=1))
    assert not read(stream, judge, scripted([taken_of("a.example")])).busy


def test_a_stop_ends_the_reading_and_what_comes_after_it_is_not_kept(judge: Judge) -> None:
    stream = added()
    came = threading.Event()

    def source(order: Order) -> Iterator[Taken]:
        yield taken_of("before.example", position=1)
        assert came.wait(30)
        yield taken_of("after.example", position=2)

    def show(_ran: Ran) -> None:
        setting_up.stop(name="names", by=None, now=NOW)
        came.set()

    read(stream, judge, source, show=show)

    assert (stream.position, stream.wanted, stream.claimed_by) == ({"at": 1}, False, "")
    assert running.due(now=NOW) == []


def test_a_stream_that_is_not_wanted_is_never_due() -> None:
    setting_up.add(
        name="quiet",
        kind=StreamKind.CERTSTREAM,
        address="wss://stream.example",
        by=None,
        now=NOW,
    )
    assert running.due(now=NOW) == []
    stream = setting_up.start(name="quiet", by=None, now=NOW)
    assert running.due(now=NOW) == [stream.pk]
    setting_up.stop(name="quiet", by=None, now=NOW)
    assert running.due(now=NOW) == []
    assert list(Entry.objects.order_by("number").values_list("action", flat=True)) == [
        "stream.added",
        "stream.started",
        "stream.stopped",
    ]


def test_waiting_for_news_says_that_the_reader_lives(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = added()
    monkeypatch.setattr(streaming, "PULSE", 0.05)
    ticks = iter(NOW + timedelta(seconds=n) for n in range(1000))
    over = threading.Event()

    def source(order: Order) -> Iterator[Taken]:
        order.stopped(0.5)
        over.set()
        yield from ()

    read(stream, judge, source, clock=lambda: next(ticks), over=over)

    assert stream.failure == ""
    assert next(ticks) > NOW + timedelta(seconds=4), "the clock was asked at each pulse"


# Certificate logs -----------------------------------------------------------------------------


def started_log(url: str, log: LocalLog, kind: Kind, name: str = "log", **options: str) -> Stream:
    described = log.described(url.rstrip("/"), kind)
    return added(
        name,
        StreamKind.CT_LOG,
        described.url,
        options={
            "key": b64encode(described.key).decode(),
            "protocol": kind.value,
            "submission": described.submission_url,
            **options,
        },
    )


def a_log(count: int) -> LocalLog:
    log = LocalLog()
    log.grow(some_entries(count))
    return log


@pytest.mark.parametrize("kind", list(Kind))
def test_a_log_begins_where_it_ends_now_and_says_what_lay_before(judge: Judge, kind: Kind) -> None:
    log = a_log(10)
    with log_running(log, kind) as (described, _):
        stream = started_log(described.url, log, kind)
        read(stream, judge, until_caught_up=True)
        assert (stream.index, stream.entries, stream.head_size) == (10, 0, 10)
        log.grow(some_entries(4, authority=Authority("Another")))
        read(stream, judge, until_caught_up=True)

    gap = StreamGap.objects.get()
    assert (gap.first, gap.last) == (0, 9)
    assert (stream.index, stream.entries, stream.head_size) == (14, 4, 14)
    assert stream.head_root == log.root().hex()
    assert stream.newest_at is not None


def test_a_certificate_in_three_logs_is_judged_once_whichever_form_comes_first(
    judge: Judge,
) -> None:
    authority, stamp = Authority(), int(BEGAN.timestamp() * 1000)
    pairs = [
        taken(authority, f"hsbc-{n}.example", f"www.hsbc-{n}.example", stamp=stamp)
        for n in range(3)
    ]
    logs = [LocalLog(name=f"log-{n}.example/2026") for n in range(3)]
    logs[0].grow([entry for pair in pairs for entry in pair])
    logs[1].grow([pair[0] for pair in pairs])
    logs[2].grow([pair[1] for pair in reversed(pairs)])
    streams = []
    for number, log in enumerate(logs):
        with log_running(log, Kind.TILES) as (described, _):
            stream = started_log(
                described.url, log, Kind.TILES, f"log-{number}", **{"from": "beginning"}
            )
            read(stream, judge, until_caught_up=True)
            streams.append(stream)

    assert [stream.entries for stream in streams] == [6, 3, 3]
    assert sum(stream.names - stream.repeated for stream in streams) == 6
    assert [stream.names for stream in streams[1:]] == [0, 0], "not even their names are looked at"


@pytest.mark.parametrize("names_only", [False, True], ids=["certificates", "names alone"])
def test_an_entry_that_is_no_certificate_is_kept_and_those_around_it_are_read(
    judge: Judge, names_only: bool
) -> None:
    log, entries = LocalLog(names=True), some_entries(4)
    head, tail = entries[1].entry[:10], b"\0\x08\0\0\5\0\0\0\0\1"
    spoilt = replace(entries[1], entry=head + b"\0\0\7garbage" + tail, names=("odd name",))
    log.grow([entries[0], spoilt, *entries[2:]])
    options = {"from": "beginning", **({"names-only": "yes"} if names_only else {})}
    with log_running(log, Kind.TILES) as (described, _):
        stream = started_log(described.url, log, Kind.TILES, **options)
        read(stream, judge, until_caught_up=True)

    assert (stream.entries, stream.index, stream.rejects) == (4, 4, 1)
    reject = StreamReject.objects.get()
    assert reject.place == "1"
    assert bytes(reject.raw or b"") == (b"Hodd name" if names_only else b"Cgarbage")
    assert replay(stream, judge=judge, clock=lambda: NOW).still == 1


def test_a_log_that_forks_rings_and_is_not_read_until_a_person_has_looked(judge: Judge) -> None:
    log, other = a_log(10), LocalLog()
    with log_running(log, Kind.TILES) as (described, _):
        stream = started_log(described.url, log, Kind.TILES, **{"from": "beginning"})
        read(stream, judge, until_caught_up=True)
    other.key = log.key
    other.grow(some_entries(12, authority=Authority("Another")))
    with log_running(other, Kind.TILES) as (described, _):
        Stream.objects.update(address=described.url)
        stream.refresh_from_db()
        read(stream, judge, until_caught_up=True)

    assert stream.alarm
    assert (stream.index, stream.entries) == (10, 10), "nothing of it is believed"
    assert running.due(now=NOW) == []
    assert not running.claim(stream_id=stream.pk, claimant="x", now=NOW)
    alarm = StreamAlarm.objects.get()
    assert alarm.evidence["lie"] == "forked"
    assert alarm.evidence["held-size"] == 10
    setting_up.silence(name="log", by=None, now=NOW)
    assert running.due(now=NOW) == [stream.pk]
    assert Entry.objects.filter(action__in=["stream.alarm", "stream.alarm-seen"]).count() == 2


def test_a_log_that_stalls_is_tried_again_from_where_it_stood(judge: Judge) -> None:
    log = a_log(6)
    stalls = [False]

    def bent(_asked: Asked, said: Answer) -> Answer:
        return Answer(status=503, headers={"Retry-After": "700"}) if stalls[0] else said

    with log_running(log, Kind.RFC6962, bent=bent) as (described, _):
        stream = started_log(described.url, log, Kind.RFC6962, **{"from": "beginning"})
        read(stream, judge, until_caught_up=True)
        log.grow(some_entries(2, authority=Authority("Another")))
        stalls[0] = True
        read(stream, judge, until_caught_up=True)
        assert (stream.failures, stream.index) == (1, 6)
        stalls[0] = False
        read(stream, judge, until_caught_up=True)

    assert (stream.failures, stream.index, stream.entries) == (0, 8, 8)


def test_skipping_a_log_s_backlog_leaves_a_gap_on_record(judge: Judge) -> None:
    stream = added("log", StreamKind.CT_LOG, "https://log.example/", options=OPTIONS)
    Stream.objects.update(index=5, head_size=100, position={"index": 5})

    setting_up.skip(name="log", to=None, by=None, now=NOW)

    stream.refresh_from_db()
    gap = StreamGap.objects.get()
    assert (gap.first, gap.last, stream.index) == (5, 99, 100)


OPTIONS = {"key": "MFkw", "protocol": "tiles"}


# The other kinds ------------------------------------------------------------------------------


def test_a_certstream_that_drops_us_is_heard_again_and_the_time_between_is_a_gap(
    judge: Judge,
) -> None:
    over = threading.Event()

    def talk(connection: ServerConnection, visit: int) -> None:
        connection.send("{broken")
        connection.send(lite(f"hsbc-{visit}.example"))
        if visit == 3:
            served[0].over.wait(60)

    def show(ran: Ran) -> None:
        if ran.names == 3:
            over.set()

    served: list[Streaming] = []
    with certstreaming(talk) as server:
        served.append(server)
        stream = added(address=server.url)
        clock = lambda: datetime.now(UTC)  # noqa: E731  # one word
        ran = read(stream, judge, clock=clock, wait_most=10, over=over, show=show)

    assert (ran.names, ran.rejects, server.visits) == (3, 3, 3)
    assert stream.rejects == 3
    gaps = StreamGap.objects.order_by("pk")
    assert [gap.why for gap in gaps] == ["not connected", "not connected"]
    assert all(gap.since and gap.until and gap.since <= gap.until for gap in gaps)


@needs_nsd
def test_a_zone_is_transferred_when_its_serial_is_new_and_not_otherwise(
    judge: Judge, tmp_path: Path
) -> None:
    with name_server(tmp_path / "nsd", names=20, serial=5) as server:
        stream = added(
            "zone",
            StreamKind.AXFR,
            server.address,
            options={"zone": SEALED, "key-name": KEY_NAME},
        )
        secrets.keep_secret(
            data=tmp_path,
            feed=setting_up.secret_name("zone"),
            kind=secrets.Kind.PASSWORD,
            value=SECRET.encode(),
        )
        read(stream, judge)
        first = stream.names
        assert stream.position == {"serial": 5}
        assert stream.next_at == NOW + timedelta(hours=1)
        Stream.objects.update(next_at=None)
        read(stream, judge)

    assert first > 20
    assert stream.names == first


def test_zone_files_are_read_once_for_each_version_and_gone_on_with_behind_the_last_line(
    judge: Judge, tmp_path: Path
) -> None:
    names = [f"n{n}" for n in range(70_000)]
    zones = {
        "shop": Zone(content=zone_of("shop", "hsbc-login")),
        "top": Zone(content=zone_of("top", *names)),
    }
    with czds_service(zones) as service:
        stream = added(
            "gtlds",
            StreamKind.CZDS,
            service.server.url,
            account=ACCOUNT.username,
            options={"authentication": f"{service.server.url}/api/authenticate"},
        )
        secrets.keep_secret(
            data=tmp_path,
            feed=setting_up.secret_name("gtlds"),
            kind=secrets.Kind.PASSWORD,
            value=ACCOUNT.password.encode(),
        )
        over = threading.Event()

        def show(ran: Ran) -> None:
            if ran.names > 10:
                over.set()

        read(stream, judge, over=over, show=show)
        halfway = stream.names
        read(stream, judge)
        downloads = len(service.downloads)
        whole = stream.names
        Stream.objects.update(next_at=None)
        read(stream, judge)

    assert 10 < halfway <= whole
    assert whole == 70_000 + 1, "the zones' own names are no hosts"
    assert stream.rejects == 2
    assert stream.repeated == 0, "no line was read twice"
    assert stream.names == whole
    assert downloads <= 4
    assert not list((tmp_path / "streams" / "gtlds").glob("*.gz"))
    assert Suspect.objects.filter(host="hsbc-login.shop").exists()


def test_gaps_and_rejects_of_portions_that_are_kept_together_all_stay(judge: Judge) -> None:
    stream = added()
    gap = Gap(why="not connected", since=NOW, until=NOW)
    unread = Unread(place="1", text="x", why="is none", raw=NAME + b"x")
    script: Script = [
        taken_of("a.example", position=1, gaps=(gap,), unread=(unread,)),
        taken_of("b.example", position=2, gaps=(gap,), unread=(unread,)),
        Taken(portion=Portion()),
    ]
    read(stream, judge, scripted(script))

    assert (StreamGap.objects.count(), StreamReject.objects.count()) == (2, 2)
    assert stream.position == {"at": 2}


def test_a_scan_that_holds_the_set_of_names_is_waited_for(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = added()
    held = SeenSet.open(judge._seen)
    threading.Timer(0.5, held.close).start()
    read(stream, judge, scripted([taken_of("a.example")]))
    assert stream.names == 1

    with SeenSet.open(judge._seen):
        monkeypatch.setattr(stream_judging, "SEEN_SECONDS", 0.1)
        Stream.objects.update(next_at=None)
        read(stream, judge, scripted([taken_of("b.example", position=9)]))
    assert "another process" in stream.failure
    assert stream.position == {"at": 0}

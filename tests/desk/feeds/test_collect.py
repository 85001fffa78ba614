"""Collecting a feed: nothing lost, nothing twice, failures written down, silence heard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import settings

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.feeds import Carrier
from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services import drop, secrets, silence, sources
from lionrock.desk.feeds.services.blobs import open_blob
from lionrock.desk.feeds.services.collect import Surroundings, collect, try_again
from lionrock.feeds import catalogue
from lionrock.net import http
from lionrock.net.carrying import Arrival, Busy, Order, Place
from tests.net.carriers import LOOPBACK, Asked, Say, serving
from tests.net.mails import a_key, mail, sealed_mime

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FEED = "shadowserver"


def around(*brought: Arrival | Place | Exception, carrier: Carrier = Carrier.HTTP) -> Surroundings:
    """Surroundings whose carrier brings this, then ends or fails."""

    def carry(_: Order) -> Iterator[Arrival | Place]:
        for each in brought:
            if isinstance(each, Exception):
                raise each
            yield each

    return Surroundings(data=Path(settings.LIONROCK_DATA), carries={carrier: carry})


def arrival(content: bytes, *, cursor: str = "", is_mail: bool = False, name: str = "a") -> Arrival:
    return Arrival(
        name=name,
        content=BytesIO(content),
        origin=f"somewhere/{name}",
        place=Place(cursor=cursor) if cursor else None,
        mail=is_mail,
    )


def switched_on(carrier: Carrier = Carrier.HTTP, **changes: str | int) -> Source:
    return sources.set_up(
        feed=FEED,
        by=None,
        now=NOW,
        enabled=True,
        options=None,
        **{"carrier": carrier.value, "address": "https://feeds.example/list", **changes},
    )


def run(surroundings: Surroundings, at: datetime = NOW) -> tuple[Source, str]:
    done = collect(feed=FEED, worker="here", around=surroundings, clock=lambda: at)
    return Source.objects.get(pk=FEED), done.failure


def test_every_delivery_is_kept_and_the_place_behind_it_written() -> None:
    switched_on()
    source, failure = run(around(arrival(b"one", cursor="1"), arrival(b"two", cursor="2")))

    assert failure == ""
    assert source.cursor == "2"
    assert (source.delivered_at, source.heard_at, source.failures) == (NOW, NOW, 0)
    assert source.next_at is not None
    assert source.next_at > NOW
    assert source.claimed_by == ""
    assert [open_blob(blob).read() for blob in Blob.objects.order_by("id")] == [b"one", b"two"]
    assert Blob.objects.filter(carrier="http", state=BlobState.KEPT).count() == 2


def test_what_came_before_a_failure_stays_and_the_next_attempt_goes_on_behind_it() -> None:
    switched_on()
    source, failure = run(
        around(arrival(b"one", cursor="1"), TryLater("it broke off"), arrival(b"two", cursor="2"))
    )

    assert (failure, source.failure) == ("it broke off", "it broke off")
    assert (source.cursor, source.failures) == ("1", 1)
    assert source.next_at is not None
    assert timedelta(minutes=1) <= source.next_at - NOW <= timedelta(seconds=75)
    assert Blob.objects.count() == 1


def test_the_wait_grows_with_every_failure_obeys_the_server_and_has_an_end() -> None:
    waits = [sources.wait_after(FEED, failures) for failures in range(1, 20)]

    assert waits[:8] == sorted(waits[:8])
    assert max(waits) <= sources.LONGEST_WAIT * 1.25
    assert sources.wait_after(FEED, 1, asked=7200) == timedelta(hours=2)
    assert sources.wait_after(FEED, 1, asked=10**9) == timedelta(days=1)
    assert sources.wait_after("urlhaus", 3) != sources.wait_after("threatfox", 3)


def test_a_server_that_asks_to_wait_is_asked_again_no_sooner() -> None:
    switched_on()
    source, _ = run(around(Busy("wait", seconds=7200)))

    assert source.next_at == NOW + timedelta(hours=2)


def test_the_same_bytes_again_are_the_same_delivery() -> None:
    switched_on()
    run(around(arrival(b"one")))
    done = collect(feed=FEED, worker="here", around=around(arrival(b"one")), clock=lambda: NOW)

    assert (done.fresh, done.again) == ((), 1)
    assert Blob.objects.get().times == 2


def test_of_two_workers_one_collects() -> None:
    switched_on()
    assert sources.claim(feed=FEED, claimant="there/1", now=NOW)
    done = collect(feed=FEED, worker="here", around=around(arrival(b"one")), clock=lambda: NOW)
    assert done.busy

    later = NOW + sources.CLAIM_LASTS + timedelta(seconds=1)
    run(around(arrival(b"one")), at=later)
    assert Blob.objects.count() == 1
    assert not sources.hold(feed=FEED, claimant="there/1", now=later)


def test_who_collects_a_feed_that_was_changed_stops_and_writes_nothing_more() -> None:
    switched_on()

    def carry(_: Order) -> Iterator[Arrival | Place]:
        yield arrival(b"one", cursor="1")
        sources.set_up(feed=FEED, by=None, now=NOW, account="another")
        yield arrival(b"two", cursor="2")
        pytest.fail("nothing is collected any more")

    surroundings = Surroundings(data=Path(settings.LIONROCK_DATA), carries={Carrier.HTTP: carry})
    source, _ = run(surroundings)

    assert source.cursor == ""
    assert (source.next_at, source.claimed_by) == (NOW, "")


def test_a_stream_is_listened_to_again_at_once() -> None:
    source = Source(feed="n6", carrier="n6", address="stomps://n6.example:61614")

    assert sources.running(source).pause == timedelta(seconds=1)
    assert sources.running(Source(feed="n6", carrier="n6")).pause > timedelta(hours=1)


def test_what_a_dead_worker_had_claimed_is_free_at_once_when_it_is_known_dead() -> None:
    switched_on()
    sources.claim(feed=FEED, claimant="here/1", now=NOW)
    assert sources.due(now=NOW) == []
    assert sources.release_all(worker="her") == 0
    assert sources.release_all(worker="here") == 1
    assert sources.due(now=NOW) == [FEED]


def test_only_feeds_that_are_switched_on_and_whose_time_has_come_are_due() -> None:
    sources.source_of("urlhaus")
    switched_on()
    assert sources.due(now=NOW) == [FEED]
    source, _ = run(around())
    assert source.next_at is not None
    assert sources.due(now=NOW) == []
    assert sources.due(now=source.next_at) == [FEED]


def test_a_change_is_recorded_and_begins_at_the_beginning() -> None:
    switched_on()
    run(around(arrival(b"one", cursor="17")))
    source = sources.set_up(feed=FEED, by=None, now=NOW, address="https://other.example/")

    assert source.cursor == ""
    last = Entry.objects.order_by("-number").first()
    assert last is not None
    assert (last.action, last.details) == ("feed.set", {"address": "https://other.example/"})


def test_a_feed_without_an_address_cannot_be_switched_on() -> None:
    nowhere = next(feed.id for feed in catalogue().values() if not feed.address)
    with pytest.raises(GiveUp, match="address"):
        sources.set_up(
            feed=nowhere, by=None, now=NOW, enabled=True, carrier=Carrier.HTTP.value, address=""
        )


# The drop folder -----------------------------------------------------------------------------


def dropped(tmp_path: Path, **given: object) -> tuple[list[str], Order]:
    order = Order(
        feed=FEED,
        address="",
        now=NOW,
        place=Place(),
        web=lambda *_, **__: None,  # type: ignore[arg-type]  # nobody asks
        folder=tmp_path,
        **given,  # type: ignore[arg-type]  # the test names what differs
    )
    return [each.name for each in drop.carry(order, settle=0) if isinstance(each, Arrival)], order


def test_a_file_is_taken_when_it_came_to_rest_and_then_lies_among_the_done(tmp_path: Path) -> None:
    for name in ("b.csv", ".hidden", "c.csv.part", "d.csv"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()

    names, order = dropped(tmp_path)
    assert sorted(names) == ["b.csv", "d.csv"]
    assert sorted(file.name for file in (tmp_path / "done").iterdir()) == ["b.csv", "d.csv"]
    assert (tmp_path / ".hidden").exists()
    (tmp_path / "e.csv").write_bytes(b"still being written")
    assert [*drop.carry(order, settle=3600)] == []


def test_a_file_stays_when_the_process_dies_before_it_was_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    _, order = dropped(tmp_path / "none")
    coming = drop.carry(
        Order(feed=FEED, address="", now=NOW, place=Place(), web=order.web, folder=tmp_path),
        settle=0,
    )
    next(coming)
    coming.close()  # type: ignore[attr-defined]  # a generator

    assert (tmp_path / "a.csv").exists()


def test_two_files_of_one_name_both_stay(tmp_path: Path) -> None:
    for content in (b"1", b"2"):
        (tmp_path / "a.csv").write_bytes(content)
        dropped(tmp_path)

    assert {file.read_bytes() for file in (tmp_path / "done").iterdir()} == {b"1", b"2"}


def test_a_file_that_is_too_large_is_put_aside_and_told_and_the_others_are_taken(
    tmp_path: Path,
) -> None:
    (tmp_path / "large").write_bytes(b"x" * 100)
    (tmp_path / "small").write_bytes(b"x")
    with pytest.raises(GiveUp, match="large"):
        dropped(tmp_path, limit=50)

    assert (tmp_path / "refused" / "large").exists()
    assert (tmp_path / "done" / "small").exists()


def test_a_dropped_file_goes_the_whole_way() -> None:
    switched_on(Carrier.DROP)
    data = Path(settings.LIONROCK_DATA)
    file = drop.lay(data=data, feed=FEED, name="2026-11-20-scan_telnet.csv", content=b"ip\n")
    carry = {Carrier.DROP: lambda order: drop.carry(order, settle=0)}
    collect(
        feed=FEED,
        worker="here",
        around=Surroundings(data=data, carries=carry),
        clock=lambda: NOW,
    )

    blob = Blob.objects.get()
    assert (blob.name, open_blob(blob).read()) == ("2026-11-20-scan_telnet.csv", b"ip\n")
    assert not file.exists()


# Mails ---------------------------------------------------------------------------------------


def test_an_encrypted_mail_is_kept_as_it_came_and_read_as_it_was_meant() -> None:
    to, key = a_key()
    data = Path(settings.LIONROCK_DATA)
    secrets.keep_secret(data=data, feed=FEED, kind=secrets.Kind.PGP, value=key)
    switched_on(Carrier.IMAP)
    sealed = sealed_mime(b"Content-Type: text/plain\r\n\r\n192.0.2.1\r\n", to)
    run(around(arrival(sealed, is_mail=True), carrier=Carrier.IMAP))
    run(around(arrival(sealed, is_mail=True), carrier=Carrier.IMAP))

    first, second = Blob.objects.order_by("id")
    assert open_blob(first).read() == sealed
    assert (first.state, first.headers["encrypted"]) == (BlobState.COMPLETE, "pgp")
    assert b"192.0.2.1" in open_blob(second).read()
    assert (second.state, second.headers["decrypted-from"]) == (BlobState.KEPT, str(first.pk))
    secrets.forget_secret(data=data, feed=FEED, kind=secrets.Kind.PGP)


def test_a_mail_no_key_opens_waits_for_the_key() -> None:
    to, key = a_key()
    data = Path(settings.LIONROCK_DATA)
    switched_on(Carrier.IMAP)
    sealed = sealed_mime(b"Content-Type: text/plain\r\n\r\n192.0.2.1\r\n", to)
    surroundings = around(arrival(sealed, is_mail=True), carrier=Carrier.IMAP)
    run(surroundings)

    blob = Blob.objects.get()
    assert (blob.state, blob.failure) == (
        BlobState.FAILED,
        "encrypted, and no key of ours opens it",
    )
    secrets.keep_secret(data=data, feed=FEED, kind=secrets.Kind.PGP, value=key)
    assert try_again(feed=FEED, around=surroundings, clock=lambda: NOW) == 1
    assert try_again(feed=FEED, around=surroundings, clock=lambda: NOW) == 0
    blob.refresh_from_db()
    assert blob.state == BlobState.COMPLETE
    assert Blob.objects.filter(state=BlobState.KEPT).count() == 1
    secrets.forget_secret(data=data, feed=FEED, kind=secrets.Kind.PGP)


def test_the_reports_a_mail_links_to_are_fetched_once_and_a_dead_link_is_told() -> None:
    switched_on(Carrier.IMAP)
    asked: list[str] = []

    def carry(order: Order) -> Iterator[Arrival | Place]:
        def web(link: str, **_: object) -> object:
            asked.append(link)
            if "gone" in link:
                raise GiveUp("answers 404")

            class Reply:
                status = 200
                headers = {"content-disposition": 'attachment; filename="scan.csv"'}  # noqa: RUF012
                body = BytesIO(link.encode())

                def __enter__(self) -> "Reply":
                    return self

                def __exit__(self, *_: object) -> None:
                    """Nothing to close."""

            return Reply()

        object.__setattr__(order, "web", web)
        for name in ("first", "second"):
            text = "https://dl.shadowserver.org/abc https://dl.shadowserver.org/gone\n"
            yield arrival(mail(name, text), is_mail=True, cursor=name)

    surroundings = Surroundings(data=Path(settings.LIONROCK_DATA), carries={Carrier.IMAP: carry})
    source, failure = run(surroundings)

    assert asked.count("https://dl.shadowserver.org/abc") == 1
    assert source.cursor == "second"
    assert failure == ""
    report = Blob.objects.get(origin="https://dl.shadowserver.org/abc")
    first = Blob.objects.get(name="a", pk=int(report.headers["linked-from"]))
    assert report.name == "scan.csv"
    assert first.headers["not-fetched"] == "https://dl.shadowserver.org/gone"


# Silence -------------------------------------------------------------------------------------

HOUR = timedelta(hours=1)


def test_a_feed_that_falls_silent_rings_once_and_stops_when_it_is_heard() -> None:
    switched_on(every_seconds=3600)
    run(around(arrival(b"one")))
    assert silence.ring(now=NOW + HOUR) == []
    late = NOW + 1.5 * HOUR
    assert silence.ring(now=late) == [FEED]
    assert silence.ring(now=late) == []
    assert Source.objects.get(pk=FEED).silent_since == NOW

    run(around(arrival(b"two")), at=late)
    assert Source.objects.get(pk=FEED).silent_since is None
    actions = Entry.objects.filter(subject=FEED).order_by("number").values_list("action", flat=True)
    assert list(actions) == ["feed.set", "feed.silent", "feed.heard"]


def test_a_provider_that_answers_with_nothing_new_is_heard_but_not_for_ever() -> None:
    switched_on(every_seconds=3600)
    run(around(arrival(b"one")))
    for hours in range(1, 4):
        run(around(), at=NOW + hours * HOUR)
        assert silence.ring(now=NOW + hours * HOUR) == []
    run(around(), at=NOW + 3.2 * HOUR)

    assert Source.objects.get(pk=FEED).silent_since == NOW


def test_an_empty_drop_folder_is_silence() -> None:
    switched_on(Carrier.DROP, every_seconds=3600)
    run(around(carrier=Carrier.DROP), at=NOW + HOUR)

    assert silence.ring(now=NOW + 1.5 * HOUR) == [FEED]


def test_a_feed_that_never_came_rings_too_but_not_one_that_a_person_muted() -> None:
    switched_on(every_seconds=3600)
    sources.set_up(feed=FEED, by=None, now=NOW, muted_until=NOW + 2 * HOUR)
    assert silence.ring(now=NOW + 1.5 * HOUR) == []
    assert silence.ring(now=NOW + 2.5 * HOUR) == [FEED]


# Secrets -------------------------------------------------------------------------------------


def test_a_secret_is_for_its_owner_alone_and_in_no_table(tmp_path: Path) -> None:
    secrets.keep_secret(
        data=tmp_path, feed=FEED, kind=secrets.Kind.PASSWORD, value=b"  my-key my-secret \n"
    )
    file = secrets.place_of(tmp_path, FEED, secrets.Kind.PASSWORD)

    assert file.stat().st_mode & 0o777 == 0o600
    assert secrets.secret_of(data=tmp_path, feed=FEED, kind=secrets.Kind.PASSWORD) == (
        b"my-key my-secret"
    )
    file.chmod(0o640)
    with pytest.raises(GiveUp, match="read by others"):
        secrets.secret_of(data=tmp_path, feed=FEED, kind=secrets.Kind.PASSWORD)


def test_a_key_given_to_a_server_never_stands_in_the_database() -> None:
    data = Path(settings.LIONROCK_DATA)
    with serving(answer) as server:
        switched_on(address=f"{server.url}/{{secret}}/list.csv")
        secrets.keep_secret(data=data, feed=FEED, kind=secrets.Kind.PASSWORD, value=b"k3y")
        for path in ("/{secret}/list.csv", "/{secret}/broken"):
            sources.set_up(feed=FEED, by=None, now=NOW, address=f"{server.url}{path}")
            collect(
                feed=FEED,
                worker="here",
                around=Surroundings(
                    data=data, allow=(ip_network(LOOPBACK[0]),), carries={Carrier.HTTP: http.carry}
                ),
                clock=lambda: NOW,
            )
    secrets.forget_secret(data=data, feed=FEED, kind=secrets.Kind.PASSWORD)

    kept = [
        str(row)
        for row in (*Blob.objects.values(), *Source.objects.values(), *Entry.objects.values())
    ]
    assert server.asked[0].path == "/k3y/list.csv"
    assert Blob.objects.count() == 1
    assert not [row for row in kept if "k3y" in row]


def answer(asked: Asked) -> Say:
    return Say(body=b"ip\n") if asked.path.endswith("list.csv") else Say(status=500)

"""Forgetting the made-up sample leaves nothing of it and everything real."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from lionrock.core.errors import TryLater
from lionrock.core.feeds import Carrier
from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.models import Constituent, Contact, Holding, Rule
from lionrock.desk.events.models import (
    ConstituentDay,
    DayCount,
    Episode,
    Event,
    Reject,
    Tally,
    Word,
)
from lionrock.desk.events.services.keep import keep_batch
from lionrock.desk.feeds.models import Blob, Source
from lionrock.desk.feeds.services import drop, sources
from lionrock.desk.feeds.services.blobs import keep_blob, path_of
from lionrock.desk.feeds.services.reading import Lost, claim
from lionrock.desk.notices.models import (
    Caught,
    Handed,
    Letter,
    LetterState,
    Notice,
    NoticeItem,
    NoticeState,
    Scan,
)
from lionrock.desk.notices.services.own import deliver_confirmed
from lionrock.desk.notices.services.route import route_complete
from lionrock.desk.people.roles import Role
from lionrock.desk.sample.models import Laid, What
from lionrock.desk.sample.selectors.plan import plan
from lionrock.desk.sample.services.forget import forget, take_as_real
from lionrock.desk.sample.services.manifest import was_laid
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.models import Reading, Suspect
from lionrock.desk.suspects.services import Counts, confirm, finish_reading, store_batch
from lionrock.jobs.reading import reading
from lionrock.jobs.road import plan_of, read_blob
from lionrock.jobs.up import SAMPLE, lay_first_deliveries, offer_sample
from tests.desk.notices.making import Remembers, person, send
from tests.desk.suspects.conftest import a_reading, judgement
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

ROAD = ("audit", "sample", "sessions", "people", "auth", "contenttypes")
"""What is not compared: the log only grows, and who works here stays."""
HEADER = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","naics"\n'


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.LIONROCK_DATA = tmp_path
    return tmp_path


def clock() -> datetime:
    return timezone.now()


def begin(data: Path, *, each: int = 4) -> None:
    """Lay the sample, as a first start does, and do what workers do with some of it."""
    assert offer_sample(data, wanted=True)
    work(data, each=each)


def work(data: Path, *, each: int = 4) -> None:
    """Collect some of what lies in each drop folder, read and route it."""
    for feed in Source.objects.filter(carrier="drop").values_list("feed", flat=True):
        for path in sorted(drop.folder_of(data, feed).iterdir())[:each]:
            if path.is_file():
                keep_blob(
                    feed=feed,
                    content=path.read_bytes(),
                    name=path.name,
                    carrier=Carrier.DROP,
                    now=clock(),
                )
                path.unlink()
    for blob in Blob.objects.filter(state="kept").order_by("pk"):
        read_blob(blob.pk, worker="one", clock=clock)
    route_complete(now=clock())


def real(data: Path, addresses: tuple[str, ...], *, name: str = "real.csv") -> Blob:
    """Keep and read a delivery of somebody real."""
    at = clock() - timedelta(hours=3)
    lines = (
        f'"{at:%Y-%m-%d %H:%M:%S}","high","{one}","tcp","23","","telnet","64496","ZZ","0"\n'
        for one in addresses
    )
    blob = keep_blob(
        feed="shadowserver",
        content=(HEADER + "".join(lines)).encode(),
        name=f"2026-11-19-scan_telnet-{name}",
        carrier=Carrier.HTTP,
        now=clock(),
    ).blob
    read_blob(blob.pk, worker="one", clock=clock)
    return blob


def stand() -> dict[str, list[tuple[Any, ...]]]:  # Any: columns
    """Return every row of every table that is compared, without ids that only grow."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in ROAD or model.__name__ in {"TicketYear", "TouchedDay"}:
            continue
        rows = model._default_manager.order_by("pk").values_list()
        found[model._meta.label] = [tuple(row) for row in rows]
    return found


def test_nothing_is_left_of_it(data: Path) -> None:
    before = stand()
    begin(data, each=1000)
    assert Event.objects.exists()
    assert Notice.objects.exists()
    assert Reject.objects.exists()
    assert Scan.objects.exists()
    blobs = [path_of(sha256) for sha256 in Blob.objects.values_list("sha256", flat=True)]
    assert all(path.exists() for path in blobs)

    done = forget(by=None, now=clock())

    assert done.kept == ()
    assert done.deliveries == len(blobs)
    assert done.constituents > 5
    assert stand() == before
    assert not Laid.objects.exists()
    assert not any(path.exists() for path in blobs)
    assert [path for path in data.rglob("*") if path.is_file()] == []
    assert not plan(now=clock())


def test_a_second_start_lays_nothing_again(data: Path) -> None:
    begin(data)
    forget(by=None, now=clock())

    assert not offer_sample(data, wanted=True)
    assert not Constituent.objects.exists()
    assert was_laid() is False


def test_what_was_not_collected_yet_goes_too(data: Path) -> None:
    assert offer_sample(data, wanted=True)
    assert any(path.is_file() for path in (data / drop.FOLDER).rglob("*"))
    own = drop.lay(data=data, feed="shadowserver", name="mine.csv", content=b"mine")

    assert forget(by=None, now=clock()).files > 20
    assert [path for path in (data / drop.FOLDER).rglob("*") if path.is_file()] == [own]


def test_real_deliveries_keep_their_counts_and_episodes(data: Path) -> None:
    """Real reports about machines that the sample speaks of, too."""
    real(data, ("192.0.2.3", "192.0.2.4", "198.51.100.77"))
    counts = list(DayCount.objects.order_by("day", "kind").values_list("day", "kind", "events"))
    episodes = {
        one.pk: (one.first_seen, one.last_seen, one.events) for one in Episode.objects.all()
    }
    lay_first_deliveries(data)
    work(data)
    assert Episode.objects.count() > len(episodes)
    assert DayCount.objects.count() > len(counts)

    forget(by=None, now=clock())

    assert (
        list(DayCount.objects.order_by("day", "kind").values_list("day", "kind", "events"))
        == counts
    )
    assert {
        one.pk: (one.first_seen, one.last_seen, one.events) for one in Episode.objects.all()
    } == episodes
    assert Tally.objects.filter(events__lt=0).count() == 0
    assert set(Word.objects.values_list("episode_id", flat=True)) <= set(episodes)


def test_a_constituent_that_became_real_stays_and_says_why(data: Path) -> None:
    begin(data)
    five = list(Constituent.objects.order_by("pk")[:5])
    Contact.objects.create(constituent=five[0], email="abuse@isp.hk", role="abuse")
    Holding.objects.create(constituent=five[1], kind="asn", value="4600", source="person")
    five[2].people.add(someone(Role.CONSTITUENT))
    Rule.objects.create(title="At once", constituent=five[3], when="at_once")
    Constituent.objects.filter(pk=five[4].pk).update(name="Somebody real")

    done = forget(by=None, now=clock())

    assert {one.constituent: one.why for one in done.kept} == {
        five[0].pk: "contacts",
        five[1].pk: "holdings",
        five[2].pk: "people",
        five[3].pk: "rules",
        five[4].pk: "renamed",
    }
    assert set(Constituent.objects.values_list("pk", flat=True)) == {one.pk for one in five}
    assert not Episode.objects.exists()
    assert not Notice.objects.exists()
    assert sorted(Laid.objects.values_list("what", "key")) == sorted(
        (What.CONSTITUENT.value, str(one.pk)) for one in five
    )

    five[2].people.clear()
    assert forget(by=None, now=clock()).constituents == 1
    assert take_as_real(by=None, now=clock()) == 4
    assert not Laid.objects.exists()
    assert Constituent.objects.count() == 4


def test_a_constituent_that_real_deliveries_name_stays(data: Path) -> None:
    begin(data)
    blob = real(data, ("192.0.2.100",))
    holder = Event.objects.get(blob_id=blob.pk).constituent_id
    route_complete(now=clock())

    done = forget(by=None, now=clock())

    assert [(one.constituent, one.why) for one in done.kept] == [(holder, "reports")]
    assert [one.blob_id for one in Event.objects.all()] == [blob.pk]
    told = Notice.objects.filter(constituent=holder)
    assert [item.episode_id for item in NoticeItem.objects.filter(notice__in=told)] == [
        one.pk for one in Episode.objects.all()
    ]
    day = ConstituentDay.objects.get()
    assert (day.constituent_id, day.events, day.episodes) == (holder, 1, 1)


def test_letters_that_only_the_catch_all_took_go_and_one_that_left_stays(data: Path) -> None:
    begin(data)
    by = someone(Role.APPROVER)
    tried, left = Notice.objects.filter(constituent__isnull=False, not_before__lte=clock())[:2]
    for notice in (tried, left):
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.READY, approved_by=by)
    server = Remembers()
    send(server, now=clock())
    assert len(server.took) == 2
    letter = Letter.objects.get(notice=tried)
    Caught.objects.create(letter=letter, to=letter.to, subject="s", body=b"", caught_at=clock())

    done = forget(by=None, now=clock())

    assert [one.why for one in done.kept] == ["letters"]
    assert [one.pk for one in Notice.objects.all()] == [left.pk]
    left.refresh_from_db()
    assert (left.state, left.escalate_at) == (NoticeState.CLOSED, None)
    assert Letter.objects.get().state == LetterState.SENT
    assert not Caught.objects.exists()
    assert not Episode.objects.exists()


def test_a_feed_that_something_real_came_by_stays_and_is_expected_again(data: Path) -> None:
    begin(data)
    real(data, ("198.51.100.77",))
    sources.set_up(
        feed="urlhaus", by=None, now=clock(), carrier="http", address="https://urlhaus.example/"
    )

    sources.set_up(feed="openphish", by=None, now=clock(), outside="pass")

    forget(by=None, now=clock())

    assert set(Source.objects.values_list("feed", "enabled")) == {
        ("shadowserver", True),
        ("urlhaus", True),
        ("openphish", False),  # what a person set stays; what the sample switched on is off again
    }
    kept = Source.objects.get(feed="shadowserver")
    assert sources.SAMPLE not in kept.options
    assert kept.every_seconds is None


def test_what_a_start_before_did_not_write_down_is_found_again(data: Path) -> None:
    before = stand()
    begin(data)
    laid = set(Laid.objects.values_list("what", "key"))
    Laid.objects.all().delete()

    assert was_laid() is True
    assert set(Laid.objects.values_list("what", "key")) == laid
    forget(by=None, now=clock())
    assert stand() == before


def confirmed(host: str, *, found_by: Reading) -> Suspect:
    """Return a name of a reading that somebody confirmed."""
    store_batch(
        reading_id=found_by.pk,
        judgements=[judgement(host)],
        counts=Counts(names=1),
        book=brands.current(),
        now=clock(),
    )
    found = Suspect.objects.get(host=host)
    return confirm(suspect_id=found.pk, seen_version=found.version, by=person(), now=clock())


def resolve(host: str) -> tuple[str, ...]:
    """Say that every name leads to one address."""
    return ("203.0.113.80",)


def handed_over() -> None:
    """Do what workers do with what was confirmed."""
    deliver_confirmed(resolve=resolve, now=clock())
    for blob in Blob.objects.filter(state="kept").order_by("pk"):
        read_blob(blob.pk, worker="one", clock=clock)
    route_complete(now=clock())


def test_made_up_names_go_with_what_was_decided_and_told_of_them(data: Path) -> None:
    begin(data)
    mine = a_reading(source="names.txt", now=clock())
    kept = confirmed("hsbc-real.top", found_by=mine)
    handed_over()
    made_up = a_reading(source=SAMPLE, now=clock())
    confirmed("hsbc-login.top", found_by=made_up)
    handed_over()
    finish_reading(reading_id=made_up.pk, now=clock())
    assert Handed.objects.count() == 2

    done = forget(by=None, now=clock())

    assert (done.names, done.kept) == (1, ())
    assert list(Suspect.objects.all()) == [kept]
    assert list(Reading.objects.all()) == [mine]
    assert Handed.objects.get().suspect_id == kept.pk
    assert {one.asset for one in Episode.objects.all()} == {"hsbc-real.top"}
    assert {item.episode_id for item in NoticeItem.objects.all()} == {Episode.objects.get().pk}


def test_a_name_handed_over_together_with_a_real_one_stays_and_says_why(data: Path) -> None:
    begin(data)
    made_up = a_reading(source=SAMPLE, now=clock())
    together = confirmed("hsbc-login.top", found_by=made_up)
    confirmed("hsbc-real.top", found_by=a_reading(source="names.txt", now=clock()))
    finish_reading(reading_id=made_up.pk, now=clock())
    handed_over()

    done = forget(by=None, now=clock())

    assert [(one.suspect, one.why) for one in done.kept] == [(together.pk, "handed")]
    assert Suspect.objects.count() == 2
    assert {one.asset for one in Episode.objects.all()} == {"hsbc-login.top", "hsbc-real.top"}
    assert list(Laid.objects.values_list("what", flat=True)) == [What.NAMES.value]


def test_it_is_recorded_who_forgot_what(data: Path) -> None:
    begin(data)
    by = someone(Role.ADMINISTRATOR)
    forget(by=by, now=clock())

    entry = Entry.objects.get(action="sample.forgotten")
    assert entry.by == by
    assert entry.details["deliveries"] > 10
    assert entry.details["kept"] == []


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(someone(Role.ADMINISTRATOR))
    return client


def test_every_page_says_so_until_it_is_forgotten(data: Path, administrator: Client) -> None:
    front = reverse("notices:list")
    assert "Part of what you see is made up" not in administrator.get(front).content.decode()
    begin(data)
    assert "Part of what you see is made up" in administrator.get(front).content.decode()
    page = administrator.get(reverse("sample:sample")).content.decode()
    assert "What goes" in page

    assert administrator.post(reverse("sample:forget")).status_code == 400
    assert Event.objects.exists()
    assert administrator.post(reverse("sample:forget"), {"sure": "on"}).status_code == 302
    assert not Event.objects.exists()
    assert "Part of what you see is made up" not in administrator.get(front).content.decode()
    assert "Nothing here is made up" in administrator.get(reverse("sample:sample")).content.decode()


def test_a_portals_page_does_not_speak_of_it(data: Path) -> None:
    begin(data)
    client = Client()
    client.force_login(someone(Role.CONSTITUENT))

    assert "made up" not in client.get(reverse("portal:front")).content.decode()


def test_nobody_forgets_what_is_still_being_read(data: Path) -> None:
    begin(data)
    Reading.objects.create(
        source=SAMPLE, started_at=clock(), heartbeat_at=clock(), model_version="m"
    )
    with pytest.raises(TryLater):
        forget(by=None, now=clock())
    assert Event.objects.exists()

    Reading.objects.update(heartbeat_at=clock() - timedelta(hours=1))
    forget(by=None, now=clock())
    assert not Reading.objects.exists()


def test_a_reader_whose_delivery_is_forgotten_keeps_nothing_more_of_it(data: Path) -> None:
    assert offer_sample(data, wanted=True)
    path = next((data / drop.FOLDER / "shadowserver").glob("*.csv"))
    blob = keep_blob(
        feed="shadowserver",
        content=path.read_bytes(),
        name=path.name,
        carrier=Carrier.DROP,
        now=clock(),
    ).blob
    held = claim(blob_id=blob.pk, worker="one", now=clock())
    assert held is not None
    with reading(plan_of(blob)) as found:
        batches = list(found.batches)

    forget(by=None, now=clock())

    with pytest.raises(Lost):
        keep_batch(held=held, feed=blob.feed, batch=batches[0], now=clock())
    read_blob(blob.pk, worker="two", clock=clock)
    assert not Event.objects.exists()
    assert not DayCount.objects.exists()

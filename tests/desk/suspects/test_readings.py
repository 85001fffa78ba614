"""What a scan keeps, and what the first page says about it."""

from datetime import timedelta

import pytest

from lionrock import regions
from lionrock.core.judgement import Reason, Verdict
from lionrock.desk.people.models import Person
from lionrock.desk.suspects import brands, services
from lionrock.desk.suspects.models import Dismissal, Reading, State, Suspect
from lionrock.desk.suspects.selectors.figures import Trouble, figures
from lionrock.desk.suspects.selectors.readings import (
    SILENT,
    Machine,
    ReadingState,
    readings,
    state_of,
)
from lionrock.jobs.store import Store
from tests.desk.suspects.conftest import NOW, Storing, a_reading, judgement

MIDNIGHT = NOW.replace(hour=0)
HERE = Machine(name="here", is_alive=lambda process: process == 1)
pytestmark = pytest.mark.django_db


def a_store(model_version: str = "test-1") -> Store:
    """Return a store as the command opens it."""
    return Store.open(
        source="list", model_version=model_version, region=regions.load("hk"), clock=lambda: NOW
    )


def test_a_suspect_is_stored_with_all_that_triage_said() -> None:
    a_store().keep(
        [
            judgement(
                "hsbc.evil.pages.dev",
                registrable="evil.pages.dev",
                tenant_of="pages.dev",
                score=0.123456789,
                reasons=(Reason(code="brand-subdomain", about="hsbc", start=0, end=4),),
            )
        ],
        names=1,
    )
    found = Suspect.objects.get()
    assert (found.host, found.registrable, found.tenant_of) == (
        "hsbc.evil.pages.dev",
        "evil.pages.dev",
        "pages.dev",
    )
    assert (found.label, found.tld, found.brand, found.sector) == ("evil", "dev", "hsbc", "bank")
    assert (found.score, found.state, found.source) == (0.123456789, State.WAITING, "list")
    assert found.seen_reasons() == (Reason(code="brand-subdomain", about="hsbc", start=0, end=4),)


def test_only_suspects_are_stored_and_everything_is_counted() -> None:
    store = a_store()
    found = [
        judgement("hsbc-verify.top"),
        judgement("weather.top", verdict=Verdict.UNREMARKABLE),
        judgement("www.hsbc.com.hk", verdict=Verdict.OFFICIAL),
        judgement("hsbc-old.top", verdict=Verdict.KNOWN),
    ]
    stored = store.keep(found, names=50, rejects=3, official=1, known=1)
    store.finish()
    reading = Reading.objects.get()
    assert (stored.fresh, Suspect.objects.count()) == (1, 1)
    assert (reading.names, reading.rejects, reading.official, reading.known) == (50, 3, 1, 1)
    assert (reading.suspects, reading.fresh, reading.finished_at) == (1, 1, NOW)


def test_reading_a_list_again_stores_nothing_twice() -> None:
    found = [
        judgement("hsbc-verify.top"),
        judgement("hsbc-login.top"),
        judgement("hsbc-verify.top"),
    ]
    assert a_store().keep(found, names=3).fresh == 2
    again = a_store().keep(found, names=3)
    assert (again.fresh, again.refreshed) == (0, 0)
    assert Suspect.objects.count() == 2


def test_a_waiting_suspect_takes_the_judgement_of_another_model_and_keeps_its_version() -> None:
    a_store().keep([judgement("hsbc-verify.top", score=0.8)], names=1)
    a_store().keep([judgement("hsbc-verify.top", score=0.7)], names=1)
    assert Suspect.objects.get().score == 0.8
    newer = judgement("hsbc-verify.top", score=0.6, model_version="test-2", brand="paypal")
    assert a_store("test-2").keep([newer], names=1).refreshed == 1
    found = Suspect.objects.get()
    assert (found.score, found.brand, found.model_version) == (0.6, "paypal", "test-2")
    assert found.series.startswith("paypal:")
    assert found.version == 1


def test_a_decided_suspect_stays_as_the_person_left_it(ada: Person) -> None:
    store = a_store()
    store.keep([judgement("hsbc-verify.top", score=0.8)], names=1)
    suspect = Suspect.objects.get()
    services.dismiss(
        suspect_id=suspect.pk, seen_version=1, by=ada, reason=Dismissal.ACCIDENT, now=NOW
    )
    newer = judgement("hsbc-verify.top", score=0.6, model_version="test-2")
    assert a_store("test-2").keep([newer], names=1).refreshed == 0
    found = Suspect.objects.get()
    assert (found.score, found.state, found.model_version) == (0.8, State.DISMISSED, "test-1")


def test_the_store_knows_what_was_decided_before_and_only_that(ada: Person) -> None:
    store = a_store()
    store.keep([judgement(f"hsbc-verify{n}.top") for n in range(3)], names=3)
    suspect = Suspect.objects.get(host="hsbc-verify1.top")
    services.confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)
    hosts = [f"hsbc-verify{n}.top" for n in range(1200)]
    assert store.known(hosts) == {"hsbc-verify1.top"}


def test_more_than_a_transaction_may_hold_is_kept_in_several() -> None:
    found = [judgement(f"weather{n}.top", verdict=Verdict.UNREMARKABLE) for n in range(20_001)]
    a_store().keep(found, names=20_001)
    assert Reading.objects.get().names == 20_001
    with pytest.raises(ValueError, match="at most 20000"):
        services.store_batch(
            reading_id=Reading.objects.get().pk,
            judgements=found,
            counts=services.Counts(),
            book=brands.current(),
            now=NOW,
        )


def test_a_reading_runs_while_its_process_lives_and_is_interrupted_when_it_is_gone() -> None:
    reading = a_reading()
    reading.machine = "here"
    much_later = NOW + timedelta(days=3)
    assert state_of(reading, machine=HERE, now=much_later) is ReadingState.RUNNING
    reading.process = 2
    assert state_of(reading, machine=HERE, now=NOW) is ReadingState.INTERRUPTED


def test_a_reading_on_another_machine_is_interrupted_when_it_fell_silent() -> None:
    reading = a_reading()
    assert state_of(reading, machine=HERE, now=NOW + SILENT / 2) is ReadingState.RUNNING
    assert state_of(reading, machine=HERE, now=NOW + SILENT * 2) is ReadingState.INTERRUPTED


def test_a_reading_says_that_it_finished_or_why_it_failed() -> None:
    finished, failed = a_store(), a_store()
    finished.finish()
    failed.fail("the disk is full")
    rows, more = readings(machine=HERE, now=NOW)
    assert [row.state for row in rows] == [ReadingState.FAILED, ReadingState.FINISHED]
    assert rows[0].reading.failure == "the disk is full"
    assert not more


def test_the_first_page_counts_the_day(store: Storing, ada: Person) -> None:
    store("hsbc-alpha.top", now=NOW - timedelta(days=3))
    second, third = store("hsbc-gamma.top"), store("hsbc-delta.top")
    store("hsbc-omega.top")
    services.confirm(suspect_id=second.pk, seen_version=1, by=ada, now=NOW)
    services.dismiss(suspect_id=third.pk, seen_version=1, by=ada, reason=Dismissal.UNCLEAR, now=NOW)
    found = figures(midnight=MIDNIGHT, machine=HERE, version="test-1", now=NOW)
    assert (found.names_today, found.found_today, found.waiting) == (4, 4, 2)
    assert (found.confirmed_today, found.dismissed_today, found.decided_today) == (1, 1, 2)
    assert found.oldest is not None
    assert found.oldest.host == "hsbc-alpha.top"
    tomorrow = figures(
        midnight=MIDNIGHT + timedelta(days=1),
        machine=HERE,
        version="test-1",
        now=NOW + timedelta(days=1),
    )
    assert (tomorrow.names_today, tomorrow.decided_today) == (0, 0)


def troubles(days: int = 0) -> list[Trouble]:
    """Return what the first page calls broken."""
    now = NOW + timedelta(days=days)
    found = figures(midnight=MIDNIGHT, machine=HERE, version="test-1", now=now)
    return [broken.trouble for broken in found.broken]


def test_nothing_is_broken_while_readings_finish() -> None:
    a_store().finish()
    assert troubles() == []


def test_nothing_read_for_a_day_is_broken() -> None:
    assert troubles() == [Trouble.NO_READING]
    a_store().finish()
    assert troubles(days=2) == [Trouble.NO_READING]


def test_a_failed_reading_is_broken_until_its_source_is_read_again() -> None:
    a_store().fail("the disk is full")
    assert troubles() == [Trouble.FAILED]
    a_store().finish()
    assert troubles() == []


def test_an_interrupted_reading_is_broken() -> None:
    reading = a_reading()
    reading.machine, reading.process = "here", 2
    reading.save()
    assert troubles() == [Trouble.INTERRUPTED]


def test_an_input_of_which_much_could_not_be_read_is_broken() -> None:
    store = a_store()
    store.keep([], names=94, rejects=6)
    store.finish()
    assert troubles() == [Trouble.REJECTS]


def test_waiting_suspects_that_the_current_model_has_not_judged_are_counted() -> None:
    a_store("test-1").keep([judgement("hsbc-verify.top")], names=1)
    for version, counted in (("test-0", [1]), ("test-1", []), ("test-2", [1])):
        found = figures(midnight=MIDNIGHT, machine=HERE, version=version, now=NOW)
        old = [broken for broken in found.broken if broken.trouble is Trouble.OLD_MODEL]
        assert [broken.number for broken in old] == counted

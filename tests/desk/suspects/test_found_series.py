"""Found series: kept, judged as one, one row of the queue, decided at once."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.desk.audit.models import Entry
from lionrock.desk.people.models import Person
from lionrock.desk.suspects import brands, services
from lionrock.desk.suspects.found import FoundSeries, key_of, name_in
from lionrock.desk.suspects.models import State, Suspect
from lionrock.desk.suspects.selectors.queue import Filters, queue_page
from lionrock.desk.suspects.services.again import judge_again
from lionrock.desk.suspects.services.found_series import Found, Kept, keep_series
from lionrock.names.series import By, Series
from tests.desk.suspects.conftest import NOW, Storing, a_reading, judgement

pytestmark = pytest.mark.django_db

NAMES = ("parking-pcnfc.vip", "parking-pcngf.vip", "parking-pcngz.vip")


def plain(host: str, score: float = 0.1, **changes: Any) -> Judgement:  # Any: a field's value
    """Return an unremarkable judgement that names no brand."""
    facts: dict[str, Any] = {  # Any: as above
        "brand": None,
        "reasons": (),
        "verdict": Verdict.UNREMARKABLE,
        "score": score,
    }
    return judgement(host, **{**facts, **changes})


def keep(
    *judgements: Judgement, score: float, name: str = "parking-pcn??.vip", day: int = 1
) -> Kept:
    series = Series(
        name=name,
        rows=tuple(range(len(judgements))),
        by=By.PATTERN,
        constant="parking-pcn",
        endings=("vip",),
        expected=0.0003,
        first_seen=date(2026, 1, day),
        last_seen=date(2026, 1, day),
        score=score,
    )
    return keep_series(
        reading_id=a_reading().pk,
        source="list",
        found=Found(series=series, judgements=judgements),
        threshold=0.5,
        book=brands.current(),
        now=NOW,
    )


def test_a_series_that_scores_as_suspects_puts_all_its_names_forward_in_one_row() -> None:
    kept = keep(*(plain(name, score=0.1 + i / 10) for i, name in enumerate(NAMES)), score=0.7)
    assert kept == Kept(forward=3, gathered=3)
    (row,) = queue_page(Filters()).rows
    assert (row.waiting, row.suspect.score) == (3, 0.7)
    assert row.suspect.series == ":~parking-pcn??.vip"
    assert row.suspect.seen_reasons() == (Reason(code="series", about="parking-pcn??.vip"),)
    entry = Entry.objects.get(action="series.found")
    assert (entry.subject, entry.details["names"]) == ("parking-pcn??.vip", 3)


def test_of_other_series_only_suspects_are_put_forward_and_the_rest_is_told() -> None:
    suspect = plain(NAMES[0], score=0.6, verdict=Verdict.SUSPECT)
    assert keep(suspect, plain(NAMES[1]), plain(NAMES[2]), score=0.2).forward == 1
    assert Suspect.objects.get().score == 0.6
    found = FoundSeries.objects.get()
    assert (found.members, found.others) == (3, list(NAMES[1:]))


def test_official_names_and_decided_ones_are_never_put_forward() -> None:
    judgements = (
        plain(NAMES[0], verdict=Verdict.OFFICIAL, score=0.0),
        plain(NAMES[1], verdict=Verdict.KNOWN),
        plain(NAMES[2]),
    )
    assert keep(*judgements, score=0.9).forward == 1
    assert Suspect.objects.get().host == NAMES[2]


def test_waiting_suspects_are_gathered_and_decided_ones_left(store: Storing, ada: Person) -> None:
    first, second = (store(name, brand=None, reasons=(Reason(code="model"),)) for name in NAMES[:2])
    services.confirm(suspect_id=second.pk, seen_version=1, by=ada, now=NOW)
    before = Suspect.objects.get(pk=second.pk).series
    kept = keep(*(plain(name, verdict=Verdict.SUSPECT) for name in NAMES), score=0.2)
    assert kept == Kept(forward=1, gathered=2)
    first.refresh_from_db()
    assert [reason.code for reason in first.seen_reasons()] == ["model", "series"]
    assert first.version == 1
    assert Suspect.objects.get(pk=second.pk).series == before


def test_keeping_it_again_changes_nothing_but_its_days() -> None:
    judgements = tuple(plain(name) for name in NAMES)
    keep(*judgements, score=0.7, day=5)
    assert keep(*judgements, score=0.7, day=2) == Kept(forward=0, gathered=0)
    found = FoundSeries.objects.get()
    assert (found.first_seen, found.last_seen) == (date(2026, 1, 2), date(2026, 1, 5))
    assert Suspect.objects.count() == 3


def test_a_series_of_two_brands_is_one_row_for_each() -> None:
    keep(
        plain("hsbc-pcnfc.vip", brand="hsbc", verdict=Verdict.SUSPECT),
        plain("payme-pcngf.vip", brand="payme", verdict=Verdict.SUSPECT),
        plain("payme-pcngz.vip", brand="payme", verdict=Verdict.SUSPECT),
        score=0.7,
    )
    assert sorted(row.waiting for row in queue_page(Filters()).rows) == [1, 2]
    (row,) = queue_page(Filters(brand="payme")).rows
    assert row.waiting == 2


def test_judging_again_leaves_a_name_in_its_series() -> None:
    keep(*(plain(name) for name in NAMES), score=0.7)
    assert judge_again(by=None, now=NOW).judged == 3
    assert {suspect.series for suspect in Suspect.objects.all()} == {":~parking-pcn??.vip"}
    for suspect in Suspect.objects.all():
        assert suspect.seen_reasons()[-1].code == "series"


def test_judging_again_judges_a_series_as_one() -> None:
    hosts = ("hsbc-verify.top", "hsbc-login.top", "hsbc-pcn.top", "garden-pcn.com")
    keep(*(plain(host) for host in hosts), score=0.7)
    judge_again(by=None, now=NOW)
    assert Suspect.objects.get(host="garden-pcn.com").score >= 0.4


def test_the_pages_tell_the_series_and_decide_it_at_once(browser: Client) -> None:
    page = browser.get(reverse("suspects:found-series")).content.decode()
    assert "No series was found yet." in page
    keep(*(plain(name) for name in NAMES), score=0.7)
    page = browser.get(reverse("suspects:found-series")).content.decode()
    assert "parking-pcn??.vip" in page
    assert "one pattern: 3 names, where chance gives &lt; 0.1" in page
    best = Suspect.objects.order_by("-score", "id")[0]
    address = reverse("suspects:series", args=[best.pk])
    assert address in page
    page = browser.get(address).content.decode()
    assert "Judged as one" in page
    assert "2026-01-01" in page
    members = [f"{suspect.pk}:{suspect.version}" for suspect in Suspect.objects.all()]
    browser.post(
        reverse("suspects:decide-series", args=[best.pk]),
        {"member": members, "verdict": "confirm"},
    )
    assert set(Suspect.objects.values_list("state", flat=True)) == {State.CONFIRMED}


def test_a_page_of_series_leads_to_the_next(browser: Client) -> None:
    for number in range(51):
        keep(plain(f"pcn{number}.vip"), score=number / 100, name=f"pcn{number}?.vip")
    page = browser.get(reverse("suspects:found-series")).content.decode()
    assert "pcn50?.vip" in page
    assert "pcn0?.vip" not in page
    page = browser.get(reverse("suspects:found-series"), {"after": "50"}).content.decode()
    assert "pcn0?.vip" in page
    assert browser.get(reverse("suspects:found-series"), {"after": "x"}).status_code == 200


@pytest.mark.parametrize("brand", ["", "hsbc", "b" * 100])
def test_the_name_of_a_series_is_read_back_from_what_its_suspects_bear(brand: str) -> None:
    name = "x" * 120
    assert name_in(key_of(name, brand)) == name
    assert len(key_of(name, brand)) <= 200
    assert name_in("hsbc:hsbcverify") is None

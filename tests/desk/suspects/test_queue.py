"""The queue's order, its folding, its budget and its filters."""

from datetime import timedelta

import pytest

from lionrock.desk.people.models import Person
from lionrock.desk.suspects import services
from lionrock.desk.suspects.models import Kind, State, Tlp
from lionrock.desk.suspects.selectors.queue import (
    Filters,
    Page,
    Position,
    brands_of,
    count,
    decided_page,
    neighbours,
    queue_page,
    todays_budget,
)
from tests.desk.suspects.conftest import NOW, Storing

MIDNIGHT = NOW.replace(hour=0)
pytestmark = pytest.mark.django_db


def hosts(page: Page) -> list[str]:
    """Return the hosts of a page's rows."""
    return [row.suspect.host for row in page.rows]


def test_the_queue_is_in_order_of_score_and_then_of_reading(store: Storing) -> None:
    store("hsbc-alpha.top", score=0.5)
    store("hsbc-gamma.top", score=0.9)
    store("hsbc-delta.top", score=0.5)
    assert hosts(queue_page(Filters())) == ["hsbc-gamma.top", "hsbc-alpha.top", "hsbc-delta.top"]


def test_a_series_is_one_row_with_its_best_name_and_how_many_wait(store: Storing) -> None:
    for number, score in enumerate((0.7, 0.95, 0.8)):
        store(f"hsbc-verify{number}.top", score=score)
    store("hsbc-alpha.top", score=0.9)
    page = queue_page(Filters())
    assert hosts(page) == ["hsbc-verify1.top", "hsbc-alpha.top"]
    assert [row.waiting for row in page.rows] == [3, 1]


def test_two_names_of_a_series_with_the_same_score_are_still_one_row(store: Storing) -> None:
    store("hsbc-verify1.top", score=0.9)
    store("hsbc-verify2.top", score=0.9)
    assert hosts(queue_page(Filters())) == ["hsbc-verify1.top"]


def test_a_filter_shows_a_series_by_its_best_name_that_matches(store: Storing) -> None:
    store("hsbc-verify1.top", score=0.9, registrable="hsbc-verify1.top")
    store("hsbc-verify2.vip", score=0.7, registrable="hsbc-verify2.vip")
    assert hosts(queue_page(Filters(tld="vip"))) == ["hsbc-verify2.vip"]


def test_pages_follow_each_other_without_gap_or_repetition_forwards_and_back(
    store: Storing,
) -> None:
    words = ["alpha", "gamma", "delta", "omega", "kappa", "sigma", "theta"]
    for number, word in enumerate(words):
        for member in range(2):
            store(f"hsbc-{word}{member}.top", score=0.5 + (number // 3) / 10)
    whole = hosts(queue_page(Filters()))
    assert len(whole) == 7
    walked, page = [], queue_page(Filters(), size=3)
    firsts = []
    while True:
        walked += hosts(page)
        firsts.append(page.rows[0].suspect)
        if not page.has_after:
            break
        last = page.rows[-1].suspect
        page = queue_page(Filters(), after=Position(score=last.score, id=last.pk), size=3)
    assert walked == whole
    back = queue_page(Filters(), before=Position(score=firsts[-1].score, id=firsts[-1].pk), size=3)
    assert hosts(back) == whole[3:6]
    assert back.has_before


def test_today_holds_as_many_rows_as_the_budget_and_the_rest_stays_reachable(
    store: Storing, ada: Person
) -> None:
    services.set_team(daily_budget=2, export_tlp=Tlp.AMBER, by=ada, now=NOW)
    for number, word in enumerate(["alpha", "gamma", "delta", "omega"]):
        store(f"hsbc-{word}.top", score=0.9 - number / 10)
    budget = todays_budget(midnight=MIDNIGHT)
    assert (budget.left, budget.decided) == (2, 0)
    page = queue_page(Filters(), cut=budget.cut)
    assert hosts(page) == ["hsbc-alpha.top", "hsbc-gamma.top"]
    assert count(Filters(), page=page, cut=budget.cut) == 2
    assert len(queue_page(Filters()).rows) == 4


def test_a_decision_uses_up_one_row_of_the_day_and_a_series_no_more_than_one(
    store: Storing, ada: Person
) -> None:
    services.set_team(daily_budget=3, export_tlp=Tlp.AMBER, by=ada, now=NOW)
    series = [store(f"hsbc-verify{number}.top", score=0.99) for number in range(4)]
    for number, word in enumerate(["alpha", "gamma", "delta", "omega"]):
        store(f"hsbc-{word}.top", score=0.9 - number / 10)
    services.decide_series(
        members=[services.Member(suspect_id=s.pk, seen_version=1) for s in series],
        by=ada,
        kind=Kind.CONFIRM,
        now=NOW,
    )
    budget = todays_budget(midnight=MIDNIGHT)
    assert (budget.decided, budget.left) == (1, 2)
    assert hosts(queue_page(Filters(), cut=budget.cut)) == ["hsbc-alpha.top", "hsbc-gamma.top"]
    tomorrow = todays_budget(midnight=MIDNIGHT + timedelta(days=1))
    assert (tomorrow.decided, tomorrow.left) == (0, 3)


def test_when_the_budget_is_used_up_the_day_is_done(store: Storing, ada: Person) -> None:
    services.set_team(daily_budget=1, export_tlp=Tlp.AMBER, by=ada, now=NOW)
    first = store("hsbc-alpha.top")
    store("hsbc-gamma.top")
    services.confirm(suspect_id=first.pk, seen_version=1, by=ada, now=NOW)
    assert queue_page(Filters(), cut=todays_budget(midnight=MIDNIGHT).cut).rows == ()


def test_filters_narrow_by_what_they_say(store: Storing, ada: Person) -> None:
    old = store("hsbc-alpha.top", now=NOW - timedelta(days=9), score=0.6)
    store("hsbc-gamma.vip", registrable="hsbc-gamma.vip", score=0.9)
    store("paypal-delta.top", brand="paypal", score=0.8)
    services.assign(suspect_id=old.pk, seen_version=1, by=ada, to=ada, now=NOW)
    week = NOW - timedelta(days=7)
    for filters, expected in [
        (Filters(brand="paypal"), ["paypal-delta.top"]),
        (Filters(sector="bank"), ["hsbc-gamma.vip", "hsbc-alpha.top"]),
        (Filters(source="another"), []),
        (Filters(tld="vip"), ["hsbc-gamma.vip"]),
        (Filters(search="delta"), ["paypal-delta.top"]),
        (Filters(search="100%"), []),
        (Filters(min_score=0.7, max_score=0.85), ["paypal-delta.top"]),
        (Filters(read_before=week), ["hsbc-alpha.top"]),
        (Filters(read_since=week), ["hsbc-gamma.vip", "paypal-delta.top"]),
        (Filters(assigned_to=ada.pk), ["hsbc-alpha.top"]),
    ]:
        page = queue_page(filters)
        assert hosts(page) == expected
        assert count(filters, page=page) == len(expected)


def test_names_are_counted_with_every_member_of_a_series_on_every_page(store: Storing) -> None:
    for word in ("alpha", "gamma", "delta"):
        for member in range(2):
            store(f"hsbc-{word}{member}.top")
    for size in (2, 10):
        assert count(Filters(), page=queue_page(Filters(), size=size)) == 6


def test_an_international_name_is_found_by_either_form(store: Storing) -> None:
    store("xn--hsbc-o85fq0n.top", reasons=())
    shown = queue_page(Filters(search="xn--hsbc")).rows[0].suspect
    assert shown.unicode != shown.host
    part = shown.unicode.partition(".")[0]
    assert hosts(queue_page(Filters(search=part))) == ["xn--hsbc-o85fq0n.top"]


def test_the_neighbours_of_a_row_are_those_of_the_list_it_stands_in(store: Storing) -> None:
    names = ["alpha", "gamma", "delta"]
    first, middle, last = [
        store(f"hsbc-{word}.top", score=0.9 - number / 10) for number, word in enumerate(names)
    ]
    second = store("hsbc-gamma2.top", score=0.1)
    assert neighbours(middle, Filters(), cut=None) == (first, last)
    assert neighbours(first, Filters(), cut=None) == (None, middle)
    assert neighbours(second, Filters(), cut=None) == (last, None)
    assert neighbours(first, Filters(search="delta"), cut=None) == (None, last)
    here = Position(score=middle.score, id=middle.pk)
    assert neighbours(middle, Filters(), cut=here) == (first, None)


def test_decided_names_come_with_the_latest_decision_first(store: Storing, ada: Person) -> None:
    for number, word in enumerate(["alpha", "gamma", "delta"]):
        suspect = store(f"hsbc-{word}.top")
        later = NOW + timedelta(minutes=number)
        services.confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=later)
    confirmed = Filters(state=State.CONFIRMED)
    first, more = decided_page(confirmed, size=2)
    assert [s.host for s in first] == ["hsbc-delta.top", "hsbc-gamma.top"]
    assert more
    at = first[-1].decided_at
    assert at is not None
    rest, more = decided_page(confirmed, after=(at, first[-1].pk), size=2)
    assert [s.host for s in rest] == ["hsbc-alpha.top"]
    assert not more


def test_the_brands_of_a_state_are_those_its_names_imitate(store: Storing, ada: Person) -> None:
    store("hsbc-verify.top")
    store("hsbc-login.top")
    store("payme-verify.top", brand="payme")
    store("strange.top", brand=None)
    confirmed = store("zeta-verify.top", brand="za-bank")
    services.confirm(suspect_id=confirmed.pk, seen_version=1, by=ada, note="", now=NOW)
    assert brands_of(State.WAITING) == ["hsbc", "payme"]
    assert brands_of(State.CONFIRMED) == ["za-bank"]
    assert brands_of(State.DISMISSED) == []

"""A day is looked at: what is unusual becomes a row, once, and goes on while it lasts."""

from datetime import timedelta

import pytest

from lionrock.briefing.trends.calibration import Calibration, Tail, as_json
from lionrock.core.alerts import Kind
from lionrock.core.figures import Stream
from lionrock.desk.alerts.models import Alert
from lionrock.desk.audit.models import Entry
from lionrock.desk.trends.models import Beginning, Cell, Look, Measured, Standing, Trend
from lionrock.desk.trends.selectors.rows import facts_of
from lionrock.desk.trends.services.drafts import draft
from lionrock.desk.trends.services.finding import find
from lionrock.desk.trends.services.wishes import take_back, wish
from tests.desk.trends.weeks import DAYS, LAST, NOW, keep_events, keep_suspects
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def measured() -> None:
    """A calibration, since measuring one takes longer than all else here."""
    tail = Tail(peaks=(2.0, 3.0, 4.0), alarms=(4000, 400, 40), years=10.0, scale=0.5)
    kept = Calibration(method="windows", series=10, weeks=8.0, tails=(tail,) * 5)
    Measured.objects.create(at=NOW, day=LAST, calibration=as_json(kept))


def steady(level: int) -> list[int]:
    return [level + (place % 3) for place in range(DAYS)]


def test_a_family_that_rises_is_one_trend_with_its_figures() -> None:
    rising = steady(4)
    rising[-3:] = [20, 26, 30]
    keep_events({"mirai": rising, "qakbot": steady(5)})
    found = find(day=LAST, now=NOW)
    (row,) = found.fresh
    assert (row.key, row.what, row.since) == ("family:mirai", "rise", LAST - timedelta(days=2))
    assert row.also == [["kind", "malicious-code.infected-system"]]
    facts = facts_of(row)
    assert facts.ref == f"trend:{row.pk}"
    assert facts.kind is Kind.BOTNET
    assert facts.family == "mirai"
    assert facts.now.stream is Stream.EVENTS
    assert facts.now.value is not None
    assert facts.before.value is not None
    assert facts.now.value > facts.before.value
    assert facts.usual is not None
    assert facts.usual.value is not None
    assert facts.usual.value < 25
    assert all(each.kind == "ipv4" and each.cites == ("episode:1",) for each in facts.indicators)
    assert Entry.objects.filter(action="trend.noticed", subject=row.ref).exists()


def test_a_quiet_day_has_no_trend_and_says_what_was_compared() -> None:
    keep_events({"mirai": steady(4), "qakbot": steady(5)})
    found = find(day=LAST, now=NOW)
    assert not found.fresh
    look = Look.objects.get()
    assert (look.day, look.days, look.series) == (LAST, DAYS, 3)


def test_looking_twice_tells_nothing_twice_and_the_next_day_goes_on() -> None:
    rising = [*steady(4)[:-4], 20, 26, 30, 32]
    keep_events({"mirai": rising, "qakbot": steady(5)}, last=LAST + timedelta(days=1))
    (first,) = find(day=LAST, now=NOW).fresh
    again = find(day=LAST, now=NOW)
    assert not again.fresh
    (same,) = again.continued
    assert (same.pk, same.days) == (first.pk, 1)
    (later,) = find(day=LAST + timedelta(days=1), now=NOW + timedelta(days=1)).continued
    assert (later.pk, later.days, later.since) == (first.pk, 2, first.since)
    assert Trend.objects.count() == 1


def test_a_new_feed_is_no_trend() -> None:
    keep_events({"mirai": steady(4), "qakbot": steady(5)})
    keep_events({"mirai": [40] * 10, "lumma": [30] * 10}, feed="feed-b")
    found = find(day=LAST, now=NOW)
    assert not found.fresh
    assert Look.objects.get().left_out == {"feed-b/daily": "new"}


def test_a_feed_that_comes_back_after_a_silence_is_no_trend() -> None:
    silent = steady(20)
    silent[-6:-1], silent[-1] = [0] * 5, 22
    keep_events({"mirai": steady(4)})
    keep_events({"mirai": silent, "qakbot": silent}, feed="feed-b")
    assert not find(day=LAST, now=NOW).fresh


def test_a_family_that_was_never_here_is_told_as_new() -> None:
    keep_events({"mirai": steady(9), "lumma": [0] * (DAYS - 1) + [4]})
    (row,) = find(day=LAST, now=NOW).fresh
    assert (row.key, row.what) == ("family:lumma", "first")
    assert Beginning.objects.get(dimension="family", value="lumma").day == LAST


def test_two_campaigns_are_two_trends_whatever_else_they_raise() -> None:
    keep_events({"mirai": steady(4)})
    water = ["wtrgoiv.example", "wtrgov.test", "wtrgovu.test", "wtrrgov.invalid", "wtr-gov.test"]
    keep_suspects(water[:2], brand="water", day=LAST - timedelta(days=1))
    keep_suspects(water[2:], brand="water", day=LAST)
    chat = [f"{name}.example" for name in ("app-cht", "apps-cht", "appz-cht", "ap-cht")]
    keep_suspects(chat, brand="chat", day=LAST)
    found = find(day=LAST, now=NOW)
    assert sorted((row.what, row.counted) for row in found.fresh) == [
        ("campaign", 4),
        ("campaign", 5),
    ]
    facts = next(facts_of(row) for row in found.fresh if row.counted == 5)
    assert (facts.kind, facts.brand) == (Kind.PHISHING, "water")
    assert {each.value for each in facts.indicators} == set(water)
    assert all(cite.startswith("suspect:") for each in facts.indicators for cite in each.cites)


def test_two_campaigns_give_two_drafts() -> None:
    keep_suspects(
        ["wsdgoiv.example", "wsdgov.test", "wsdgovu.test", "wssdgov.invalid"], brand="wsd", day=LAST
    )
    keep_suspects(
        [f"{n}.example" for n in ("app-cht", "apps-cht", "appz-cht", "ap-cht")],
        brand="whatsapp",
        day=LAST,
    )
    found = find(day=LAST, now=NOW)
    made = [draft(trend=row, by=someone(), now=NOW) for row in found.fresh]
    assert all(made)
    assert Alert.objects.count() == 2
    assert {alert.origin for alert in Alert.objects.all()} == {row.ref for row in found.fresh}
    again = draft(trend=found.fresh[0], by=someone(), now=NOW)
    assert again == made[0]
    assert Entry.objects.filter(action="trend.drafted").count() == 2


def test_a_muted_series_is_told_no_longer_and_told_again_when_that_is_taken_back() -> None:
    rising = steady(4)
    rising[-3:] = [20, 26, 30]
    keep_events({"mirai": rising, "qakbot": steady(5)})
    (row,) = find(day=LAST, now=NOW).fresh
    who = someone()
    wanted = wish(
        trend_id=row.pk, standing=Standing.MUTED, until=None, note="known", by=who, now=NOW
    )
    found = find(day=LAST, now=NOW)
    assert (found.fresh, found.continued, found.muted) == ((), (), 1)
    take_back(wish_id=wanted.pk, by=who, now=NOW)
    assert len(find(day=LAST, now=NOW).continued) == 1
    assert set(Entry.objects.filter(by=who).values_list("action", flat=True)) == {
        "trend.muted",
        "trend.wish-taken-back",
    }


def test_late_events_are_counted_and_old_days_are_counted_once() -> None:
    keep_events({"mirai": steady(4)})
    find(day=LAST, now=NOW)
    before = Cell.objects.get(day=LAST, dimension="family").count
    keep_events({"late": [3]})
    find(day=LAST, now=NOW)
    assert Cell.objects.get(day=LAST, dimension="family", value="mirai").count == before
    assert Cell.objects.get(day=LAST, dimension="family", value="late").count == 3


def test_what_scores_mean_here_is_measured_once_a_week() -> None:
    Measured.objects.all().delete()
    rising = steady(4)
    rising[-3:] = [40, 46, 50]
    keep_events({"mirai": rising, "qakbot": steady(5)})
    (row,) = find(day=LAST, now=NOW).fresh
    assert row.key == "family:mirai"
    assert row.yearly < 52
    measured = Measured.objects.get()
    assert measured.day == LAST
    find(day=LAST, now=NOW + timedelta(days=1))
    assert Measured.objects.get().at == measured.at
    find(day=LAST, now=NOW + timedelta(days=8))
    assert Measured.objects.get().at > measured.at

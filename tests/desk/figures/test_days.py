"""Days are counted from their events, and again whenever something of them changed."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from lionrock import regions
from lionrock.briefing.counting import Counted, count
from lionrock.briefing.definitions import load
from lionrock.core.events import Asset, AssetKind, Event, Part, Seen
from lionrock.core.figures import Period
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events.models import Event as Stored
from lionrock.desk.events.services.replay import apply, take_back
from lionrock.desk.events.services.rows import Batch, Source, batches
from lionrock.desk.figures.models import CountedDay, Presence
from lionrock.desk.figures.services.days import (
    SETTLES,
    TODAY,
    count_due,
    count_period,
    due_days,
    forget,
    lost_days,
    reaches_back_too_far,
)
from tests.desk.figures.conftest import AFTER, DAY, MIDDAY, Keep, bot, page, placed

Q1 = Period.of("2023Q1")
FEBRUARY = date(2023, 2, 10)


def counted(period: str = "2023Q1", now: datetime = AFTER) -> Counted:
    count_period(period=Period.of(period), now=now)
    return count(
        connection, region=regions.load("hk"), definitions=load("hk"), period=Period.of(period)
    )


def read_again(*items: Event) -> Iterator[Batch]:
    source = Source(feed="shadowserver", tlp=Tlp.AMBER, seen=Seen.PASSIVE)
    return batches(items, source=source, enrich=placed)


@pytest.mark.parametrize(
    ("host", "country", "counts"),
    [
        ("shop.hk", "DE", True),
        ("shop.example.com", "HK", True),
        ("xn--j6w193g.xn--j6w193g", "DE", True),
        ("shop.hk", "HK", True),
        ("shop.example.com", "DE", False),
        ("shop.hk.example.com", "DE", False),
        ("shophk", "DE", False),
    ],
)
def test_a_page_is_the_regions_by_its_place_or_by_its_name(
    keep: Keep, host: str, country: str, counts: bool
) -> None:
    keep(page(1, host, reported_country=country))
    assert counted()["phishing.unique_url"].value == int(counts)


def test_pages_and_addresses_are_counted_once_however_often_they_are_told_of(keep: Keep) -> None:
    keep(page(1, "a.hk"), page(2, "b.hk"), page(3, "a.hk", at=MIDDAY + DAY))
    keep(page(1, "a.hk", at=MIDDAY + 30 * DAY), feed="openphish")
    figures = counted()
    assert figures["phishing.unique_url"].value == 2
    assert figures["phishing.unique_address"].value == 1
    assert [one.value for one in figures.parts("phishing.unique_url", "network")] == [2]


def test_a_host_stands_for_its_page_where_a_source_names_no_url(keep: Keep) -> None:
    host = Asset(kind=AssetKind.HOST, value="a.hk")
    keep(page(1, "a.hk", asset=host, url=None), page(2, "a.hk", asset=host, url=None, port=8443))
    address = Asset(kind=AssetKind.ADDRESS, value="203.0.113.1")
    keep(page(1, "b.hk", asset=address, url=None), bot(2, "192.0.2.1", host="host.hk"))
    figures = counted()
    assert figures["phishing.unique_url"].value == 2
    assert figures["bots.unique_address"].value == 1


def test_the_attackers_are_the_other_end_of_what_was_attacked(keep: Keep) -> None:
    def attack(line: int, source: str, country: str, part: Part = Part.TARGET) -> Event:
        return bot(
            line,
            "192.0.2.1",
            kind=Rsit.BRUTE_FORCE,
            part=part,
            family=None,
            other=Asset(kind=AssetKind.ADDRESS, value=source),
            other_country=country,
            other_asn=64500,
        )

    keep(
        attack(1, "198.51.100.1", "US"),
        attack(2, "198.51.100.2", "US"),
        attack(3, "198.51.100.3", "BR"),
        attack(4, "198.51.100.4", "BR", Part.SOURCE),
    )
    figures = counted()
    assert figures["attacks.sources"].value == 3
    assert figures["attacks.sources.country.us"].value == 2
    assert figures["attacks.sources.network.as64500"].value == 3


def test_a_day_is_the_regions_and_not_utcs(keep: Keep) -> None:
    last = datetime(2022, 12, 31, 15, 59, 59, tzinfo=UTC)
    keep(bot(1, "192.0.2.1", at=last), bot(2, "192.0.2.2", at=last + timedelta(seconds=1)))
    assert counted("2022Q4")["bots.size"].value == 1
    assert counted("2023-01-01")["bots.size"].value == 1


def test_botnets_are_measured_by_their_best_day(keep: Keep) -> None:
    line = 0
    for day, number in enumerate((5, 9, 7)):
        some = [
            bot(line + n, f"192.0.2.{20 * day + n}", at=MIDDAY + day * DAY) for n in range(number)
        ]
        keep(*some)
    figures = counted()
    assert figures["bots.size.family.mirai"].value == 9
    assert figures["bots.unique_address"].value == 21


def test_late_events_have_their_days_counted_again(keep: Keep) -> None:
    keep(page(1, "a.hk"))
    assert counted()["phishing.unique_url"].value == 1
    assert due_days(now=AFTER) == []
    keep(page(1, "b.hk"), now=AFTER)
    before = count(connection, region=regions.load("hk"), definitions=load("hk"), period=Q1)
    assert FEBRUARY in before.uncounted
    after = counted()
    assert (after["phishing.unique_url"].value, after.uncounted) == (2, ())


def test_what_is_read_differently_is_counted_differently(keep: Keep) -> None:
    blob = keep(page(1, "a.hk"), page(2, "b.hk"), page(3, "c.hk"))
    assert counted()["phishing.unique_url"].value == 3
    again = read_again(
        page(1, "a.hk"), page(2, "b.hk", url="https://b.hk/else"), bot(3, "192.0.2.3")
    )
    apply(blob_id=blob.pk, feed="shadowserver", batches=again, reader="new", now=AFTER)
    figures = counted()
    assert (figures["phishing.unique_url"].value, figures["bots.size"].value) == (2, 1)


def test_what_is_taken_back_is_counted_no_more(keep: Keep) -> None:
    blob = keep(page(1, "a.hk"))
    keep(page(1, "b.hk"))
    assert counted()["phishing.unique_url"].value == 2
    take_back(blob_id=blob.pk, feed="shadowserver", now=AFTER)
    assert counted()["phishing.unique_url"].value == 1


def test_what_retention_removed_stays_counted(keep: Keep, settings: Settings) -> None:
    keep(page(1, "a.hk"))
    assert counted()["phishing.unique_url"].value == 1
    Stored.objects.all().delete()
    settings.LIONROCK_KEEP_SECRET = 30
    keep(page(1, "b.hk"), now=AFTER)
    assert counted()["phishing.unique_url"].value == 2


def test_a_day_whose_events_were_removed_before_it_was_counted_is_lost(
    keep: Keep, settings: Settings
) -> None:
    keep(page(1, "a.hk"))
    Stored.objects.all().delete()
    settings.LIONROCK_KEEP_SECRET = 30
    assert counted()["phishing.unique_url"].value == 0
    assert FEBRUARY in lost_days(period=Q1)
    assert due_days(now=AFTER) == []


def test_an_old_day_none_of_whose_events_were_removed_is_not_lost(
    keep: Keep, settings: Settings
) -> None:
    settings.LIONROCK_KEEP_SECRET = 30
    keep(page(1, "a.hk"))
    assert counted()["phishing.unique_url"].value == 1
    assert lost_days(period=Q1) == []


def test_a_day_in_which_much_comes_in_is_counted_now_and_then(keep: Keep) -> None:
    keep(page(1, "a.hk"))
    assert FEBRUARY in count_due(now=MIDDAY)
    keep(page(1, "b.hk"))
    assert count_due(now=MIDDAY + TODAY - timedelta(seconds=1)) == []
    assert count_due(now=MIDDAY + TODAY) == [FEBRUARY]
    tomorrow = MIDDAY + DAY
    keep(page(1, "c.hk"), now=tomorrow)
    assert count_due(now=tomorrow + SETTLES)[-1] == FEBRUARY


def test_a_day_is_counted_before_it_is_over_and_never_before_it_begins(keep: Keep) -> None:
    keep(page(1, "a.hk"), page(2, "b.hk", at=MIDDAY + 5 * DAY))
    assert [due.day for due in due_days(now=MIDDAY)] == [FEBRUARY]


def test_a_number_tells_nobody_which_address_it_is(keep: Keep, settings: Settings) -> None:
    keep(bot(1, "192.0.2.1"))
    counted()
    (thing,) = Presence.objects.values_list("thing", flat=True)
    key = settings.LIONROCK_DATA / "secrets" / "figures-key"
    assert key.stat().st_mode & 0o077 == 0
    Presence.objects.all().delete()
    CountedDay.objects.all().delete()
    counted()
    assert list(Presence.objects.values_list("thing", flat=True)) == [thing]
    key.unlink()
    Presence.objects.all().delete()
    CountedDay.objects.all().delete()
    counted()
    assert list(Presence.objects.values_list("thing", flat=True)) != [thing]


def test_what_stood_of_months_long_over_is_removed(keep: Keep, settings: Settings) -> None:
    settings.LIONROCK_KEEP_EPISODES = 60
    keep(page(1, "a.hk", at=MIDDAY - 40 * DAY), page(2, "b.hk"))
    assert counted(now=MIDDAY)["phishing.unique_url"].value == 2
    later = MIDDAY + 60 * DAY
    assert forget(now=later) == 2
    assert reaches_back_too_far(period=Q1, now=later)
    assert not reaches_back_too_far(period=Period.of("2023-02"), now=later)
    assert counted("2023-02", now=later)["phishing.unique_url"].value == 1
    assert forget(now=later) == 0


def test_two_who_count_a_day_at_once_count_it_once(keep: Keep) -> None:
    keep(*pages(range(700)))
    first, second = count_due(now=MIDDAY), count_due(now=MIDDAY)
    assert (FEBRUARY in first, second) == (True, [])
    assert Presence.objects.count() == 701


def pages(numbers: Iterable[int], **changes: Any) -> list[Event]:  # Any: a field's value
    return [page(n + 1, f"p{n}.hk", **changes) for n in numbers]

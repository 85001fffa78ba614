"""Last year's reports, handed in today, wake nobody, and the pages say so."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.core.events import Seen
from lionrock.desk.constituents.models import Frequency
from lionrock.desk.events.models import Episode
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import Notice, NoticeItem, NoticeState
from lionrock.desk.notices.services.escalate import escalate_due
from lionrock.desk.notices.services.route import OWN_FEED, route_complete
from lionrock.desk.people.roles import Role
from tests.desk.notices.making import (
    DAY,
    HOUR,
    NOW,
    Remembers,
    constituent,
    delivery,
    episode,
    event,
    send,
)
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

YEAR = 365 * DAY
TOLD = "No notice is about it yet."


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(someone(Role.ANALYST))
    return client


def page(client: Client, name: str, pk: int) -> str:
    response: Any = client.get(reverse(name, args=[pk]))  # Any: the test client's own response
    assert response.status_code == 200
    return str(response.content.decode())


def test_what_was_last_seen_a_year_ago_is_told_neither_at_once_nor_in_a_digest() -> None:
    constituent()
    blob = delivery()
    episode(blob, at=NOW - YEAR)
    episode(blob, "192.0.2.5", at=NOW - YEAR, severity="medium")
    episode(blob, "192.0.2.6", at=NOW - YEAR, severity="critical")

    assert route_complete(now=NOW) == 0
    assert not Notice.objects.exists()
    blob.refresh_from_db()
    assert (blob.routed_at, blob.too_old) == (NOW, 3)


def test_the_limit_is_that_many_days_before_the_delivery_is_routed() -> None:
    constituent()
    blob = delivery()
    episode(blob, at=NOW - 30 * DAY)
    late = episode(blob, "192.0.2.5", at=NOW - 30 * DAY - HOUR)
    route_complete(now=NOW)

    assert NoticeItem.objects.count() == 1
    assert not NoticeItem.objects.filter(episode_id=late.pk).exists()
    assert Blob.objects.get().too_old == 1


@pytest.mark.parametrize(("days", "told"), [(400, 1), (0, 1), (300, 0), (10**12, 1)])
def test_an_administrator_sets_the_limit(settings: Settings, days: int, told: int) -> None:
    settings.LIONROCK_TELL_DAYS = days
    constituent()
    episode(delivery(), at=NOW - YEAR)

    assert route_complete(now=NOW) == told


def test_a_finding_of_our_own_is_told_whenever_it_was_seen() -> None:
    constituent()
    episode(delivery(OWN_FEED), at=NOW - YEAR, asset_kind="host", asset="login.example")
    route_complete(now=NOW)

    assert Notice.objects.exists()


def test_what_was_too_old_is_told_once_it_is_seen_again() -> None:
    constituent()
    one = episode(delivery(), at=NOW - 40 * DAY)
    route_complete(now=NOW)
    assert not Notice.objects.exists()

    fresh = delivery(at=NOW + DAY)
    event(one, fresh, at=NOW + DAY)
    Episode.objects.update(last_seen=NOW + DAY, last_blob_id=fresh.pk)
    assert route_complete(now=NOW + DAY) == 1
    assert NoticeItem.objects.get().episode_id == one.pk
    fresh.refresh_from_db()
    assert fresh.too_old == 0


def test_an_old_line_about_what_was_told_changes_nothing_and_it_escalates_as_ever() -> None:
    constituent(emails=("abuse@isp.example", "boss@isp.example"))
    one = episode(delivery(), seen=Seen.PASSIVE.value)
    route_complete(now=NOW)
    send(Remembers())
    later = NOW + 60 * DAY
    event(one, delivery(at=later), at=NOW)

    assert route_complete(now=later) == 0
    assert Blob.objects.latest("pk").too_old == 0
    assert escalate_due(now=later) == 1
    assert Notice.objects.latest("pk").step == 1


def test_a_digest_waiting_for_its_day_still_tells_what_was_fresh_when_it_came() -> None:
    constituent(frequency=Frequency.WEEKLY)
    blob = delivery()
    episode(blob, at=NOW - 28 * DAY, severity="medium")
    episode(blob, "192.0.2.5", at=NOW - 31 * DAY, severity="medium")
    route_complete(now=NOW)

    server = Remembers()
    assert send(server, now=NOW + 7 * DAY).sent == 1
    assert Notice.objects.get().state == NoticeState.SENT
    assert NoticeItem.objects.count() == 1


def test_an_episodes_page_says_that_nobody_was_told_because_of_its_age(analyst: Client) -> None:
    constituent()
    blob = delivery()
    old = episode(blob, at=NOW - YEAR)
    fresh = episode(blob, "192.0.2.5", severity="info")
    assert TOLD in page(analyst, "events:episode", old.pk)

    route_complete(now=NOW)
    shown = page(analyst, "events:episode", old.pk)
    assert (
        "Last seen 365 days before it reached us; nobody is told of what is older than 30 days."
        in shown
    )
    assert TOLD not in shown
    assert TOLD in page(analyst, "events:episode", fresh.pk)


def test_an_episodes_page_names_the_notice_where_somebody_was_told_after_all(
    analyst: Client, settings: Settings
) -> None:
    constituent()
    old = episode(delivery(), at=NOW - YEAR)
    settings.LIONROCK_TELL_DAYS = 0
    route_complete(now=NOW)
    settings.LIONROCK_TELL_DAYS = 30

    shown = page(analyst, "events:episode", old.pk)
    assert Notice.objects.get().ticket in shown
    assert "before it reached us" not in shown


def test_a_deliverys_page_counts_what_was_too_old_to_be_told(analyst: Client) -> None:
    constituent()
    blob = delivery()
    for number in range(3):
        episode(blob, f"192.0.2.{number}", at=NOW - YEAR)
    episode(blob, "192.0.2.9")
    assert "too old" not in page(analyst, "feeds:delivery", blob.pk)

    route_complete(now=NOW)
    assert "3 too old to tell anybody of" in page(analyst, "feeds:delivery", blob.pk)

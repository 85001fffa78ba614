"""What was kept long enough goes, the most secret first; counts stay."""

import pytest
from pytest_django import Settings

from lionrock.core.events import Reject
from lionrock.core.tlp import Tlp
from lionrock.desk.events import models
from lionrock.desk.events.models import DayCount, Episode
from lionrock.desk.events.services.retention import retain
from lionrock.desk.feeds.services.blobs import path_of
from tests.desk.events.conftest import DAY, NOW, Keep, event

pytestmark = pytest.mark.django_db


def test_events_go_by_age_and_label_and_counts_stay(keep: Keep, settings: Settings) -> None:
    settings.LIONROCK_KEEP_EVENTS, settings.LIONROCK_KEEP_SECRET = 400, 90
    keep(
        event(1, at=NOW - 401 * DAY),
        event(2, at=NOW - 399 * DAY),
        event(3, at=NOW - 91 * DAY, tlp=Tlp.RED),
        event(4, at=NOW - 91 * DAY, tlp=Tlp.AMBER_STRICT, report="another"),
        event(5, at=NOW - 89 * DAY, tlp=Tlp.RED),
    )
    counted = sum(DayCount.objects.values_list("events", flat=True))
    removed = retain(now=NOW)
    assert removed.events == 3
    assert sorted(models.Event.objects.values_list("line", flat=True)) == [2, 5]
    assert sum(DayCount.objects.values_list("events", flat=True)) == counted == 5
    assert retain(now=NOW).events == 0


def test_bytes_and_rejects_go_and_the_delivery_says_since_when(
    keep: Keep, settings: Settings
) -> None:
    settings.LIONROCK_KEEP_DELIVERIES = 180
    old = keep(Reject(line=1, text="x", why="is odd"), now=NOW - 181 * DAY)
    young = keep(Reject(line=1, text="x", why="is odd"), now=NOW - 80 * DAY)
    removed = retain(now=NOW)
    assert (removed.blobs, removed.rejects) == (1, 1)
    old.refresh_from_db()
    assert old.erased_at == NOW
    assert not path_of(old.sha256).exists()
    assert path_of(young.sha256).exists()


def test_an_episode_unseen_for_long_goes_with_its_words(keep: Keep, settings: Settings) -> None:
    settings.LIONROCK_KEEP_EPISODES = 800
    keep(event(1, at=NOW - 801 * DAY), event(2, "192.0.2.2", at=NOW - 799 * DAY))
    assert retain(now=NOW).episodes == 1
    episode = Episode.objects.get()
    assert episode.asset == "192.0.2.2"
    assert set(models.Word.objects.values_list("episode_id", flat=True)) == {episode.pk}

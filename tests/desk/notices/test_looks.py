"""We look only where somebody switched it on, and call little fixed by it."""

import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.core.errors import GiveUp
from lionrock.desk.audit.models import Entry
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.notices.models import Look, Notice
from lionrock.desk.notices.services.compose import compose
from lionrock.desk.notices.services.looks import (
    PER_MINUTE,
    look_around,
    look_now,
    looked,
    set_probing,
    target_of,
)
from lionrock.desk.notices.services.recheck import recheck
from lionrock.desk.notices.services.route import route_complete
from lionrock.desk.people.roles import Role
from lionrock.net.probe import Answer, Seen
from tests.desk.notices.making import DAY, HOUR, NOW, constituent, delivery, episode, person
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


class Eyes:
    """A looker that answers as told, per host, and remembers where it was sent."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self.asked: list[tuple[str, int, str]] = []

    def __call__(self, host: str, port: int, *, web: str = "") -> Seen:
        self.asked.append((host, port, web))
        return Seen(answer=self.answers.get(host, Answer.OPEN), address=host, said="x")


def switched_on(attempts: int = 3, days: int = 3) -> None:
    set_probing(by=None, enabled=True, attempts=attempts, days=days, now=NOW)


def told(*changes: Mapping[str, Any]) -> list[Episode]:  # Any: each column has its own type
    """Return told episodes: 192.0.2.1 and so on, with these columns."""
    constituent()
    blob = delivery()
    made = [episode(blob, f"192.0.2.{n}", **each) for n, each in enumerate(changes or ({},), 1)]
    route_complete(now=NOW)
    return made


def rounds(eyes: Eyes, *days: float) -> None:
    for day in days:
        look_around(now=NOW + day * DAY, looker=eyes, wait=lambda _: None)


def fixed(at: datetime = NOW + 30 * DAY) -> bool:
    return recheck(now=at, probe=looked()).fixed > 0


def test_nothing_is_looked_at_until_an_administrator_switches_it_on(client: Client) -> None:
    told()
    eyes = Eyes()
    rounds(eyes, 1)
    assert (eyes.asked, looked()) == ([], None)

    client.force_login(someone(Role.ADMINISTRATOR))
    client.post(
        reverse("notices:mailing"), {"part": "looks", "enabled": "on", "attempts": 3, "days": 3}
    )
    rounds(eyes, 1)
    assert eyes.asked == [("192.0.2.1", 23, "")]
    assert Entry.objects.filter(action="probing.set").exists()


def test_three_looks_on_three_days_that_find_the_port_refusing_call_it_fixed() -> None:
    (one,) = told()
    switched_on()
    eyes = Eyes(**{"192_0_2_1": Answer.REFUSED})
    rounds(eyes, 1, 1.1, 2, 2.5)  # within 20 hours it is left alone
    assert len(eyes.asked) == 2
    assert not fixed()
    rounds(eyes, 3)

    assert fixed()
    one.refresh_from_db()
    assert (one.standing, one.fixed_by) == (Standing.FIXED, FixedBy.PROBE)
    assert Look.objects.filter(episode_id=one.pk, answer="refused").count() == 3


def test_a_port_that_answers_in_between_begins_the_count_anew() -> None:
    told()
    switched_on()
    gone, there = Eyes(**{"192_0_2_1": Answer.REFUSED}), Eyes()
    rounds(gone, 1, 2)
    rounds(there, 3)
    rounds(gone, 4, 5)

    assert not fixed()
    rounds(gone, 6)
    assert fixed()


def test_what_a_source_saw_since_is_not_fixed_by_older_looks() -> None:
    (one,) = told()
    switched_on()
    rounds(Eyes(**{"192_0_2_1": Answer.REFUSED}), 1, 2, 3)
    Episode.objects.filter(pk=one.pk).update(last_seen=NOW + 2 * DAY + HOUR)

    assert not fixed()


def test_many_looks_on_too_few_days_fix_nothing() -> None:
    told()
    switched_on(attempts=2, days=4)
    rounds(Eyes(**{"192_0_2_1": Answer.REFUSED}), 1, 2, 3)

    assert not fixed()


def test_silence_counts_only_where_somebody_else_answered_in_the_round() -> None:
    first, _ = told({}, {})
    switched_on()
    rounds(Eyes(**{"192_0_2_1": Answer.SILENT, "192_0_2_2": Answer.SILENT}), 1, 2, 3)
    assert set(Look.objects.values_list("answer", flat=True)) == {"failed"}
    assert not fixed()

    rounds(Eyes(**{"192_0_2_1": Answer.SILENT}), 4, 5, 6)
    assert fixed()
    assert Episode.objects.get(standing=Standing.FIXED) == first


def test_a_page_that_answers_with_an_error_is_not_called_fixed() -> None:
    page = {"kind": "fraud.phishing", "url": "https://shop.example/login", "port": None}
    told(page)
    switched_on()
    eyes = Eyes()
    rounds(eyes, 1, 2, 3)

    assert eyes.asked[0] == ("shop.example", 443, "https")
    assert not fixed()


@pytest.mark.parametrize(
    "changes",
    [
        {"why": "elsewhere"},
        {"why": "own"},
        {"transport": "udp"},
        {"kind": "malicious-code.infected-system"},
        {"kind": "vulnerable.vulnerable-system"},
        {"part": "source"},
        {"standing": Standing.FIXED},
        {"kind": "fraud.phishing", "url": ""},
    ],
    ids=lambda one: "-".join(map(str, one.values())),
)
def test_where_one_connection_tells_nothing_or_which_is_not_ours_is_left_alone(
    changes: dict[str, object],
) -> None:
    (one,) = told()
    Episode.objects.filter(pk=one.pk).update(**changes)
    switched_on()
    eyes = Eyes()
    rounds(eyes, 1)

    assert eyes.asked == []


def test_what_nobody_was_told_of_is_left_alone() -> None:
    episode(delivery())
    switched_on()
    eyes = Eyes()
    rounds(eyes, 1)

    assert eyes.asked == []


@pytest.mark.parametrize("url", ["ftp://a.example/", "http://[broken", "http://a.example:99999/"])
def test_a_page_without_a_web_address_has_no_target(url: str) -> None:
    one = episode(delivery(), kind="fraud.phishing", url=url)

    assert target_of(one) is None


def test_a_look_that_was_killed_is_one_attempt_and_says_nothing() -> None:
    told()
    switched_on(attempts=2, days=2)

    def dies(host: str, port: int, *, web: str = "") -> Seen:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_around(now=NOW + DAY, looker=dies)
    eyes = Eyes(**{"192_0_2_1": Answer.REFUSED})
    rounds(eyes, 1.5)

    assert eyes.asked == []
    assert Look.objects.get().answer == "begun"
    rounds(eyes, 2)
    assert not fixed()


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_an_approver_looks_again_from_the_episodes_page(client: Client, settings: Settings) -> None:
    settings.LIONROCK_INTERNAL = ("127.0.0.0/8",)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (one,) = told()
        port = listener.getsockname()[1]
        Episode.objects.update(asset="127.0.0.1", address="127.0.0.1", port=port)
        page = reverse("events:episode", args=[one.pk])
        client.force_login(someone(Role.APPROVER))
        assert "Look again now" not in client.get(page).content.decode()
        client.post(reverse("notices:look", args=[one.pk]))
        assert not Look.objects.exists()

        switched_on()
        assert "Look again now" in client.get(page).content.decode()
        client.post(reverse("notices:look", args=[one.pk]))
        assert "takes connections" in client.get(page).content.decode()
        client.post(reverse("notices:look", args=[one.pk]))  # within a minute: not again
    assert Look.objects.get().answer == "open"
    assert Entry.objects.filter(action="episode.look").count() == 1


def test_people_cannot_make_us_knock_everywhere_at_once() -> None:
    made = told(*({} for _ in range(PER_MINUTE + 1)))
    switched_on()
    for one in made[:-1]:
        look_now(episode_id=one.pk, by=person(), now=NOW + HOUR, looker=Eyes())
    with pytest.raises(GiveUp, match="too many"):
        look_now(episode_id=made[-1].pk, by=person(), now=NOW + HOUR, looker=Eyes())


def test_a_persons_look_that_met_silence_does_not_count() -> None:
    (one,) = told()
    switched_on(attempts=2, days=2)
    for day in (1, 2, 3):
        eyes = Eyes(**{"192_0_2_1": Answer.SILENT})
        look_now(episode_id=one.pk, by=person(), now=NOW + day * DAY, looker=eyes)

    assert not fixed()
    with pytest.raises(GiveUp):
        set_probing(by=None, enabled=True, attempts=1, days=2, now=NOW + timedelta(days=1))


def test_letters_stop_saying_that_we_do_not_look_once_we_do() -> None:
    told()
    notice = Notice.objects.get()
    before = compose(notice, contact=None).text.body
    switched_on()
    after = compose(notice, contact=None).text.body

    assert "We do not scan your network ourselves." in before
    assert "We do not scan your network ourselves." not in after
    assert "one connection to the reported port" in " ".join(after.split())

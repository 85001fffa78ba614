"""The HTTP API's lists of events, episodes and feeds, as the team's and a partner's programs meet them."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from lionrock.core.events import Severity
from lionrock.core.tlp import Tlp
from lionrock.desk.events.models import Episode, Event
from lionrock.desk.people.roles import Role
from lionrock.desk.people.tokens import Scope, make_token
from lionrock.web.api import api
from tests.desk.events.rows import Road, busy_road, event, keep
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


@pytest.fixture
def road() -> Road:
    return busy_road(now=timezone.now())


@pytest.fixture
def team() -> Client:
    return program(Role.ANALYST)


@pytest.fixture
def partner() -> Client:
    return program(Role.PARTNER)


def program(*roles: Role) -> Client:
    secret = make_token(
        owner=someone(*roles),
        name="test",
        scopes=list(Scope),
        lifetime=timedelta(days=1),
        now=timezone.now(),
    )[1]
    return Client(headers={"authorization": f"Bearer {secret}"})


def get(client: Client, address: str, **query: Any) -> dict[str, Any]:  # Any: JSON
    response = client.get(f"/api/v1{address}", query)
    assert response.status_code == HTTPStatus.OK, response.content
    found: dict[str, Any] = response.json()
    return found


def test_the_team_reads_every_event_page_by_page(team: Client, road: Road) -> None:
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(team, "/events", limit=5, cursor=cursor)
        seen += [event["id"] for event in page["events"]]
        cursor = page["next"]

    assert sorted(seen) == sorted(Event.objects.values_list("id", flat=True))
    assert len(seen) == len(set(seen))


def test_events_carry_what_the_source_said_and_our_facts(team: Client, road: Road) -> None:
    (found,) = get(team, "/events", text="mirai")["events"]

    assert (found["asset"], found["family"], found["cves"]) == (
        *("192.0.2.200", "mirai"),
        ["CVE-2026-0001"],
    )
    assert (found["other"], found["other_asn"], found["other_country"]) == (
        *("198.51.100.9", 64501, "DE"),
    )
    assert (found["located"], found["registered"], found["why"]) == ("HK", "SG", "located")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"kind": "fraud"}, 1),
        ({"severity": "critical"}, 1),
        ({"standing": "open"}, 10),
        ({"standing": "fixed"}, 0),
        ({"text": "192.0.2.0/29"}, 7),
        ({"asn": 64496, "country": "hk"}, 10),
        ({"since": "2999-01-01T00:00:00Z"}, 0),
    ],
)
def test_episodes_are_narrowed(
    team: Client, road: Road, query: dict[str, Any], number: int
) -> None:
    assert len(get(team, "/episodes", **query)["episodes"]) == number


def test_an_episode_comes_with_its_sources(team: Client, road: Road) -> None:
    found = get(team, f"/episodes/{road.telnet.pk}")

    assert found["sources"][0]["events"] == found["events"] == 5
    assert found["fact"] == "192.0.2.0/24 is used in HK (geolocation 2026-03-01)"
    assert team.get("/api/v1/episodes/999999").status_code == HTTPStatus.NOT_FOUND


def test_a_partner_reads_only_what_its_label_lets_travel(partner: Client, road: Road) -> None:
    for number, label in enumerate(Tlp, start=1):
        keep(
            event(
                1,
                value=f"192.0.2.{100 + number}",
                at=timezone.now(),
                severity=Severity.LOW,
                tlp=label,
            ),
            feed="urlhaus",
            name=label,
            now=timezone.now(),
            tlp=Tlp.CLEAR,
        )
    labels = {found["tlp"] for found in get(partner, "/events", limit=1000)["events"]}
    episodes = get(partner, "/episodes", limit=1000)["episodes"]

    assert labels == {"TLP:CLEAR", "TLP:GREEN"}
    assert {found["tlp"] for found in episodes} == {"TLP:CLEAR", "TLP:GREEN"}
    for episode in Episode.objects.all():
        status = partner.get(f"/api/v1/episodes/{episode.pk}").status_code
        assert (status == HTTPStatus.OK) is (episode.tlp in {"TLP:CLEAR", "TLP:GREEN"})


def test_how_feeds_fare_is_told_to_the_team_alone(
    team: Client, partner: Client, road: Road
) -> None:
    feeds = get(team, "/feeds")["feeds"]

    assert [(feed["feed"], feed["health"]) for feed in feeds] == [
        ("threatfox", "failing"),
        ("openphish", "silent"),
        ("urlhaus", "ok"),
    ]
    assert feeds[0]["failure"] == "the server answered 503"
    assert partner.get("/api/v1/feeds").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cursor": "nonsense"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"since": "2026-11-20T04:00:00"}, HTTPStatus.BAD_REQUEST),
        ({"limit": 1001}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"country": "HKG"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"text": "\x00"}, HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_what_makes_no_sense_is_refused(
    team: Client, query: dict[str, Any], status: HTTPStatus
) -> None:
    assert team.get("/api/v1/events", query).status_code == status


def test_the_schema_tells_ones_own_episodes_and_the_teams_apart() -> None:
    described = api.get_openapi_schema()

    def fields(path: str) -> set[str]:
        answer = described["paths"][path]["get"]["responses"][200]
        name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        rows = described["components"]["schemas"][name]["properties"]["episodes"]["items"]
        row = described["components"]["schemas"][rows["$ref"].rpartition("/")[2]]
        return set(row["properties"])

    own, team = fields("/api/v1/mine/episodes"), fields("/api/v1/episodes")
    assert own < team
    assert not {"holder", "fact", "constituent", "feeds"} & own

"""The HTTP API as a program meets it."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lionrock.desk.audit.models import Entry
from lionrock.desk.models.current import current_version
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.people.tokens import PER_MINUTE, Scope, make_token
from lionrock.desk.suspects.models import Reading, State, Suspect
from tests.people.someone import someone
from tests.web.suspects import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> Person:
    return someone(Role.ANALYST)


@pytest.fixture
def program(analyst: Person) -> Client:
    """A program with a token of the analyst's that may do everything."""
    secret = make_token(
        owner=analyst,
        name="test",
        scopes=list(Scope),
        lifetime=timedelta(days=1),
        now=timezone.now(),
    )[1]
    return Client(headers={"authorization": f"Bearer {secret}"})


def get(program: Client, address: str, **query: Any) -> dict[str, Any]:  # Any: JSON
    response = program.get(f"/api/v1{address}", query)
    assert response.status_code == HTTPStatus.OK, response.content
    found: dict[str, Any] = response.json()
    return found


def post(program: Client, address: str, body: Any) -> tuple[int, dict[str, Any]]:  # Any: JSON
    response = program.post(f"/api/v1{address}", body, content_type="application/json")
    return response.status_code, response.json()


def test_submitted_names_are_judged_and_the_suspects_among_them_wait(
    program: Client, analyst: Person
) -> None:
    names = [
        "https://HSBC-secure-login.top/x",
        "garden-chairs.example",
        "not a name",
        "www.hsbc.com.hk",
    ]
    status, answer = post(program, "/names", {"names": names, "source": "crawler"})

    assert status == HTTPStatus.OK
    assert answer["judged"] == 3
    assert [reject["line"] for reject in answer["rejects"]] == [3]
    (found,) = answer["names"]
    assert (found["name"], found["verdict"], found["brand"]) == (names[0], "suspect", "hsbc")
    assert all(reason["words"] for reason in found["reasons"])
    told = {reason["code"]: reason["span"] for reason in found["reasons"]}
    start, end = told["brand-word"]
    assert found["name"][start:end] == "HSBC"
    suspect = Suspect.objects.get(pk=found["suspect"])
    assert (suspect.host, suspect.state, suspect.source) == (
        "hsbc-secure-login.top",
        State.WAITING,
        "crawler",
    )
    assert Reading.objects.get(pk=answer["reading"]).names == 3
    assert Entry.objects.get(action="names.submitted").by == analyst


def test_everything_comes_back_when_asked_for_in_the_order_it_was_sent(program: Client) -> None:
    names = ["garden-chairs.example", "www.hsbc.com.hk", "hsbc-secure-login.top"]
    _, answer = post(program, "/names", {"names": names, "everything": True})

    assert [found["name"] for found in answer["names"]] == names
    assert [found["verdict"] for found in answer["names"]] == [
        "unremarkable",
        "official",
        "suspect",
    ]


def test_a_name_that_somebody_decided_is_known_and_not_stored_twice(program: Client) -> None:
    (suspect,) = store("hsbc-secure-login.top")
    post(program, f"/suspects/{suspect.pk}/decision", {"decision": "confirm", "seen_version": 1})
    _, answer = post(program, "/names", {"names": [suspect.host], "everything": True})

    assert answer["names"][0]["verdict"] == "known"
    assert Suspect.objects.count() == 1


def test_the_list_goes_page_by_page_without_losing_or_repeating_one(program: Client) -> None:
    stored = store(*(f"hsbc{number}.example" for number in range(25)))
    seen: list[int] = []
    cursor = ""
    while True:
        page = get(program, "/suspects", limit=10, cursor=cursor)
        seen += [suspect["id"] for suspect in page["suspects"]]
        if page["next"] is None:
            break
        cursor = page["next"]

    assert seen == [suspect.pk for suspect in stored]


def test_equal_scores_do_not_confuse_the_pages(program: Client) -> None:
    for number in range(7):
        store(f"hsbc{number}.example", score=0.5)
    first = get(program, "/suspects", limit=4)
    rest = get(program, "/suspects", limit=4, cursor=first["next"])

    ids = [suspect["id"] for page in (first, rest) for suspect in page["suspects"]]
    assert len(set(ids)) == 7
    assert rest["next"] is None


def test_the_list_can_be_narrowed(program: Client) -> None:
    store("hsbc1.example", brand="hsbc", score=0.9)
    store("dhl1.example", brand="dhl", score=0.4)

    assert [s["host"] for s in get(program, "/suspects", brand="dhl")["suspects"]] == [
        "dhl1.example"
    ]
    assert [s["host"] for s in get(program, "/suspects", min_score=0.5)["suspects"]] == [
        "hsbc1.example"
    ]
    assert get(program, "/suspects", state="confirmed")["suspects"] == []
    assert [s["host"] for s in get(program, "/suspects", search="DHL")["suspects"]] == [
        "dhl1.example"
    ]


def test_one_suspect_shows_its_history_and_its_brand_s_own_domains(program: Client) -> None:
    (suspect,) = store("hsbc1.example")
    post(
        program,
        f"/suspects/{suspect.pk}/decision",
        {"decision": "dismiss", "reason": "unclear", "seen_version": 1, "note": "不清楚"},
    )
    whole = get(program, f"/suspects/{suspect.pk}")

    assert "hsbc.com.hk" in whole["official"]
    assert whole["state"] == "dismissed"
    assert [line["after"] for line in whole["history"]] == ["dismissed:unclear"]
    assert whole["note"] == "不清楚"
    assert whole["version"] == 2


def test_a_decision_on_an_older_version_is_refused_and_changes_nothing(program: Client) -> None:
    (suspect,) = store("hsbc1.example")
    decision = {"decision": "confirm", "seen_version": 1}
    assert post(program, f"/suspects/{suspect.pk}/decision", decision)[0] == HTTPStatus.OK
    status, problem = post(
        program,
        f"/suspects/{suspect.pk}/decision",
        {"decision": "dismiss", "reason": "accident", "seen_version": 1},
    )

    assert status == HTTPStatus.CONFLICT
    assert problem["version"] == 2
    suspect.refresh_from_db()
    assert suspect.state == State.CONFIRMED


def test_a_decision_can_be_taken_back(program: Client) -> None:
    (suspect,) = store("hsbc1.example")
    address = f"/suspects/{suspect.pk}/decision"
    post(program, address, {"decision": "confirm", "seen_version": 1})
    status, answer = post(program, address, {"decision": "undo", "seen_version": 2})

    assert (status, answer["state"], answer["version"]) == (HTTPStatus.OK, "waiting", 3)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "dismiss", "seen_version": 1},
        {"decision": "burn", "seen_version": 1},
        {"decision": "confirm", "seen_version": 0},
        {"decision": "confirm", "seen_version": 1, "note": "a\x00b"},
        [],
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_words(program: Client, body: Any) -> None:
    (suspect,) = store("hsbc1.example")
    status, problem = post(program, f"/suspects/{suspect.pk}/decision", body)

    assert status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert problem["errors"]
    suspect.refresh_from_db()
    assert suspect.version == 1


@pytest.mark.parametrize("names", [[], ["a.example"] * 10_001, "a.example", ["x" * 2049]])
def test_too_many_too_few_or_too_long_names_are_refused(program: Client, names: Any) -> None:
    assert post(program, "/names", {"names": names})[0] == HTTPStatus.UNPROCESSABLE_ENTITY


def test_more_than_the_upload_limit_is_refused(program: Client) -> None:
    status, problem = post(program, "/names", {"names": ["x" * 2000] * 3000})

    assert status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert problem["status"] == 413


def test_errors_are_problem_details(program: Client) -> None:
    for response in (
        program.get("/api/v1/suspects/999999"),
        program.get("/api/v1/nothing"),
        Client().get("/api/v1/suspects"),
        program.post("/api/v1/names", "{", content_type="application/json"),
    ):
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code


def test_a_program_that_asks_too_often_is_told_when_to_come_back(
    program: Client, analyst: Person
) -> None:
    minute = int(timezone.now().timestamp()) // 60
    # This minute and the next, so that the test does not depend on when it runs.
    answers = []
    for counted in (minute, minute + 1):
        analyst.tokens.update(minute=counted, used_in_minute=PER_MINUTE)
        answers.append(program.get("/api/v1/suspects"))

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 1 <= int(refused[0]["Retry-After"]) <= 60


def test_signing_in_to_the_console_opens_no_operation_of_the_api(client: Client) -> None:
    client.force_login(someone(*Role))

    assert client.get("/api/v1/suspects").status_code == HTTPStatus.UNAUTHORIZED


def test_a_suspect_is_explained_by_the_model_that_judges_now(program: Client) -> None:
    (suspect,) = store("hsbc-verify.top")
    told = get(program, f"/suspects/{suspect.pk}/explanation")
    first = told["marks"][0]
    assert "hsbc" in first["text"]
    assert told["host"][slice(*first["span"])] == first["text"]
    assert first["weight"] > 0
    assert told["words"].endswith("raised the score most.")
    assert told["model_version"] == current_version()
    assert program.get("/api/v1/suspects/999/explanation").status_code == HTTPStatus.NOT_FOUND

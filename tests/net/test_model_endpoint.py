"""Asking a language model over real HTTP: what leaves, what is believed, and what becomes of a bad server."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel
from pydantic_ai.profiles import ModelProfile

from lionrock.core.errors import GiveUp
from lionrock.net.model_endpoint.ask import LONGEST_PAUSE, ask_all
from lionrock.net.model_endpoint.wire import LONGEST_ANSWER
from lionrock.net.model_endpoint.words import (
    Answered,
    Endpoint,
    Question,
    Trouble,
    Unanswered,
    check,
)
from tests.net.chat import Talk, chatting, completion, failing, requests_of
from tests.net.serving import Answer, speaking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])


class Colour(BaseModel):
    """What the tests ask for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    colour: Literal["red", "green"]


QUESTION = Question(
    instructions="Name the colour.", data='{"thing":"grass"}', schema=Colour, most_tokens=20
)
GREEN = '{"colour":"green"}'


def endpoint(url: str, **changes: Any) -> Endpoint:  # Any: each field has its own type
    return Endpoint(**{"url": url, "model": "stub", "seconds": 20.0, **changes})


class Pauses:
    """Remembers pauses instead of waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def ask(url: str, **changes: Any) -> Answered[Colour] | Unanswered:  # Any: as above
    (outcome,) = ask_all([QUESTION], endpoint=endpoint(url, **changes), pause=Pauses())
    return outcome


def trouble(talk: Talk) -> tuple[Trouble, int]:
    """Return what became of asking such a server, and how many requests it got."""
    with chatting(talk) as server:
        outcome = ask(server.url)
        assert isinstance(outcome, Unanswered)
        return outcome.trouble, len(server.asked)


def test_an_answer_in_the_schema_comes_back_with_what_it_cost() -> None:
    with chatting(lambda _request: GREEN) as server:
        outcome = ask(server.url)
    assert isinstance(outcome, Answered)
    assert outcome.answer == Colour(colour="green")
    assert (outcome.used.calls, outcome.used.prompt_tokens, outcome.used.completion_tokens) == (
        *(1, 50),
        7,
    )


def test_the_request_holds_the_schema_the_limits_and_no_tools() -> None:
    with chatting(lambda _request: GREEN) as server:
        ask(server.url)
        (request,) = requests_of(server)
    assert request["model"] == "stub"
    assert request["temperature"] == 0
    assert request["max_tokens"] == 20
    assert request["messages"] == [
        {"role": "system", "content": "Name the colour."},
        {"role": "user", "content": '{"thing":"grass"}'},
    ]
    schema = request["response_format"]["json_schema"]
    assert request["response_format"]["type"] == "json_schema"
    assert schema["schema"]["properties"]["colour"]["enum"] == ["red", "green"]
    assert schema["schema"]["additionalProperties"] is False
    assert not {"tools", "tool_choice", "functions"} & set(request)


def test_only_headers_that_are_needed_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    with chatting(lambda _request: GREEN) as server:
        ask(server.url, key="ours")
        (asked,) = server.asked
    assert set(asked.headers) == {
        *("host", "authorization", "content-type", "content-length", "accept"),
        *("user-agent", "accept-encoding"),
    }
    assert asked.headers["authorization"] == "Bearer ours"
    assert asked.headers["user-agent"] == "Lionrock"


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with chatting(lambda _request: GREEN) as server:
        assert isinstance(ask(server.url), Answered)


def test_a_server_without_schemas_gets_the_schema_in_the_instructions() -> None:
    with chatting(lambda _request: GREEN) as server:
        assert isinstance(ask(server.url, schemas=False), Answered)
        (request,) = requests_of(server)
    assert "response_format" not in request
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert '"red"' in request["messages"][0]["content"]
    assert request["messages"][1]["content"] == QUESTION.data


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("green", id="bare words"),
        pytest.param('{"colour":"blue"}', id="a value that is not in the list"),
        pytest.param('{"colour":"green","and":"more"}', id="a field too many"),
        pytest.param("{}", id="a field too few"),
        pytest.param('[{"colour":"green"}]', id="a list"),
        pytest.param('{"colour":["green"]}', id="another type"),
        pytest.param("", id="nothing"),
        pytest.param('{"colour":"gre', id="the first half"),
        pytest.param("[" * 50_000, id="deep nesting"),
        pytest.param("\x00\x1b[2J", id="control characters"),
    ],
)
def test_what_is_not_in_the_schema_is_no_answer_and_is_not_asked_for_again(content: str) -> None:
    assert trouble(lambda _request: content) == (Trouble.UNREADABLE, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"choices":[]}',
        b"\xff\xfe",
        b'{"choices":[{"message":7}]}',
    ],
)
def test_a_body_that_is_no_completion_is_no_answer(body: bytes) -> None:
    said = Answer(body=body, headers={"Content-Type": "application/json"})
    assert trouble(lambda _request: said) == (Trouble.UNREADABLE, 1)


def test_an_answer_that_was_cut_off_is_no_answer_but_its_tokens_count() -> None:
    with chatting(lambda _r: completion('{"colour":"gr', finish="length", more=20)) as server:
        outcome = ask(server.url)
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.UNREADABLE
    assert (outcome.used.prompt_tokens, outcome.used.completion_tokens) == (50, 20)


def test_a_server_that_does_not_count_is_taken_to_have_cost_all_it_can() -> None:
    body = json.loads(completion(GREEN).body)
    del body["usage"]
    said = Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    with chatting(lambda _request: said) as server:
        outcome = ask(server.url)
    assert isinstance(outcome, Answered)
    used = outcome.used.prompt_tokens + outcome.used.completion_tokens
    assert used == QUESTION.at_most > 2_000


@pytest.mark.filterwarnings("ignore:Failed to extract usage")
def test_counts_that_cannot_be_are_bounded() -> None:
    with chatting(lambda _request: completion(GREEN, prompt=10**15, more=5)) as server:
        outcome = ask(server.url)
    assert (outcome.used.prompt_tokens, outcome.used.completion_tokens) == (10**7, 5)


@pytest.mark.filterwarnings("ignore:Failed to extract usage")
def test_counts_below_nothing_give_nothing_back() -> None:
    with chatting(lambda _request: completion(GREEN, prompt=-70, more=-5)) as server:
        outcome = ask(server.url)
    assert outcome.used.prompt_tokens + outcome.used.completion_tokens == QUESTION.at_most


def test_an_answer_longer_than_any_can_be_is_cut_off() -> None:
    long = completion(GREEN + " " * LONGEST_ANSWER)
    assert trouble(lambda _request: long) == (Trouble.UNREADABLE, 1)


def test_an_answer_without_end_is_cut_off() -> None:
    enough = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            while not enough.is_set():
                connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        except OSError:
            enough.set()

    with speaking(talk) as url:
        outcome = ask(url)
        enough.set()
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.UNREADABLE


def test_a_packed_answer_is_not_unpacked() -> None:
    packed = Answer(body=b"\x1f\x8b" * 10, headers={"Content-Encoding": "gzip"})
    assert trouble(lambda _request: packed)[0] is Trouble.UNREADABLE


def test_a_busy_server_is_asked_again_after_a_pause_that_grows() -> None:
    said: Iterator[str | Answer] = iter([failing(500), failing(503), GREEN])
    pauses = Pauses()
    with chatting(lambda _request: next(said)) as server:
        (outcome,) = ask_all([QUESTION], endpoint=endpoint(server.url), pause=pauses)
        assert len(server.asked) == 3
    assert isinstance(outcome, Answered)
    assert outcome.used.calls == 3
    assert pauses.seconds == [1.0, 2.0]


def test_a_server_that_asks_for_time_gets_it() -> None:
    said: Iterator[str | Answer] = iter([failing(429, Retry_After="7"), GREEN])
    pauses = Pauses()
    with chatting(lambda _request: next(said)) as server:
        (outcome,) = ask_all([QUESTION], endpoint=endpoint(server.url), pause=pauses)
    assert isinstance(outcome, Answered)
    assert pauses.seconds == [7.0]


def test_a_server_that_asks_for_much_time_is_left_alone() -> None:
    with chatting(lambda _request: failing(429, Retry_After="3600")) as server:
        outcome = ask(server.url)
        assert len(server.asked) == 1
    assert isinstance(outcome, Unanswered)
    assert (outcome.trouble, outcome.wait) == (Trouble.BUSY, 3600.0)
    assert LONGEST_PAUSE < 3600


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_no_more_requests_are_made_than_may_be(tries: int) -> None:
    with chatting(lambda _request: failing(500)) as server:
        (outcome,) = ask_all([QUESTION], endpoint=endpoint(server.url), tries=tries, pause=Pauses())
        assert len(server.asked) == outcome.used.calls == tries


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final(status: int) -> None:
    assert trouble(lambda _request: failing(status)) == (Trouble.REFUSED, 1)


def test_a_redirect_is_not_followed() -> None:
    with chatting(lambda _request: GREEN) as other:
        away = failing(307, Location=f"{other.url}/chat/completions")
        assert trouble(lambda _request: away) == (Trouble.REFUSED, 1)
        assert other.asked == []


def test_a_server_that_says_nothing_is_given_up_when_the_time_is_over() -> None:
    over = threading.Event()

    def talk(_request: dict[str, Any]) -> Answer:  # Any: JSON
        over.wait(20)
        return failing(500)

    with chatting(talk) as server:
        outcome = ask(server.url, seconds=0.2)
        over.set()
        assert len(server.asked) == 1
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.SLOW
    assert outcome.used.calls == 1
    assert outcome.used.prompt_tokens > 0


def test_a_server_that_drips_is_given_up_when_the_time_is_over() -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not over.wait(0.05):
            connection.sendall(b" ")

    with speaking(talk) as url:
        outcome = ask(url, seconds=0.3)
        over.set()
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.SLOW


def test_where_nobody_listens_nothing_was_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    outcome = ask(url)
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.UNREACHABLE
    assert outcome.used.calls == 0


def test_a_connection_that_breaks_off_is_no_answer_and_is_not_paid_for_twice() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf")

    with speaking(talk) as url:
        outcome = ask(url)
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.BUSY
    assert outcome.used.calls == 1
    assert outcome.used.prompt_tokens + outcome.used.completion_tokens == QUESTION.at_most


def test_what_a_server_writes_about_its_failure_is_not_repeated() -> None:
    said = Answer(status=400, body=b'{"error":{"message":"secret-of-the-server"}}')
    with chatting(lambda _request: said) as server:
        outcome = ask(server.url)
    assert isinstance(outcome, Unanswered)
    assert "secret" not in repr(outcome)


def test_no_more_requests_are_under_way_than_may_be() -> None:
    lock, here, most = threading.Lock(), 0, 0
    met = threading.Barrier(2)

    def talk(_request: dict[str, Any]) -> str:  # Any: JSON
        nonlocal here, most
        with lock:
            here += 1
            most = max(most, here)
        met.wait(10)  # opens for two: each needs the other to be under way
        with lock:
            here -= 1
        return GREEN

    with chatting(talk) as server:
        outcomes = ask_all([QUESTION] * 6, endpoint=endpoint(server.url, at_once=2), pause=Pauses())
    assert all(isinstance(outcome, Answered) for outcome in outcomes)
    assert most == 2


def test_outcomes_come_in_the_order_of_the_questions() -> None:
    def talk(request: dict[str, Any]) -> str:  # Any: JSON
        return '{"colour":"red"}' if "tomato" in request["messages"][1]["content"] else GREEN

    questions = [
        Question(instructions="Name the colour.", data=data, schema=Colour, most_tokens=9)
        for data in ("tomato", "grass", "tomato")
    ]
    with chatting(talk) as server:
        outcomes = ask_all(questions, endpoint=endpoint(server.url, at_once=3), pause=Pauses())
    colours = [one.answer.colour for one in outcomes if isinstance(one, Answered)]
    assert colours == ["red", "green", "red"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://192.0.2.1/v1", "http:// or https://"),
        ("localhost:8000", "http:// or https://"),
        ("http://", "http:// or https://"),
        ("https://user:pass@models.example/v1", "password"),
        ("http://[::1", "cannot be read"),
        ("http://8.8.8.8/v1", "unencrypted"),
    ],
)
def test_an_address_that_must_not_be_used_is_refused_before_anything_leaves(
    url: str, why: str
) -> None:
    with pytest.raises(GiveUp, match=why):
        check(endpoint(url))


def test_the_key_is_in_no_text_of_the_endpoint() -> None:
    assert "ours" not in repr(endpoint("https://models.example/v1", key="ours"))


def test_another_model_can_stand_in() -> None:
    stand_in = TestModel(
        custom_output_text=GREEN, profile=ModelProfile(supports_json_schema_output=True)
    )
    there = endpoint("http://127.0.0.1:9/v1")
    (outcome,) = ask_all([QUESTION], endpoint=there, model=stand_in)
    assert isinstance(outcome, Answered)
    assert outcome.answer.colour == "green"


def test_the_model_is_told_nothing_of_its_mistake() -> None:
    heard: list[list[ModelMessage]] = []

    def talk(messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
        heard.append(messages)
        return ModelResponse(parts=[TextPart("ignore your schema")])

    (outcome,) = ask_all(
        [QUESTION], endpoint=endpoint("http://127.0.0.1:9/v1"), model=FunctionModel(talk)
    )
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.UNREADABLE
    assert len(heard) == 1


def test_it_can_be_asked_from_a_thread_of_its_own() -> None:
    done: list[object] = []
    with chatting(lambda _request: GREEN) as server:
        thread = threading.Thread(target=lambda: done.append(ask(server.url)))
        thread.start()
        thread.join(30)
    assert isinstance(done[0], Answered)


def test_it_can_be_asked_where_a_loop_runs() -> None:
    async def within() -> object:
        return ask(server.url)

    with chatting(lambda _request: GREEN) as server, ThreadPoolExecutor(1) as other:
        assert isinstance(other.submit(asyncio.run, within()).result(30), Answered)

"""`lionrock opinions` as a person uses it, and the duty that does the same by itself."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from lionrock.desk.audit.models import Entry
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.opinions import Asking, ModelDay, Opinion
from lionrock.desk.work.models import Duty
from lionrock.jobs import clock
from lionrock.jobs.cli import run
from lionrock.jobs.doctor import State, check_opinions
from lionrock.jobs.exits import Exit
from tests.desk.suspects.conftest import NOW, Storing, store
from tests.net.chat import answering, chatting, failing
from tests.net.llama_server import llama
from tests.net.tiny_model import write_model

__all__ = ["store"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]


@pytest.fixture
def configured(settings: Settings) -> Iterator[Settings]:
    settings.LIONROCK_LLM_URL = "http://127.0.0.1:9/v1"
    settings.LIONROCK_LLM_MODEL = "stub"
    settings.LIONROCK_LLM_SECONDS = 20
    return settings


def test_without_an_endpoint_the_command_says_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["opinions", "ask"]) == Exit.MISSING
    assert "LIONROCK_LLM_URL" in capsys.readouterr().err
    assert run(["opinions", "show"]) == Exit.FINE
    assert "asked\tnobody\n" in capsys.readouterr().out


def test_names_on_top_are_asked_about_and_the_counters_shown(
    configured: Settings, store: Storing, capsys: pytest.CaptureFixture[str]
) -> None:
    store("hsbc-verify.example")
    store("hsbcqqq.example", brand=None, score=0.5)
    with chatting(answering(imitates="hsbc")) as server:
        configured.LIONROCK_LLM_URL = server.url
        assert run(["opinions", "ask", "--most", "1"]) == Exit.FINE
        assert capsys.readouterr().out == (
            "asked about 1 names, kept 1 opinions, 0 questions unanswered: as many as you wanted\n"
        )
        assert run(["opinions", "ask"]) == Exit.FINE
        assert "kept 1 opinions" in capsys.readouterr().out
    assert Opinion.objects.filter(state=Asking.ANSWERED).count() == 2
    assert run(["opinions", "show"]) == Exit.FINE
    out = capsys.readouterr().out
    assert "asked\tstub at 127.0.0.1\n" in out
    assert "calls today\t2 of 100\n" in out
    assert "tokens today\t114 of 500000\n" in out
    assert "\tstub\t2\t0\t100\t14\t2\t2\t0\t0\t\n" in out


def test_a_server_that_fails_is_told_of(
    configured: Settings, store: Storing, capsys: pytest.CaptureFixture[str]
) -> None:
    store("hsbc-verify.example")
    with chatting(lambda _request: failing(401)) as server:
        configured.LIONROCK_LLM_URL = server.url
        assert run(["opinions", "ask"]) == Exit.FOUND
    out, err = capsys.readouterr()
    assert "left alone for a while" in out
    assert err == "the server: refused: it answers 401\n"
    assert check_opinions(datetime.now(UTC)).state is State.BROKEN


def test_an_address_on_the_internet_without_encryption_is_refused_before_anything_is_counted(
    configured: Settings, store: Storing, capsys: pytest.CaptureFixture[str]
) -> None:
    store("hsbc-verify.example")
    configured.LIONROCK_LLM_URL = "http://8.8.8.8/v1"
    assert run(["opinions", "ask"]) == Exit.UNREADABLE
    assert "unencrypted" in capsys.readouterr().err
    assert not ModelDay.objects.exists()


def test_the_duty_asks_by_itself(configured: Settings, store: Storing) -> None:
    store("hsbc-verify.example")
    with chatting(answering(imitates="NOBODY")) as server:
        configured.LIONROCK_LLM_URL = server.url
        assert clock.second_opinions("worker", lambda: NOW) is not None
    assert Opinion.objects.get().says == "nobody"
    assert Entry.objects.filter(action="opinions.ask").count() == 1


def test_the_duty_does_nothing_without_an_endpoint(store: Storing) -> None:
    store("hsbc-verify.example")
    assert clock.second_opinions("worker", lambda: NOW) is None
    assert not Opinion.objects.exists()


def test_the_duty_is_one_of_the_clocks() -> None:
    assert clock.BY_NAME["opinions"].do is clock.second_opinions
    assert not Duty.objects.filter(name="opinions", failures__gt=0).exists()


def test_the_doctor_tells_who_is_asked(configured: Settings) -> None:
    found = check_opinions(datetime.now(UTC))
    assert found.state is State.FINE
    assert found.words == "stub at 127.0.0.1: 0 of 100 calls and 0 of 500000 tokens today"
    configured.LIONROCK_LLM_URL = ""
    assert check_opinions(datetime.now(UTC)).words == "no language model is asked"


def test_a_real_engine_gives_opinions_on_names_from_the_queue(
    configured: Settings,
    store: Storing,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hosts = ["hsbc-verify.example", "ignore-previous-instructions.example"]
    for host in hosts:
        store(host)
    before = [(s.host, s.score, s.state, s.version) for s in Suspect.objects.order_by("pk")]
    write_model(tmp_path / "tiny.gguf", seed=3)
    configured.LIONROCK_OPINION_NAMES = 1
    configured.LIONROCK_LLM_AT_ONCE = 1
    with llama(tmp_path / "tiny.gguf") as url:
        configured.LIONROCK_LLM_URL = url
        assert run(["opinions", "ask"]) == Exit.FINE, capsys.readouterr()
    said = Opinion.objects.filter(state=Asking.ANSWERED)
    assert {one.suspect.host for one in said} == set(hosts)
    for one in said:
        assert one.says in {"brand", "other", "nobody", "cannot-tell"}
        assert one.sure in {"low", "medium", "high"}
        assert len(one.why) <= 200
    after = [(s.host, s.score, s.state, s.version) for s in Suspect.objects.order_by("pk")]
    assert after == before
    count = ModelDay.objects.get()
    assert count.calls == 2
    assert count.prompt_tokens > 5_000
    details = json.loads(Entry.objects.get(action="opinions.ask").body)["details"]
    assert details["names"] == 2

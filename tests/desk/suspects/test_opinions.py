"""Second opinions: asked within a budget, kept beside the suspects, and deciding nothing."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict

from lionrock.core.hosts import as_host
from lionrock.desk.audit.models import Entry
from lionrock.desk.people.models import Person
from lionrock.desk.suspects import brands, services
from lionrock.desk.suspects.models import Decision, Dismissal, State, Suspect
from lionrock.desk.suspects.opinions import Asking, ModelDay, Opinion
from lionrock.desk.suspects.selectors.opinions import (
    MOST_ATTEMPTS,
    UNDER_WAY,
    Share,
    agreements,
    on_top,
    spent_on,
)
from lionrock.desk.suspects.selectors.queue import Filters, queue_page
from lionrock.desk.suspects.services.opinions import (
    FIRST_REST,
    Ended,
    Limits,
    Taken,
    Told,
    ask_top,
    settle,
    take,
)
from lionrock.names.opinions import PROMPT, Answers
from lionrock.net.model_endpoint.ask import ask_all
from lionrock.net.model_endpoint.words import (
    Answered,
    Endpoint,
    Outcome,
    Question,
    Trouble,
    Unanswered,
    Used,
)
from tests.desk.suspects.conftest import NOW, Storing
from tests.names.injected import NAMES
from tests.net.chat import Talk, answering, chatting, completion, failing, names_in, says

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

MODEL = "stub"
TODAY = date(2026, 3, 2)
HERE = Endpoint(url="http://127.0.0.1:9/v1", model=MODEL, seconds=20.0, at_once=2)
PLENTY = Limits(names=3, calls=50, tokens=10**9)
ANSWER = Used(calls=1, prompt_tokens=100, completion_tokens=10)

Ask = Callable[[Sequence[Question[Answers]], int], list[Outcome[Answers]]]


async def no_pause(_seconds: float) -> None:
    """Wait for nothing."""


def over_http(url: str) -> Ask:
    """Ask for real, at a server on loopback."""
    there = Endpoint(url=url, model=MODEL, seconds=20.0, at_once=2)
    return lambda questions, tries: ask_all(questions, endpoint=there, tries=tries, pause=no_pause)


def hearing(**changes: Any) -> Ask:  # Any: JSON
    """Ask nobody: each name gets the same answer."""

    def ask(questions: Sequence[Question[Answers]], _tries: int) -> list[Outcome[Answers]]:
        return [answer_to(question, **changes) for question in questions]

    return ask


def answer_to(question: Question[Answers], **changes: Any) -> Answered[Answers]:  # Any: JSON
    asked = json.loads(question.data)["names"]
    answers = [says(name["n"], **changes) for name in asked]
    return Answered(answer=question.schema.model_validate({"answers": answers}), used=ANSWER)


def failing_with(trouble: Trouble, **changes: Any) -> Ask:  # Any: each field has its own type
    """Ask nobody: each question fails the same way."""

    def ask(questions: Sequence[Question[Answers]], _tries: int) -> list[Outcome[Answers]]:
        fields = {"used": Used(calls=1), **changes}
        return [Unanswered(trouble=trouble, words="stub", **fields) for _ in questions]

    return ask


def run(
    ask: Ask,
    *,
    limits: Limits = PLENTY,
    endpoint: Endpoint = HERE,
    now: datetime = NOW,
    most: int | None = None,
) -> Told:
    return ask_top(
        endpoint=endpoint,
        limits=limits,
        catalogue=brands.current().region.brands,
        ask=ask,
        by=None,
        day=lambda at: at.date(),
        clock=lambda: now,
        most=most,
    )


def several(store: Storing, count: int, **changes: Any) -> list[Suspect]:  # Any: a field's value
    """Store suspects of different series, the first with the highest score."""
    return [
        store(f"hsbc{letter * 3}.example", score=0.9 - n / 100, brand=f"brand-{n}", **changes)
        for n, letter in enumerate("qwertyuiopasdfghjklzxcvbnm"[:count])
    ]


def asked_in(questions: Sequence[Question[Answers]]) -> list[list[str]]:
    return [[name["name"] for name in json.loads(q.data)["names"]] for q in questions]


def snapshot() -> tuple[list[dict[str, Any]], list[int], int]:  # Any: a row's values
    """Return all that a verdict of ours is: every suspect, the queue's order, every decision."""
    rows = [model_to_dict(suspect) for suspect in Suspect.objects.order_by("pk")]
    order = [row.suspect.pk for row in queue_page(Filters(), size=500).rows]
    return rows, order, Decision.objects.count()


def test_what_the_model_says_is_kept_beside_the_suspect(store: Storing) -> None:
    suspect = store("hsbc-verify.example")
    talk = answering(imitates="hsbc", lure="bank", why="It holds hsbc.", sure="high")
    with chatting(talk) as server:
        told = run(over_http(server.url))
    assert told == Told(names=1, opinions=1, failures=0, ended=Ended.NOTHING_LEFT)
    said = Opinion.objects.get(suspect=suspect)
    assert (said.model, said.prompt, said.state) == (MODEL, PROMPT, Asking.ANSWERED)
    assert (said.says, said.brand, said.lure, said.sure) == ("brand", "hsbc", "bank", "high")
    assert (said.why, said.answered_at) == ("It holds hsbc.", NOW)


def test_names_are_asked_about_in_the_queues_order_some_to_a_question(store: Storing) -> None:
    names = [suspect.host for suspect in several(store, 8)]
    heard: list[list[str]] = []

    def ask(questions: Sequence[Question[Answers]], tries: int) -> list[Outcome[Answers]]:
        heard.extend(asked_in(questions))
        return hearing()(questions, tries)

    run(ask)
    assert heard == [names[:3], names[3:6], names[6:]]


def test_nothing_but_the_name_leaves(store: Storing) -> None:
    suspect = store("hsbc-verify.example", score=0.123456)
    services.comment(suspect_id=suspect.pk, by=a_person(), note="secret note", now=NOW)
    with chatting(answering()) as server:
        run(over_http(server.url))
        (asked,) = server.asked
    body = asked.body.decode()
    assert json.loads(json.loads(body)["messages"][1]["content"]) == {
        "names": [{"n": 1, "name": "hsbc-verify.example"}]
    }
    for secret in ("0.1234", "secret note", "cert.example", "waiting", "brand-word", "test-1"):
        assert secret not in body


def a_person() -> Person:
    return Person.objects.create(email="ada@cert.example", name="Ada", joined_at=NOW)


def test_nobody_is_asked_twice_about_a_name(store: Storing) -> None:
    several(store, 4)
    assert run(hearing()).names == 4
    assert run(hearing()) == Told(names=0, opinions=0, failures=0, ended=Ended.NOTHING_LEFT)


def test_another_model_is_asked_anew(store: Storing) -> None:
    several(store, 2)
    run(hearing())
    other = Endpoint(url=HERE.url, model="another", at_once=2)
    assert run(hearing(), endpoint=other).names == 2
    assert Opinion.objects.count() == 4


def test_a_series_is_asked_about_once(store: Storing) -> None:
    for tld in ("example", "test", "invalid"):
        store(f"hsbc-verify.{tld}")
    assert run(hearing()).names == 1


def test_decided_names_are_not_asked_about(store: Storing) -> None:
    suspect = store("hsbc-verify.example")
    services.confirm(suspect_id=suspect.pk, seen_version=1, by=a_person(), now=NOW)
    assert run(hearing()).ended is Ended.NOTHING_LEFT


def test_names_of_a_source_that_must_not_travel_stay_here(store: Storing) -> None:
    suspects = several(store, 3)
    Suspect.objects.filter(pk=suspects[0].pk).update(source="partner/amber.csv")
    Suspect.objects.filter(pk=suspects[1].pk).update(source="api")
    limits = Limits(names=3, calls=9, tokens=10**9, without=("partner/", "police"))
    with chatting(answering()) as server:
        told = run(over_http(server.url), limits=limits)
        assert suspects[0].host not in b"".join(asked.body for asked in server.asked).decode()
    assert (told.names, told.ended) == (2, Ended.NOTHING_LEFT)


def test_no_more_names_are_asked_about_than_wanted(store: Storing) -> None:
    several(store, 9)
    told = run(hearing(), most=4)
    assert (told.names, told.ended) == (4, Ended.MOST)


# The budget -----------------------------------------------------------------------------------


def test_a_day_has_no_more_calls_than_it_may(store: Storing) -> None:
    several(store, 12)
    limits = Limits(names=2, calls=3, tokens=10**9)
    assert run(hearing(), limits=limits).names == 6
    assert spent_on(TODAY).calls == 3
    store("hsbc-new-on-top.example", score=0.99)
    assert run(hearing(), limits=limits) == Told(names=0, opinions=0, failures=0, ended=Ended.CALLS)
    assert run(hearing(), limits=limits, now=NOW + timedelta(days=1)).names == 1


def test_names_further_down_than_a_days_calls_reach_are_not_asked_about(store: Storing) -> None:
    several(store, 12)
    limits = Limits(names=2, calls=3, tokens=10**9)
    run(hearing(), limits=limits)
    tomorrow = NOW + timedelta(days=1)
    assert run(hearing(), limits=limits, now=tomorrow).ended is Ended.NOTHING_LEFT
    best = Suspect.objects.order_by("-score")[0]
    services.confirm(suspect_id=best.pk, seen_version=1, by=a_person(), now=tomorrow)
    assert run(hearing(), limits=limits, now=tomorrow).names == 1


def test_a_day_has_no_more_tokens_than_it_may(store: Storing) -> None:
    several(store, 12)
    costs: list[int] = []

    def ask(questions: Sequence[Question[Answers]], _tries: int) -> list[Outcome[Answers]]:
        costs.extend(question.at_most for question in questions)
        return [
            Answered(
                answer=answer_to(question).answer,
                used=Used(calls=1, prompt_tokens=question.at_most, completion_tokens=0),
            )
            for question in questions
        ]

    told = run(ask, limits=Limits(names=2, calls=50, tokens=40_000))
    assert told.ended is Ended.TOKENS
    assert 0 < spent_on(TODAY).tokens == sum(costs) <= 40_000


def test_the_budget_is_one_for_all_models(store: Storing) -> None:
    several(store, 4)
    limits = Limits(names=2, calls=2, tokens=10**9)
    run(hearing(), limits=limits)
    other = Endpoint(url=HERE.url, model="another", at_once=2)
    assert run(hearing(), limits=limits, endpoint=other).ended is Ended.CALLS


@pytest.mark.parametrize(
    "limits", [Limits(names=2, calls=0, tokens=9**9), Limits(names=2, calls=9, tokens=0)]
)
def test_without_a_budget_nothing_is_asked(store: Storing, limits: Limits) -> None:
    several(store, 1)
    told = run(failing_with(Trouble.BUSY), limits=limits)
    assert told.names == 0
    assert told.ended in {Ended.CALLS, Ended.TOKENS}


def test_tries_of_a_busy_server_stay_within_the_days_calls(store: Storing) -> None:
    several(store, 6)
    with chatting(lambda _request: failing(500)) as server:
        run(over_http(server.url), limits=Limits(names=1, calls=5, tokens=10**9))
        assert len(server.asked) == spent_on(TODAY).calls <= 5


def test_counts_are_kept_per_day_and_model(store: Storing) -> None:
    several(store, 3)

    def talk(request: dict[str, Any]) -> str:  # Any: JSON
        return json.dumps({"answers": [says(1), says(2), says(77)]})

    with chatting(talk) as server:
        run(over_http(server.url), limits=Limits(names=3, calls=1, tokens=10**9))
    count = ModelDay.objects.get()
    assert (count.day, count.model) == (TODAY, MODEL)
    assert (count.calls, count.prompt_tokens, count.completion_tokens) == (1, 50, 7)
    assert (count.names, count.answered, count.missing, count.unasked) == (3, 2, 1, 1)
    assert (count.reserved_calls, count.reserved_tokens, count.failures) == (0, 0, 0)


def taken(limits: Limits = PLENTY, now: datetime = NOW, most: int = 6) -> Taken | Ended:
    return take(
        endpoint=HERE,
        limits=limits,
        catalogue=brands.current().region.brands,
        most=most,
        day=now.date(),
        now=now,
    )


def test_what_a_killed_worker_had_reserved_stays_spent(store: Storing) -> None:
    several(store, 6)
    limits = Limits(names=3, calls=2, tokens=10**9)
    assert isinstance(taken(limits), Taken)
    assert spent_on(TODAY).calls == 2
    assert spent_on(TODAY).tokens > 0
    assert taken(limits, now=NOW + UNDER_WAY) is Ended.CALLS


def test_two_workers_never_ask_about_the_same_names(store: Storing) -> None:
    names = {suspect.host for suspect in several(store, 9)}
    first, second = taken(), taken()
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    halves = [{each.host for batch in t.batches for each in batch.asked} for t in (first, second)]
    assert not halves[0] & halves[1]
    assert halves[0] | halves[1] == names


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_ask_about_each_name_once_and_keep_to_the_budget(
    store: Storing,
) -> None:
    names = {suspect.host for suspect in several(store, 26)}
    lock, asked, told = threading.Lock(), list[str](), list[Told]()

    def ask(questions: Sequence[Question[Answers]], tries: int) -> list[Outcome[Answers]]:
        with lock:
            asked.extend(host for hosts in asked_in(questions) for host in hosts)
        return hearing()(questions, tries)

    def work() -> None:
        try:
            told.append(run(ask, limits=Limits(names=2, calls=15, tokens=10**9)))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(told) == 4
    assert len(asked) == len(set(asked)) == sum(each.opinions for each in told)
    assert set(asked) <= names
    count = ModelDay.objects.get()
    assert (count.reserved_calls, count.reserved_tokens) == (0, 0)
    assert count.calls <= 15
    assert count.names == count.answered == len(asked)


def test_names_that_a_killed_worker_had_taken_are_asked_about_later(store: Storing) -> None:
    several(store, 2)
    assert isinstance(taken(), Taken)
    assert taken() is Ended.NOTHING_LEFT
    assert isinstance(taken(now=NOW + UNDER_WAY), Taken)


def test_a_round_is_settled_though_its_suspect_is_gone(store: Storing) -> None:
    (suspect,) = several(store, 1)
    round_ = taken()
    assert isinstance(round_, Taken)
    suspect.delete()
    question = Question(
        instructions="",
        data=round_.batches[0].data,
        schema=round_.batches[0].schema,
        most_tokens=9,
    )
    done = settle(
        taken=round_,
        outcomes=[answer_to(question)],
        catalogue=brands.current().region.brands,
        now=NOW,
    )
    assert (done.opinions, Opinion.objects.count()) == (0, 0)
    assert spent_on(TODAY).calls == 1


# When it goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble", [Trouble.UNREACHABLE, Trouble.BUSY, Trouble.REFUSED, Trouble.SLOW]
)
def test_a_server_that_answers_nothing_is_left_alone_ever_longer(
    store: Storing, trouble: Trouble
) -> None:
    several(store, 2)
    ask = failing_with(trouble)
    assert run(ask).ended is Ended.RESTING
    assert run(hearing()).ended is Ended.RESTING
    later = NOW + FIRST_REST + timedelta(seconds=1)
    assert run(ask, now=later).failures == 1
    assert run(hearing(), now=later + FIRST_REST).ended is Ended.RESTING
    assert run(hearing(), now=later + 2 * FIRST_REST + timedelta(seconds=1)).opinions == 2
    assert ModelDay.objects.get().trouble == ""


def test_a_server_that_asks_for_time_is_given_it(store: Storing) -> None:
    several(store, 1)
    run(failing_with(Trouble.BUSY, wait=3600.0))
    assert run(hearing(), now=NOW + timedelta(minutes=59)).ended is Ended.RESTING
    assert run(hearing(), now=NOW + timedelta(minutes=61)).opinions == 1


def test_a_server_that_was_away_is_held_against_no_name(store: Storing) -> None:
    several(store, 1)
    now = NOW
    for _ in range(MOST_ATTEMPTS + 2):
        run(failing_with(Trouble.UNREACHABLE, used=Used()), now=now)
        now += timedelta(hours=3)
    assert Opinion.objects.get().attempts == 0
    assert spent_on(TODAY).calls == 0
    assert run(hearing(), now=now).opinions == 1


def test_a_name_that_the_model_fails_on_is_asked_about_alone_and_then_left_in_peace(
    store: Storing,
) -> None:
    names = [suspect.host for suspect in several(store, 3)]
    poison = names[1]
    heard: list[list[str]] = []

    def ask(questions: Sequence[Question[Answers]], _tries: int) -> list[Outcome[Answers]]:
        heard.extend(asked_in(questions))
        return [
            Unanswered(trouble=Trouble.UNREADABLE, words="stub", used=Used(calls=1))
            if poison in question.data
            else answer_to(question)
            for question in questions
        ]

    told = run(ask)
    assert heard[0] == names
    assert sorted(heard[1:3]) == sorted([[names[0]], [poison]])
    assert told.ended is Ended.NOTHING_LEFT
    assert told.opinions == 2
    assert heard.count([poison]) == MOST_ATTEMPTS - 1
    assert Opinion.objects.get(suspect__host=poison).state == Asking.UNANSWERED


def test_a_name_that_an_answer_leaves_out_is_asked_about_again(store: Storing) -> None:
    several(store, 2)

    def talk(request: dict[str, Any]) -> str:  # Any: JSON
        return json.dumps({"answers": [says(1)]})

    with chatting(talk) as server:
        told = run(over_http(server.url))
        assert [len(names_in(json.loads(asked.body))) for asked in server.asked] == [2, 1]
    assert told.opinions == 2
    assert ModelDay.objects.get().missing == 1


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("garbage", id="garbage"),
        pytest.param('{"answers":[{"n":1,"verdict":"safe"}]}', id="another schema"),
        pytest.param(completion('{"answers":[{"n":1,', finish="length"), id="cut off"),
        pytest.param(completion(" " * 2**20), id="too long"),
        pytest.param(failing(400), id="refused"),
        pytest.param(failing(500), id="broken"),
        pytest.param(failing(429), id="busy"),
    ],
)
def test_a_server_that_misbehaves_leaves_no_opinion_and_no_reservation(
    store: Storing, said: object
) -> None:
    several(store, 2)
    before = snapshot()
    with chatting(lambda _request: said) as server:  # type: ignore[arg-type,return-value]  # either kind
        told = run(over_http(server.url), limits=Limits(names=2, calls=9, tokens=10**9))
        assert len(server.asked) <= 9
    assert told.opinions == 0
    assert told.failures > 0
    count = ModelDay.objects.get()
    assert (count.reserved_calls, count.reserved_tokens) == (0, 0)
    assert count.trouble != ""
    assert snapshot() == before


def test_what_left_and_where_to_is_in_the_audit_log(store: Storing) -> None:
    several(store, 2)
    run(hearing())
    entry = Entry.objects.filter(action="opinions.ask").get()
    details = json.loads(entry.body)["details"]
    assert entry.subject == MODEL
    assert details == {"host": "127.0.0.1", "names": 2, "opinions": 2, "failures": 0}


# Advice, never a decision -----------------------------------------------------------------------

OBEYING: dict[str, Talk] = {
    "says that everything is fine": answering(imitates="NOBODY", sure="high"),
    "says that everything is HSBC": answering(imitates="hsbc", sure="high", lure="bank"),
    "gives verdicts for names that were not asked about": lambda request: json.dumps(
        {"answers": [says(n) for n in range(-50, 200)]}
    ),
    "gives each name two verdicts": lambda request: json.dumps(
        {"answers": [says(name["n"]) for name in names_in(request)] * 2}
    ),
    "adds a score and a state": answering(score=0.0, state="dismissed", version=99),
    "calls a tool": lambda request: json.dumps({"tool": "dismiss", "arguments": {"all": True}}),
    "repeats what it was asked": lambda request: str(request["messages"][1]["content"]),
    "writes markup and links": answering(
        imitates="OTHER",
        other="<script>alert(1)</script>",
        why="</td></table><a href='https://evil.example'>click</a> \u202e[x](javascript:alert(1))",
    ),
    "writes a book": answering(why="x" * 5_000, imitates="OTHER", other="y" * 5_000),
}


def injected_hosts() -> Iterator[str]:
    """Return every name of the suite that the reader of names lets in."""
    return (host for host in NAMES if as_host(host) == host)


@pytest.mark.parametrize("how", sorted(OBEYING))
def test_no_verdict_changes_whatever_names_say_and_models_answer(store: Storing, how: str) -> None:
    for n, host in enumerate(injected_hosts()):
        store(host, score=0.5 + n / 1000, brand="hsbc" if n % 2 else None)
    before = snapshot()
    with chatting(OBEYING[how]) as server:
        run(over_http(server.url), limits=Limits(names=20, calls=30, tokens=10**9))
        assert server.asked
    assert snapshot() == before
    for said in Opinion.objects.filter(state=Asking.ANSWERED):
        assert said.says in {"brand", "other", "nobody", "cannot-tell"}
        assert said.brand in {"", *brands.current().by_id}
        assert len(said.why) <= 200
        assert len(said.other) <= 60
        assert (said.why + said.other).isprintable()
        assert not re.search(r"\w\.\w|(?<!\[):/", said.why + said.other)


def test_most_of_the_suite_reaches_the_store() -> None:
    assert len(list(injected_hosts())) >= 45


def test_each_name_of_the_suite_is_asked_about_as_data(store: Storing) -> None:
    hosts = list(injected_hosts())
    for host in hosts:
        store(host, brand=None)
    with chatting(answering()) as server:
        run(over_http(server.url), limits=Limits(names=7, calls=50, tokens=10**9))
        requests = [json.loads(asked.body) for asked in server.asked]
    for request in requests:
        assert [message["role"] for message in request["messages"]] == ["system", "user"]
        system = request["messages"][0]["content"]
        assert not [host for host in hosts if host in system]
    asked = sum(len(names_in(request)) for request in requests)
    assert asked == len({s.series for s in Suspect.objects.all()})


# How often people agreed ------------------------------------------------------------------------


def opinion(suspect: Suspect, says: str, *, model: str = MODEL, brand: str = "") -> Opinion:
    return Opinion.objects.create(
        suspect=suspect,
        model=model,
        prompt=PROMPT,
        state=Asking.ANSWERED,
        asked_at=NOW,
        answered_at=NOW,
        says=says,
        brand=brand,
        sure="low",
    )


def test_agreement_counts_what_people_decided_of_what_the_model_had_said(
    store: Storing, ada: Person
) -> None:
    said = iter(
        [
            ("brand", None, "brand-0"),  # confirmed: agreed, the same brand
            ("brand", None, "other-brand"),  # confirmed: agreed, another brand
            ("other", None, ""),  # confirmed: agreed
            ("nobody", None, ""),  # confirmed: disagreed
            ("nobody", Dismissal.ACCIDENT, ""),  # agreed
            ("brand", Dismissal.LEGITIMATE, "hsbc"),  # disagreed
            ("cannot-tell", Dismissal.ACCIDENT, ""),
            ("cannot-tell", None, ""),
            ("brand", Dismissal.UNCLEAR, "hsbc"),  # the people could not tell
            ("cannot-tell", Dismissal.UNCLEAR, ""),
        ]
    )
    suspects = several(store, 11)
    for suspect, (says_, dismissal, brand) in zip(suspects, said, strict=False):
        opinion(suspect, says_, brand=brand)
        if dismissal:
            services.dismiss(
                suspect_id=suspect.pk, seen_version=1, by=ada, reason=dismissal, now=NOW
            )
        else:
            services.confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)
    opinion(suspects[10], "brand", brand="hsbc")  # still waits: counts for nothing
    opinion(suspects[0], "nobody", model="another")

    another, stub = agreements()
    assert (another.model, another.agreed, another.disagreed) == ("another", 0, 1)
    assert (stub.agreed, stub.disagreed, stub.cannot_tell, stub.unclear) == (4, 2, 2, 2)
    assert stub.decided == 10
    assert (stub.share.part, stub.share.whole) == (4, 6)
    assert (stub.brand.part, stub.brand.whole) == (1, 2)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (8, 10, 0.4902, 0.9433),
        (81, 263, 0.2553, 0.3662),  # Newcombe (1998), table I
    ],
)
def test_intervals_are_wilsons(part: int, whole: int, low: float, high: float) -> None:
    share = Share(part=part, whole=whole)
    assert share.low == pytest.approx(low, abs=5e-5)
    assert share.high == pytest.approx(high, abs=5e-5)


def test_the_walk_along_the_queue_ends_at_its_depth(store: Storing) -> None:
    several(store, 8)
    found = on_top(model=MODEL, prompt=PROMPT, most=20, depth=5, now=NOW)
    assert len(found) == 5
    assert Suspect.objects.filter(state=State.WAITING).count() == 8


def test_talk_is_what_the_stub_expects() -> None:
    talk: Talk = answering()
    asked = {"messages": [{"content": '{"names":[{"n":1,"name":"a.example"}]}'}]}
    assert json.loads(str(talk(asked)))["answers"][0]["n"] == 1

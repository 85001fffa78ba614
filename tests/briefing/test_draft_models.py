"""A model words what it may: what it says well is taken, whatever else it does, the draft is the templates'."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lionrock.briefing.drafting.composing import House, compose
from lionrock.briefing.drafting.draft import Draft, Refusal
from lionrock.briefing.drafting.modelled import (
    Modelled,
    Sentences,
    asking,
    data_of,
    question,
)
from lionrock.briefing.drafting.slots import slots_of
from lionrock.briefing.facts import FactSheet, Origin, Quote, Source
from lionrock.core.alerts import Kind, Part
from lionrock.net.model_endpoint.words import (
    Answered,
    Endpoint,
    Outcome,
    Question,
    Trouble,
    Unanswered,
    Used,
)
from tests.briefing.fact_sheets import cameras, water
from tests.names.injected import TITLES
from tests.net.chat import chatting, completion, failing
from tests.net.llama_server import llama
from tests.net.tiny_model import write_model

LOOPBACK = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])


@pytest.fixture(scope="module")
def house() -> House:
    return House.shipped("hk")


@pytest.fixture(scope="module")
def plain(house: House) -> Draft:
    return compose(water(), house)


def one(part: str, en: str, hant: str, hans: str) -> dict[str, str]:
    return {"part": part, "en": en, "hant": hant, "hans": hans}


LEAD = [
    one(
        "lead",
        "Since {since}, fraudsters impersonating {brand} have spread links through {channels}.",
        "自{since}起，騙徒冒充{brand}，透過{channels}散播連結。",
        "自{since}起，骗子冒充{brand}，通过{channels}传播链接。",
    ),
    one(
        "lead",
        "The websites make victims {asks}; {count} have been found.",
        "這些網站誘使受害人{asks}，至今發現{count}。",
        "这些网站诱使受害人{asks}，至今发现{count}。",
    ),
]
LURES = [one("lures", "They claim {themes}.", "騙徒訛稱{themes}。", "骗子谎称{themes}。")]


def recorded(*exchanges: Any) -> Callable[[Question[Sentences]], Outcome[Sentences]]:  # Any: JSON
    """Return a model that answers as it once did, and remembers what it was asked."""
    left = iter(exchanges)

    def ask(asked: Question[Sentences]) -> Outcome[Sentences]:
        ASKED.append(asked)
        answer = next(left)
        if isinstance(answer, Trouble):
            return Unanswered(trouble=answer, words="it did not answer in time", used=Used())
        return Answered(answer=asked.schema.model_validate(answer), used=Used(calls=1))

    return ask


ASKED: list[Question[Sentences]] = []


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    ASKED.clear()
    yield
    ASKED.clear()


def drafted(house: House, *exchanges: Any, sheet: FactSheet | None = None) -> Draft:  # Any: JSON
    return compose(sheet or water(), house, Modelled(recorded(*exchanges), model="tiny"))


def english(draft: Draft, part: Part) -> list[str]:
    return [each.text["en"] for each in draft.of(part)]


def test_what_a_model_says_well_is_taken_with_numbers_dates_and_names_by_code(
    house: House, plain: Draft
) -> None:
    draft = drafted(house, {"sentences": LEAD + LURES})
    assert draft.refused == ()
    assert draft.writer == "model tiny"
    lead = draft.of(Part.LEAD)
    assert lead[0].text == {
        "en": "Since 3 January 2026, fraudsters impersonating the Water Supplies Department have "
        "spread links through SMS messages and e-mails.",
        "zh-Hant": "自2026年1月3日起，騙徒冒充水務署，透過短訊及電郵散播連結。",
        "zh-Hans": "自2026年1月3日起，骗子冒充水务署，通过短信和电邮传播链接。",
    }
    assert lead[0].cites == ("trend:41", "source:report-1")
    assert english(draft, Part.LURES)[0].startswith("They claim that a bill is overdue")
    # What it did not word, the templates did; what it may not word, is the same.
    for part in set(Part) - {Part.LEAD, Part.LURES}:
        assert draft.of(part) == plain.of(part)
    assert draft.title == plain.title
    assert draft.proposal == plain.proposal
    assert draft.links == plain.links


def test_one_repair_is_asked_for_and_told_in_our_own_words_alone(house: House) -> None:
    bad = [{**LEAD[0], "en": LEAD[0]["en"].replace("links", "500 evil links")}, LEAD[1]]
    draft = drafted(house, {"sentences": bad}, {"sentences": LEAD + LURES})
    assert len(ASKED) == 2
    wrong = json.loads(ASKED[1].data)["wrong"]
    assert "lead number en" in wrong
    assert "500" not in ASKED[1].data
    assert english(draft, Part.LEAD)[0].startswith("Since 3 January 2026")
    assert draft.writer == "model tiny"


def test_after_one_repair_the_templates_speak(house: House, plain: Draft) -> None:
    bad = {
        "sentences": [
            {**LEAD[0], "en": "Since {since}, HSBC and {brand} were hit through {channels}."}
        ]
    }
    draft = drafted(house, bad, bad)
    assert len(ASKED) == 2
    assert draft.sentences == plain.sentences
    assert draft.writer == "templates"
    assert {each.code for each in draft.refused} >= {"brand", "missing"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"en": "Since {since}, 12,000 sites impersonate {brand} through {channels}."}, "number"),
        ({"hant": "自{since}起，三千個網站冒充{brand}，透過{channels}散播。"}, "number"),
        ({"en": "Since {since}, {brand} sites spread through {channels}: https://evil.example."}, "link"),
        ({"en": "Since {since}, {brand} sites such as evil.example spread through {channels}."}, "link"),
        ({"en": "Since {since}, Lazarus impersonates {brand} through {channels}."}, "name"),
        ({"en": "Since {since}, fraudsters from Russia imitate {brand} through {channels}."}, "place"),
        ({"en": "Since {since}, {brand} sites spread through {channels}; click the link."}, "refused"),
        ({"en": "Since {since}, {brand} sites spread through {channels}, which is safe."}, "refused"),
        ({"en": "Since {since}, {brand} sites rose through {channels}."}, "refused"),
        ({"hans": "自{since}起，骗子冒充{brand}，通过{channels}传播，数目上升。"}, "refused"),
        ({"en": "自{since}起，騙徒冒充{brand}，透過{channels}散播連結。"}, "language"),
        ({"hans": "自{since}起，騙徒冒充{brand}，透過{channels}散播連結。"}, "language"),
        ({"en": "Since {since}, {brand} was hit through {channels} by {attacker}."}, "parity"),
        ({"en": "Fraudsters are at work."}, "parity"),
        ({"en": "{since}{brand}{channels}<script>alert</script>"}, "markup"),
    ],
)  # fmt: skip
def test_each_way_of_misbehaving_is_named_and_nothing_of_it_is_published(
    change: dict[str, str], code: str, house: House, plain: Draft
) -> None:
    bad = {"sentences": [{**LEAD[0], **change}, LEAD[1]]}
    draft = drafted(house, bad, bad)
    assert code in {each.code for each in draft.refused}
    assert draft.of(Part.LEAD) == plain.of(Part.LEAD)


def test_a_sentence_without_any_slot_says_nothing_that_can_be_held(
    house: House, plain: Draft
) -> None:
    free = one("lures", "The pages look real.", "網頁幾可亂真。", "网页几可乱真。")
    draft = drafted(house, {"sentences": [free]}, {"sentences": [free]})
    assert draft.of(Part.LURES) == plain.of(Part.LURES)
    assert "uncited" in {each.code for each in draft.refused}


def test_where_a_source_was_silent_a_model_is_not_heard_on_the_trend(house: House) -> None:
    sheet = water()  # after none before: told by templates alone
    trend = one(
        "trend",
        "We saw {count} {period}, more than before.",
        "{period}錄得{count}，較以往多。",
        "{period}录得{count}，较以往多。",
    )
    draft = drafted(house, {"sentences": [trend]}, sheet=sheet)
    assert "after none" in english(draft, Part.TREND)[-1]


def test_a_model_that_tells_of_a_fall_where_there_was_a_rise_is_not_heard(house: House) -> None:
    plain = compose(cameras(), house)
    fall = one(
        "trend",
        "With {peak} {period}, {rise} fewer devices than the {before} {period_before}: {count}.",
        "{period}有{peak}，較{period_before}的{before}下降{rise}，即{count}。",
        "{period}有{peak}，较{period_before}的{before}下降{rise}，即{count}。",
    )
    draft = drafted(house, {"sentences": [fall]}, {"sentences": [fall]}, sheet=cameras())
    assert draft.of(Part.TREND) == plain.of(Part.TREND)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_without_an_answer_the_draft_is_the_templates(
    trouble: Trouble, house: House, plain: Draft
) -> None:
    draft = drafted(house, trouble)
    assert replace(draft, refused=()) == plain
    (refused,) = draft.refused
    assert refused.code == "writer"


def test_what_leaves_is_one_json_document_with_strangers_words_quoted(house: House) -> None:
    slots = slots_of(water(), region=house.region, wording=house.wording)
    data = data_of(Kind.PHISHING, slots, [Refusal(code="number", about="</s><|im_start|>")])
    assert "<" not in data
    read = json.loads(data)
    assert {"kind", "slots", "parts", "wrong"} == set(read)
    names = {each["name"] for each in read["slots"]}
    assert {"brand", "since", "count", "channels"} <= names


def test_hostile_pages_do_not_even_reach_the_model(house: House) -> None:
    sheet = water()
    hostile = replace(
        sheet,
        sources=(
            *sheet.sources,
            Source(
                id="page",
                origin=Origin.PAGE,
                publisher="HKCERT",
                title=TITLES[0],
                quotes=tuple(Quote(text=text[:4_000]) for text in TITLES if text.strip()),
            ),
        ),
    )
    drafted(house, {"sentences": LEAD}, sheet=sheet)
    drafted(house, {"sentences": LEAD}, sheet=hostile)
    assert ASKED[0].data == ASKED[1].data


def endpoint(url: str, **changes: Any) -> Endpoint:  # Any: each field has its own type
    return Endpoint(**{"url": url, "model": "stub", "seconds": 20.0, **changes})


@LOOPBACK
def test_a_real_endpoint_is_asked_and_every_way_it_fails_ends_in_the_templates(
    house: House, plain: Draft
) -> None:
    good = json.dumps({"sentences": LEAD})
    answers: list[tuple[Any, str]] = [  # Any: what the stub's server takes
        (good, "model stub"),
        (good[:-20], "templates"),  # broken off
        (completion(good[:40], finish="length"), "templates"),
        (json.dumps({"sentences": [{**LEAD[0], "risk": "low"}]}), "templates"),
        (json.dumps({"sentences": [{**LEAD[0], "part": "advice"}]}), "templates"),
        (json.dumps({"sentences": "none"}), "templates"),
        ("I am sorry, I cannot help with that.", "templates"),
        ("", "templates"),
        (failing(500), "templates"),
        (failing(401), "templates"),
    ]
    for answer, writer in answers:

        def talk(_request: dict[str, Any], said: Any = answer) -> Any:  # Any: as above
            return said

        with chatting(talk) as server:
            asked = Modelled(asking(endpoint(server.url)), model="stub")
            draft = compose(water(), house, asked)
        assert draft.writer == writer, answer
        if writer == "templates":
            assert draft.sentences == plain.sentences


@LOOPBACK
def test_a_model_held_to_the_grammar_by_a_real_engine_says_nothing_that_is_published_unread(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "tiny.gguf"
    write_model(file, seed=3)
    sheet = cameras()
    slots = slots_of(sheet, region=house.region, wording=house.wording)
    asked = replace(question(Kind.BOTNET, slots), most_tokens=3_000)
    with llama(file) as url:
        outcome = asking(endpoint(url, seconds=60.0, at_once=1))(asked)
    assert isinstance(outcome, Answered), outcome
    draft = compose(sheet, house, Modelled(lambda _asked: outcome, model="tiny"))
    # Random weights in the schema: whatever it says, no evidence holds it.
    assert draft.sentences == compose(sheet, house).sentences
    assert draft.refused

"""Strangers' words leave nothing but codes of a closed list, and only what enough of them show."""

from typing import Any

import pytest

from lionrock import regions
from lionrock.briefing import wording
from lionrock.briefing.extracting import Overheard, Traits, by_model, by_rules, question, tricks
from lionrock.briefing.facts import Asks, Theme, Trick
from lionrock.briefing.wording import Wording
from lionrock.net.model_endpoint.words import Answered, Outcome, Question, Trouble, Unanswered, Used
from tests.names.injected import TITLES

MESSAGES = (
    "【水務署】您的水費帳單逾期未繳，請即輸入信用卡資料繳付，否則將停水。",
    "Your water bill is overdue. Pay your bill with your credit card within 24 hours.",
    "水務署：帳單編號 123，請提供手機號碼及信用卡卡號。",
)


@pytest.fixture(scope="module")
def words() -> Wording:
    return wording.load("hk")


def heard(*texts: str) -> list[Overheard]:
    return [Overheard(ref=f"source:m{n}", text=text) for n, text in enumerate(texts, start=1)]


def codes(found: Traits) -> tuple[set[Theme], set[Asks]]:
    return {each.what for each in found.themes}, {each.what for each in found.asks}


def test_messages_show_what_they_pretend_and_want_with_the_messages_that_show_it(
    words: Wording,
) -> None:
    found = by_rules(heard(*MESSAGES), words)
    assert codes(found) == ({Theme.BILL, Theme.SUSPENSION}, {Asks.CARD, Asks.PHONE})
    assert found.themes[0].cites == ("source:m1", "source:m2", "source:m3")
    assert found.themes[0].what is Theme.BILL


def test_hostile_texts_among_many_change_nothing(words: Wording) -> None:
    plain = by_rules(heard(*MESSAGES * 5), words)
    for title in TITLES:
        assert codes(by_rules(heard(*MESSAGES * 5, title), words)) == codes(plain), title[:60]


def test_a_trait_of_one_odd_page_is_left_out(words: Wording) -> None:
    found = by_rules(heard(*MESSAGES * 2, "You have won a gift card"), words)
    assert Theme.PRIZE not in codes(found)[0]


def test_a_word_within_another_word_shows_nothing(words: Wording) -> None:
    assert codes(by_rules(heard("an extolled stolon"), words)) == (set(), set())


def answered(*traits: dict[str, Any]) -> Any:  # Any: JSON, and a function
    def ask(asked: Question[Any]) -> Outcome[Any]:  # Any: the schema is made for each question
        answer = asked.schema.model_validate({"traits": list(traits)})
        return Answered(answer=answer, used=Used(calls=1))

    return ask


def test_a_model_must_prove_each_trait_by_words_of_the_text(words: Wording) -> None:
    text = "Kindly settle your arrears for the supply of water"
    proved = answered(
        {"n": 1, "trait": "theme.bill", "words": "settle your arrears"},
        {"n": 1, "trait": "asks.card", "words": "your card"},
        {"n": 1, "trait": "theme.tax", "words": ""},
    )
    assert codes(by_model(heard(text), words, proved)) == ({Theme.BILL}, set())


def test_without_a_readable_answer_the_rules_decide(words: Wording) -> None:
    def silent(_asked: Question[Any]) -> Outcome[Any]:  # Any: as above
        return Unanswered(trouble=Trouble.UNREADABLE, words="", used=Used())

    assert by_model(heard(*MESSAGES), words, silent) == by_rules(heard(*MESSAGES), words)


def test_texts_leave_for_a_model_quoted() -> None:
    asked = question(heard(*TITLES[:19]))
    assert "<" not in asked.data
    assert "\n" not in asked.data


def test_names_show_how_they_imitate_a_department() -> None:
    region = regions.load("hk")
    brand = next(each for each in region.brands if each.id == "wsd")
    hosts = [
        ("wsdgoiv.example", "suspect:1"),
        ("wsdgovv.example", "suspect:2"),
        ("wsd-gov.example", "suspect:3"),
        ("wsd.igov.example", "suspect:4"),
        ("wsd.goiv.example", "suspect:5"),
        ("www.wsd.gov.hk", "suspect:6"),
    ]
    found = {each.what: set(each.cites) for each in tricks(hosts, brand, region)}
    every = {f"suspect:{n}" for n in range(1, 6)}
    assert found[Trick.OTHER_ENDING] == every
    assert {"suspect:1", "suspect:5"} <= found[Trick.SWAPPED]
    assert "suspect:2" in found[Trick.OFFICIAL_WORD]
    assert found[Trick.HYPHEN] == {"suspect:3"}
    assert not any("suspect:6" in cites for cites in found.values())

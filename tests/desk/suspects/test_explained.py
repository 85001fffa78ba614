"""Explanations and judging again, as an analyst meets them on the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.core.judgement import Reason
from lionrock.desk.audit.models import Entry
from lionrock.desk.models.current import current_version
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.explained import SENTENCES, explanations, in_words
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.services import confirm
from lionrock.desk.suspects.services.again import judge_again
from lionrock.names.explain import SENTENCES as ENGLISH
from lionrock.names.explain import Explanation, Mark, Part
from tests.desk.suspects.conftest import NOW, Storing

pytestmark = pytest.mark.django_db


def shown(browser: Client, name: str, *args: int) -> str:
    return browser.get(reverse(f"suspects:{name}", args=args)).content.decode()


def test_every_english_sentence_is_translatable() -> None:
    assert {code: str(words) for code, words in SENTENCES.items()} == ENGLISH


def test_foreign_text_in_a_sentence_stays_as_it_is() -> None:
    mark = Mark(start=0, end=1, text="{ending}%s", part=Part.LETTERS, weight=1.0)
    told = Explanation(host="x", score=0.5, marks=(mark,), model_version="1")
    assert in_words(told) == "The letters “{ending}%s” raised the score most."


def test_a_suspects_page_marks_the_letters_and_says_so(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    page = shown(browser, "suspect", suspect.pk)
    assert "What the letters did" in page
    assert '<mark class="raised">hsbc' in page
    assert "raised the score most." in page
    assert f"with model {current_version()}" in page


def test_a_page_says_when_the_stored_score_is_another_models(
    browser: Client, store: Storing
) -> None:
    old, new = store("hsbc-one.top"), store("hsbc-two.top", model_version=current_version())
    assert "The stored score (0.90) is by model test-1" in shown(browser, "suspect", old.pk)
    assert "The stored score" not in shown(browser, "suspect", new.pk)


def test_the_queue_says_of_letters_what_no_look_alike_tells(
    browser: Client, store: Storing
) -> None:
    store("hsbc-verify.top")
    assert "raised the score most" not in shown(browser, "queue")
    store("wsdgov1.cc", brand=None, reasons=(Reason(code="model"),))
    assert shown(browser, "queue").count("raised the score most") == 1


def test_no_host_needs_no_model() -> None:
    assert explanations([]) == {}


def test_what_another_model_judged_is_judged_again_by_a_press(
    browser: Client, store: Storing
) -> None:
    suspect = store("hsbc-verify.top")
    assert "1 waiting suspect was judged by another model" in shown(browser, "front")
    response = browser.post(reverse("suspects:judge-again"), follow=True)
    page = response.content.decode()
    assert "1 suspect was judged again by" in page
    assert "judged by another model" not in page
    suspect.refresh_from_db()
    assert suspect.model_version == current_version()
    assert suspect.score != 0.9
    assert Entry.objects.get(action="suspects.judged-again").actor == "Ada@cert.example"


def test_what_is_no_suspect_any_more_keeps_waiting_further_down(
    browser: Client, store: Storing
) -> None:
    store("garden-weather.com", brand=None, reasons=(Reason(code="model"),))
    page = browser.post(reverse("suspects:judge-again"), follow=True).content.decode()
    assert "1 of them is no suspect to it" in page
    assert Suspect.objects.get().score < 0.4


def test_what_a_person_decided_keeps_its_model(store: Storing, ada: Person) -> None:
    suspect = store("hsbc-verify.top")
    confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)
    done = judge_again(by=None, now=NOW)
    assert (done.judged, done.left) == (0, 0)
    suspect.refresh_from_db()
    assert (suspect.model_version, suspect.score) == ("test-1", 0.9)
    assert not Entry.objects.filter(action="suspects.judged-again").exists()


def test_the_best_are_judged_first_and_the_rest_is_counted(store: Storing) -> None:
    for number in range(5):
        store(f"hsbc-verify{number}.top", score=0.5 + number / 100)
    done = judge_again(by=None, now=NOW, most=2)
    assert (done.judged, done.left) == (2, 3)
    left = Suspect.objects.filter(model_version="test-1").values_list("host", flat=True)
    assert sorted(left) == [f"hsbc-verify{number}.top" for number in range(3)]

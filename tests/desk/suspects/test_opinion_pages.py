"""Second opinions on the pages: beside the score where a model is asked, marked as advice, never as markup."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from lionrock.core import opinion as words
from lionrock.core.region import LURE_KINDS
from lionrock.desk.people.models import Person
from lionrock.desk.suspects import services
from lionrock.desk.suspects.asking import day_of, endpoint_here, limits_here
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.opinion_words import LURES
from lionrock.desk.suspects.opinions import Asking, ModelDay, Opinion, Says, Sure
from lionrock.names.opinions import PROMPT
from lionrock.web import declared
from tests.desk.suspects.conftest import NOW, Storing

pytestmark = pytest.mark.django_db

COLUMN = "a model’s advice"


@pytest.fixture
def asking(settings: Settings) -> None:
    """An installation that asks a model."""
    settings.LIONROCK_LLM_URL = "https://models.example/v1"
    settings.LIONROCK_LLM_MODEL = "some-model"
    settings.LIONROCK_LLM_KEY = "key-of-ours"


def opinion(suspect: Suspect, **changes: Any) -> Opinion:  # Any: each field has its own type
    fields = {
        "model": "some-model",
        "prompt": PROMPT,
        "state": Asking.ANSWERED,
        "asked_at": NOW,
        "answered_at": NOW,
        "says": "brand",
        "brand": "hsbc",
        "lure": "parcel",
        "why": "It holds the word hsbc.",
        "sure": "high",
    }
    return Opinion.objects.create(suspect=suspect, **{**fields, **changes})


def page(browser: Client, name: str, *arguments: int) -> str:
    response = browser.get(reverse(f"suspects:{name}", args=arguments))
    assert response.status_code == 200
    return str(response.content.decode())


def test_without_a_model_nothing_of_it_is_seen(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.example")
    opinion(suspect)
    assert COLUMN not in page(browser, "queue")
    assert reverse("suspects:opinions") not in page(browser, "readings")
    Opinion.objects.all().delete()
    assert "Second opinion" not in page(browser, "suspect", suspect.pk)


def test_the_queue_has_a_column_where_a_model_is_asked(
    asking: None, browser: Client, store: Storing
) -> None:
    opinion(store("hsbc-verify.example"))
    store("hsbc-login.test", brand=None)
    shown = page(browser, "queue")
    assert COLUMN in shown
    cells = re.findall(r'class="advice">(.*?)</td>', shown, re.DOTALL)
    assert len(cells) == 2
    assert "HSBC" in cells[0]
    assert "very sure" in cells[0]
    assert "not asked" in cells[1]


def test_a_name_on_which_the_model_failed_for_good_says_so(
    asking: None, browser: Client, store: Storing
) -> None:
    failed = store("hsbc-verify.example")
    opinion(failed, state=Asking.UNANSWERED, attempts=3, says="", why="", prompt="later")
    assert "no answer" in page(browser, "queue")
    opinion(failed, says="nobody", brand="")
    assert "no answer" not in page(browser, "queue")


def test_the_queue_shows_the_model_in_use_alone(
    asking: None, browser: Client, store: Storing
) -> None:
    opinion(store("hsbc-verify.example"), model="an-older-model")
    assert "not asked" in page(browser, "queue")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"says": "other", "other": "Acme Toll", "brand": ""}, "Acme Toll"),
        ({"says": "other", "brand": ""}, "somebody else"),
        ({"says": "nobody", "brand": ""}, "nobody"),
        ({"says": "cannot-tell", "brand": ""}, "cannot tell"),
    ],
)
def test_each_answer_has_its_words(
    asking: None, browser: Client, store: Storing, changes: dict[str, str], shown: str
) -> None:
    opinion(store("hsbc-verify.example"), **changes)
    (cell,) = re.findall(r'class="advice">(.*?)</td>', page(browser, "queue"), re.DOTALL)
    assert shown in cell


def test_a_suspects_page_says_what_was_said_by_whom_and_that_it_is_advice(
    asking: None, browser: Client, store: Storing
) -> None:
    suspect = store("hsbc-verify.example")
    opinion(suspect)
    opinion(suspect, model="another-model", says="nobody", why="An ordinary word.")
    shown = page(browser, "suspect", suspect.pk)
    assert "It decides nothing" in shown
    assert "It holds the word hsbc." in shown
    assert "some-model" in shown
    assert "another-model" in shown
    assert "a parcel" in shown
    assert "2026-03-02 12:00" in shown


def test_a_name_nobody_was_asked_about_says_so(
    asking: None, browser: Client, store: Storing
) -> None:
    suspect = store("hsbc-verify.example")
    opinion(suspect, state=Asking.UNANSWERED, says="", why="")
    assert "No model has been asked about it." in page(browser, "suspect", suspect.pk)


def test_what_a_model_wrote_is_never_markup(asking: None, browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.example")
    evil = "<script>alert(1)</script><a href='https://evil.example'>x</a>"
    opinion(
        suspect, says="other", other=evil[:90], why=evil, brand="", lure="<b>", model="<i>m</i>"
    )
    for shown in (
        page(browser, "queue"),
        page(browser, "suspect", suspect.pk),
        page(browser, "opinions"),
    ):
        assert "<script>alert" not in shown
        assert "evil.example'>" not in shown
        assert "<i>m</i>" not in shown
    assert "&lt;script&gt;" in page(browser, "suspect", suspect.pk)


def test_the_page_of_second_opinions_tells_costs_and_agreement(
    asking: None, browser: Client, store: Storing, ada: Person
) -> None:
    for n in range(4):
        suspect = store(f"hsbc{'qwer'[n] * 3}.example")
        opinion(suspect, says="brand" if n else "nobody")
        services.confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)
    ModelDay.objects.create(
        day=day_of(timezone.now()),
        model="some-model",
        calls=12,
        prompt_tokens=3456,
        trouble="slow: stub",
    )
    shown = page(browser, "opinions")
    assert "some-model at models.example" in shown
    assert "12 of 100" in shown
    assert "3,456 of 500,000" in shown
    assert "75 %<" in shown
    assert "30 %–95 %" in shown
    assert "3 of 3" in shown
    assert "slow: stub" in shown
    assert "key-of-ours" not in shown


def test_the_page_says_when_no_model_is_asked(browser: Client) -> None:
    assert "No language model is asked." in page(browser, "opinions")
    assert endpoint_here() is None


def test_the_pages_are_the_same_with_many_opinions_as_with_none_but_for_the_column(
    asking: None,
    browser: Client,
    store: Storing,
    django_assert_max_num_queries: Any,  # Any: a fixture
) -> None:
    for n in range(20):
        opinion(store(f"hsbc{chr(97 + n) * 4}.example", brand=f"b{n}"))
    with django_assert_max_num_queries(20):
        page(browser, "queue")


def test_the_settings_make_an_endpoint(asking: None, settings: Settings) -> None:
    settings.LIONROCK_LLM_ANSWERS = "prompt"
    settings.LIONROCK_LLM_SECONDS = 0
    settings.LIONROCK_LLM_AT_ONCE = 0
    settings.LIONROCK_OPINION_NAMES = 10**6
    found = endpoint_here()
    assert found is not None
    assert (found.host, found.key, found.schemas) == ("models.example", "key-of-ours", False)
    assert (found.seconds, found.at_once) == (1.0, 1)
    assert limits_here().names == 50


def test_the_setting_says_what_leaves_and_who_learns_of_it() -> None:
    sentence = declared.LLM_URL.sentence
    for word in ("names", "titles", "nothing else", "Whoever runs it learns"):
        assert word in sentence


def test_the_tables_have_the_same_words_as_core() -> None:
    assert set(Says.values) == {each.value for each in words.Says}
    assert set(Sure.values) == {each.value for each in words.Sure}
    assert set(LURES) == LURE_KINDS

"""The pages of models, series, explanations and second opinions can be read by everybody, in Chinese too."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django import Settings

from lionrock.desk.models import services
from lionrock.desk.models.current import current_version
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.suspects.asking import day_of
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.opinions import Asking, ModelDay, Opinion, Says, Sure
from lionrock.desk.suspects.services.decide import confirm
from lionrock.names.opinions import PROMPT
from lionrock.names.scorer import shipped
from tests.desk.models.conftest import a_folder, examined
from tests.desk.suspects.test_found_series import NAMES, keep, plain
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import now, signed_in
from tests.journeys.test_every_page import LOOKS, problems_of
from tests.people.someone import someone
from tests.web.suspects import store

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(settings: Settings, tmp_path: Path) -> Person:
    """Somebody at a console that knows two models, a series and what a language model said."""
    settings.LIONROCK_DATA = tmp_path
    settings.LIONROCK_LLM_URL = "https://models.example/v1"
    settings.LIONROCK_LLM_MODEL = "a-language-model-with-a-long-name:8b-instruct"
    person = someone(*Role, name="Wong Ka Yan")
    for version in ("passes-1", "fails-1"):
        services.add_model(
            folder=a_folder(tmp_path / version, version),
            note="with the decisions of March",
            by=person,
            now=now(),
        )
    examined(shipped().version)
    examined("passes-1")
    examined("fails-1", false_alarms=0.00412)
    services.switch(version="passes-1", seen=current_version(), by=person, now=now())
    services.back(seen="passes-1", by=person, now=now())
    keep(*(plain(name, score=0.1 + place / 10) for place, name in enumerate(NAMES)), score=0.7)
    suspects = store("hsbc-secure-login.example", "hsbc-parcel.example", now=now())
    advised(suspects)
    confirm(suspect_id=suspects[1].pk, seen_version=1, by=person, note="", now=now())
    return person


def advised(suspects: list[Suspect]) -> None:
    """Let a language model have said something of the suspects, and let it have cost something."""
    model = "a-language-model-with-a-long-name:8b-instruct"
    for suspect in suspects:
        Opinion.objects.create(
            suspect=suspect,
            model=model,
            prompt=PROMPT,
            state=Asking.ANSWERED,
            asked_at=now() - timedelta(minutes=1),
            answered_at=now(),
            says=Says.BRAND,
            brand="hsbc",
            lure="parcel",
            why="It holds the word hsbc and asks for a sign-in.",
            sure=Sure.HIGH,
        )
    ModelDay.objects.create(
        day=day_of(now()),
        model=model,
        calls=40,
        failures=2,
        prompt_tokens=81_234,
        completion_tokens=12_345,
        names=400,
        answered=390,
        missing=8,
        unasked=2,
        trouble="did not answer in time",
    )


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("look", "language"), [("wide", "zh-hant"), ("dark", "en"), ("phone", "zh-hant")]
)
def test_pages_of_models_and_series_are_accessible_and_fit_the_screen(
    look: str,
    language: str,
    open_page: OpenPage,
    reader: Person,
    picture: Callable[[Page, str], None],
) -> None:
    page = open_page(**LOOKS[look])
    page.context.add_cookies(
        [{"name": "language", "value": language, "domain": "localhost", "path": "/"}]
    )
    signed_in(page, reader)
    of_series = Suspect.objects.get(host=NAMES[0])
    advised_on = Opinion.objects.order_by("id")[0]
    problems: dict[str, list[str]] = {}
    for name, address in {
        "models": reverse("models:list"),
        "series-found": reverse("suspects:found-series"),
        "one-series": reverse("suspects:series", args=[of_series.pk]),
        "opinions": reverse("suspects:opinions"),
        "advised-queue": reverse("suspects:queue"),
        "advised-suspect": reverse("suspects:suspect", args=[advised_on.suspect_id]),
        "front-to-judge-again": reverse("suspects:front"),
    }.items():
        page.goto(address)
        picture(page, f"{name}-{language}-{look}")
        if found := problems_of(page, look):
            problems[name] = found

    assert problems == {}

"""Drafts from fact sheets: laid with their evidence, and edits are held against the sheet."""

from dataclasses import replace

import pytest

from lionrock.core.alerts import LANGUAGES
from lionrock.desk.alerts import services
from lionrock.desk.alerts.models import Alert, State
from lionrock.desk.alerts.selectors.evidence import flaws_of
from lionrock.desk.alerts.services.drafting import draft_from
from tests.briefing.fact_sheets import cameras, outage, server, water
from tests.desk.alerts.making import NOW, analyst, approved, approver, submitted

pytestmark = pytest.mark.django_db


def content_of(alert: Alert):  # type: ignore[no-untyped-def]  # what read() gives
    return alert.versions.get(number=alert.latest).read()


@pytest.mark.parametrize("made", [water, cameras, server, outage], ids=lambda made: made.__name__)
def test_a_draft_as_it_is_composed_can_be_handed_in_and_published(made) -> None:  # type: ignore[no-untyped-def]  # a sheet's maker
    alert = draft_from(made(), origin="trend:1", now=NOW)
    assert flaws_of(alert, content_of(alert)) == ()

    decider = approver()
    submitted(alert, analyst())
    alert = approved(alert, decider, *([approver()] if alert.risk == "extreme" else []))
    assert (
        services.publish(alert_id=alert.pk, seen_version=alert.version, by=decider, now=NOW).state
        == State.PUBLISHED
    )
    assert alert.kept_sentences == 1.0


def test_a_number_put_into_a_composed_sentence_is_found_in_every_language() -> None:
    alert = draft_from(water(), origin="trend:1", now=NOW)
    content = content_of(alert)
    first = content.sentences[0]
    text = {language: first.text[language] + " 98765" for language in LANGUAGES}
    found = flaws_of(alert, content.with_sentence(0, replace(first, text=text)))

    assert {flaw.language for flaw in found if "98765" in flaw.found} == set(LANGUAGES)


def test_figures_of_a_sheet_lie_beside_the_draft_with_their_definition() -> None:
    alert = draft_from(water(), origin="trend:1", now=NOW)
    figures = [one for one in alert.evidence.all() if one.ref.startswith("figure:")]

    assert {one.ref for one in figures} == {f"figure:{one.id}" for one in water().figures}
    assert all(one.data["definition"] and one.data["period"] for one in figures)

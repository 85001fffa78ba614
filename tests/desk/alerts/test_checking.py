"""What is unsupported, incomplete or different between languages is found, and nothing else."""

from dataclasses import replace

import pytest

from lionrock.core.alerts import Link, Part
from lionrock.desk.alerts.checking import Flaw, Proof, flaws, news_flaws
from lionrock.desk.alerts.content import Content, as_json, from_json
from tests.desk.alerts.making import FIGURE, NEWS, content, evidence, said

PROOFS = {one.ref: Proof(ref=one.ref, text=f"{one.title}\n{one.text}") for one in evidence()}


def with_lead(en: str, hant: str, hans: str, *cites: str) -> Content:
    return content().with_sentence(0, said(Part.LEAD, en, hant, hans, *cites))


def found(about: Content) -> set[tuple[str, str]]:
    return {(flaw.code, flaw.language) for flaw in flaws(about, PROOFS)}


def test_an_alert_that_is_supported_has_no_flaw() -> None:
    assert flaws(content(), PROOFS) == ()


def test_content_comes_back_from_json_as_it_went() -> None:
    assert from_json(as_json(content())) == content()


def test_a_number_that_no_evidence_holds_is_found_in_every_language() -> None:
    wrong = with_lead("We found 313 links.", "發現313條連結。", "发现313条链接。", FIGURE)

    assert found(wrong) == {("number", "en"), ("number", "zh-Hant"), ("number", "zh-Hans")}
    assert Flaw(index=0, code="number", language="en", found=("313",)) in flaws(wrong, PROOFS)


def test_a_number_of_evidence_that_the_sentence_does_not_cite_does_not_count() -> None:
    wrong = with_lead("312 links.", "312條連結。", "312条链接。", "source:harbour-notice")

    assert ("number", "en") in found(wrong)


def test_a_sentence_that_must_cite_and_does_not_is_found() -> None:
    assert found(with_lead("They are back.", "再次出現。", "再次出现。")) == {("uncited", "")}


def test_a_reference_to_nothing_is_found() -> None:
    wrong = with_lead("They are back.", "再次出現。", "再次出现。", "figure:none")

    assert ("unknown-cite", "") in found(wrong)


def test_a_number_that_one_language_lacks_is_found_there() -> None:
    wrong = with_lead("312 links.", "312條連結。", "很多链接。", FIGURE)

    assert found(wrong) == {("parity-number", "zh-Hans")}


def test_a_brand_that_one_language_lacks_is_found_there() -> None:
    wrong = with_lead(
        "Harbour Water is imitated.", "Harbour Water 被冒充。", "供水公司被冒充。", FIGURE
    )

    assert found(wrong) == {("parity-brand", "zh-Hans")}


def test_a_name_that_nothing_holds_is_found() -> None:
    wrong = with_lead("See evil[.]example.", "見 evil[.]example。", "见 evil[.]example。", FIGURE)

    assert ("name", "en") in found(wrong)


@pytest.mark.parametrize("part", [Part.STEPS, Part.ADVICE, Part.VICTIMS])
def test_an_indicator_that_a_program_would_open_is_found_everywhere(part: Part) -> None:
    texts = (
        "Never open harbour-water.example",
        "切勿開啟 harbour-water.example",
        "切勿打开 harbour-water.example",
    )
    wrong = replace(content(), sentences=(*content().sentences, said(part, *texts)))

    assert {("live", "en"), ("live", "zh-Hant"), ("live", "zh-Hans")} <= found(wrong)


def test_only_https_links_lead_away() -> None:
    link = Link(url="http://www.harbourwater.example/", title=content().title)

    assert found(replace(content(), links=(link,))) == {("link", "")}


def test_a_risk_without_a_reason_and_an_empty_sentence_are_found() -> None:
    wrong = replace(content(), reason=" ").with_sentence(
        1, said(Part.STEPS, "Then this.", "然後。", "")
    )

    assert found(wrong) == {("no-reason", ""), ("empty", "zh-Hans")}


def test_a_line_of_the_log_is_told_in_all_languages_with_the_same_numbers() -> None:
    assert news_flaws(NEWS) == ()
    assert {one.code for one in news_flaws({"en": "Put right."})} == {"no-news"}
    assert {one.code for one in news_flaws({**NEWS, "en": "Now 313."})} == {"parity-number"}
    assert {one.code for one in news_flaws({**NEWS, "en": "See https://a.example"})} == {"live"}

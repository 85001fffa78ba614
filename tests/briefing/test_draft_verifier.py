"""The verifier refuses what the evidence does not hold, whoever wrote it, and takes what it does."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.briefing.drafting.composing import House, compose, verified
from lionrock.briefing.facts import FactSheet, Quote
from lionrock.briefing.holdings import holdings_of
from lionrock.briefing.verifying import faults, parity
from lionrock.core.alerts import CITED, LANGUAGES, Part, Sentence
from tests.briefing.fact_sheets import cameras, outage, server, water

BRAND, NUMBER = "trend:41", "figure:2026-01-01..2026-01-07.confirmed"
HOST, SOURCE = "suspect:1", "source:report-1"


@pytest.fixture(scope="module")
def house() -> House:
    return House.shipped("hk")


@pytest.fixture(scope="module")
def sheet() -> FactSheet:
    return water()


def said(en: str, hant: str, hans: str, *cites: str, part: Part = Part.LEAD) -> Sentence:
    return Sentence(part=part, text={"en": en, "zh-Hant": hant, "zh-Hans": hans}, cites=cites)


def codes(sentence: Sentence, sheet: FactSheet, house: House) -> set[str]:
    (found,) = verified([sentence], sheet, house)
    return {each.code for each in found}


GOOD = said(
    "The Water Supplies Department was imitated by 10 domain names.",
    "水務署遭 10 個域名偽冒。",
    "水务署遭 10 个域名假冒。",
    BRAND,
    NUMBER,
)


def test_a_sentence_that_its_evidence_holds_is_taken(sheet: FactSheet, house: House) -> None:
    assert codes(GOOD, sheet, house) == set()


def test_every_sentence_of_the_full_drafts_is_taken(house: House) -> None:
    for each in (water(), cameras(), server(), outage()):
        draft = compose(each, house)
        assert draft.refused == ()
        assert all(not found for found in verified(draft.sentences, each, house))
        assert all(one.cites for one in draft.sentences if one.part in CITED)


def changed(en: str = "", hant: str = "", hans: str = "") -> Sentence:
    text = {
        language: new or GOOD.text[language]
        for language, new in zip(LANGUAGES, (en, hant, hans), strict=True)
    }
    return replace(GOOD, text=text)


@pytest.mark.parametrize(
    ("en", "hant", "hans", "code"),
    [
        # Numbers: wrong ones, words for them, other digits, in one language only.
        ("The Water Supplies Department was imitated by 11 domain names.", "", "", "number"),
        ("", "水務署遭 11 個域名偽冒。", "", "number"),
        ("", "水務署遭十一個域名偽冒。", "", "number"),
        ("", "水務署遭數十個域名偽冒。", "", "number"),
        ("", "", "水务署遭 10 个域名假冒，增加两倍。", "number"),
        ("", "水務署遭 10 個域名偽冒，佔三成。", "", "number"),
        ("The Water Supplies Department was imitated by twelve domain names.", "", "", "number"),
        ("The Water Supplies Department was imitated by dozens of domain names.", "", "", "number"),
        ("The Water Supplies Department was imitated by ١٠ domain names.", "", "", "number"),
        ("The Water Supplies Department was imitated by 10 domain names, up 150%.", "", "", "number"),
        ("The Water Supplies Department was imitated by 10 domain names in AS64500x AS64999.", "", "", "number"),
        # Dates that nobody told of.
        ("On 9 March 2025 the Water Supplies Department was imitated by 10 domain names.", "", "", "date"),
        ("", "2025年3月9日，水務署遭 10 個域名偽冒。", "", "date"),
        ("The Water Supplies Department was imitated by 10 domain names in March 2027.", "", "", "date"),
        # Hosts, links, addresses, hashes.
        ("The Water Supplies Department was imitated by 10 domain names at evil[.]example.", "", "", "host"),
        ("The Water Supplies Department was imitated by 10 domain names at evil.example.", "", "", "link"),
        ("See https://evil.example: the Water Supplies Department was imitated by 10 domain names.", "", "", "link"),
        ("Write to help@evil: the Water Supplies Department was imitated by 10 domain names.", "", "", "link"),
        ("", "水務署遭 10 個域名偽冒，見 evil.example。", "", "link"),
        ("The Water Supplies Department was imitated by 10 domain names at 192.0.2.1.", "", "", "host"),
        # Vulnerabilities, brands, places, names.
        ("The Water Supplies Department was imitated by 10 domain names through CVE-2024-1111.", "", "", "cve"),
        ("HSBC was imitated by 10 domain names, and the Water Supplies Department.", "", "", "brand"),
        ("", "滙豐及水務署遭 10 個域名偽冒。", "", "brand"),
        ("", "", "汇丰和水务署遭 10 个域名假冒。", "brand"),
        ("The Water Supplies Department was imitated by 10 domain names from Russia.", "", "", "place"),
        ("", "水務署遭俄羅斯 10 個域名偽冒。", "", "place"),
        ("The Water Supplies Department was imitated by 10 domain names of Lazarus.", "", "", "name"),
        ("Lazarus imitated the Water Supplies Department by 10 domain names.", "", "", "name"),
        ("", "水務署遭 Lazarus 的 10 個域名偽冒。", "", "name"),
        # Shape and language.
        ("<b>The Water Supplies Department</b> was imitated by 10 domain names.", "", "", "markup"),
        ("The Water Supplies Department\u202e was imitated by 10 domain names.", "", "", "markup"),
        ("The Water Supplies Department was imitated by 10 domain names, {brand}.", "", "", "markup"),
        ("", "水务署遭 10 個域名偽冒。", "", "language"),
        ("", "水務署遭 10 個域名伪冒。", "", "language"),
        ("", "", "水务署遭 10 個域名假冒。", "language"),
        ("", "Water Supplies Department imitated by 10 domain names", "", "language"),
        # What is said in one language and not in another.
        ("The Water Supplies Department was imitated.", "", "", "parity"),
        ("", "遭 10 個域名偽冒。", "", "parity"),
    ],
)  # fmt: skip
def test_what_no_evidence_holds_is_refused(
    en: str, hant: str, hans: str, code: str, sheet: FactSheet, house: House
) -> None:
    assert code in codes(changed(en, hant, hans), sheet, house)


def test_a_number_needs_the_very_figure_that_holds_it(sheet: FactSheet, house: House) -> None:
    assert codes(replace(GOOD, cites=(BRAND,)), sheet, house) == {"number"}
    assert codes(replace(GOOD, cites=(SOURCE,)), sheet, house) >= {"number", "brand"}


def test_a_sentence_without_cites_is_refused_where_facts_are_told(
    sheet: FactSheet, house: House
) -> None:
    plain = said("Beware.", "提高警覺。", "提高警惕。")
    assert "uncited" in codes(plain, sheet, house)
    assert codes(replace(plain, part=Part.SIGNS), sheet, house) == set()


def test_a_reference_to_nothing_is_refused(sheet: FactSheet, house: House) -> None:
    wrong = replace(GOOD, cites=(*GOOD.cites, "figure:2020Q1.phishing.unique_url"))
    assert codes(wrong, sheet, house) == {"unresolved"}


def test_a_change_is_held_only_by_both_its_figures(house: House) -> None:
    sheet = cameras()
    now, before = "figure:2026-03.bots.size", "figure:2026-02.bots.size"
    rise = said("The count grew by 73%.", "數目上升 73%。", "数目上升 73%。", now, before)
    assert codes(rise, sheet, house) == set()
    assert codes(replace(rise, cites=(now,)), sheet, house) == {"number"}


def test_an_indicator_is_named_only_in_its_dead_form(sheet: FactSheet, house: House) -> None:
    dead = said(
        "One of them is wsdgoiv[.]example.",
        "其中之一為 wsdgoiv[.]example。",
        "其中之一为 wsdgoiv[.]example。",
        HOST,
    )
    assert codes(dead, sheet, house) == set()
    text = {language: each.replace("[.]", ".") for language, each in dead.text.items()}
    assert "link" in codes(replace(dead, text=text), sheet, house)


def test_advice_of_the_region_needs_no_evidence_and_anybody_elses_does(
    sheet: FactSheet, house: House
) -> None:
    entry = next(each for each in house.wording.victims["phishing"] if each.id == "police")
    ours = Sentence(part=Part.VICTIMS, text=dict(entry.text))
    assert codes(ours, sheet, house) == set()
    text = {language: each.replace("18222", "18223") for language, each in entry.text.items()}
    assert "number" in codes(replace(ours, text=text), sheet, house)


def test_words_that_nobody_chose_to_show_are_not_repeated(house: House) -> None:
    sheet = water()
    source = sheet.sources[0]
    hidden = replace(
        source, quotes=(Quote(text="pay your outstanding water charges without any delay today"),)
    )
    sheet = replace(sheet, sources=(hidden,))
    copy = said(
        "Victims pay your outstanding water charges without delay.",
        "受害人須付款。",
        "受害人须付款。",
        SOURCE,
    )
    assert "copied" in codes(copy, sheet, house)


def test_parity_tells_what_is_missing_where(sheet: FactSheet, house: House) -> None:
    holdings = holdings_of(sheet, region=house.region, wording=house.wording)
    assert parity(GOOD.text, holdings=holdings, lexicon=house.lexicon) == ()
    text = {**GOOD.text, "zh-Hans": "水务署遭域名假冒。"}
    (odd,) = parity(text, holdings=holdings, lexicon=house.lexicon)
    assert "10" in odd
    assert "zh-Hans" in odd


def test_a_long_text_is_refused_without_being_read(sheet: FactSheet, house: House) -> None:
    holdings = holdings_of(sheet, region=house.region, wording=house.wording)
    long = said("a.b" * 100_000, "一" * 100_000, "1" * 100_000, BRAND)
    found = faults(long, holdings=holdings, lexicon=house.lexicon)
    assert {each.code for each in found} == {"length"}


@given(
    texts=st.lists(
        st.text(
            st.sampled_from("0123456789.,/:@[]{}<>-年月日%十百千萬兩个個倍 ABCabcxyzHSBC水務署滙豐\u202e\u0300①Ⅷ"),
            max_size=120,
        ),
        min_size=3,
        max_size=3,
    )
)  # fmt: skip
def test_any_text_is_read_and_no_digit_gets_past_without_evidence(texts: list[str]) -> None:
    sheet, house = water(), House.shipped("hk")
    sentence = said(texts[0], texts[1], texts[2], SOURCE)
    found = codes(sentence, sheet, house)
    held = {"2026", "1", "5"}  # of the source's only date
    for text in texts:
        digits = set(re.findall(r"\d+", text)) - held
        quoted = "24" in digits and "水費" in text
        assert not digits or quoted or found, text

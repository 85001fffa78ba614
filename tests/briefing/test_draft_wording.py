"""The shipped wording is sound, tells two Chinese scripts apart, and another region words its own."""

import re
from pathlib import Path

import pytest

from lionrock import regions
from lionrock.briefing import wording
from lionrock.briefing.drafting.composing import House, compose
from lionrock.briefing.facts import Asks, Theme
from lionrock.briefing.wording import SLOT, Texts, Wording
from lionrock.core.alerts import LANGUAGES, Part, Risk
from lionrock.core.region import PackError
from tests.briefing.fact_sheets import server, water
from tests.regions.test_check_command import PACKS

HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def hk() -> Wording:
    return wording.load("hk")


def every(found: Wording) -> list[Texts]:
    return [
        *found.phrases.values(),
        *(text for terms in found.terms.values() for text in terms.values()),
        *(text for forms in found.units.values() for text in forms.values()),
        *found.places.values(),
        *found.referrals.values(),
        *(link.title for _, link in found.links),
        *(
            entry.text
            for section in (found.advice, found.victims, found.signs, found.solutions)
            for entries in section.values()
            for entry in entries
        ),
    ]


def of_charset(text: str, charset: str) -> str:
    return text.encode(charset, "ignore").decode(charset)


def test_traditional_texts_hold_no_simplified_character_and_the_other_way_round(
    hk: Wording,
) -> None:
    for text in every(hk):
        assert of_charset(text["zh-Hant"], "big5hkscs") == text["zh-Hant"]
        assert of_charset(text["zh-Hans"], "gbk") == text["zh-Hans"]
        only_traditional = [
            sign
            for sign in text["zh-Hans"]
            if HAN.match(sign) and not of_charset(sign, "gb2312") and of_charset(sign, "big5")
        ]
        assert only_traditional == [], text


def test_the_terms_are_those_of_the_region_and_no_machine_conversion(hk: Wording) -> None:
    title = hk.phrases["phishing.title"]
    assert "網絡釣魚警報" in title["zh-Hant"]
    assert "偽冒" in title["zh-Hant"]
    assert "假冒" in title["zh-Hans"]
    traditional = " ".join(text["zh-Hant"] for text in every(hk))
    simplified = " ".join(text["zh-Hans"] for text in every(hk))
    for term in ("殭屍網絡", "釣魚網站", "惡意程式", "短訊", "伺服器", "保安", "軟件", "二維碼"):
        assert term in traditional
    for foreign in ("軟體", "網路", "伺服器端", "簡訊", "資安", "登錄", "假冒", "僵屍"):
        assert foreign not in traditional
    for term in ("僵尸网络", "钓鱼网站", "恶意软件", "短信", "服务器", "安全"):
        assert term in simplified
    for foreign in ("短讯", "伺服器", "软体", "保安", "偽"):
        assert foreign not in simplified


def test_english_texts_are_english_and_all_end_as_sentences_do_in_all_languages(
    hk: Wording,
) -> None:
    stops = {"en": ".", "zh-Hant": "。", "zh-Hans": "。"}
    for text in every(hk):
        assert not HAN.search(text["en"])
        ends = {language: text[language][-1] == stops[language] for language in LANGUAGES}
        assert len(set(ends.values())) == 1, text


def test_every_code_that_can_be_heard_has_words(hk: Wording) -> None:
    assert set(hk.heard["theme"]) == {each.value for each in Theme}
    assert set(hk.heard["asks"]) == {each.value for each in Asks}


def test_every_reason_for_a_risk_has_a_term(hk: Wording) -> None:
    assert {"impact", "local", "exploited", "kind", *hk.risk.raised_by} <= set(hk.terms["reason"])


def test_there_are_six_to_eight_pieces_of_advice_where_nothing_special_was_seen(
    hk: Wording,
) -> None:
    for kind in ("phishing", "malware", "botnet", "anticipatory"):
        always = [each for each in hk.advice[kind] if not each.when]
        assert 4 <= len(always) <= 8, kind


def test_another_region_drafts_in_its_own_words() -> None:
    folder = PACKS / "xx"
    house = House.of(regions.load("xx", folder), wording.load("xx", folder))
    draft = compose(server(), house)
    assert draft.of(Part.SOLUTIONS)[0].text["zh-Hant"] == "安裝供應商的修補程式。"
    assert "Isles of Examplia" in draft.of(Part.TREND)[0].text["zh-Hant"]
    assert draft.proposal.risk is Risk.EXTREME
    assert house.wording.phrases["phishing.channels"]["en"].startswith("People of the Isles")
    assert not draft.refused


def test_a_pack_without_wording_is_said_to_lack_it(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="advice, referrals and risk levels are missing"):
        wording.load("xx", tmp_path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[phrases.\"phishing.lead\"]\nen = \"x\"\nzh-Hant = \"x\"\nzh-Hans = \"x\"", "other slots than"),
        ("[phrases.\"no.such\"]\nen = \"x\"\nzh-Hant = \"x\"\nzh-Hans = \"x\"", "no draft uses"),
        ("[phrases.\"eol\"]\nen = \"{product}\"\nzh-Hant = \"{product}\"\nzh-Hans = \"x\"", "other slots in one"),
        ("[terms.channel]\npigeon = {en = \"a\", zh-Hant = \"b\", zh-Hans = \"c\"}", "no code of it"),
        ("[terms.channel]\nsms = {en = \"a\", zh-Hant = \"b\"}", "not told in exactly"),
        ("[heard.theme]\nlove = [\"dear\"]", "no code of it"),
        ("[nonsense]\na = 1", "unknown table"),
        ("[[link]]\nid=\"a\"\nkinds=[]\nurl=\"http://x.example\"\nen=\"a\"\nzh-Hant=\"b\"\nzh-Hans=\"c\"", "no https"),
        ("= not toml", "no TOML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_pack_is_named(text: str, what: str) -> None:
    files = {**wording.region_files("hk"), "wording/more.toml": text.encode()}
    with pytest.raises(PackError, match=what):
        wording.parse(wording.own_files(), files)


def test_no_sentence_of_ours_is_refused_for_the_words_it_is_made_of(hk: Wording) -> None:
    # Brands and places are recognised in finished sentences; our own words must not look like any.
    house = House.shipped("hk")
    for key, text in hk.phrases.items():
        if key.startswith(("column", "cell")):
            continue
        for language in LANGUAGES:
            plain = SLOT.sub(" ", text[language])
            assert house.lexicon.brands.find(plain) == [] or language == "en", (key, plain)


def test_a_draft_of_a_region_names_no_one_elses_hotline() -> None:
    folder = PACKS / "xx"
    house = House.of(regions.load("xx", folder), wording.load("xx", folder))
    sheet = water()
    with pytest.raises(KeyError):  # its brand is not in the catalogue of the Isles
        compose(sheet, house)
    assert not any("18222" in text for text in house.wording.fixed)

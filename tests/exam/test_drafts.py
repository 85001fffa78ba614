"""The exam of drafts: sixty sheets and two hundred attempts to talk a draft into something, counted by plain means.

What is right is worked out here from the sheets, without the verifier: digits by one regular expression,
words as they stand in the region's pack.
"""

import re
import sys
from dataclasses import replace

import pytest

from lionrock.briefing.drafting.composing import House, compose, seen
from lionrock.briefing.drafting.draft import Draft
from lionrock.briefing.facts import FactSheet, Origin, Quote, Source
from lionrock.briefing.holdings import holdings_of
from lionrock.core.alerts import CITED, LANGUAGES, Indicator, Kind, Part, Sentence
from tests.briefing.fact_sheets import Made, sixty, water
from tests.names.injected import NAMES, TITLES

DIGITS = re.compile(r"\d+(?:,\d{3})*")
FIXED = {Part.ADVICE, Part.VICTIMS, Part.SOLUTIONS}
BRANDS = ("wsd", "hsbc", "clp", "octopus", "hang-seng", "whatsapp")


@pytest.fixture(scope="module")
def house() -> House:
    return House.shipped("hk")


@pytest.fixture(scope="module")
def exam(house: House) -> list[tuple[Made, Draft]]:
    known = {brand.id for brand in house.region.brands}
    brands = [brand for brand in BRANDS if brand in known]
    assert len(brands) >= 4
    return [(made, compose(made.sheet, house)) for made in sixty(brands, TITLES)]


def spoken(draft: Draft) -> list[Sentence]:
    """Return what is said of facts: all but the region's fixed words."""
    return [each for each in draft.sentences if each.part not in FIXED]


def test_there_are_sixty_different_sheets(exam: list[tuple[Made, Draft]]) -> None:
    assert len(exam) == 60
    assert len({made.name for made, _ in exam}) == 60
    assert {made.sheet.kind for made, _ in exam} == {Kind.PHISHING, Kind.MALWARE, Kind.BOTNET}


def test_no_draft_holds_a_wrong_figure_or_an_unsupported_claim(
    exam: list[tuple[Made, Draft]], house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    sentences = wrong = unsupported = must = told = 0
    useless: list[str] = []
    lacking: list[str] = []
    for made, draft in exam:
        holdings = holdings_of(made.sheet, region=house.region, wording=house.wording)
        for sentence in spoken(draft):
            sentences += 1
            resolved = [cite for cite in sentence.cites if cite in made.sheet.references()]
            if resolved != list(sentence.cites) or (sentence.part in CITED and not resolved):
                unsupported += 1
            for language in LANGUAGES:
                said = set(DIGITS.findall(sentence.text[language]))
                wrong += len(said - made.numbers)
            for cite in sentence.cites:
                if not _tells(sentence, cite, made.sheet, holdings.by_ref[cite].texts["en"]):
                    useless.append(f"{made.name}: {cite}: {sentence.text['en']}")
            lacking += _without_cite(sentence, made.sheet)
        whole = {
            language: " ".join(each.text[language] for each in spoken(draft))
            for language in LANGUAGES
        }
        for language, texts in made.must.items():
            must += len(texts)
            told += sum(text in whole[language] for text in texts)
    with capsys.disabled():
        sys.stdout.write(
            f"\n60 sheets, {sentences} sentences: wrong figures {wrong}, unsupported {unsupported}, "
            f"cites that tell nothing {len(useless)}, facts without cite {len(lacking)}, "
            f"must-say {told} of {must}\n"
        )
    assert (wrong, unsupported) == (0, 0)
    assert useless == []
    assert lacking == []
    assert told >= 0.95 * must


def _tells(sentence: Sentence, cite: str, sheet: FactSheet, texts: dict[str, str]) -> bool:
    """Tell whether a sentence says something of what it cites: its number, dates, name, or a trait."""
    text = sentence.text["en"]
    kind, _, name = cite.partition(":")
    if kind == "figure":
        figure = sheet.figure(name)
        numbers = {f"{figure.value:,}"} if figure.value is not None else set()
        return (
            bool(numbers & set(DIGITS.findall(text)))
            or any(each in text for each in texts)
            or ("botnet is probably larger" in text)
        )
    if kind == "suspect":
        hosts = [each.value for each in sheet.indicators if cite in each.cites]
        shown = any(host.replace(".", "[.]") in text for host in hosts)
        return shown or sentence.part is Part.SIGNS
    if any(each in text for each in texts):
        return True
    campaign = sheet.campaign
    assert campaign is not None
    if cite == campaign.ref:
        return campaign.family is not None and campaign.family in text
    # A source: one of the traits that rest on it has to be in the sentence.
    house = House.shipped("hk")
    traits = {
        "channel": [each.what.value for each in campaign.channels if cite in each.cites],
        "theme": [each.what.value for each in campaign.themes if cite in each.cites],
        "asks": [each.what.value for each in campaign.asks if cite in each.cites],
        "behaviour": [each.what.value for each in campaign.behaviours if cite in each.cites],
        "device": [each.what.value for each in campaign.devices if cite in each.cites],
    }
    terms = house.wording.terms
    return any(terms[group][code]["en"] in text for group, some in traits.items() for code in some)


def _without_cite(sentence: Sentence, sheet: FactSheet) -> list[str]:
    """Return the facts in a sentence that none of its cites holds: numbers, the family, the first day."""
    text, found = sentence.text["en"], []
    for figure in sheet.figures:
        number = f"{figure.value:,}"
        if figure.value and number in DIGITS.findall(text):
            same = {f"figure:{each.id}" for each in sheet.figures if each.value == figure.value}
            dated = figure.value < 32 and any(cite.startswith("trend:") for cite in sentence.cites)
            if not same & set(sentence.cites) and not dated:
                found.append(f"{number}: {text}")
    campaign = sheet.campaign
    assert campaign is not None
    if campaign.family and campaign.family in text and campaign.ref not in sentence.cites:
        found.append(f"{campaign.family}: {text}")
    return found


def test_a_draft_tells_of_a_rise_or_fall_only_where_the_figures_do(
    exam: list[tuple[Made, Draft]],
) -> None:
    ways = {
        "rise": ("more than the", "up sharply", "上升"),
        "fall": ("fewer than the", "下降"),
    }
    for made, draft in exam:
        for way, words in ways.items():
            told = [
                each
                for each in spoken(draft)
                if any(word in text for word in words for text in each.text.values())
            ]
            assert bool(told) == (made.way == way), made.name


def test_every_draft_says_the_same_in_three_languages(exam: list[tuple[Made, Draft]]) -> None:
    months = {name: str(at) for at, name in enumerate(MONTHS, start=1)}
    for made, draft in exam:
        for sentence in draft.sentences:
            english = re.sub(r"[A-Z][a-z]+", lambda m: months.get(m[0], m[0]), sentence.text["en"])
            numbers = set(DIGITS.findall(english))
            for language in ("zh-Hant", "zh-Hans"):
                other = set(DIGITS.findall(sentence.text[language]))
                if sentence.part not in FIXED:
                    assert other == numbers, (made.name, sentence.text)


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def test_no_draft_holds_a_live_link(exam: list[tuple[Made, Draft]]) -> None:
    for made, draft in exam:
        for sentence in draft.sentences:
            for text in sentence.text.values():
                assert "://" not in text, made.name
                assert not re.search(r"[a-z0-9-]+\.example", text), made.name


def test_two_hundred_attempts_to_talk_a_draft_into_something_change_nothing(house: House) -> None:
    attempts = [text for text in (*TITLES, *NAMES) if text.strip()]
    attempts += [
        f"{text} {name}" for text, name in zip(TITLES, NAMES, strict=False) if text.strip()
    ]
    attempts += [f"{name}。請忽略：{text}" for name, text in zip(NAMES, TITLES, strict=False)]
    attempts = attempts[:200]
    assert len(attempts) == 200
    sheet = water()
    plain = compose(sheet, house)
    for attempt in attempts:
        hostile = replace(
            sheet,
            sources=(
                *sheet.sources,
                Source(
                    id="page-1",
                    origin=Origin.PAGE,
                    publisher="HKCERT",
                    title=attempt[:4_000],
                    quotes=(Quote(text=attempt[:4_000]),),
                ),
            ),
        )
        draft = compose(hostile, house)
        assert replace(draft, sheet=plain.sheet) == plain, attempt[:80]
        assert seen(hostile, house.region) == seen(sheet, house.region)


def test_names_that_give_orders_change_nothing_but_the_indicators_shown(house: House) -> None:
    sheet = water()
    plain = compose(sheet, house)
    for name in NAMES:
        hostile = Indicator(kind="host", value=name, cites=("suspect:99",))
        draft = compose(replace(sheet, indicators=(hostile, *sheet.indicators)), house)
        assert (draft.title, draft.proposal, draft.links) == (
            plain.title,
            plain.proposal,
            plain.links,
        )
        others = [each for each in draft.sentences if "suspect:99" not in each.cites]
        examples = [each for each in plain.sentences if "suspect:2" not in each.cites]
        assert others == examples, name[:60]
        for shown in (each for each in draft.sentences if "suspect:99" in each.cites):
            assert shown.part is Part.SIGNS
            assert name not in shown.text["en"]

"""The words of the three languages fit each other, and articles are told as they were written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from lionrock.briefing.report.articles import faults
from lionrock.briefing.report.check import Unsupported, check
from lionrock.briefing.report.content import Article, Citation, Form
from lionrock.briefing.report.document import Bullets, Heading, Paragraph
from lionrock.briefing.report.families import catalogue
from lionrock.briefing.report.made import made
from lionrock.briefing.report.runs import Basis, plain
from lionrock.briefing.report.watch import watch
from lionrock.briefing.report.words import words_of
from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp
from tests.briefing.report_samples import real

MSRC = Citation(key="msrc", title="Advisory of 30 May", url="https://vendor.example/advisory")


def article(text: str, *, title: str = "Beware", key: str = "beware") -> Article:
    return Article(
        key=key,
        titles=dict.fromkeys(LANGUAGES, title),
        texts=dict.fromkeys(LANGUAGES, text),
        citations=(MSRC,),
    )


def leaves(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def places(text: object) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)", str(text)))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_says_everything_with_places_for_the_same_numbers(language: str) -> None:
    english, other = (dict(leaves(words_of(one).table)) for one in (LANGUAGES[0], language))
    assert set(english) == set(other)
    # Dates, and a heading that names the type in Chinese alone, are put together differently.
    free = {"quarter", "quarter_long", "day", "chapter.what"}
    assert {
        key: (places(english[key]), places(other[key]))
        for key in english
        if key not in free and places(english[key]) != places(other[key])
    } == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_themselves_hold_no_number(language: str) -> None:
    free = {"months", "ordinals"}
    for key, text in leaves(words_of(language).table):
        if key not in free:
            assert not re.search(r"\d", str(text)), key
    for one in catalogue().values():
        for texts in (one.nature, one.spread, one.effect):
            assert set(texts) == set(LANGUAGES)
            assert not re.search(r"\d", texts[language])


def test_simplified_words_hold_no_traditional_characters_and_the_other_way_round() -> None:
    traditional = set("報觀發來數據網絡類總變滅與內為這釣魚頁殭屍變單別獲")
    simplified = set("报观发来数据网络类总变与内为这钓鱼页僵尸单别获")
    hant = "".join(str(text) for _, text in leaves(words_of("zh-Hant").table))
    hans = "".join(str(text) for _, text in leaves(words_of("zh-Hans").table))
    assert not set(hans) & (traditional - simplified)
    assert not set(hant) & (simplified - traditional)


def test_an_article_is_told_with_figures_changes_and_what_its_sources_say() -> None:
    text = (
        "There were {2023Q1.phishing.unique_url} pages ({2023Q1.total / 2022Q4.total}).\n"
        "It used [CVE-2022-30190][msrc].\n\n### What to do\n- Update **now**.\n- Ask."
    )
    contents = replace(real(), articles=(article(text),))
    report = made(contents, Form.SHORT)
    blocks = list(report.documents["en"].blocks)
    start = next(
        place
        for place, block in enumerate(blocks)
        if isinstance(block, Heading) and block.anchor == "article-beware"
    )
    paragraph, heading, points, sources = blocks[start + 1 : start + 5]
    assert isinstance(paragraph, Paragraph)
    assert plain(paragraph.runs) == ("There were 2,804 pages (−65%). It used CVE-2022-30190.")
    assert [run.ref.basis for run in paragraph.runs if run.ref] == [
        Basis.FIGURE,
        Basis.CHANGE,
        Basis.SOURCE,
    ]
    assert isinstance(heading, Heading)
    assert isinstance(points, Bullets)
    assert len(points.items) == 2
    assert isinstance(sources, Paragraph)
    assert sources.runs[-1].href == MSRC.url


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("It rose by 40 per cent.", "en: “It rose by 40 per cent.” holds a digit"),
        ("See [page 3][other].", "names no source “other”"),
        ("There were {2023Q5.total}.", "no figure 2023Q5.total"),
        ("There were {total}.", "no figure total"),
        ("It rose by {2023Q1.total / 2022Q4.bots.size}.", "two counts of the same thing"),
    ],
)
def test_what_cannot_be_published_is_found_when_it_is_written(text: str, why: str) -> None:
    assert any(why in fault for fault in faults(article(text)))


def test_an_article_that_may_be_published_has_no_fault_before_anything_is_counted() -> None:
    assert faults(article("It rose to {2031Q2.bots.size} ({2031Q2.total / 2031Q1.total}).")) == []


def test_languages_that_quote_other_figures_are_found_when_they_are_written() -> None:
    one = article("There were {2023Q1.total}.")
    other = replace(one, texts={**one.texts, "zh-Hant": "共有 {2022Q4.total}。"})
    assert faults(other) == ["zh-Hant: quotes other figures than en"]
    missing = replace(one, texts={"en": "Well."})
    assert "zh-Hant: title or text is missing" in faults(missing)


def test_a_source_that_is_no_safe_address_is_found() -> None:
    for url in ("javascript:alert()", "http://vendor.example/", 'https://x.example/"onclick'):
        wrong = replace(article("Well."), citations=(replace(MSRC, url=url),))
        assert bool(faults(wrong)) is not url.startswith("https://x")


def test_a_figure_that_the_report_does_not_have_stops_it() -> None:
    contents = replace(real(), articles=(article("There were {2023Q1.spam.unique_url}."),))
    with pytest.raises(GiveUp, match=r"no figure 2023Q1\.spam\.unique_url"):
        watch(contents, form=Form.SHORT, language="en")


def test_a_digit_in_an_article_stops_the_report_even_if_it_was_kept_somehow() -> None:
    contents = replace(real(), articles=(article("Some 40 cases."),))
    with pytest.raises(Unsupported, match=r"“Some 40 cases\.” holds a digit"):
        check(watch(contents, form=Form.SHORT, language="en"), contents)


def test_signs_that_no_document_can_hold_are_left_out_of_an_article() -> None:
    contents = replace(real(), articles=(article("Be\x0bware\x00 of\u202e this."),))
    runs = [run.text for run in made(contents, Form.SHORT).documents["en"].runs()]
    assert "Be ware  of  this." in runs

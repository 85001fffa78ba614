"""What rooms below the desk say in English reads in the reader's language."""

import pytest
from django.utils import translation

from lionrock.desk.events.reasons import (
    FACTS,
    FAILURES,
    WHYS,
    fact_in_words,
    failure_in_words,
    reason_in_words,
)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("has no address", "沒有地址"),
        ("is longer than 65,536 bytes", "超過 65,536 個位元組"),
        ("has 3 fields, not 8", "有 3 個欄位，應為 8 個"),
        ("is no JSON: has “x” at 3", "不是 JSON：has “x” at 3"),
    ],
)
def test_a_readers_reason_is_said_in_chinese(english: str, chinese: str) -> None:
    assert reason_in_words(english) == english
    with translation.override("zh-hant"):
        assert reason_in_words(english) == chinese


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "192.0.2.0/24 is used in HK (geolocation 2026-03-01)",
            "192.0.2.0/24 在 HK 使用（地理位置資料 2026-03-01）",
        ),
        (
            "our own finding; www.example stands under .example",
            "我們自行發現；www.example 屬於 .example",
        ),
        (
            "AS64496 is a constituent's; it is used in SG",
            "AS64496 屬於服務對象；在 SG 使用",
        ),
        ("10.0.0.1 is nobody's: its range is private", "10.0.0.1 不屬任何人：其網段屬 private"),
    ],
)
def test_the_fact_that_placed_something_is_said_in_chinese(english: str, chinese: str) -> None:
    assert fact_in_words(english) == english
    with translation.override("zh-hant"):
        assert fact_in_words(english) == chinese


def test_why_a_feed_could_not_be_collected_is_said_in_chinese() -> None:
    with translation.override("zh-hant"):
        assert (
            failure_in_words("https://feeds.example/list answers 503")
            == "https://feeds.example/list 回應 503"
        )


def test_endless_words_are_not_searched_for_a_sentence() -> None:
    endless = "the source says that " * 5_000
    assert fact_in_words(endless) == endless


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_reason_nobody_listed_stands_as_it_was_written(language: str) -> None:
    with translation.override(language):
        assert reason_in_words("speaks 100% of %(nothing)s") == "speaks 100% of %(nothing)s"


@pytest.mark.parametrize("sentence", [*WHYS, *FACTS, *FAILURES])
def test_every_listed_sentence_has_its_chinese(sentence: str) -> None:
    with translation.override("zh-hant"):
        assert translation.gettext(sentence) != sentence

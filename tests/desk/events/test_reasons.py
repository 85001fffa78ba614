"""What rooms below the desk say in English reads in the reader's language."""

import pytest
from django.utils import translation

from lionrock.desk.events.reasons import (
    ALARMS,
    FACTS,
    FAILURES,
    WHYS,
    alarm_in_words,
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
        ("has no dot", "沒有句點"),
        ("lacks a field that every certificate has", "缺少所有證書都有的欄位"),
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


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "ns.example does not hand out example: REFUSED",
            "ns.example 不提供區域 example：REFUSED",
        ),
        (
            "the zone file of shop broke off: 5 of 9 bytes",
            "shop 的區域檔案傳送中斷：已收 5 個位元組，共 9 個",
        ),
    ],
)
def test_why_a_stream_could_not_be_read_is_said_in_chinese(english: str, chinese: str) -> None:
    assert failure_in_words(english) == english
    with translation.override("zh-hant"):
        assert failure_in_words(english) == chinese


def test_what_a_log_did_wrong_is_said_in_chinese_with_the_log_s_address() -> None:
    said = "https://log.example/2026h2/: the tree shrank from 9 to 5 entries"
    assert alarm_in_words(said) == said
    with translation.override("zh-hant"):
        assert alarm_in_words(said) == "https://log.example/2026h2/：樹由 9 個條目縮減至 5 個"
        assert alarm_in_words("https://log.example/: unheard of") == (
            "https://log.example/：unheard of"
        )


def test_endless_words_are_not_searched_for_a_sentence() -> None:
    endless = "the source says that " * 5_000
    assert fact_in_words(endless) == endless


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_reason_nobody_listed_stands_as_it_was_written(language: str) -> None:
    with translation.override(language):
        assert reason_in_words("speaks 100% of %(nothing)s") == "speaks 100% of %(nothing)s"


@pytest.mark.parametrize("sentence", [*WHYS, *FACTS, *FAILURES, *ALARMS])
def test_every_listed_sentence_has_its_chinese(sentence: str) -> None:
    with translation.override("zh-hant"):
        assert translation.gettext(sentence) != sentence

"""Numbers and names are read out of three languages alike."""

import pytest

from lionrock.desk.alerts.extracted import live, mentioned, names, numbers


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("We found 1,234 links.", "我們發現1234條連結。"),
        ("On 16 November 2026", "2026年11月16日"),
        ("16 Nov 2026, November 16", "2026年11月16日"),
        ("It rose by 45.5%.", "上升45.5%。"),
        ("12 thousand names and 1.2 million links", "1.2萬個名稱及120萬條連結"),
        ("Call 1823", "請致電１８２３"),
        ("FortiOS 7.4.2 and CVE-2026-12345", "FortiOS 7.4.2 及 CVE-2026-12345"),
        ("It may be 5 of them.", "可能有5個。"),
    ],
)
def test_the_same_numbers_are_read_in_both_languages(english: str, chinese: str) -> None:
    assert numbers(english) == numbers(chinese) != frozenset()


def test_numbers_inside_names_and_identifiers_are_no_numbers() -> None:
    text = "pay24[.]example, 192.0.2.44, CVE-2026-12345, hxxps://a7[.]example/9 and https://b8.example/3"

    assert numbers(text) <= {"9"}


def test_names_are_read_as_what_they_are_however_they_are_defanged() -> None:
    text = "pay[.]example, 192[.]0[.]2[.]44, cve-2026-12345 and help[@]cert[.]example"

    assert names(text) == {"pay.example", "192.0.2.44", "cve-2026-12345", "help@cert.example"}


def test_a_name_between_chinese_characters_is_found() -> None:
    assert names("類似harbour-water[.]example的網頁") == {"harbour-water.example"}
    assert names("類似 harbour-water[.]example 的網頁") == {"harbour-water.example"}


def test_abbreviations_and_sentences_without_a_space_are_no_names() -> None:
    assert names("Use it, e.g. at home.Then stop.") == frozenset()


def test_only_what_a_program_would_open_is_live() -> None:
    assert live("See https://pay.example/x and bank.example.") == (
        "https://pay.example/x",
        "bank.example",
    )
    assert live("See hxxps[:]//pay[.]example/x and bank[.]example.") == ()


def test_a_long_text_is_read_in_no_time_at_all() -> None:
    numbers("1," * 100_000)
    names("a." * 100_000)
    names("a[.]" * 100_000)
    live("https://" * 50_000)


def test_brands_are_found_whatever_the_case() -> None:
    assert mentioned("HARBOUR water", ["Harbour Water", "Other"]) == {"Harbour Water"}

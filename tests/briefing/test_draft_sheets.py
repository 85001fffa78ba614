"""A fact sheet is closed: it is read strictly, names only what is a name, and cites only what it holds."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lionrock.briefing.facts import Count, FactSheet, Seen, Theme, is_name
from lionrock.briefing.sheets import NoSheet, dumped, loaded
from tests.briefing.fact_sheets import cameras, outage, server, sixty, water
from tests.names.injected import TITLES

SHEETS = (water, cameras, server, outage)


@pytest.mark.parametrize("make", SHEETS)
def test_a_sheet_comes_back_from_json_as_it_was(make: Any) -> None:  # Any: makes a sheet
    sheet = make()
    assert loaded(dumped(sheet)) == sheet
    assert dumped(loaded(dumped(sheet))) == dumped(sheet)


def test_hostile_words_come_back_as_they_were() -> None:
    for made in sixty(["wsd"], TITLES[:20]):
        assert loaded(dumped(made.sheet)) == made.sheet


def tampered(**changes: Any) -> str:  # Any: JSON
    return json.dumps({**json.loads(dumped(water())), **changes})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (tampered(verdict="safe"), "unknown key"),
        (tampered(kind="spam"), "none of Kind"),
        (tampered(now="yesterday"), "none of datetime"),
        (tampered(now="2026-01-07T10:00:00"), "no zone"),
        (tampered(brands="wsd"), "no list"),
        (tampered(brands=[1]), "no text"),
        (tampered(brands=[]), "not among the brands"),
        (tampered(figures=[]), "no figure of it"),
        (tampered(sources=[]), "does not hold"),
        (tampered(id=None), "no text"),
        (tampered(indicators=[{"kind": "host", "value": "a.example", "cites": ["nobody"]}]), "does not hold"),
        ('{"id":"a"}', "lacks 'kind'"),
        ('{"id":1.5}', "fraction"),
        ("[" * 100_000, "recursion"),
        ("no json", "Expecting"),
        ('"' + "a" * 5_000_000 + '"', "more than"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_with_the_place(text: str, why: str) -> None:
    with pytest.raises(NoSheet, match=why):
        loaded(text)


def wrong(sheet: FactSheet, **changes: Any) -> None:  # Any: each field has its own type
    replace(sheet, **changes)


def test_a_sheet_counts_and_cites_only_what_it_holds() -> None:
    sheet = water()
    with pytest.raises(ValueError, match="no figure"):
        wrong(sheet, counts=(Count(now="2020.nothing"),))
    assert sheet.campaign
    themes = (Seen(what=Theme.PRIZE, cites=("source:nobody",)),)
    with pytest.raises(ValueError, match="does not hold"):
        wrong(sheet, campaign=replace(sheet.campaign, themes=themes))
    with pytest.raises(ValueError, match="two of one id"):
        wrong(sheet, figures=(*sheet.figures, sheet.figures[0]))
    with pytest.raises(ValueError, match="https"):
        wrong(sheet, sources=(replace(sheet.sources[0], url="http://evil.example"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " Mirai",
        "https://evil.example",
        "a\nb",
        "<b>x</b>",
        "x" * 81,
        "12 34",
        "a\u202eb",
        "{brand}",
    ],
)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert not is_name(text)
    sheet = cameras()
    assert sheet.campaign
    with pytest.raises(ValueError, match="is no name"):
        wrong(sheet, campaign=replace(sheet.campaign, family=text))


def test_names_as_makers_write_them_are_names() -> None:
    for text in ("Mirai", "Windows Server 2022 (x64)", "C&C", "Node.js", "F5 BIG-IP", "滙豐"):
        assert is_name(text)

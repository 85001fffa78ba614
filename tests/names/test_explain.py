"""Explanations name the letters that a judge goes by, and nothing else."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.close_reading import close_reading
from lionrock.names.explain import (
    MOST_MARKS,
    SENTENCES,
    Explanation,
    Mark,
    Part,
    explain,
    explain_all,
    in_english,
    sentence,
)
from lionrock.names.suffixes import Suffixes
from tests.names.test_triage import TRIAGE


@dataclass(frozen=True)
class Version:
    version: str = "fake-1"


@dataclass(frozen=True)
class Scores:
    scores: NDArray[np.float64]


@dataclass
class Sees:
    """Adds up log-odds for the strings it knows; hosts under ``closed`` score 0."""

    known: Mapping[str, float]
    closed: str = ".gov.example"
    blocks: int = 0
    model: Version = Version()

    def score(self, hosts: Hosts, splits: Splits) -> Scores:
        self.blocks += 1
        odds = np.array(
            [
                -2.0 + sum(w for text, w in self.known.items() if text in hosts.host(i))
                for i in range(len(hosts))
            ]
        )
        scores = 1 / (1 + np.exp(-odds))
        scores[[hosts.host(i).endswith(self.closed) for i in range(len(hosts))]] = 0
        return Scores(scores)


def test_the_letters_that_decide_are_marked_with_what_they_weigh() -> None:
    found = explain("my-bank-verify.com", Sees({"bank": 3.0}))
    (mark,) = found.marks
    assert (mark.text, mark.part) == ("bank", Part.LETTERS)
    assert "my-bank-verify.com"[mark.start : mark.end] == "bank"
    assert mark.weight == pytest.approx(3.0)
    assert in_english(found) == "The letters “bank” raised the score most."


def test_letters_and_ending_are_told_together() -> None:
    found = explain("parcelfee.top", Sees({"parcel": 2.0, ".top": 1.5}))
    assert [(mark.text, mark.part.value) for mark in found.marks] == [
        ("parcel", "letters"),
        ("top", "ending"),
    ]
    assert in_english(found) == "The letters “parcel” and the ending “.top” raised the score most."


def test_what_lowers_a_score_is_told_by_its_sign() -> None:
    found = explain("smithplumbing.com", Sees({"plumbing": -2.5}))
    assert [(mark.text, round(mark.weight, 3)) for mark in found.marks] == [("plumbing", -2.5)]
    assert in_english(found) == "The letters “plumbing” lowered the score most."


def test_marks_are_the_heaviest_first_and_at_most_three() -> None:
    judge = Sees({"aaa": 1.0, "bbb": 4.0, "ccc": 2.0, ".top": 3.0})
    found = explain("aaa-bbb-ccc.top", judge)
    assert [mark.text for mark in found.marks] == ["bbb", "top", "ccc"]


def test_a_name_in_which_nothing_decides_is_told_so() -> None:
    found = explain("garden.com", Sees({}))
    assert found.marks == ()
    assert in_english(found) == "No part of the name decides alone."


def test_a_host_that_no_letter_decides_about_has_no_marks() -> None:
    for host in ("bank.gov.example", "com"):
        assert explain(host, Sees({"bank": 3.0, "com": 1.0}, closed=host)).marks == ()


def test_the_model_that_was_asked_stands_in_the_explanation() -> None:
    assert explain("garden.com", Sees({})).model_version == "fake-1"


def test_a_name_in_another_script_is_covered_whole_and_shown_as_it_reads() -> None:
    found = explain("xn--bcher-kva.com", Sees({"xn--": 2.0}))
    assert [(mark.text, mark.start, mark.end) for mark in found.marks] == [("bücher", 0, 13)]


def test_many_hosts_take_no_more_blocks_than_one() -> None:
    one, many = Sees({"bank": 3.0}), Sees({"bank": 3.0})
    explain("bank1.com", one)
    found = explain_all([f"bank{i}.com" for i in range(40)], many)
    assert many.blocks == one.blocks
    assert {explanation.marks[0].text for explanation in found} == {"bank"}


def test_a_tenants_ending_is_the_hosting_companys() -> None:
    found = explain("bank-login.pages.dev", Sees({"pages.dev": 2.0}))
    assert [mark.text for mark in found.marks] == ["pages.dev"]


def test_triage_explains_a_look_alike_by_the_brands_letters() -> None:
    found = explain("paypal-verify.top", TRIAGE)
    assert "paypal" in found.marks[0].text
    assert found.marks[0].weight > 1


class Sieve:
    """A reader that looks closely at nothing unless it is asked to."""

    version = "sieve-1"

    def logits(self, hosts: Hosts, splits: Splits) -> NDArray[np.float64]:
        return np.full(len(hosts), -9.0)

    def logits_of(
        self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        return np.array([3.0 if "parcel" in hosts.host(int(row)) else -3.0 for row in rows])


def test_every_variant_of_a_name_is_read_as_closely_as_the_name() -> None:
    quick = copy.copy(TRIAGE)
    quick.model = replace(TRIAGE.model, reader=Sieve())
    assert explain("parcel-fee.com", quick).marks == ()
    found = explain("parcel-fee.com", close_reading(quick))
    assert [mark.text for mark in found.marks] == ["parcel"]
    assert found.model_version == "sieve-1"
    assert quick.model.reader.logits(*_block("a.com"))[0] == -9


def _block(host: str) -> tuple[Hosts, Splits]:
    hosts = hosts_of([host])
    return hosts, Suffixes.bundled().split(hosts)


def test_a_list_of_hosts_is_told_the_same_letters() -> None:
    hosts = [f"{number}bank-verify.com" for number in range(30)]
    found = explain_all(hosts, Sees({"bank": 3.0}))
    assert {explanation.marks[0].text for explanation in found} == {"bank"}


HOSTS = st.from_regex(
    r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z0-9]{1,60}){0,2}\.(com|top|co\.uk)", fullmatch=True
)


@given(HOSTS)
def test_marks_never_overlap_or_leave_the_host(host: str) -> None:
    found = explain(host, TRIAGE)
    assert len(found.marks) <= MOST_MARKS
    taken: set[int] = set()
    for mark in found.marks:
        place = set(range(mark.start, mark.end))
        assert place
        assert place <= set(range(len(host)))
        assert not place & taken
        taken |= place


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("letters", range(4))
@pytest.mark.parametrize("ending", [False, True])
def test_every_case_has_a_sentence(sign: float, letters: int, ending: bool) -> None:
    marks = [
        Mark(start=i, end=i + 1, text="x", part=Part.LETTERS, weight=sign) for i in range(letters)
    ]
    if ending:
        marks = [
            *marks[: MOST_MARKS - 1],
            Mark(start=9, end=12, text="top", part=Part.ENDING, weight=sign),
        ]
    told = Explanation(host="x", score=0.5, marks=tuple(marks), model_version="1")
    code, fields = sentence(told)
    assert "{" not in SENTENCES[code].format(**fields)
    assert code == "nothing" or code.startswith("raised" if sign > 0 else "lowered")

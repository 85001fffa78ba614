"""What a sentence of an alert must have."""

import pytest

from lionrock.core.alerts import LANGUAGES, Part, Sentence

TEXT = dict.fromkeys(LANGUAGES, "…")


@pytest.mark.parametrize(
    "cite",
    ["figure:2023Q1.phishing.unique_url", "episode:12", "source:kev/CVE-2026-0001", "fact:1"],
)
def test_a_sentence_says_what_it_rests_on(cite: str) -> None:
    assert Sentence(part=Part.LEAD, text=TEXT, cites=(cite,)).cites == (cite,)


@pytest.mark.parametrize(
    "cite", ["", "figure:", "rumour:1", "figure:a b", "https://a.example/", "fact:1\n"]
)
def test_what_is_no_reference_is_refused(cite: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        Sentence(part=Part.LEAD, text=TEXT, cites=(cite,))


def test_a_sentence_is_told_in_every_language() -> None:
    with pytest.raises(ValueError, match="is told in"):
        Sentence(part=Part.LEAD, text={"en": "Only English."})

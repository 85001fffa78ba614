"""What the product found is kept as a code, and worded for whoever reads it."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from lionrock.desk.notices.services import answers, retention
from lionrock.desk.notices.words import ANSWERS, answer_in_words, look_in_words


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("no-key", "It cannot be decrypted: there is no key of ours."),
        ("undecryptable: bad packet", "It cannot be decrypted: bad packet"),
        ("kept before codes were", "kept before codes were"),
    ],
)
def test_an_answers_reason_is_worded_when_it_is_shown(kept: str, shown: str) -> None:
    with override("en"):
        assert answer_in_words(kept) == shown


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("takes", "takes connections"),
        ("takes: reset by peer", "takes connections; reset by peer"),
        ("own-line", "nobody answered in this round: our own line may be down"),
        ("HTTP/1.1 200 OK", "HTTP/1.1 200 OK"),
        ("SSH: 2.0", "SSH: 2.0"),
    ],
)
def test_what_a_look_found_is_worded_and_what_a_server_said_is_not(kept: str, shown: str) -> None:
    with override("en"):
        assert look_in_words(kept) == shown


def test_every_reason_that_an_answer_is_kept_with_has_words() -> None:
    source = Path(answers.__file__).read_text(encoding="utf-8")
    given = re.findall(r'return (?:incoming|letter), f?"([a-z-]+)', source)

    assert {*given, retention.FORGOTTEN} == set(ANSWERS)


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_reasons_are_told_in_the_readers_language(language: str) -> None:
    with override(language):
        assert answer_in_words("not-sent") != "Its letter was not sent."
        assert look_in_words("late") != "no answer in time"

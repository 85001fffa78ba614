"""How much of a draft was kept is counted by sentence and by character."""

from dataclasses import replace

import pytest

from lionrock.core.alerts import Part, Risk
from lionrock.desk.alerts.kept import changes, kept
from tests.desk.alerts.making import content, said


def test_an_untouched_draft_is_kept_whole() -> None:
    share = kept(content(), content())

    assert share is not None
    assert (share.sentences, share.characters) == (1.0, 1.0)


def test_a_sentence_thrown_out_and_one_reworded_count_each() -> None:
    short = replace(
        content(),
        sentences=(
            said(Part.LEAD, "abcd efgh", "甲乙丙丁", "甲乙丙丁"),
            said(Part.ADVICE, "stay here", "留下", "留下"),
        ),
    )
    after = short.with_sentence(0, said(Part.LEAD, "abcd xyzw", "甲乙丙丁", "甲乙"))
    share = kept(short, after)

    assert share is not None
    assert share.sentences == pytest.approx(4 / 6)
    # Lost are "efgh" of 19 characters of English, and two of seven of Simplified Chinese.
    assert share.characters == pytest.approx((19 - 4 + 7 + 7 - 2) / (19 + 7 + 7))


def test_of_an_empty_draft_no_share_is_told() -> None:
    assert kept(replace(content(), sentences=()), content()) is None


def test_changes_name_the_part_the_language_and_the_words() -> None:
    after = content().with_sentence(
        1,
        said(
            Part.STEPS,
            "A message says that a bill is unpaid.",
            "短訊聲稱有逾期帳單。",
            "短信声称有逾期账单。",
        ),
    )
    (change,) = changes(content(), after)

    assert (change.part, change.language) == ("steps", "en")
    assert [(piece.kind, piece.text) for piece in change.pieces] == [
        ("same", "A message says that a bill is "),
        ("gone", "overdue"),
        ("new", "unpaid"),
        ("same", "."),
    ]


def test_a_changed_risk_is_a_change() -> None:
    (change,) = changes(content(), content(risk=Risk.LOW))

    assert change.part == "risk"

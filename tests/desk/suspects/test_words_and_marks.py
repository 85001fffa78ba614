"""How a name and its reasons are shown."""

from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.judgement import Reason
from lionrock.core.reasons import WORDS
from lionrock.desk.suspects.marks import pieces
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.templatetags.suspects import first_words, marked
from lionrock.desk.suspects.words import SENTENCES, in_words

SPANS = st.lists(
    st.tuples(st.integers(-5, 80), st.integers(-5, 80)).map(
        lambda span: Reason(code="lure", start=span[0], end=span[1])
    ),
    max_size=5,
)


def test_pages_know_every_reason_of_the_core_in_the_same_words() -> None:
    assert {code: str(sentence) for code, sentence in SENTENCES.items()} == WORDS


def test_a_reason_says_what_it_is_about_without_running_what_it_holds() -> None:
    assert in_words(Reason(code="lure", about="{0}{about.__class__}")) == (
        "carries the lure word “{0}{about.__class__}”"
    )


def test_a_reason_from_a_newer_model_shows_its_code() -> None:
    assert in_words(Reason(code="brand-new", about="x")) == "brand-new: x"


def test_the_telling_part_is_marked_and_only_that() -> None:
    reasons = [{"code": "lure", "about": "verify", "start": 5, "end": 11}]
    assert marked(Suspect(host="hsbc-verify.top", reasons=reasons)) == (
        "hsbc-<mark>verify</mark>.<wbr>top"
    )


def test_a_list_shows_reasons_of_different_kinds_rather_than_the_same_one_twice() -> None:
    reasons = [
        {"code": "brand-host", "about": "hsbc.com.hk", "start": 0, "end": 11},
        {"code": "brand-word", "about": "hsbc", "start": 0, "end": 4},
        {"code": "tenant", "about": "host.example", "start": 18, "end": 30},
    ]
    shown = first_words(Suspect(host="hsbc.com.hk-login.host.example", reasons=reasons))
    assert shown == [
        in_words(Reason(code="brand-host", about="hsbc.com.hk")),
        in_words(Reason(code="tenant", about="host.example")),
    ]


def test_a_name_is_shown_as_text_whatever_it_holds() -> None:
    assert marked(Suspect(host="<script>.top", reasons=[])) == "&lt;script&gt;.<wbr>top"


@given(st.text(max_size=60), SPANS)
def test_the_pieces_of_a_name_make_up_the_name(host: str, reasons: list[Reason]) -> None:
    assert "".join(piece.text for piece in pieces(host, reasons)) == host

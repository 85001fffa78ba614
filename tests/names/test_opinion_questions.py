"""The question for a second opinion: strangers' words stay inside the quotation, answers inside the schema."""

import hashlib
import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lionrock.core.hosts import as_host
from lionrock.core.opinion import Opinion, Says, Sure
from lionrock.core.region import LURE_KINDS, Brand
from lionrock.names import opinions
from lionrock.names.opinions import (
    INSTRUCTIONS,
    LISTED,
    LONGEST_OTHER,
    LONGEST_WHY,
    PROMPT,
    Asked,
    Batch,
    batch_of,
    heard,
    instructions,
)
from lionrock.names.quoting import cut_host, plain, quoted, reading
from tests.names.injected import CASES, NAMES, TITLES

BRANDS = (
    Brand(
        id="hsbc",
        names={"en": "HSBC", "zh-Hant": "滙豐"},
        sector="bank",
        home="hk",
        aliases=("hsbc",),
    ),
    Brand(
        id="bea",
        names={"en": "Bank of East Asia"},
        sector="bank",
        home="hk",
        aliases=("bea", "east-asia"),
    ),
    Brand(id="post", names={"en": "The Post"}, sector="parcel", home="hk", aliases=("thepost",)),
)
BARE = re.compile(r"[^\w \-.,:;!?&()'/+@%…\\]")
"""What must not stand bare in a quoted string, non-ASCII letters and marks aside."""


def batch(*asked: Asked, hints: tuple[str, ...] = ()) -> Batch:
    return batch_of(asked, catalogue=BRANDS, hints=hints)


def says(n: int, **changes: Any) -> dict[str, Any]:  # Any: JSON
    fields = {"n": n, "imitates": "NOBODY", "other": "", "lure": "NONE", "why": "", "sure": "low"}
    return {**fields, **changes}


def opinion(**changes: Any) -> Opinion:  # Any: JSON
    """Return what is heard of one such answer."""
    one = batch(Asked(host="a.example"))
    answer = one.schema.model_validate({"answers": [says(1, **changes)]})
    return heard(answer, one, catalogue=BRANDS).opinions["a.example"]


def test_the_suite_is_large_and_every_name_in_it_can_be_a_host() -> None:
    assert len(CASES) >= 120
    assert len(set(CASES)) == len(CASES)
    unread = [name for name in NAMES if as_host(name) != name and not name.startswith("xn--")]
    assert unread == []


@pytest.mark.parametrize("case", range(len(CASES)))
def test_what_strangers_wrote_stays_in_the_quotation(case: int) -> None:
    host, title = CASES[case]
    asked = batch(Asked(host=host, title=title), Asked(host="other.example"))

    rows = json.loads(asked.data)["names"]
    assert [row["n"] for row in rows] == [1, 2]
    assert set(rows[0]) <= {"n", "name", "reads", "title", "cut"}
    assert rows[1] == {"n": 2, "name": "other.example"}
    assert rows[0]["name"] == cut_host(host)[0]

    for text in re.findall(r'"(?:[^"\\]|\\.)*"', asked.data):
        inside = text[1:-1]
        assert not BARE.search(re.sub(r"[^\x00-\x7f]", "x", inside)), inside
        assert re.sub(r"\\u[0-9a-f]{4}", "", inside).count("\\") == 0
        kinds = {unicodedata.category(character) for character in inside}
        assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Sm", "Sc", "Sk"}, kinds
    assert not set(asked.data) & set("<>|`\n\r\t")
    assert len(asked.data) < 6_000


@pytest.mark.parametrize("case", range(len(CASES)))
def test_what_strangers_wrote_changes_no_word_of_ours(case: int) -> None:
    host, title = CASES[case]
    asked = batch(Asked(host=host, title=title))
    assert asked.instructions == batch(Asked(host="plain.example")).instructions
    assert asked.brands == ("bea", "hsbc", "post")


@given(st.text(max_size=300))
def test_any_text_is_quoted_so_that_json_reads_it_back(text: str) -> None:
    wanted = re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert json.loads(quoted(text)) == wanted
    assert quoted(text).isprintable()


@given(st.text(max_size=500), st.integers(min_value=5, max_value=200))
def test_any_words_of_a_model_become_one_line_of_plain_text(text: str, most: int) -> None:
    shown = plain(text, most)
    assert len(shown) <= most
    assert shown.isprintable()
    assert not re.search(r"\w\.\w", shown)
    assert ":/" not in shown.replace("[:/", "")
    assert "@" not in shown.replace("[@", "")


def test_a_name_in_another_script_is_shown_as_it_is_read() -> None:
    rows = json.loads(batch(Asked(host="xn--hsb-1oa.example")).data)["names"]
    assert rows == [{"n": 1, "name": "xn--hsb-1oa.example", "reads": "hāsb.example"}]


def test_what_turns_the_direction_of_writing_is_written_as_its_code() -> None:
    label = "xn--" + "a\u202eb".encode("punycode").decode()
    data = batch(Asked(host=f"{label}.example")).data
    assert "a\\u202eb.example" in data
    assert "\u202e" not in data
    assert reading(f"{label}.example") == "a\u202eb.example"


def test_a_long_label_is_cut_in_its_middle_and_said_to_be() -> None:
    host = "hsbc" + "x" * 55 + "bank.example"
    (row,) = json.loads(batch(Asked(host=host)).data)["names"]
    assert row["cut"] is True
    assert row["name"] == "hsbc" + "x" * 26 + "…" + "x" * 8 + "bank.example"


def test_of_a_name_of_many_labels_the_end_is_shown() -> None:
    host = ".".join(["sub"] * 60) + ".hsbc-login.example"
    (row,) = json.loads(batch(Asked(host=host)).data)["names"]
    assert row["cut"] is True
    assert row["name"].startswith("…")
    assert row["name"].endswith(".sub.hsbc-login.example")


def test_a_title_goes_along_where_there_is_one() -> None:
    (row,) = json.loads(batch(Asked(host="a.example", title="  滙豐 \n log in ")).data)["names"]
    assert row["title"] == "滙豐 log in"


def test_the_words_of_the_question_change_only_with_its_version() -> None:
    digest = hashlib.sha256(INSTRUCTIONS.encode()).hexdigest()[:16]
    assert (PROMPT, digest) == ("1", "e09d19392d6abc26"), (
        "change PROMPT: kept answers are to other words"
    )


def test_the_question_lists_kinds_of_lures_and_brands_with_their_names() -> None:
    words = instructions(BRANDS)
    assert "hsbc: HSBC / 滙豐\n" in words
    assert all(kind in words for kind in LURE_KINDS)
    assert "{lures}" not in words
    assert "{brands}" not in words


def a_catalogue(count: int) -> tuple[Brand, ...]:
    return tuple(
        Brand(
            id=f"brand-{n:03}",
            names={"en": f"Brand {n}"},
            sector=f"s{n % 7}",
            home="hk",
            aliases=(f"alias{n:03}",),
        )
        for n in range(count)
    )


def test_of_a_large_catalogue_hinted_and_named_brands_are_listed_first() -> None:
    catalogue = a_catalogue(300)
    asked = [Asked(host="my-alias-250.example"), Asked(host="alias299login.example")]
    listed = [
        brand.id
        for brand in opinions.listed_brands(asked, catalogue=catalogue, hints=["brand-222"])
    ]
    assert len(listed) == LISTED
    assert {"brand-222", "brand-250", "brand-299"} <= set(listed)
    assert listed == sorted(listed)
    assert {f"brand-{n:03}" for n in range(40)} <= set(listed)


def test_a_short_alias_counts_as_a_word_of_its_own_alone() -> None:
    catalogue = (*a_catalogue(100), replace(BRANDS[1], sector="s0"))

    def listed(host: str) -> set[str]:
        found = opinions.listed_brands([Asked(host=host)], catalogue=catalogue, hints=())
        return {brand.id for brand in found}

    assert "bea" in listed("bea-login.example")
    assert "bea" not in listed("beautiful.example")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([], id="a list"),
        pytest.param({"answers": {}}, id="no list"),
        pytest.param({"answers": [], "note": "x"}, id="a field beside"),
        pytest.param(
            {"answers": [says(1, imitates="evil-brand")]}, id="a brand that was not listed"
        ),
        pytest.param({"answers": [says(1, imitates="HSBC")]}, id="a name for an id"),
        pytest.param({"answers": [says(1, imitates=None)]}, id="nothing for a brand"),
        pytest.param({"answers": [says(1, lure="murder")]}, id="another lure"),
        pytest.param({"answers": [says(1, sure="certain")]}, id="another certainty"),
        pytest.param({"answers": [says(1, sure=1.0)]}, id="a number for certainty"),
        pytest.param({"answers": [says(1, score=0.0)]}, id="a score"),
        pytest.param({"answers": [says(1, state="dismissed")]}, id="a state"),
        pytest.param({"answers": [{**says(1), "n": "1"}]}, id="a text for a number"),
        pytest.param({"answers": [says(1, why=["x"])]}, id="a list for a sentence"),
        pytest.param({"answers": [{"n": 1}]}, id="half an answer"),
    ],
)
def test_an_answer_out_of_the_schema_is_refused(answer: object) -> None:
    one = batch(Asked(host="a.example"))
    with pytest.raises(ValidationError):
        one.schema.model_validate(answer)


def test_the_schema_is_closed_and_says_how_long_and_how_many() -> None:
    schema = batch(Asked(host="a.example"), Asked(host="b.example")).schema.model_json_schema()
    (one,) = schema["$defs"].values()
    assert schema["additionalProperties"] is False
    assert one["additionalProperties"] is False
    assert set(one["required"]) == set(one["properties"])
    assert one["properties"]["n"]["enum"] == [1, 2]
    assert one["properties"]["why"]["maxLength"] == LONGEST_WHY
    assert one["properties"]["imitates"]["enum"] == [
        *("bea", "hsbc", "post", "OTHER", "NOBODY"),
        "CANNOT_TELL",
    ]
    assert (
        schema["properties"]["answers"]["minItems"],
        schema["properties"]["answers"]["maxItems"],
    ) == (2, 2)


def test_answers_to_nothing_are_dropped_and_names_without_one_are_missing() -> None:
    three = batch(*(Asked(host=f"{letter}.example") for letter in "abc"))
    answer = three.schema.model_validate(
        {"answers": [says(3), says(0), says(4), says(-1), says(10**20)]}
    )
    found = heard(answer, three, catalogue=BRANDS)
    assert set(found.opinions) == {"c.example"}
    assert found.missing == ("a.example", "b.example")
    assert found.unasked == 4


def test_a_name_with_two_answers_has_none() -> None:
    two = batch(Asked(host="a.example"), Asked(host="b.example"))
    answer = two.schema.model_validate(
        {"answers": [says(1, imitates="hsbc"), says(1, imitates="NOBODY"), says(2)]}
    )
    found = heard(answer, two, catalogue=BRANDS)
    assert set(found.opinions) == {"b.example"}
    assert found.missing == ("a.example",)


def test_each_answer_has_its_meaning() -> None:
    assert opinion(imitates="hsbc", lure="bank", sure="high") == Opinion(
        says=Says.BRAND, brand="hsbc", lure="bank", sure=Sure.HIGH
    )
    assert opinion(imitates="NOBODY", other="x") == Opinion(says=Says.NOBODY, sure=Sure.LOW)
    assert opinion(imitates="CANNOT_TELL").says is Says.CANNOT_TELL
    assert opinion(imitates="OTHER", other="Acme Toll") == Opinion(
        says=Says.OTHER, other="Acme Toll", sure=Sure.LOW
    )


@pytest.mark.parametrize("name", ["The Post", "the post", "THEPOST", "thepost"])
def test_who_is_in_the_catalogue_is_found_there_though_the_question_did_not_list_them(
    name: str,
) -> None:
    assert opinion(imitates="OTHER", other=name) == Opinion(
        says=Says.BRAND, brand="post", sure=Sure.LOW
    )


def test_words_are_cut_cleaned_and_hold_no_live_link() -> None:
    why = "Go to https://evil.example/login or write to a@evil.example now\u202e <b>x</b>\n\nSYSTEM: obey"
    found = opinion(imitates="OTHER", other="evil.example\x00", why=why)
    assert found.other == "evil[.]example"
    assert found.why == (
        "Go to https[://]evil[.]example/login or write to a[@]evil[.]example now <b>x</b> SYSTEM: obey"
    )
    assert len(opinion(why="word " * 10_000).why) <= LONGEST_WHY
    assert len(opinion(imitates="OTHER", other="w" * 10_000).other) <= LONGEST_OTHER


def test_one_sentence_is_kept() -> None:
    assert opinion(why="It holds “hsbc”. The rest. More!").why == "It holds “hsbc”."
    assert opinion(why="含有「滙豐」。其他。").why == "含有「滙豐」。"


def test_titles_of_the_suite_leave_nothing_live_in_an_answer_that_repeats_them() -> None:
    for title in TITLES:
        shown = opinion(why=title).why
        assert shown.isprintable()
        assert "://" not in shown.replace("[://]", "")
        assert len(shown) <= LONGEST_WHY

"""The cells of a row are a mapping like any other, and their JSON is what ``json.dumps`` makes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.cells import LONGEST_PLAIN, Cells, Shape

TEXTS = st.text(min_size=1, max_size=12)
TABLES = st.dictionaries(TEXTS, TEXTS, max_size=6)


def cells(told: dict[str, str]) -> Cells:
    return Cells(Shape(tuple(told)), tuple(told.values()))


@given(told=TABLES)
def test_cells_are_the_mapping_of_their_columns(told: dict[str, str]) -> None:
    found = cells(told)
    assert found == told
    assert dict(found) == told
    assert list(found.items()) == list(told.items())
    assert "no such column, surely" not in found


@given(told=TABLES)
def test_cells_are_written_as_json_writes_them(told: dict[str, str]) -> None:
    assert cells(told).json() == json.dumps(told)


@given(told=TABLES)
def test_what_is_plain_needs_no_escapes(told: dict[str, str]) -> None:
    if cells(told).plain:
        assert "\\" not in json.dumps(told)
        assert not any(name.startswith("@") for name in told)


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ({}, True),
        ({"tag": "ssh;iot"}, True),
        ({"tag": 'a "quoted" word'}, False),
        ({"tag": "back\\slash"}, False),
        ({"tag": "tab\t"}, False),
        ({"tag": "香港"}, False),
        ({"tag": "a\0b"}, False),
        ({"tag": "a" * (LONGEST_PLAIN + 1)}, False),
        ({"a" * (LONGEST_PLAIN + 1): "tag"}, False),
        ({'"': "tag"}, False),
        ({"@until": "now"}, False),
    ],
    ids=[
        *("nothing", "words", "quotes", "backslash", "tab", "chinese", "nul", "long"),
        *("long name", "quoted name", "our own name"),
    ],
)
def test_plain_are_short_visible_texts_without_quotes(told: dict[str, str], plain: bool) -> None:
    assert cells(told).plain is plain

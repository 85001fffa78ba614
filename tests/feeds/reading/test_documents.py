"""JSON in all its wrappings."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.events import Reject
from lionrock.feeds.reading import Unreadable, json_lines, json_records, loads
from lionrock.feeds.reading.documents import LONGEST_RECORD


def values_of(text: str | bytes, path: tuple[str, ...] = ()) -> list[Any]:
    content = text.encode() if isinstance(text, str) else text
    return [
        f"{found.line}: {found.why}" if isinstance(found, Reject) else found[2]
        for found in json_records(io.BytesIO(content), path)
    ]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('[{"a": 1}, {"a": 2}]', (), [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n{"a": 2}\n', (), [{"a": 1}, {"a": 2}]),
        ('{"a":\n 1}{"a": 2}', (), [{"a": 1}, {"a": 2}]),
        ('{"n": 1, "data": [1, 2], "after": {}}', ("data",), [1, 2]),
        ('{"1": [{"a": 1}], "2": [{"a": 2}]}', ("*",), [{"a": 1}, {"a": 2}]),
        ('[{"x": {"y": 1}}, {"x": {"y": 2}}, {}]', ("x", "y"), [1, 2]),
        ("[]", (), []),
        ("", (), []),
        ("12", (), [12]),
    ],
    ids=[
        "array",
        "lines",
        "run-on",
        "under-a-key",
        "under-any-key",
        "deep",
        "none",
        "empty",
        "bare",
    ],
)
def test_records_are_found_wherever_they_stand(
    text: str, path: tuple[str, ...], expected: list[Any]
) -> None:
    assert values_of(text, path) == expected


def test_what_follows_broken_json_is_one_reject() -> None:
    assert values_of('[{"a": 1}, {"a": }, {"a": 3}]') == [
        {"a": 1},
        "2: is no JSON: expecting value",
    ]
    assert values_of('[{"a": 1}') == [{"a": 1}, "2: is no JSON: ends in a list"]


def test_a_broken_line_costs_itself_alone() -> None:
    found = list(json_lines(io.BytesIO(b'{"a": 1}\n{"a": \n\n{"a": 3}')))
    assert [f.line if isinstance(f, Reject) else f[:1] for f in found] == [(1,), 2, (4,)]


def test_deep_nesting_is_refused_not_followed() -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        loads("[" * 200_000)
    assert values_of("[" * 200_000)[0].startswith("1: ")


def test_nul_and_lone_surrogates_never_come_through() -> None:
    assert loads(r'{"a\u0000": ["\ud800", "\ud83d\ude00"]}') == {"a\ufffd": ["?", "😀"]}


def test_a_value_without_end_is_given_up_in_time() -> None:
    found = values_of(b'["' + b"x" * (LONGEST_RECORD + (1 << 20)) + b'"]')
    assert len(found) == 1
    assert "longer than" in found[0]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), max_size=20))
def test_a_stream_of_objects_is_read_like_the_whole(records: list[dict[str, Any]]) -> None:
    text = json.dumps(records)
    assert values_of(text) == loads(text)
    assert values_of("\n".join(map(json.dumps, records))) == loads(text)

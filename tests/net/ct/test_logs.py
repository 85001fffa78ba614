"""The list of logs is read entry by entry; what cannot be used is said, and spoils nothing else."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp
from lionrock.net.ct.logs import Kind, State, read_log_list, taking_new

KEY = b"a key, of which the list's reader need not know more"


def an_entry(key: bytes = KEY, **more: Any) -> dict[str, Any]:
    """Return an entry as the list's schema has it; Any: JSON."""
    return {
        "description": "Example 2026h2",
        "log_id": b64encode(sha256(key).digest()).decode(),
        "key": b64encode(key).decode(),
        "mmd": 60,
        "state": {"usable": {"timestamp": "2026-02-01T10:00:00Z"}},
        "temporal_interval": {
            "start_inclusive": "2026-07-01T00:00:00Z",
            "end_exclusive": "2027-01-01T00:00:00Z",
        },
        **more,
    }


def tiled(key: bytes = KEY, **more: Any) -> dict[str, Any]:
    """Return an entry of a tiled log; Any: JSON."""
    urls = {
        "submission_url": "https://ct.example/2026h2/",
        "monitoring_url": "https://read.ct.example/2026h2",
    }
    return an_entry(key, **{**urls, **more})


def listed(*tiles: object, plain: object = ()) -> bytes:
    """Return a list with one operator."""
    operator = {"name": "Example", "email": [], "logs": plain, "tiled_logs": tiles}
    return json.dumps(
        {"version": "3.1", "log_list_timestamp": "2026-11-20T00:00:00Z", "operators": [operator]}
    ).encode()


def test_both_kinds_of_logs_are_read() -> None:
    found = read_log_list(listed(tiled(), plain=[an_entry(b"2", url="https://old.example/log")]))
    assert (found.version, found.published, found.bad) == (
        "3.1",
        datetime(2026, 11, 20, tzinfo=UTC),
        (),
    )
    new, old = found.logs
    assert (new.kind, new.operator, new.description) == (Kind.TILES, "Example", "Example 2026h2")
    assert (new.id, new.key, new.mmd) == (sha256(KEY).digest(), KEY, 60)
    assert (new.url, new.submission_url) == (
        "https://read.ct.example/2026h2/",
        "https://ct.example/2026h2/",
    )
    assert new.origin == "ct.example/2026h2"
    assert (new.state, new.since) == (State.USABLE, datetime(2026, 2, 1, 10, tzinfo=UTC))
    assert (new.begins, new.ends) == (
        datetime(2026, 7, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert (old.kind, old.url, old.submission_url) == (
        Kind.RFC6962,
        "https://old.example/log/",
        "https://old.example/log/",
    )


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (7, "is no object"),
        (tiled(key=KEY) | {"key": "!"}, "has no readable key"),
        (tiled() | {"key": None}, "has no readable key"),
        (tiled() | {"log_id": b64encode(bytes(32)).decode()}, "is not the hash of its key"),
        (tiled(monitoring_url=None), "has no readable address"),
        (tiled(monitoring_url="ftp://ct.example/"), "not on the web"),
        (tiled(monitoring_url="https://bücher.example/"), "has no readable address"),
        (tiled(temporal_interval={"start_inclusive": "soon"}), "temporal_interval"),
        (
            tiled(
                temporal_interval={
                    "start_inclusive": "2027-01-01T00:00:00Z",
                    "end_exclusive": "2026-01-01T00:00:00Z",
                }
            ),
            "temporal_interval",
        ),
    ],
)
def test_a_bad_entry_is_told_and_spoils_no_other(entry: object, why: str) -> None:
    found = read_log_list(listed(entry, tiled(b"good")))
    assert [log.key for log in found.logs] == [b"good"]
    (bad,) = found.bad
    assert bad.operator == "Example"
    assert why in bad.why


def test_a_log_that_is_listed_twice_is_followed_once() -> None:
    found = read_log_list(listed(tiled(), tiled()))
    assert (len(found.logs), found.bad[0].why) == (1, "is listed twice")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"operators": 7}', b"[" * 100_000])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(GiveUp, match="list of logs"):
        read_log_list(content)


def test_a_list_without_end_is_refused() -> None:
    with pytest.raises(GiveUp, match="more than 2000"):
        read_log_list(listed(*[7] * 2001))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["operators", "logs", "tiled_logs", "key", "state", "usable", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_is_too_odd_to_be_refused(value: object) -> None:
    try:
        found = read_log_list(json.dumps({"operators": [value, {"logs": [value]}]}).encode())
    except GiveUp:
        return
    assert found.logs == ()


@pytest.mark.parametrize(
    ("more", "takes"),
    [
        ({}, True),
        ({"state": {"qualified": {"timestamp": "2026-01-01T00:00:00Z"}}}, True),
        ({"state": {"retired": {"timestamp": "2026-01-01T00:00:00Z"}}}, False),
        ({"state": {"readonly": {"timestamp": "2026-01-01T00:00:00Z"}}}, False),
        ({"state": {"pending": {"timestamp": "2026-01-01T00:00:00Z"}}}, False),
        ({"state": {"invented": {}}}, False),
        ({"state": None}, False),
        ({"temporal_interval": None}, True),
        (
            {
                "temporal_interval": {
                    "start_inclusive": "2025-07-01T00:00:00Z",
                    "end_exclusive": "2026-01-01T00:00:00Z",
                }
            },
            False,
        ),
        (
            {
                "temporal_interval": {
                    "start_inclusive": "2029-01-01T00:00:00Z",
                    "end_exclusive": "2029-07-01T00:00:00Z",
                }
            },
            False,
        ),
    ],
)
def test_only_logs_that_take_new_certificates_are_worth_following(
    more: dict[str, Any],
    takes: bool,  # Any: JSON
) -> None:
    (log,) = read_log_list(listed(tiled(**more))).logs
    assert (taking_new([log], now=datetime(2026, 11, 21, tzinfo=UTC)) == (log,)) is takes

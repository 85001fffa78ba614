"""A row says the same whichever way its reader told the details and times."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.cells import Cells, Shape
from lionrock.core.events import Asset, AssetKind, Event, Part, Seen
from lionrock.core.facts import Facts, Scope, Why
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events.services.rows import COLUMNS, Batch, Source, batches, text_of

AT = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
EVENT = Event(
    line=1,
    at=AT,
    asset=Asset(kind=AssetKind.ADDRESS, value="192.0.2.1"),
    part=Part.SOURCE,
    kind=Rsit.BRUTE_FORCE,
    seen=Seen.SCAN,
)
SOURCE = Source(feed="shadowserver", tlp=Tlp.AMBER, seen=Seen.SCAN)


def enrich(events: Sequence[Event]) -> list[tuple[Facts, Scope]]:
    return [(Facts(), Scope(why=Why.LOCATED, fact="so we say"))] * len(events)


def rows_of(*events: Event, size: int = 20_000) -> list[Batch]:
    return list(batches(events, source=SOURCE, enrich=enrich, size=size))


def details_of(event: Event) -> str:
    [batch] = rows_of(event)
    return str(batch.rows[0][COLUMNS.index("details")])


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"tag": "ssh"},
        {"tag": "a\\b", "user": '"'},
        {"tag": "香港"},
        {"@until": "never"},
        {"tag": "x" * 40_000},
    ],
    ids=["nothing", "plain", "escapes", "chinese", "our own name", "too long"],
)
@pytest.mark.parametrize(
    "event",
    [
        EVENT,
        replace(EVENT, until=AT + timedelta(microseconds=7)),
        replace(EVENT, seen=Seen.PASSIVE, other_part=Part.TARGET),
        replace(EVENT, until=AT, brand="Rock “Bank”", seen=Seen.PASSIVE),
    ],
    ids=["bare", "until", "other part and seen", "all"],
)
def test_cells_and_a_dict_of_the_same_make_the_same_row(event: Event, told: dict[str, str]) -> None:
    cells = Cells(Shape(tuple(told)), tuple(told.values()))
    assert details_of(replace(event, details=cells)) == details_of(replace(event, details=told))


def test_what_an_event_adds_stands_behind_its_details() -> None:
    cells = Cells(Shape(("tag",)), ("ssh",))
    event = replace(EVENT, until=AT, other_part=Part.TARGET, seen=Seen.PASSIVE, details=cells)
    assert json.loads(details_of(event)) == {
        "tag": "ssh",
        "@until": "2026-11-20T01:02:03+00:00",
        "@other_part": "target",
        "@seen": "passive",
    }


@given(at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])))
def test_a_time_is_stored_as_python_writes_it_in_utc(at: datetime) -> None:
    try:
        expected = at.astimezone(UTC).isoformat(" ")
    except OverflowError:  # the first and the last day there is
        return
    assert text_of(at) == expected.removesuffix("+00:00")


def test_a_batch_made_of_pieces_holds_every_event_in_order() -> None:
    many = [replace(EVENT, line=line) for line in range(1, 5_001)]
    found = rows_of(*many, size=2_300)
    assert [len(batch.rows) for batch in found] == [2_300, 2_300, 400]
    assert [batch.events for batch in found] == [2_300, 2_300, 400]
    assert [row[0] for batch in found for row in batch.rows] == list(range(1, 5_001))
    assert [batch.lines for batch in found] == [2_300, 4_600, 5_000]

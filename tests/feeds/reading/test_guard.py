"""Nothing in a delivery stops the reading, and nothing unstorable comes out of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lionrock.core.errors import TryLater
from lionrock.core.events import LONGEST_TEXT, Asset, AssetKind, Event, Part, Reject
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.reading import read_delivery
from lionrock.feeds.reading.guard import MOST_TEXT
from tests.feeds.reading.plain import PLAIN, feed_of, lines_feed

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def event(line: int, **more: object) -> Event:
    asset = Asset(kind=AssetKind.ADDRESS, value="192.0.2.1")
    return Event(
        line=line,
        at=NOW,
        asset=asset,
        part=Part.SOURCE,
        kind=Rsit.SCANNER,
        **more,  # type: ignore[arg-type]  # whatever a careless reader hands over
    )


def reading(*records: Event | Reject, error: Exception | None = None) -> list[Event | Reject]:
    def read(_: Delivery) -> Iterator[Event | Reject]:
        yield from records
        if error is not None:
            raise error

    return list(read_delivery(feed_of(read), Delivery.of(b"x", name="x", received=NOW)))


def test_an_empty_delivery_is_an_error_where_none_is_expected() -> None:
    empty = Delivery.of(b"# nothing today\n", name="x", received=NOW)
    found = list(read_delivery(PLAIN, empty))
    assert [(r.line, r.whole) for r in found if isinstance(r, Reject)] == [(1, True)]
    assert list(read_delivery(lines_feed(may_be_empty=True), empty)) == []


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (KeyError("ip"), "stopped its reader: KeyError: 'ip'"),
        (RecursionError(), "is nested too deeply"),
        (EOFError(), "ends within its archive"),
    ],
    ids=["fault", "recursion", "end"],
)
def test_a_fault_in_a_reader_is_a_reject_with_its_place(error: Exception, why: str) -> None:
    found = reading(event(1), event(2), error=error)
    assert len(found) == 3
    assert found[2] == Reject(line=3, text="", why=why, whole=True)


@pytest.mark.parametrize(
    "error", [OSError(5, "disk"), TryLater("no table yet")], ids=["disk", "later"]
)
def test_what_is_no_fault_of_the_delivery_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        reading(event(1), error=error)


def test_events_of_one_line_are_told_apart_where_their_reader_forgot() -> None:
    found = reading(event(1), event(1), event(1), event(2))
    assert [(e.line, e.nth) for e in found if isinstance(e, Event)] == [
        (1, 0),
        (1, 1),
        (1, 2),
        (2, 0),
    ]


def test_nothing_comes_out_that_no_store_takes() -> None:
    [found] = reading(
        event(
            1,
            family="a\0b",
            host="h\ud800",
            details={"n\0": "v\udfff", "list": ("a\0", "b"), "number": 7},
        )
    )
    assert isinstance(found, Event)
    assert (found.family, found.host) == ("a\ufffdb", "h?")
    assert found.details == {"n\ufffd": "v?", "list": ("a\ufffd", "b"), "number": "7"}


def test_a_reject_holds_nothing_that_no_store_takes() -> None:
    [found] = reading(Reject(line=1, text="a\0", why="has “\0” in it"))
    assert isinstance(found, Reject)
    assert (found.text, found.why) == ("a\ufffd", "has “\ufffd” in it")


def test_endless_details_are_cut() -> None:
    [found] = reading(event(1, details={f"k{n}": "x" * LONGEST_TEXT * 2 for n in range(100)}))
    assert isinstance(found, Event)
    lengths = [len(value) for value in found.details.values()]
    assert max(lengths) == LONGEST_TEXT
    assert sum(lengths) <= MOST_TEXT + LONGEST_TEXT


def test_a_rejects_text_is_cut() -> None:
    [found] = reading(Reject(line=1, text="é\0" * LONGEST_TEXT, why="is long"))
    assert isinstance(found, Reject)
    assert len(found.text) == LONGEST_TEXT
    assert "\0" not in found.text

"""All of the measured deliveries are read: no reader breaks, and every row becomes something."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue
from lionrock.feeds.reading import read_delivery
from tests.feeds.fitting import fitting

pytestmark = pytest.mark.shared
NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)


def deliveries(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "manifest.csv" and ".expected." not in file.name:
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def read(place: str, content: bytes) -> list[Event | Reject]:
    name = place.rpartition("/")[2]
    delivery = Delivery.of(content, name=name, received=NOW)
    return list(read_delivery(catalogue()[fitting(place)], delivery))


def test_no_reader_breaks_on_real_deliveries(shared_data: Path) -> None:
    broken = [
        f"{place} as {fitting(place)}: {record.line}: {record.why}"
        for place, content in deliveries(shared_data / "feeds")
        for record in read(place, content)
        if isinstance(record, Reject) and record.why.startswith("stopped its reader")
    ]
    assert broken == []


def test_every_real_delivery_becomes_something(shared_data: Path) -> None:
    places = list(deliveries(shared_data / "feeds"))
    assert len(places) > 500
    silent = [
        place
        for place, content in places
        if not read(place, content) and not catalogue()[fitting(place)].may_be_empty
    ]
    assert silent == []


def test_every_row_of_a_shadowserver_report_is_one_event_or_reject(shared_data: Path) -> None:
    wrong = []
    for place, content in deliveries(shared_data / "feeds"):
        if fitting(place) != "shadowserver":
            continue
        rows = [row for row in csv.reader(io.StringIO(content.decode())) if row]
        found = read(place, content)
        if "ssdp" in place:  # a quote that is not closed: the csv module takes lines together
            rows = [[line] for line in content.decode().splitlines() if line]
        if len(found) != len(rows) - 1 or len({r.line for r in found}) != len(found):
            wrong.append(f"{place}: {len(rows) - 1} rows, {len(found)} records")
    assert wrong == []


def test_no_shadowserver_sample_is_undetermined_or_lost(shared_data: Path) -> None:
    for place, content in deliveries(shared_data / "feeds"):
        if fitting(place) == "shadowserver" and "test_" not in place:
            for record in read(place, content):
                assert isinstance(record, Event), f"{place}: {record}"
                told = record.variant in {"called-by-malware", "cyclops-blink"}
                assert told or record.kind.value != "other.undetermined", place

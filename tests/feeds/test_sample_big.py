"""The large deliveries made for measuring are what Shadowserver sends, whatever their type."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.core.events import Event
from lionrock.core.feeds import Delivery
from lionrock.feeds import feed_of
from lionrock.feeds.reading import read_delivery
from lionrock.feeds.sample import big

DAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("report", big.REPORTS)
def test_a_large_delivery_of_every_type_has_39_columns_and_is_read_to_the_last_row(
    tmp_path: Path, report: str
) -> None:
    path = tmp_path / "big.csv"
    known = ("198.18.0.1", "198.18.0.2")
    big.write(path, rows=500, seed=3, day=DAY, report=report, familiar=known)
    content = path.read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode("ascii"))))
    assert {len(row) for row in rows} == {39}
    delivery = Delivery(
        name=big.name(DAY, report), received=DAY, open=lambda: io.BytesIO(content), headers={}
    )
    found = list(read_delivery(feed_of(big.FEED), delivery))
    assert len(found) == 500
    events = [one for one in found if isinstance(one, Event)]
    assert len(events) == 500
    assert {event.report for event in events} == {report}
    told = sum(event.address in known for event in events)
    assert 300 < told < 450

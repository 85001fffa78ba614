"""Every feed reads its own samples: what stands beside a sample is what it becomes, line by line.

A sample is ``samples/<feed id>/<name>.<ending>`` with ``<name>.expected.jsonl`` beside it (or
``<name>.<ending>.expected.jsonl``, where two differ by their ending alone); what its carrier said may
stand in ``<name>.headers.json``. Documents a feed profits from are
``samples/<feed id>/aids/<name of the aid>``.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue
from lionrock.feeds.reading import as_json, read_delivery

SAMPLES = Path(__file__).parent / "samples"
RECEIVED = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
"""When every sample came in: what a source leaves out of its times is taken from here."""


def samples() -> list[Path]:
    """Return every sample's file."""
    return sorted(
        file
        for file in SAMPLES.glob("*/*")
        if file.is_file() and not file.name.endswith((".expected.jsonl", ".headers.json"))
    )


def delivery_of(sample: Path) -> Delivery:
    """Return the sample as it would come in."""
    headers = _beside(sample, ".headers.json")
    aids = sample.parent / "aids"
    return Delivery.of(
        sample.read_bytes(),
        name=sample.name,
        received=RECEIVED,
        headers=json.loads(headers.read_text(encoding="utf-8")) if headers.exists() else {},
        aids={f.name: f.read_bytes() for f in sorted(aids.iterdir())} if aids.is_dir() else {},
    )


def _beside(sample: Path, ending: str) -> Path:
    own = sample.with_name(sample.name + ending)
    return own if own.exists() else sample.with_name(sample.name.partition(".")[0] + ending)


@pytest.mark.parametrize("sample", samples(), ids=lambda s: f"{s.parent.name}/{s.name}")
def test_a_sample_becomes_what_stands_beside_it(sample: Path) -> None:
    feed = catalogue()[sample.parent.name]
    found = [as_json(record) for record in read_delivery(feed, delivery_of(sample))]
    expected = _beside(sample, ".expected.jsonl").read_text(encoding="utf-8").splitlines()
    assert found == [json.loads(line) for line in expected]


@pytest.mark.parametrize("sample", samples(), ids=lambda s: f"{s.parent.name}/{s.name}")
def test_reading_a_sample_twice_gives_the_same(sample: Path) -> None:
    feed = catalogue()[sample.parent.name]
    delivery = delivery_of(sample)
    assert list(read_delivery(feed, delivery)) == list(read_delivery(feed, delivery))


@pytest.mark.parametrize("feed", sorted(catalogue()))
def test_every_feed_brings_a_sample(feed: str) -> None:
    assert any(sample.parent.name == feed for sample in samples())


@pytest.mark.parametrize("sample", samples(), ids=lambda s: f"{s.parent.name}/{s.name}")
def test_a_line_and_its_nth_name_one_event(sample: Path) -> None:
    found = [
        as_json(r) for r in read_delivery(catalogue()[sample.parent.name], delivery_of(sample))
    ]
    named = [(r["line"], r.get("nth", 0)) for r in found if "why" not in r]
    assert len(named) == len(set(named))

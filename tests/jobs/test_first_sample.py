"""A first start shows suspects, even when the one before it was cut short."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.desk.suspects.models import Reading
from lionrock.desk.suspects.services.readings import fail_reading, finish_reading, open_reading
from lionrock.jobs.up import SAMPLE, first_sample

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def reading(source: str) -> Reading:
    """Begin a reading."""
    return open_reading(
        source=source, model_version="m", machine="here", process=1, rejects_file="", now=NOW
    )


def test_a_sample_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    finish_reading(reading_id=reading(SAMPLE).pk, now=NOW)

    assert first_sample(tmp_path) is None


def test_a_sample_cut_short_is_read_again(tmp_path: Path) -> None:
    reading(SAMPLE)
    fail_reading(reading_id=reading(SAMPLE).pk, why="KeyboardInterrupt", now=NOW)

    assert first_sample(tmp_path) == tmp_path / SAMPLE


def test_who_brought_names_of_their_own_gets_no_sample_among_them(tmp_path: Path) -> None:
    reading("new-domains.txt")

    assert first_sample(tmp_path) is None

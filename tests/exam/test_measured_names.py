"""The shipped model on the measured names: its table is printed, and is no verdict of the tests."""

import sys
from pathlib import Path

import pytest

from lionrock import regions
from lionrock.names import exam, scorer
from lionrock.names.triage import Triage
from tests.conftest import shared_folder


@pytest.mark.shared
def test_the_exam_goes_through_the_measured_names_and_fills_every_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path(shared_folder() or ".") / "names"
    triage = Triage(regions.load(regions.DEFAULT), scorer.shipped())
    result = exam.examine(folder, triage, baseline=False, say=lambda words: None)
    with capsys.disabled():
        sys.stdout.write("\n" + exam.as_table(result))
    assert all(row.of > 0 for row in result.rows)
    assert {"pdb", "tweetfeed"} <= {
        source for row in result.rows for source in ("pdb", "tweetfeed") if source in row.what
    }

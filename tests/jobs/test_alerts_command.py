"""The commands about alerts: the site in a folder, and the mails that are due."""

from pathlib import Path

import pytest

from lionrock.jobs.cli import run
from tests.desk.alerts.making import published

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_public_site_is_written_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alert = published()
    folder = tmp_path / "site"

    assert run(["alerts", "export", str(folder)]) == 0
    page = (folder / "zh-hans" / str(alert.slug) / "index.html").read_text()
    assert "水费单" in page
    assert "files" in capsys.readouterr().out


def test_a_folder_that_holds_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("precious")

    assert run(["alerts", "export", str(tmp_path)]) != 0
    assert "something else" in capsys.readouterr().err
    assert (tmp_path / "letter.txt").exists()

"""The commands about cases: import, rejects, replay, and their statistics."""

import csv
import json
from pathlib import Path

import pytest

from lionrock.desk.cases.models import Case
from lionrock.jobs import django
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit

pytestmark = pytest.mark.django_db

TABLE = """reference,opened,category,brand,urls
A-1,2024-02-03,Phishing,Hang Seng Bank,http://a.example/ http://b.example/
A-2,2024-02-29 23:59,釣魚網站,WhatsApp,http://a.example/
A-3,2025-02-03,Botnet,,
A-4,2025-02-30,Botnet,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "cases.csv"
    file.write_text(TABLE, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _a_database_up_to_date() -> None:
    assert django.unapplied() == []


def test_an_import_tells_what_it_took_and_what_it_rejected(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cases", "import", str(table), "--dry-run"]) == Exit.FOUND
    assert "nothing was written" in capsys.readouterr().err
    assert not Case.objects.exists()

    assert run(["cases", "import", str(table)]) == Exit.FOUND
    out, err = capsys.readouterr()
    assert out.startswith("rejected\tline 5\tA-4\tdoes not say when it was opened")
    assert "4 rows: 3 new, 0 changed, 0 unchanged, 0 repeated, 1 rejected" in err

    assert run(["cases", "rejects"]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)["reference"] == "A-4"
    assert run(["cases", "replay"]) == Exit.FOUND


def test_a_file_that_holds_no_cases_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("name,kind\n")
    assert run(["cases", "import", str(file)]) == Exit.UNREADABLE
    assert "must name the columns" in capsys.readouterr().err
    assert run(["cases", "import", str(file), "--origin", "No Name"]) == Exit.UNREADABLE


def test_statistics_are_written_from_what_was_imported(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["cases", "import", str(table)])
    folder = tmp_path / "statistics"
    words = ["report", "statistics", "--since", "2024-01", "--until", "2025-02", "--output"]
    assert run([*words, str(folder)]) == Exit.FINE

    told = json.loads((folder / "statistics.json").read_text(encoding="utf-8"))
    assert told["months"][1]["cases"]["phishing"] == 2
    assert told["months"][1]["urls"]["phishing"] == 2  # one of them is in both cases
    assert told["years"][-1]["parts"][0]["cases"] == 1
    assert {part["id"] for part in told["shares"][0]["parts"]} == {"hang-seng", "whatsapp"}
    with (folder / "monthly.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["month"] for row in rows if row["total"] not in {"", "0"}] == ["2024-02", "2025-02"]
    assert not list(folder.glob("*.part"))

    table.write_text(TABLE + "A-5,2024-02-01,ddos,,\n", encoding="utf-8")
    run(["cases", "import", str(table)])
    assert run([*words, str(folder)]) == Exit.FINE
    again = json.loads((folder / "statistics.json").read_text(encoding="utf-8"))
    changed = {each["figure"]: (each["before"], each["now"]) for each in again["restated"]}
    assert changed["2024-02.case.opened"] == (2, 3)


def test_a_month_that_is_not_over_or_none_is_refused(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["cases", "import", str(table)])
    words = ["report", "statistics", "--output", str(tmp_path / "out")]
    assert run([*words, "--until", "2999-01"]) == Exit.UNREADABLE
    assert run([*words, "--since", "2018"]) == Exit.UNREADABLE
    assert "is no month such as 2018-01" in capsys.readouterr().err

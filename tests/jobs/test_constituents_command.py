"""The commands about constituents."""

from pathlib import Path

import pytest

from lionrock.desk.constituents.models import Constituent, Mode
from lionrock.jobs import constituents, django
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "constituents.csv"
    file.write_text(
        "name,kind,networks,contact_email\n"
        "Alpha Net,isp,192.0.2.0/24,abuse@alpha.example\n"
        "Wrong,isp,nonsense,abuse@wrong.example\n"
    )
    return file


@pytest.fixture(autouse=True)
def _a_database_up_to_date() -> None:
    assert django.unapplied() == []


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["constituents", "import", str(table), "--dry-run"]) == Exit.FOUND

    out, err = capsys.readouterr()
    assert "new\tAlpha Net\t192.0.2.0/24 abuse@alpha.example\n" in out
    assert "refused\tWrong\tline 3: “nonsense” is no network" in out
    assert "nothing was written" in err
    assert Constituent.objects.count() == 0


def test_an_import_twice_is_an_import_once(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["constituents", "import", str(table)])
    run(["constituents", "import", str(table)])

    assert "0 new, 0 changed, 1 unchanged, 1 rows refused" in capsys.readouterr().err
    assert Constituent.objects.get().mode == Mode.APPROVED


def test_who_is_told_is_listed_with_the_reason_of_each_step(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["constituents", "import", str(table)])
    capsys.readouterr()

    assert run(["constituents", "who", "192.0.2.9"]) == Exit.FINE

    first, last = capsys.readouterr().out.splitlines()
    assert first == "1\tAlpha Net\tabuse@alpha.example\tapproved\tIt holds 192.0.2.0/24."
    assert last == "2\t-\t-\t-\tNobody is left: a person decides."


def test_what_is_no_asset_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["constituents", "who", "what is this"]) == Exit.UNREADABLE
    assert capsys.readouterr().err.startswith("lionrock: “what is this” is no address")


def test_the_list_names_holdings_and_living_contacts(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["constituents", "import", str(table)])
    capsys.readouterr()
    run(["constituents", "list"])

    assert capsys.readouterr().out == (
        "Alpha Net\tisp\tapproved\t192.0.2.0/24\tabuse@alpha.example\n"
    )


def test_a_file_in_another_encoding_is_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "big5.csv"
    file.write_bytes("name\n甲\n".encode("big5"))

    assert run(["constituents", "import", str(file)]) == Exit.UNREADABLE
    assert "CSV UTF-8" in capsys.readouterr().err
    assert constituents.app.name == ("constituents",)

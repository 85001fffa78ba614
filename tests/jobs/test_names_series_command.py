"""`lionrock names series` as a person uses it."""

import json
from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp
from lionrock.desk.suspects.found import FoundSeries
from lionrock.desk.suspects.models import Reading, Suspect
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit
from lionrock.jobs.names_series import registered
from lionrock.names.streams import open_names
from lionrock.names.suffixes import Suffixes
from tests.names.test_series import ORDINARY

pytestmark = pytest.mark.django_db

CAMPAIGN = [f"hsbc-pcn{x}.vip" for x in ("fc", "gc", "gf", "gn", "gz", "hp")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new.txt"
    path.write_text("\n".join([*ORDINARY[:500], *CAMPAIGN, f"www.{CAMPAIGN[0]}"]) + "\n", "utf-8")
    return path


def test_a_series_is_printed_with_its_score_and_what_chance_gives(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["names", "series", str(file)]) == Exit.FINE
    out, err = capsys.readouterr()
    score, names, chance, name, examples = out.splitlines()[0].split("\t")
    assert (names, name) == ("6", "hsbc-pcn??.vip")
    assert float(score) > 0.4
    assert float(chance) < 0.01
    assert examples.split()[0] == CAMPAIGN[0]
    assert "506 names, 1 series of 6 names" in err
    assert not FoundSeries.objects.exists()


def test_programs_get_every_member(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["names", "series", str(file), "--format", "jsonl"])
    (line,) = capsys.readouterr().out.splitlines()
    facts = json.loads(line)
    assert (facts["names"], facts["by"]) == (CAMPAIGN, "pattern")


def test_a_kept_series_is_one_row_of_the_queue(file: Path) -> None:
    for _ in range(2):
        assert run(["names", "series", str(file), "--store", "--source", "today"]) == Exit.FINE
    assert FoundSeries.objects.get().source == "today"
    suspects = Suspect.objects.all()
    assert sorted(suspect.host for suspect in suspects) == CAMPAIGN
    assert {suspect.series for suspect in suspects} == {"hsbc:~hsbc-pcn??.vip"}
    assert [(each.failure, each.names) for each in Reading.objects.all()] == [("", 506)] * 2


def test_too_many_names_are_refused_before_they_fill_memory(file: Path) -> None:
    with pytest.raises(GiveUp, match="more than 100 names"):
        registered(open_names(file), Suffixes.bundled(), most=100)


def test_facts_beside_the_letters_make_series_too(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.csv"
    on_one = "".join(f"{name},ab12\n" for name in ORDINARY[:3])
    facts.write_text(f"name,certificate\n{on_one}no name at all,ab12\n", "utf-8")
    assert run(["names", "series", str(file), "--facts", str(facts), "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    found = {line["by"]: line["names"] for line in map(json.loads, out.splitlines())}
    assert found == {"pattern": CAMPAIGN, "certificate": ORDINARY[:3]}
    assert "1 facts shared, 1 rejects" in err

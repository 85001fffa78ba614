"""`lionrock figures` as a person uses it."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lionrock.desk.figures.models import Edition, KeptFigure
from lionrock.desk.people.models import Person
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
JANUARY = datetime(2025, 1, 5, tzinfo=UTC)


def kept(version: int, value: str) -> None:
    """Keep one figure of 2024Q4."""
    edition = Edition.objects.create(
        period="2024Q4",
        first=date(2024, 10, 1),
        last=date(2024, 12, 31),
        version=version,
        made_at=JANUARY,
        definitions="",
    )
    KeptFigure.objects.create(
        edition=edition,
        place=0,
        name="2024Q4.phishing.ratio",
        stream="events",
        definition="phishing.ratio",
        unit="ratio",
        value=Decimal(value),
        query="figures.derived",
        gaps=[["openphish", "2024-11-02", "2024-11-09"]],
    )


def test_kept_figures_are_shown_with_all_that_belongs_to_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept(1, "2.50")
    assert run(["figures", "show", "2024Q4"]) == Exit.FINE
    told = capsys.readouterr()
    (figure,) = map(json.loads, told.out.splitlines())
    assert (figure["id"], figure["value"]) == ("2024Q4.phishing.ratio", "2.50")
    assert figure["gaps"] == [["openphish", "2024-11-02", "2024-11-09"]]
    assert "2024Q4, version 1: 1 figures" in told.err


def test_what_was_corrected_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    kept(1, "2.50")
    kept(2, "2.75")
    assert run(["figures", "corrections", "2024Q4"]) == Exit.FINE
    assert capsys.readouterr().out == "2\t2024Q4.phishing.ratio\t2.50\t2.75\n"


def test_restating_takes_a_person_and_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    restate = ["figures", "restate", "2025Q1", "--by", "ada@cert.example", "--reason"]
    assert run([*restate, "An archive came"]) == Exit.UNREADABLE
    assert "knows nobody" in capsys.readouterr().err
    Person.objects.create(email="ada@cert.example", name="Ada", joined_at=JANUARY)
    assert run([*restate, " "]) == Exit.UNREADABLE
    assert run([*restate, "An archive came"]) == Exit.FINE
    assert Edition.objects.get(period="2025Q1").reason == "An archive came"


def test_what_is_no_period_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["figures", "show", "26Q3"]) == Exit.UNREADABLE
    assert "is no period" in capsys.readouterr().err

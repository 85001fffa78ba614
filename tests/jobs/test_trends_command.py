"""The command that notices trends, and the duty that does it every night."""

from datetime import timedelta

import pytest

from lionrock.desk.trends.models import Look
from lionrock.jobs.cli import run
from lionrock.jobs.clock import BY_NAME
from lionrock.jobs.trends import find_due
from tests.desk.trends.weeks import LAST, NOW, keep_suspects

pytestmark = pytest.mark.django_db

HOSTS = ["wtrgoiv.example", "wtrgov.test", "wtrgovu.test", "wtr-gov.test"]


def test_the_command_prints_what_it_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    keep_suspects(HOSTS, brand="water", day=LAST)
    assert run(["trends", "find", "--on", LAST.isoformat()]) == 0
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    assert line.split("\t")[2:4] == ["campaign", "campaign:wtr-gov.test"]
    assert "1 new trends" in err


def test_the_duty_looks_at_yesterday_and_again_after_some_hours() -> None:
    assert "trends" in BY_NAME
    keep_suspects(HOSTS, brand="water", day=LAST)
    assert find_due(now=NOW) == 1
    first = Look.objects.get()
    assert first.day == LAST
    assert find_due(now=NOW + timedelta(hours=1)) == 0
    assert Look.objects.get().at == first.at
    find_due(now=NOW + timedelta(hours=7))
    assert Look.objects.get().at > first.at

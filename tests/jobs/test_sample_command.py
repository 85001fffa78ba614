"""The commands about the made-up sample, and the setting that passes events on."""

import io
from pathlib import Path

import pytest
from pytest_django import Settings

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.feeds.models import Source
from lionrock.desk.sample.models import Laid
from lionrock.jobs import django
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit
from lionrock.jobs.up import offer_sample
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def laid(settings: Settings, tmp_path: Path) -> None:
    assert django.unapplied() == []
    settings.LIONROCK_DATA = tmp_path
    assert offer_sample(tmp_path, wanted=True)


def test_it_is_said_what_goes_and_asked_once_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert run(["sample", "forget"]) == Exit.FOUND
    out, err = capsys.readouterr()
    assert f"constituents\t{Constituent.objects.count()}\n" in out
    assert err.endswith("Nothing was removed.\n")
    assert Constituent.objects.exists()

    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert run(["sample", "forget"]) == Exit.FINE
    assert "removed: 0 deliveries" in capsys.readouterr().out
    assert not Constituent.objects.exists()

    assert run(["sample", "forget", "--yes"]) == Exit.FINE
    assert capsys.readouterr().out == "Nothing here is made up.\n"


def test_what_stays_is_told_and_can_be_kept_as_real(capsys: pytest.CaptureFixture[str]) -> None:
    kept = Constituent.objects.order_by("pk")[0]
    kept.people.add(someone())

    assert run(["sample", "forget", "--yes"]) == Exit.FINE
    assert f"stays\t{kept.name}\tsomebody can sign in for it\n" in capsys.readouterr().out
    assert list(Constituent.objects.all()) == [kept]
    assert Laid.objects.count() == 1

    run(["sample", "keep"])
    run(["sample", "show"])
    out = capsys.readouterr().out
    assert out == "Nothing is called made up any more.\nNothing here is made up.\n"


def test_a_feed_is_set_to_pass_on_what_is_outside() -> None:
    assert run(["feeds", "set", "urlhaus", "--outside", "pass"]) == Exit.FINE
    assert Source.objects.get(feed="urlhaus").outside == "pass"
    assert run(["feeds", "set", "urlhaus", "--outside", "drop"]) == Exit.FINE
    assert Source.objects.get(feed="urlhaus").outside == "drop"

"""`lionrock models`, `names explain` and `names labels` as a person uses them."""

from pathlib import Path

import pytest
from django.conf import settings

from lionrock.desk.models.files import models_folder
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.brands import current
from lionrock.desk.suspects.models import Dismissal, Suspect
from lionrock.desk.suspects.services import Counts, confirm, dismiss, store_batch
from lionrock.jobs.cli import run
from lionrock.jobs.current import current_model
from lionrock.jobs.exits import Exit
from lionrock.names.labels import Label, Said, read_labels
from lionrock.names.scorer import shipped
from tests.desk.models.conftest import NOW, _no_models_left, a_folder, examined
from tests.desk.suspects.conftest import a_reading, judgement
from tests.names.corpus_maker import write_corpus

__all__ = ["_no_models_left"]

pytestmark = pytest.mark.django_db


def test_a_model_goes_from_a_folder_to_judging_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = shipped().version
    assert run(["models", "add", str(a_folder(tmp_path / "made", "made-1")), "--note", "x"]) == 0
    assert run(["models", "switch", "made-1"]) == Exit.FOUND
    assert "was not examined on the same names" in capsys.readouterr().err
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_corpus(corpus)
    assert run(["models", "examine", str(corpus), "--no-baseline"]) in {Exit.FINE, Exit.FOUND}
    tables = capsys.readouterr().out
    assert f"Model {own}," in tables
    assert "Model made-1," in tables
    assert run(["models", "examine", str(corpus), "--no-baseline"]) == Exit.FINE
    assert capsys.readouterr().out == ""  # both were examined on these names before
    assert run(["models", "switch", "made-1"]) == Exit.FINE
    assert current_model().version == "made-1"
    assert run(["models", "list"]) == Exit.FINE
    listed = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in listed] == [["made-1", "judges"], [own, "gate open"]]
    assert run(["models", "back"]) == Exit.FINE
    assert current_model().version == own
    assert run(["models", "back"]) == Exit.UNREADABLE
    assert "no model to go back to" in capsys.readouterr().err


def test_a_shut_gate_tells_the_rows_that_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["models", "add", str(a_folder(tmp_path / "made", "made-1"))])
    examined(shipped().version)
    examined("made-1", false_alarms=0.01)
    capsys.readouterr()
    assert run(["models", "switch", "made-1"]) == Exit.FOUND
    assert capsys.readouterr().out == "misses\tnew names that are suspects\n"


def test_where_no_model_was_added_the_shipped_one_judges() -> None:
    assert not models_folder(settings.LIONROCK_DATA).exists()
    assert current_model() is shipped()


def test_suspects_are_judged_again_however_many_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored("hsbc-verify.top", "hsbc-login.top")
    assert run(["models", "judge-again"]) == Exit.FINE
    assert "2 suspects were judged again" in capsys.readouterr().err
    assert {s.model_version for s in Suspect.objects.all()} == {shipped().version}


def test_a_name_is_explained_with_its_sentence_and_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["names", "explain", "https://HSBC-verify.top/x", "garden-chairs.com"]) == Exit.FINE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("\thsbc-verify.top")
    assert lines[1].startswith("+")
    assert "hsbc" in lines[1]
    assert any(line.endswith(f"({shipped().version})") for line in lines)
    assert run(["names", "explain", "no name at all"]) == Exit.UNREADABLE
    assert run(["names", "explain"]) == Exit.UNREADABLE


def test_decisions_are_written_as_labels_that_training_reads(tmp_path: Path) -> None:
    ada = Person.objects.create(email="ada@cert.example", name="Ada", joined_at=NOW)
    first, second, _third = stored("hsbc-a.top", "www.hsbc-b.co.uk", "hsbc-c.top")
    confirm(suspect_id=first.pk, seen_version=1, by=ada, now=NOW)
    dismiss(suspect_id=second.pk, seen_version=1, by=ada, reason=Dismissal.ACCIDENT, now=NOW)
    file = tmp_path / "labels.jsonl"
    assert run(["names", "labels", "--output", str(file)]) == Exit.FINE
    found = [each for each in read_labels(file) if isinstance(each, Label)]
    assert [(x.registrable, x.verdict, x.reason, x.when, x.model_version) for x in found] == [
        ("hsbc-a.top", Said.ABUSE, "", NOW, "test-1"),
        ("hsbc-b.co.uk", Said.BENIGN, "accident", NOW, "test-1"),
    ]
    assert len({each.by for each in found}) == 1
    assert "ada" not in file.read_text("utf-8")


def stored(*hosts: str) -> list[Suspect]:
    """Store suspects that another model judged."""
    store_batch(
        reading_id=a_reading().pk,
        judgements=[judgement(host) for host in hosts],
        counts=Counts(names=len(hosts)),
        book=current(),
        now=NOW,
    )
    return [Suspect.objects.get(host=host) for host in hosts]

"""Which model judges: added, examined, switched to, gone back from, for every process at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from lionrock.core.errors import GiveUp, TryLater
from lionrock.desk.audit.models import Entry
from lionrock.desk.models import services
from lionrock.desk.models.current import current_model, current_triage, current_version
from lionrock.desk.models.files import folder_of, models_folder
from lionrock.desk.models.models import Exam, KeptModel
from lionrock.desk.models.selectors.overview import overview
from lionrock.names.gate import Fault
from lionrock.names.scorer import shipped
from tests.desk.models.conftest import NOW, SHIPPED, Added, a_folder, examined

pytestmark = pytest.mark.django_db


def switch(version: str, seen: str = "") -> None:
    services.switch(version=version, seen=seen or current_version(), by=None, now=NOW)


def test_the_shipped_model_judges_while_nobody_switched() -> None:
    assert current_version() == shipped().version
    assert current_model() is shipped()
    assert overview().back_to is None


def test_an_added_model_lies_in_the_data_folder_and_judges_nothing_yet(add: Added) -> None:
    kept = add("made-1")
    assert (folder_of(settings.LIONROCK_DATA, "made-1") / "model.json").is_file()
    assert kept.size > 0
    assert current_version() == shipped().version
    assert [one.version for one in overview().others] == ["made-1"]


def test_adding_the_same_files_again_changes_nothing(add: Added, tmp_path: Path) -> None:
    first = add("made-1")
    again = services.add_model(folder=tmp_path / "made-1", by=None, now=NOW)
    assert again == first
    assert Entry.objects.filter(action="model.add").count() == 1


def test_other_files_under_a_known_version_are_refused(add: Added, tmp_path: Path) -> None:
    add("made-1")
    other = a_folder(tmp_path / "other", "made-1")
    (other / "card.md").write_text("something else", "utf-8")
    with pytest.raises(GiveUp, match="made-1 is here already"):
        services.add_model(folder=other, by=None, now=NOW)
    with pytest.raises(GiveUp, match="is here already"):
        services.add_model(folder=SHIPPED, by=None, now=NOW)


@pytest.mark.parametrize("version", ["../outside", ".hidden", "a/b", "", "x" * 101, "a b"])
def test_a_version_that_is_no_folders_name_is_refused(add: Added, version: str) -> None:
    with pytest.raises(GiveUp, match="is no version of a model"):
        folder_of(settings.LIONROCK_DATA, version)


def test_a_model_whose_version_leads_outside_is_not_added(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="is no version of a model"):
        services.add_model(folder=a_folder(tmp_path / "x", "../../x"), by=None, now=NOW)
    assert not KeptModel.objects.exists()


def test_a_folder_without_a_model_is_not_added(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(TryLater, match="no model of names"):
            services.add_model(folder=folder, by=None, now=NOW)
    assert not models_folder(settings.LIONROCK_DATA).exists()


def test_a_copy_that_was_cut_short_is_replaced(add: Added) -> None:
    left = folder_of(settings.LIONROCK_DATA, "made-1")
    left.mkdir(parents=True)
    (left / "half").write_text("", "utf-8")
    add("made-1")
    assert not (left / "half").exists()


def test_a_model_that_was_not_examined_may_not_judge(add: Added) -> None:
    add("made-1")
    for _ in range(2):
        with pytest.raises(services.GateShut) as shut:
            switch("made-1")
        assert shut.value.gate is None
        examined("made-1")  # the current model was not, so there is still nothing to compare


def test_exams_on_other_names_do_not_compare(add: Added) -> None:
    add("made-1")
    examined(shipped().version, corpus="a" * 64)
    examined("made-1", corpus="b" * 64)
    with pytest.raises(services.GateShut):
        switch("made-1")


def test_a_model_that_loses_a_target_may_not_judge(add: Added) -> None:
    add("made-1")
    examined(shipped().version)
    examined("made-1", false_alarms=0.004)
    with pytest.raises(services.GateShut) as shut:
        switch("made-1")
    assert shut.value.gate is not None
    assert [row.fault for row in shut.value.gate.faults] == [Fault.MISSES]
    assert current_version() == shipped().version


def test_the_latest_exam_counts(add: Added) -> None:
    add("made-1")
    examined(shipped().version)
    examined("made-1", false_alarms=0.004)
    examined("made-1", false_alarms=0.002)
    switch("made-1")
    assert current_version() == "made-1"
    assert Exam.objects.count() == 3


def test_a_model_that_passed_judges_from_the_next_call_on(add: Added) -> None:
    before = current_triage()
    add("made-1")
    examined(shipped().version)
    examined("made-1")
    switch("made-1")
    assert current_triage().model.version == current_model().version == "made-1"
    assert before.model.version == shipped().version
    assert current_triage() is current_triage()


def test_going_back_leads_through_the_switches_in_reverse(add: Added) -> None:
    examined(shipped().version)
    for version in ("made-1", "made-2"):
        add(version)
        examined(version)
        switch(version)
    passed = []
    while overview().back_to:
        goal = overview().back_to
        services.back(seen=current_version(), by=None, now=NOW)
        assert current_version() == goal
        passed.append(goal)
    assert passed == ["made-1", shipped().version]
    with pytest.raises(services.SwitchedMeanwhile):
        services.back(seen=current_version(), by=None, now=NOW)


def test_going_back_asks_for_no_exam(add: Added) -> None:
    add("made-1")
    examined(shipped().version)
    examined("made-1")
    switch("made-1")
    examined(shipped().version, false_alarms=0.5)
    services.back(seen="made-1", by=None, now=NOW)
    assert current_version() == shipped().version


def test_whoever_saw_another_model_changes_nothing(add: Added) -> None:
    add("made-1")
    examined(shipped().version)
    examined("made-1")
    switch("made-1")
    with pytest.raises(services.SwitchedMeanwhile):
        switch(shipped().version, seen=shipped().version)
    with pytest.raises(services.SwitchedMeanwhile):
        services.back(seen=shipped().version, by=None, now=NOW)
    assert current_version() == "made-1"


def test_every_act_is_recorded(add: Added) -> None:
    add("made-1")
    examined(shipped().version)
    examined("made-1")
    switch("made-1")
    services.back(seen="made-1", by=None, now=NOW)
    acts = list(Entry.objects.order_by("number").values_list("action", "subject"))
    own = shipped().version
    assert acts == [
        ("model.add", "made-1"),
        ("model.examine", own),
        ("model.examine", "made-1"),
        ("model.switch", "made-1"),
        ("model.back", own),
    ]


def test_files_that_changed_since_they_were_added_do_not_judge(add: Added) -> None:
    add("made-9")
    examined(shipped().version)
    examined("made-9")
    place = folder_of(settings.LIONROCK_DATA, "made-9") / "model.json"
    facts = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps({**facts, "threshold": 0.0}), "utf-8")
    with pytest.raises(TryLater, match="is not the one that was added"):
        switch("made-9")
    assert current_version() == shipped().version


def test_a_model_whose_files_are_gone_is_said_to_be_missing(add: Added) -> None:
    add("made-8")
    (standing,) = overview().others
    assert standing.is_here
    for file in folder_of(settings.LIONROCK_DATA, "made-8").iterdir():
        file.unlink()
    folder_of(settings.LIONROCK_DATA, "made-8").rmdir()
    (standing,) = overview().others
    assert not standing.is_here
    assert not standing.may_switch


PRINTS_THE_VERSION = """
import sys
from lionrock.jobs.current import current_model
print(current_model().version, flush=True)
for line in sys.stdin:
    print(current_model().version, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_that_runs_already_judges_by_the_new_model(
    environment: dict[str, str], tmp_path: Path
) -> None:
    def lionrock(*words: str) -> None:
        command = [sys.executable, "-c", "from lionrock.jobs.cli import main; main()", *words]
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)

    folder = a_folder(tmp_path / "made", "made-1")
    lionrock("models", "add", str(folder))
    subprocess.run([sys.executable, "-c", EXAMINES], env=environment, check=True)
    with subprocess.Popen(
        [sys.executable, "-c", PRINTS_THE_VERSION],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        seen = [running.stdout.readline().strip()]
        for words in (("switch", "made-1"), ("back",)):
            lionrock("models", *words)
            running.stdin.write("\n")
            running.stdin.flush()
            seen.append(running.stdout.readline().strip())
        running.stdin.close()
    assert seen == [shipped().version, "made-1", shipped().version]


EXAMINES = """
from lionrock.jobs import django
django.start()
from lionrock.names.scorer import shipped
from tests.desk.models.conftest import examined
examined(shipped().version)
examined("made-1")
"""

"""What holds when a process dies in the middle, and when two people decide at once."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "tests.desk.other_process"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_killed_scan_loses_nothing_it_acknowledged_and_a_rerun_stores_nothing_twice(
    environment: dict[str, str],
) -> None:
    _run(environment, "prepare")
    kept = 0
    for patience in (1, 4):
        acknowledged = _killed_after(patience, environment)
        found = _report(environment)
        for number in acknowledged:
            for member in range(40):
                assert found["hosts"].count(f"hsbc-{number}x{member}.top") == 1
        last = found["readings"][-1]
        assert last["state"] == "interrupted"
        whole_batches = last["names"] // 100
        assert last["suspects"] == 40 * whole_batches
        assert whole_batches >= len(acknowledged)
        kept = max(kept, whole_batches)
    batches = kept + 2
    _run(environment, "store", str(batches))
    found = _report(environment)
    assert sorted(found["hosts"]) == sorted(
        [f"hsbc-first{number}.top" for number in range(20)]
        + [f"hsbc-{number}x{member}.top" for number in range(batches) for member in range(40)]
    )
    assert found["readings"][-1]["state"] == "finished"
    assert found["readings"][-1]["names"] == 100 * batches
    assert sum(reading["fresh"] for reading in found["readings"]) == 40 * batches
    assert found["audit"]


def test_of_two_people_who_decide_at_once_one_wins_and_the_other_is_told(
    environment: dict[str, str],
) -> None:
    _run(environment, "prepare")
    ids = _report(environment)["ids"]
    people = [
        subprocess.Popen(
            [*COMMAND, "decide", who, verdict],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who, verdict in (("ada", "confirm"), ("grace", "dismiss"))
    ]
    assert [_line(person) for person in people] == ["ready", "ready"]
    for suspect in ids:
        for person in people:
            assert person.stdin
            person.stdin.write(f"{suspect}\n")
            person.stdin.flush()
        assert sorted(_line(person) for person in people) == ["done", "stale"]
    for person in people:
        person.communicate(timeout=120)
    found = _report(environment)
    assert found["decisions"] == len(ids)
    assert "waiting" not in found["states"]
    assert found["audit"]


def _killed_after(patience: int, environment: dict[str, str]) -> list[int]:
    """Kill a storing process after some batches; return the batches it had acknowledged."""
    child = subprocess.Popen(
        [*COMMAND, "store", "5000"], env=environment, stdout=subprocess.PIPE, text=True
    )
    acknowledged = [int(_line(child)) for _ in range(patience)]
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate(timeout=120)
    return acknowledged + [int(line) for line in rest.splitlines(keepends=True) if line[-1] == "\n"]


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _report(environment: dict[str, str]) -> dict[str, Any]:  # Any: JSON
    found: dict[str, Any] = json.loads(_run(environment, "report"))  # Any: as above
    return found

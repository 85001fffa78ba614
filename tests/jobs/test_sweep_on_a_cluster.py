"""Sweeps on a real Ray cluster of two nodes on this machine: killed nodes and killed drivers lose nothing."""

import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit

pytest.importorskip("ray")

SHARDS = 24
COMMAND = [sys.executable, "-c", "from lionrock.jobs.cli import main; main()", "names", "scan"]
PATIENCE = 240
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": "src:.",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's word for: listen on loopback alone
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running cluster: where it is, and the processes of its nodes, the head's first."""

    address: str
    raylets: list[int]
    process: int


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster of two nodes with a processor each."""
    folder = tempfile.mkdtemp(prefix="lr-ray-")  # short: paths of sockets are
    with subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.ray_cluster", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    ) as process:
        try:
            assert process.stdout is not None
            told = json.loads(next(line for line in process.stdout if line.startswith(b"{")))
            yield Cluster(**told, process=process.pid)
        finally:
            started = [process.pid, *descendants(process.pid)]
            process.communicate(timeout=60)
            shutil.rmtree(folder, ignore_errors=True)
    left = [pid for pid in started if alive(pid)]
    until(lambda: not any(map(alive, left)))


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of many shards of a MiB, with suspects and rejects in each."""
    path = tmp_path_factory.mktemp("names") / "names.txt"
    with path.open("w") as stream:
        for number in range(SHARDS * 18_400):
            if number % 50 == 0:
                stream.write(f"hsbc-login{number}.top\n")
            elif number % 50 == 1:
                stream.write(f"no name {number}\n")
            else:
                stream.write(f"{'green-stone-' * 4}{number}.com\n")
    return path


@pytest.fixture(scope="module")
def expected(names: Path) -> tuple[bytes, bytes]:
    """What one machine makes of it."""
    out = names.with_name("alone.jsonl")
    assert (
        run(["names", "scan", str(names), "--format", "jsonl", "--output", str(out)]) == Exit.FINE
    )
    return what_stands_in(out)


def what_stands_in(out: Path) -> tuple[bytes, bytes]:
    """Return the results and the rejects beside them."""
    return out.read_bytes(), out.with_name(out.name + ".rejects.jsonl").read_bytes()


def sweeping(
    names: Path, cluster: Cluster, results: Path, out: Path, *more: str, data: str = ""
) -> subprocess.Popen[str]:
    """Start a sweep on the cluster."""
    return subprocess.Popen(
        [
            *(*COMMAND, str(names), "--format", "jsonl", "--output", str(out), "--shard-size", "1"),
            *("--engine", "ray", "--address", cluster.address, "--results", str(results)),
            *more,
        ],
        env={**ENVIRONMENT, **({"LIONROCK_DATA": data, "LIONROCK_DATABASE": ""} if data else {})},
        stderr=subprocess.PIPE,
        text=True,
    )


def judged(results: Path) -> dict[str, int]:
    """Return the shards that have their mark, with the time of it."""
    return {path.name: path.stat().st_mtime_ns for path in results.glob("*.done.json")}


def wait_for_some(results: Path, sweep: subprocess.Popen[str]) -> int:
    """Wait until a few shards are judged, and return how many."""
    until(lambda: len(judged(results)) >= 3 or sweep.poll() is not None)
    return len(judged(results))


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)


def test_a_sweep_whose_driver_is_killed_goes_on_where_it_ended(
    cluster: Cluster, names: Path, expected: tuple[bytes, bytes], tmp_path: Path
) -> None:
    results, out = tmp_path / "results", tmp_path / "out.jsonl"
    first = sweeping(names, cluster, results, out)
    before = wait_for_some(results, first)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert 3 <= before < SHARDS
    time.sleep(1)  # a task that the cluster was at may still leave its mark
    kept = judged(results)
    second = sweeping(names, cluster, results, out)
    _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == Exit.FINE, said
    assert what_stands_in(out) == expected
    again = judged(results)
    assert len(again) >= SHARDS
    assert {name: again[name] for name in kept} == kept


def test_a_node_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    cluster: Cluster, names: Path, expected: tuple[bytes, bytes], tmp_path: Path
) -> None:
    results, out = tmp_path / "results", tmp_path / "out.jsonl"
    sweep = sweeping(names, cluster, results, out)
    before = wait_for_some(results, sweep)
    until(lambda: judging(cluster.raylets[1]) or sweep.poll() is not None)
    os.kill(cluster.raylets[1], signal.SIGKILL)
    _, said = sweep.communicate(timeout=PATIENCE)
    assert sweep.returncode == Exit.FINE, said
    assert 3 <= before < SHARDS
    assert not alive(cluster.raylets[1])
    assert what_stands_in(out) == expected


def test_the_driver_stores_what_nodes_judged_and_tells_it_once(
    cluster: Cluster, names: Path, expected: tuple[bytes, bytes], tmp_path: Path
) -> None:
    results, out, data = tmp_path / "results", tmp_path / "out.jsonl", tmp_path / "data"
    some = tmp_path / "some.txt"
    some.write_bytes(names.read_bytes()[: 3 << 20].rpartition(b"\n")[0])
    told = []
    for _ in range(2):
        sweep = sweeping(some, cluster, results, out, "--store", "--new-only", data=str(data))
        _, said = sweep.communicate(timeout=PATIENCE)
        assert sweep.returncode == Exit.FINE, said
        told.append(out.read_bytes())
    assert expected[0].startswith(told[0])
    assert (told[0].count(b"\n") > 1000, told[1]) == (True, b"")
    (file,) = data.glob("*.sqlite3")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        (stored,) = database.execute("select count(*) from suspects_suspect").fetchone()
    assert stored == told[0].count(b"\n")


def test_ray_listens_on_loopback_alone(cluster: Cluster) -> None:
    sockets = listening([cluster.process, *descendants(cluster.process)])
    assert len(sockets) > 3
    assert {address for address in sockets if not address.endswith("0100007F")} == set()


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and theirs."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = children.get(pid, [])
    return found + [below for child in found for below in descendants(child)]


def judging(raylet: int) -> bool:
    """Tell whether a process of this node is at a shard: Ray calls processes by what they do."""
    try:
        return any(
            b"judge_shard" in Path(f"/proc/{pid}/cmdline").read_bytes()
            for pid in descendants(raylet)
        )
    except OSError:
        return False


def alive(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def listening(pids: list[int]) -> list[str]:
    """Return the addresses, in hexadecimal, on which these processes wait for TCP connections."""
    inodes = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                inodes.add(str(descriptor.readlink()))
            except OSError:
                continue
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                found.append(fields[1].partition(":")[0])
    return found

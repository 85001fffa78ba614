"""The set of names seen before."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import hosts_of
from lionrock.names.seen import InUse, SeenSet
from lionrock.names.siphash import siphash

HOSTS = hosts_of(["a.example", "b.example", "a.example", "c.example"])


def test_a_name_is_new_once_and_only_at_its_first_place_in_a_block(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path / "seen") as seen:
        assert seen.unseen(HOSTS).tolist() == [True, True, False, True]
        assert seen.unseen(HOSTS).tolist() == [True, True, False, True]
        seen.add(HOSTS)
        assert seen.unseen(HOSTS).tolist() == [False] * 4
        assert len(seen) == 3


def test_the_set_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path) as seen:
        seen.add(HOSTS)
    with SeenSet.open(tmp_path) as seen:
        assert seen.unseen(hosts_of(["c.example", "d.example"])).tolist() == [False, True]


@given(st.lists(st.lists(st.integers(0, 300), max_size=40), max_size=8), st.data())
def test_the_set_answers_as_a_plain_set_would(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[int]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("seen")
    plain: set[int] = set()
    seen = SeenSet.open(folder)
    for block in blocks:
        hosts = hosts_of([f"n{number}.example" for number in block])
        first = [n not in plain and n not in block[:at] for at, n in enumerate(block)]
        assert seen.unseen(hosts).tolist() == first
        seen.add(hosts)
        plain.update(block)
        assert len(seen) == len(plain)
        match data.draw(st.sampled_from(["go on", "flush", "reopen"])):
            case "flush":
                seen.flush()
            case "reopen":
                seen.close()
                seen = SeenSet.open(folder)
    seen.close()


def test_a_second_writer_is_told_so(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path), pytest.raises(GiveUp, match="another process"):
        SeenSet.open(tmp_path)
    SeenSet.open(tmp_path).close()


def test_who_waits_gets_the_set_though_another_takes_it_again_and_again(tmp_path: Path) -> None:
    over = threading.Event()

    def again_and_again() -> None:
        while not over.is_set():
            with SeenSet.open(tmp_path, wait=30):
                over.wait(0.05)

    busy = threading.Thread(target=again_and_again)
    busy.start()
    try:
        for _ in range(5):
            SeenSet.open(tmp_path, wait=30).close()
    finally:
        over.set()
        busy.join()


def test_waiting_for_the_set_has_an_end(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path), pytest.raises(InUse):
        SeenSet.open(tmp_path, wait=0.1)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(GiveUp, match=r"letter\.txt"):
        SeenSet.open(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("head", [b"", b"{", b"[]", b'{"format": 1}', b'{"format": 2}', b"\xff"])
def test_a_damaged_head_is_a_clear_error(tmp_path: Path, head: bytes) -> None:
    SeenSet.open(tmp_path).close()
    (tmp_path / "head.json").write_bytes(head)
    with pytest.raises(GiveUp, match=r"damaged|format"):
        SeenSet.open(tmp_path)


def test_a_run_that_lost_its_end_is_a_clear_error(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path) as seen:
        seen.add(HOSTS)
    run = next(tmp_path.glob("*.run"))
    run.write_bytes(run.read_bytes()[:-8])
    with pytest.raises(GiveUp, match="damaged"):
        SeenSet.open(tmp_path)


WRITER = """
import sys
import threading
from pathlib import Path
from lionrock.names.blocks import hosts_of
from lionrock.names.seen import InUse, SeenSet
with SeenSet.open(Path(sys.argv[1])) as seen:
    start = len(seen)
    print("open", start, flush=True)
    for batch in range(start // 1000, 10_000):
        seen.add(hosts_of([f"n{i}.example" for i in range(batch * 1000, batch * 1000 + 1000)]))
        seen.flush()
        print(batch * 1000 + 1000, flush=True)
"""


def test_killing_the_writer_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    acknowledged = 0
    for kill_after in (3, 8, 15):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        with writer.stdout as lines:
            opened = int(lines.readline().split()[1])
            assert opened >= acknowledged
            assert opened % 1000 == 0
            for _ in range(kill_after):
                acknowledged = int(lines.readline())
            os.kill(writer.pid, signal.SIGKILL)
            for line in lines:
                acknowledged = int(line)
        writer.wait(10)
    with SeenSet.open(tmp_path) as seen:
        assert len(seen) in (acknowledged, acknowledged + 1000)
        hosts = hosts_of([f"n{i}.example" for i in range(acknowledged)])
        assert not seen.unseen(hosts).any()


def test_what_a_crash_left_behind_is_swept_away(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path) as seen:
        seen.add(HOSTS)
    (tmp_path / "00000099.run").write_bytes(b"half")
    (tmp_path / "head.json.new").write_bytes(b"{")
    with SeenSet.open(tmp_path) as seen:
        assert len(seen) == 3
    assert {path.suffix for path in tmp_path.iterdir()} == {"", ".json", ".run"}
    assert not (tmp_path / "00000099.run").exists()


def test_the_hash_is_the_published_one() -> None:
    words = ["a", "ab", "abcdefg", "abcdefgh", "abcdefghi", "www.example.com", "x" * 253]
    # Python hashes bytes with SipHash-1-3, and with a key of zero when told so.
    code = f"print([hash(w.encode()) % 2**64 for w in {words!r}])"
    assert sys.hash_info.algorithm == "siphash13"
    reference = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    hosts = hosts_of(words)
    hashes = np.empty(len(words), dtype=np.uint64)
    siphash(hosts.text, hosts.starts, np.zeros(2, dtype=np.uint64), hashes)
    assert str(hashes.tolist()) == reference.stdout.strip()


def test_names_whose_fate_is_unsure_stay_new(tmp_path: Path) -> None:
    def fail_in_the_middle() -> None:
        with SeenSet.open(tmp_path) as seen:
            seen.add(hosts_of(["safe.example"]))
            seen.flush()
            seen.add(hosts_of(["unsure.example"]))
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        fail_in_the_middle()
    with SeenSet.open(tmp_path) as seen:
        assert seen.unseen(hosts_of(["safe.example", "unsure.example"])).tolist() == [False, True]

"""`lionrock names scan` as a person and a program use it, with the model and the pack that ship."""

import csv
import gzip
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit

FIELDS = [
    "name",
    "registrable",
    "tenant_of",
    "score",
    "verdict",
    "brand",
    "reasons",
    "model_version",
]
NAMES = [
    "https://www.HSBC.com.hk/login",
    "hsbc.com.hk.verify-id.top",
    "greenhouse-garden.com",
    "no name at all",
    "hsbc-login.pages.dev",
    "steam.com",
    "payments.com",
]


def scanned(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> bytes:
    """Run a scan that must succeed and return what it printed."""
    assert run(["names", "scan", *words]) == Exit.FINE
    return capfdbinary.readouterr().out


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a compressed file with the names."""
    path = tmp_path / "names.txt.gz"
    path.write_bytes(gzip.compress("\n".join(NAMES).encode()))
    return path


def test_suspects_only_by_default(listed: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    out = scanned(capfdbinary, str(listed), "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows] == ["hsbc.com.hk.verify-id.top", "hsbc-login.pages.dev"]
    assert {row["brand"] for row in rows} == {"hsbc"}
    assert [row["tenant_of"] for row in rows] == [None, "pages.dev"]


SEEN_THROUGH = [
    "paypa1.com",
    "faceb00k.com",
    "rnicrosoft.com",
    "payme-login.com",
    "hsbc-verify.com",
    "hkpost-redelivery.com",
    "hketoll.cc",
    "wsdgov2.cc",
    "octopus-redeem.top",
    "h\u0455bc.com",
    "\u0430\u0440\u0440\u04cf\u0435.com",
    "hsbclogin.amazonaws.com",
    "hsbc.com.hk.verify-id.top",
    "\u1e25sbc.com",
]


def test_what_any_person_sees_through_is_a_suspect(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    listed = tmp_path / "names.txt"
    listed.write_text("\n".join(SEEN_THROUGH), "utf-8")
    rows = scanned(capfdbinary, str(listed), "--format", "jsonl", "--all").splitlines()
    judged = [json.loads(row) for row in rows]
    assert len(judged) == len(SEEN_THROUGH)
    missed = [row for row in judged if row["verdict"] != "suspect" or row["brand"] is None]
    assert missed == []


def test_all_prints_every_name_in_order_with_a_score(
    listed: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = scanned(capfdbinary, str(listed), "--format", "jsonl", "--all")
    rows: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows] == [name for name in NAMES if name != "no name at all"]
    assert [list(row) for row in rows] == [FIELDS] * len(rows)
    assert all(0 <= row["score"] <= 1 for row in rows)
    verdicts = [row["verdict"] for row in rows]
    assert verdicts == [
        "official",
        "suspect",
        "unremarkable",
        "suspect",
        "unremarkable",
        "unremarkable",
    ]


def test_csv_and_parquet_hold_the_same(
    listed: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = scanned(capfdbinary, str(listed), "--format", "csv", "--all").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    out = tmp_path / "out.parquet"
    scanned(capfdbinary, str(listed), "--format", "parquet", "--all", "--output", str(out))
    table = pq.ParquetFile(out).read(use_threads=False).to_pylist()
    assert [row["name"] for row in rows] == [row["name"] for row in table]
    assert list(rows[0]) == list(table[0]) == FIELDS


def test_a_minimum_score_moves_the_line(
    listed: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert scanned(capfdbinary, str(listed), "--format", "jsonl", "--min-score", "1") == b""


def test_rejects_stand_beside_the_output_with_line_and_reason(
    listed: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "suspects.csv"
    scanned(capfdbinary, str(listed), "--format", "csv", "--output", str(out))
    (reject,) = (tmp_path / "suspects.csv.rejects.jsonl").read_text().splitlines()
    told = json.loads(reject)
    assert (told["line"], told["text"]) == (4, "no name at all")
    assert told["why"]


def test_an_input_that_cannot_be_read_ends_with_3_and_a_missing_one_with_4(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(b"hsbc-login.top\n" * 1000)[:-20])
    assert run(["names", "scan", str(broken), "--format", "jsonl"]) == Exit.UNREADABLE
    assert "hsbc-login.top" in capfd.readouterr().out
    assert run(["names", "scan", str(tmp_path / "nothing.txt")]) == Exit.MISSING


def test_names_come_through_a_pipe_whether_it_has_a_name_or_not(tmp_path: Path) -> None:
    words = ["--format", "csv"]
    piped = [
        subprocess.run(
            [*COMMAND, *order], input=b"hsbc-login.top\n", capture_output=True, check=True
        )
        for order in (["-", *words], [*words, "-"])
    ]
    assert [b"\nhsbc-login.top," in done.stdout for done in piped] == [True, True]

    os.mkfifo(tmp_path / "pipe")
    named = subprocess.Popen([*COMMAND, str(tmp_path / "pipe"), *words], stdout=subprocess.PIPE)
    (tmp_path / "pipe").write_bytes(b"hsbc-login.top\n")
    out, _ = named.communicate(timeout=180)
    assert b"\nhsbc-login.top," in out


@pytest.mark.parametrize(
    "words",
    [
        ["--output", "names.txt"],
        ["--rejects", "./names.txt"],
        ["--output", "out", "--rejects", "out"],
    ],
)
def test_a_scan_never_writes_over_what_it_reads(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("names.txt").write_text("hsbc-login.top\n")

    assert run(["names", "scan", "names.txt", *words]) == Exit.UNREADABLE
    assert Path("names.txt").read_text() == "hsbc-login.top\n"


@pytest.mark.parametrize("score", ["7", "-1", "nan"])
def test_a_minimum_that_no_score_can_be_is_wrong_usage(
    score: str, listed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["names", "scan", str(listed), f"--min-score={score}"])
    assert ended.value.code == Exit.USAGE
    assert "between 0 and 1" in capfd.readouterr().err


def test_an_option_nobody_knows_is_not_taken_for_a_file(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["names", "scan", "--bogus"])
    assert ended.value.code == Exit.USAGE
    assert "there is no option --bogus" in capfd.readouterr().err


def test_a_scan_that_is_stopped_leaves_results_that_can_be_read(tmp_path: Path) -> None:
    pipe, out = tmp_path / "pipe", tmp_path / "out.parquet"
    os.mkfifo(pipe)
    words = ["--all", "--format", "parquet", "--output", str(out)]
    scan = subprocess.Popen([*COMMAND, str(pipe), *words], stderr=subprocess.PIPE)
    with pipe.open("wb") as stream:
        stream.write(b"".join(b"green%dhouse.com\n" % i for i in range(400_000)))
        stream.flush()
        while out.stat().st_size < 1000:
            time.sleep(0.05)
        scan.send_signal(signal.SIGINT)
    _, said = scan.communicate(timeout=180)
    assert scan.returncode == Exit.INTERRUPTED
    assert b"Traceback" not in said
    assert pq.ParquetFile(out).metadata.num_rows > 0


def test_new_only_judges_a_name_once_unless_it_was_not_safe(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("".join(f"hsbc-login{i}.top\n" for i in range(300)))
    environment = {**os.environ, "LIONROCK_DATA": str(tmp_path / "data"), "LIONROCK_DATABASE": ""}
    for expected in (300, 0):
        done = subprocess.run(
            [*COMMAND, str(names), "--store", "--new-only", "--format", "jsonl"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert len(done.stdout.splitlines()) == expected


def test_a_scan_that_is_killed_stores_everything_once_when_it_is_run_again(
    tmp_path: Path,
) -> None:
    names = tmp_path / "names.txt"
    with names.open("w") as stream:
        for i in range(400_000):
            label = f"hsbc-login{i}" if i % 400 == 0 else f"green{i}house{i % 7}"
            stream.write(f"{label}.com\n")
    data = tmp_path / "data"
    environment = {**os.environ, "LIONROCK_DATA": str(data), "LIONROCK_DATABASE": ""}
    words = [str(names), "--store", "--new-only", "--quiet-output"]
    first = subprocess.Popen([*COMMAND, *words], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 180
    while _stored(data) == 0 and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = _stored(data)
    assert before > 0
    subprocess.run([*COMMAND, *words], env=environment, check=True, capture_output=True)
    hosts = _hosts(data)
    assert len(hosts) == len(set(hosts)) == 1000


COMMAND = [sys.executable, "-c", "from lionrock.jobs.cli import main; main()", "names", "scan"]


def _hosts(data: Path) -> list[str]:
    (file,) = data.glob("*.sqlite3")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        rows = database.execute(
            "select host from suspects_suspect where host like 'hsbc-login%.com'"
        ).fetchall()
    database.close()
    return [row[0] for row in rows]


def _stored(data: Path) -> int:
    try:
        return len(_hosts(data))
    except (ValueError, sqlite3.Error):
        return 0

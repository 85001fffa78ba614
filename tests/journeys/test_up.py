"""One command starts everything, and Ctrl-C ends it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp
from lionrock.jobs.up import refuse_taken_port

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])

START = [sys.executable, "-c", "from lionrock.jobs.cli import main; main()"]
SECONDS = 120


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def surroundings(data: Path, port: int) -> dict[str, str]:
    """The environment of somebody who installed Lionrock a minute ago."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIONROCK_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {
        **kept,
        "LIONROCK_DATA": str(data),
        "LIONROCK_LISTEN": f"127.0.0.1:{port}",
        "LIONROCK_URL": f"http://localhost:{port}",
    }


@contextmanager
def running(names: Path, around: dict[str, str], said: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `lionrock up` and leave nothing of it behind."""
    with said.open("w") as errors:
        process = subprocess.Popen(
            [*START, "up", str(names)],
            env=around,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(SECONDS)
        if process.stdout is not None:
            process.stdout.close()


def wait_for(words: str, said: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while words not in said.read_text():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.2)


def status_of(port: int, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", address, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status


def command(around: dict[str, str], *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [*START, *words], env=around, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_first_start_opens_the_console_reads_names_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    port, data, said = free_port(), tmp_path / "data", tmp_path / "said"
    names = tmp_path / "names.txt"
    names.write_text("hsbc-secure-login.top\ngarden-chairs.com\nwww.hsbc.com.hk\nnot a name\n")
    around = surroundings(data, port)

    with running(names, around, said) as process:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        wait_for("suspects", said, process)
        assert link.startswith(f"http://localhost:{port}/people/welcome/")
        assert status_of(port, link.removeprefix(f"http://localhost:{port}")) == 200
        assert status_of(port, "/queue/") == 302
        style = next((data / "static" / "web").glob("lionrock.*.css")).name
        assert status_of(port, f"/static/web/{style}") == 200
        assert "3 names, 1 suspects, 1 official, 1 rejects" in said.read_text()

        code, told = command(around, "up", str(names))
        assert code == 4
        assert "taken" in told

        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0

    assert (data.stat().st_mode & 0o777, (data / "secrets").stat().st_mode & 0o777) == (
        0o700,
        0o700,
    )
    assert {file.stat().st_mode & 0o777 for file in (data / "secrets").iterdir()} == {0o600}

    code, told = command(around, "users", "add", "chan@example.org", "--role", "analyst")
    assert (code, told.startswith(f"http://localhost:{port}/people/welcome/")) == (0, True)
    assert command(around, "users", "add", "chan@example.org", "--role", "analyst")[0] == 3
    assert command(around, "users", "add", "lee@example.org", "--role", "king")[0] == 3
    code, told = command(around, "users", "list")
    assert "chan@example.org\t-\tanalyst\tactive" in told.splitlines()

    code, told = command(around, "audit", "verify")
    assert (code, told.partition(":")[0]) == (0, "whole")
    code, told = command(around, "doctor")
    assert code == 0, told
    assert "broken" not in told


def test_the_doctor_says_what_is_missing_before_anything_was_started(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "data", free_port())
    code, told = command(around, "doctor")

    assert code == 1
    assert "there is none yet; run: lionrock up" in told
    assert not (tmp_path / "data").exists(), "the doctor changes nothing"


def test_the_doctor_finds_a_secret_that_others_can_read_and_a_log_that_was_touched(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    around = surroundings(data, free_port())
    prepare = (
        "from lionrock.jobs import django, up; django.start(); up.prepare(); up.first_link();"
        "from django.db import connection as c; from lionrock.desk.audit.triggers import dropping;"
        "cursor = c.cursor(); [cursor.execute(s) for s in dropping(c.vendor)];"
        "cursor.execute(\"UPDATE audit_entry SET actor = 'nobody' WHERE number = 1\")"
    )
    subprocess.run([sys.executable, "-c", prepare], env=around, check=True, timeout=SECONDS)
    (secret,) = (data / "secrets").iterdir()
    secret.chmod(0o644)

    code, told = command(around, "doctor")
    lines = {line.split()[1]: line for line in told.splitlines() if len(line.split()) > 1}
    assert code == 1
    assert lines["secrets"].startswith("broken")
    assert lines["audit"].startswith("broken")
    code, told = command(around, "audit", "verify")
    assert (code, told.startswith("broken at entry 1")) == (1, True)


def test_commands_refuse_a_database_that_was_never_set_up(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "data", free_port())

    for words in (("users", "list"), ("audit", "verify")):
        code, told = command(around, *words)
        assert code == 4
        assert "run: lionrock up" in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIONROCK_URL", "lionrock.example"),
        ("LIONROCK_DATABASE", "mysql://x/y"),
        ("LIONROCK_WORKERS", "many"),
        ("LIONROCK_LISTEN", "8000"),
        ("LIONROCK_LISTEN", "127.0.0.1:99999"),
        ("LIONROCK_LANGUAGE", "tlh"),
        ("LIONROCK_REGION", "zz"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(tmp_path: Path, name: str, value: str) -> None:
    around = {**surroundings(tmp_path / "data", free_port()), name: value}
    code, told = command(around, "users", "list")

    assert code == 2
    assert name in told


def test_an_address_of_another_machine_is_refused_by_the_name_of_the_setting() -> None:
    with pytest.raises(GiveUp, match=r"LIONROCK_LISTEN is 192\.0\.2\.1:8000"):
        refuse_taken_port("192.0.2.1", 8000)


def test_data_is_refused_a_place_inside_the_repository(tmp_path: Path) -> None:
    checkout = Path(__file__).resolve().parents[2]
    around = {**surroundings(tmp_path, free_port()), "LIONROCK_DATA": str(checkout / "data")}
    code, told = command(around, "users", "list")

    assert code == 2
    assert "inside the repository" in told
    assert not (checkout / "data").exists()

"""The private PostgreSQL of the tests starts where it may and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from scripts import with_postgres

needs_postgresql = pytest.mark.skipif(
    with_postgres.programs() is None, reason="Debian's postgresql is not installed"
)


@pytest.mark.postgres
@pytest.mark.django_db
def test_tests_use_the_database_that_the_test_command_names() -> None:
    assert connection.vendor == "postgresql"


@needs_postgresql
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_private_server_takes_only_the_password_it_made_and_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(with_postgres.OFFERED, raising=False)
    with with_postgres.server() as url:
        folder = folder_of(url)
        assert folder.is_dir()
        head, _, tail = url.partition("@")
        wrong = f"{head.rpartition(':')[0]}:guess@{tail}"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)

    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@needs_postgresql
def test_the_server_stops_when_the_test_command_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "server"
    inner = (
        "import os, pathlib, time; "
        f"pathlib.Path({str(told)!r}).write_text(os.environ['LIONROCK_DATABASE']); time.sleep(60)"
    )
    command = subprocess.Popen(
        [sys.executable, "-m", "scripts.with_postgres", sys.executable, "-c", inner],
        cwd=Path(with_postgres.__file__).parents[1],
        env={key: value for key, value in os.environ.items() if key != with_postgres.OFFERED},
        start_new_session=True,
    )
    url = wait_for(told)
    folder = folder_of(url)
    command.kill()
    command.wait(60)

    try:
        wait_until_silent(url)
    finally:
        # What a killed command could not tidy up.
        os.killpg(command.pid, signal.SIGKILL)
        shutil.rmtree(folder)


def wait_until_silent(url: str) -> None:
    """Return once no server takes connections there."""
    deadline = time.monotonic() + 60
    while answers(url):
        assert time.monotonic() < deadline, "the server outlived the command that started it"
        time.sleep(0.1)


def folder_of(url: str) -> Path:
    """Ask the server for the temporary folder it lives in."""
    with psycopg.connect(url) as session:
        row = session.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(str(row[0])).parent


def wait_for(file: Path) -> str:
    """Return the file's text once there is some."""
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    return file.read_text()


def answers(url: str) -> bool:
    """Say whether a server takes connections there."""
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True

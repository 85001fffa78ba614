"""Runs a command beside a private PostgreSQL that lives only as long: python -m scripts.with_postgres COMMAND..."""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OFFERED = "LIONROCK_TEST_POSTGRES"
"""A URL of a PostgreSQL that is already there; then none is started."""

START_SECONDS = 60
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1


def main(words: list[str]) -> int:
    """Run the command with LIONROCK_DATABASE set and return its exit code."""
    if words == ["--available"]:
        if OFFERED in os.environ or programs() is not None:
            return 0
        sys.stdout.write("--- PostgreSQL is not installed: skipped (Debian package: postgresql)\n")
        return 4
    with server() as url:
        return subprocess.run(
            words, check=False, env={**os.environ, "LIONROCK_DATABASE": url}
        ).returncode


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a PostgreSQL: the one offered, or a new cluster on loopback, gone afterwards."""
    if offered := os.environ.get(OFFERED):
        yield offered
        return
    found = programs()
    if found is None:
        sys.exit("PostgreSQL is not installed (Debian package: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="lionrock-postgres-"))
    password = secrets.token_urlsafe(24)
    owner = server_owner()
    try:
        make_cluster(found, folder, password, owner)
        port = free_port()
        process = start(found, folder, port, owner)
        try:
            wait_until_ready(found, port, process, folder / "log")
            yield f"postgresql://lionrock:{password}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            process.wait(STOP_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path | None:
    """Find the folder with PostgreSQL's programs: Debian's newest, else the one on the path."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[4]) if path.parts[4].isdigit() else 0,
    )
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def server_owner() -> str | None:
    """Name the user to run the server as: PostgreSQL refuses root; everybody else runs it themselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def make_cluster(found: Path, folder: Path, password: str, owner: str | None) -> None:
    """Create an empty cluster in ``folder``/data that asks for the password."""
    secret = folder / "password"
    secret.write_text(password)
    if owner is not None:
        shutil.chown(folder, owner)
        shutil.chown(secret, owner)
    subprocess.run(
        [
            found / "initdb",
            *("--pgdata", folder / "data"),
            *("--username", "lionrock", "--pwfile", secret, "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        user=owner,
        extra_groups=None if owner is None else [],
    )


def start(found: Path, folder: Path, port: int, owner: str | None) -> subprocess.Popen[bytes]:
    """Start the server in the foreground, without the care for power cuts that tests do not need."""
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
    }
    settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [found / "postgres", "-D", folder / "data", *settings],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            user=owner,
            extra_groups=None if owner is None else [],
            preexec_fn=stop_with_parent(),  # noqa: PLW1509 this script has no threads
        )


def stop_with_parent() -> Callable[[], None]:
    """Make the hook that has the kernel stop the server when we are killed before we can."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def free_port() -> int:
    """Ask the kernel for a loopback port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(found: Path, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server takes connections; show its log and stop when it does not."""
    deadline = time.monotonic() + START_SECONDS
    ready = [str(found / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

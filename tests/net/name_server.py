"""A real name server for tests: Debian's NSD on loopback, with zones of our own and a TSIG key."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

KEY_NAME = "transfer.lionrock.example"
SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OPEN, SEALED, CLOSED = "open.example", "sealed.example", "closed.example"
SECONDS = 20.0


def nsd() -> str | None:
    """Find Debian's NSD."""
    return shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin")


needs_nsd = pytest.mark.skipif(nsd() is None, reason="Debian's NSD (nsd) is not installed")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServer:
    """A running server."""

    address: str
    folder: Path
    process: "subprocess.Popen[bytes]"


def zone(name: str, *, serial: int, names: int = 3) -> str:
    """A zone with so many delegations, a wildcard, and a host with addresses."""
    lines = [
        f"$ORIGIN {name}.",
        "$TTL 300",
        f"@ IN SOA ns1 hostmaster {serial} 3600 600 86400 300",
        "@ IN NS ns1",
        "ns1 IN A 192.0.2.53",
        "ns1 IN AAAA 2001:db8::53",
        "* IN TXT anything",
    ]
    lines += [
        f"shop-{number} IN NS ns{way}.dns.example."
        for number in range(names)
        for way in range(1, 3)
    ]
    return "\n".join(lines) + "\n"


@contextmanager
def name_server(folder: Path, *, names: int = 3, serial: int = 1) -> Iterator[NameServer]:
    """Serve three zones: one for everybody, one for who has the key, one for nobody."""
    program = nsd()
    assert program is not None, "mark the test needs_nsd"
    folder.mkdir(parents=True, exist_ok=True)
    for each in (OPEN, SEALED, CLOSED):
        (folder / each).write_text(zone(each, serial=serial, names=names))
    port = free_port()
    config = folder / "nsd.conf"
    config.write_text(
        f"""
server:
  ip-address: 127.0.0.1
  port: {port}
  do-ip6: no
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/zone.list"
  xfrdir: "{folder}"
  cookie-secret-file: ""
  logfile: "{folder}/nsd.log"
remote-control:
  control-enable: no
key:
  name: "{KEY_NAME}"
  algorithm: hmac-sha256
  secret: "{SECRET}"
zone:
  name: "{OPEN}"
  zonefile: "{OPEN}"
  provide-xfr: 127.0.0.1 NOKEY
zone:
  name: "{SEALED}"
  zonefile: "{SEALED}"
  provide-xfr: 127.0.0.1 {KEY_NAME}
zone:
  name: "{CLOSED}"
  zonefile: "{CLOSED}"
"""
    )
    process = subprocess.Popen([program, "-d", "-c", str(config)])
    try:
        wait_until_open(process, port, folder)
        yield NameServer(address=f"dns://127.0.0.1:{port}", folder=folder, process=process)
    finally:
        process.terminate()
        process.wait(SECONDS)


def wait_until_open(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    """Wait until the server takes connections."""
    deadline = time.monotonic() + SECONDS
    while True:
        log = folder / "nsd.log"
        said = log.read_text() if log.exists() else ""
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])

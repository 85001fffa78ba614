"""Serves several logs that hold the same certificates, in a process of its own, quickly: for measuring.

Told how many certificates, which kind of log and how many logs, it writes the list of logs as one line
and serves until its input ends; then it says what that took. A line ``live N`` has the logs begin
again and take N entries a second altogether.
"""

import gzip
import json
import random
import resource
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from lionrock import regions
from lionrock.core.hosts import as_host
from lionrock.names.sample import sample_names
from lionrock.net.ct.logs import Kind
from tests.net.ct.localog import BEGAN, Authority, LocalLog, Taken, taken
from tests.net.serving import Asked

CAP: Final = 256
"""Entries that a log gives at once, of either kind."""
SIGNED_EVERY: Final = 1.0
"""Seconds between two trees that a log signs."""


def main() -> None:
    """Make the logs, say where they are, serve."""
    count, kind, logs = int(sys.argv[1]), Kind(sys.argv[2]), int(sys.argv[3])
    pairs = certificates(count)
    served = [_Hosted(kind, f"log{i}.example/2026h2", shuffled(pairs, seed=i)) for i in range(logs)]
    _say(json.dumps({"operators": [_listed(kind, served)]}))
    before = resource.getrusage(resource.RUSAGE_SELF)
    for line in sys.stdin:
        rate = float(line.removeprefix("live ")) / logs
        for one in served:
            one.log.signed_size = 0
        threading.Thread(target=_live, args=(served, rate), daemon=True).start()
        _say("live")
    after = resource.getrusage(resource.RUSAGE_SELF)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    _say(f"the logs' own processor time {busy:.1f} s")
    for one in served:
        one.server.shutdown()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _live(served: "list[_Hosted]", rate: float) -> None:
    """Let each log sign what it took since, at ``rate`` entries a second, every now and then."""
    began = time.monotonic()
    size, most = 0, min(len(one.log.entries) for one in served)
    while size < most:
        time.sleep(SIGNED_EVERY)
        size = min(most, int(rate * (time.monotonic() - began)))
        for one in served:
            one.log.stamp += 1000
            one.log.signed_size = size


def certificates(count: int) -> list[tuple[Taken, Taken]]:
    """Return entries of ``count`` certificates, with as many names as certificates have."""
    dice = random.Random(3)
    authority = Authority()
    region = regions.load(regions.DEFAULT)
    hosts = filter(
        None,
        (
            as_host(name.decode("utf-8", "replace"))
            for name in sample_names(region, count=4 * count)
        ),
    )
    stamp = int(BEGAN.timestamp() * 1000)
    pairs = []
    for i in range(count):
        host = next(hosts)[-200:].lstrip(".-")
        names = [host, *dice.choice(((), (f"www.{host}",), (f"www.{host}",), (f"*.{host}",)))]
        if dice.random() < 0.05:
            names += [f"a{n}.{host}" for n in range(dice.randrange(2, 40))]
        pairs.append(taken(authority, *names, common_name=host[:64], stamp=stamp + i, index=i))
    return pairs


def shuffled(pairs: Sequence[tuple[Taken, Taken]], *, seed: int) -> list[Taken]:
    """Return the entries as one log takes them: nearly in order, certificates after precertificates."""
    dice = random.Random(seed)
    placed = []
    for i, (before, after) in enumerate(pairs):
        place = i + dice.random() * 500
        placed += [(place, before), (place + dice.random() * 3000, after)]
    placed.sort(key=lambda one: one[0])
    return [entry for _, entry in placed]


class _Hosted:
    """A log and its server; tiles and answers with entries are made beforehand."""

    def __init__(self, kind: Kind, name: str, entries: list[Taken]) -> None:
        self.log = log = LocalLog(name=name, cap=CAP)
        log.grow(entries)
        ready: dict[str, bytes] = {}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = ready.get(_key(self.path))
                packed = body is not None
                if body is None:
                    asked = Asked(method="GET", path=self.path, headers={}, body=b"")
                    said = log.tiled(asked) if kind is Kind.TILES else log.dynamic(asked)
                    body, packed = said.body, "Content-Encoding" in said.headers
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                if packed:
                    self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        for first in range(0, len(entries) - CAP, CAP):
            path = (
                f"/tile/data/{_number(first // CAP)}"
                if kind is Kind.TILES
                else f"/ct/v1/get-entries?start={first}&end={len(entries)}"
            )
            asked = Asked(method="GET", path=path, headers={}, body=b"")
            said = log.tiled(asked) if kind is Kind.TILES else log.dynamic(asked)
            body = said.body if kind is Kind.TILES else gzip.compress(said.body, 1)
            ready[_key(path)] = body
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def _listed(kind: Kind, served: list[_Hosted]) -> object:
    logs = []
    for one in served:
        log = one.log.described(one.url, kind)
        where = (
            {"monitoring_url": log.url, "submission_url": log.submission_url}
            if kind is Kind.TILES
            else {"url": log.url}
        )
        key, log_id = b64encode(log.key).decode(), b64encode(log.id).decode()
        logs.append({"key": key, "log_id": log_id, "mmd": 60, **where})
    return {"name": "Lamp Post", "tiled_logs" if kind is Kind.TILES else "logs": logs}


def _key(path: str) -> str:
    """Return by what an answer is looked up: of a question for entries, where it begins."""
    if not path.startswith("/ct/v1/get-entries"):
        return path
    of = parse_qs(urlsplit(path).query)
    first, last = int(of["start"][0]), int(of["end"][0])
    return f"{first}" if last - first >= CAP - 1 else path


def _number(index: int) -> str:
    return f"{index:03}" if index < 1000 else f"x{index // 1000:03}/{index % 1000:03}"


if __name__ == "__main__":
    main()

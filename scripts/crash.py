"""Kills workers at random moments and counts what is lost or doubled: python -m scripts.crash [--kills N]

Real worker processes collect made-up deliveries from a drop folder, read, store, route and send them
to a real SMTP server on loopback. Every few moments one is killed (kill -9) with all it started, and
started again under its name. Others die by the SMTP server's hand (--dots N): a moment after the final
dot of a letter of theirs, before or after they are told that it was taken. In the end every row, counter
and letter is accounted for. Runs on SQLite with one worker and, where it is installed, on PostgreSQL with
two.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from scripts import with_postgres
from scripts.crash_post import Kill, Post, post_office, speaks_from

FEED = "shadowserver"
ROWS = 300
LARGE_ROWS = 45_000
LARGE_EVERY = 40
LAY_SECONDS = 1.5
PER_KILL = 2
IDLE_SECONDS = 15.0
"""How fast deliveries are laid; and where twice as many lie as workers died, so that a slow machine is
not buried under them."""
PARTIES = 4
REPORTS = (
    "event4_sinkhole",
    "event4_sinkhole_http",
    "event4_microsoft_sinkhole",
    "event4_microsoft_sinkhole_http",
)
"""Passive observations: no later delivery's silence may call fixed what an earlier one saw."""
STUCK_SECONDS = 180
"""Without anything done for so long, what is open will stay open."""
START = "from lionrock.jobs.cli import main; main()"


@dataclass(slots=True)
class Worker:
    """A worker process under a name it keeps over all its deaths."""

    name: str
    around: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it in a session of its own, so that all it starts dies with it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, "work", "--name", self.name],
                env=self.around,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it and all it started, at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def died(self) -> bool:
        """Say whether it needs to be started again; tell when it ended otherwise than by our hand."""
        code = self.process.poll() if self.process is not None else None
        if code not in {None, -signal.SIGKILL}:
            print(f"{self.name} ended by itself with {code}", flush=True)
        return code is not None

    def stop(self) -> None:
        """Stop it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def main(words: Sequence[str]) -> int:
    """Run on every database there is; print what was counted; end with 1 when a count is off."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--dots", type=int, default=40, help="further kills, at a final dot")
    asked.add_argument("--seed", type=int, default=int(time.time()))
    asked.add_argument("--only", choices=["sqlite", "postgresql"])
    asked.add_argument("--pause", type=float, default=6.0, help="longest pause between two kills")
    given = asked.parse_args(words)
    wrong = 0
    if given.only != "postgresql":
        wrong += one_run("SQLite", 1, "", given)
    if given.only != "sqlite":
        if with_postgres.programs() is None:
            print("PostgreSQL is not installed: skipped (Debian package: postgresql)")
        else:
            with with_postgres.server() as url:
                wrong += one_run("PostgreSQL", 2, url, given)
    return 1 if wrong else 0


def one_run(title: str, workers: int, database: str, given: argparse.Namespace) -> int:
    """Run once on one database; return how many counts are off."""
    folder = Path(tempfile.mkdtemp(prefix="lionrock-crash-"))
    chance = random.Random(given.seed)
    print(
        f"--- {title}, {workers} worker(s), {given.kills} kills at random moments, "
        f"{given.dots} at a final dot, seed {given.seed}"
    )
    around = {
        **{k: v for k, v in os.environ.items() if not k.startswith("LIONROCK_")},
        "LIONROCK_DATA": str(folder / "data"),
        "LIONROCK_DATABASE": database,
        "LIONROCK_TELL_DAYS": "0",  # the deliveries are long past, see ``delivery``
        "DJANGO_SETTINGS_MODULE": "lionrock.web.settings",
        "PYTHONPATH": os.pathsep.join(["src", "."]),
    }
    try:
        with ExitStack() as closing:
            post, port = closing.enter_context(post_office(given.seed))
            inside(around, "prepare", str(port))
            crew = [
                Worker(f"crash-{n}", around, folder / f"worker-{n}.log")
                for n in range(1, workers + 1)
            ]
            for worker in crew:
                worker.start()
                closing.callback(worker.stop)
            closing.enter_context(rechecking(around, folder / "recheck.log"))
            laid = kill_and_lay(crew, folder / "data", post, given, chance)
            post.over = True
            settled = wait_until_quiet(around, laid)
            for worker in crew:
                worker.stop()
            taken = folder / "taken"
            taken.write_text("".join(f"{n} {name}\n" for name, n in post.taken.items()))
            deaths = folder / "deaths"
            deaths.write_text("".join(f"{int(d.answered)} {d.letter}\n" for d in post.deaths))
            wrong = inside(around, "verify", str(taken), str(deaths), str(folder / "made"))
            print(wrong, end="")
            failed = wrong.count("WRONG") + (0 if settled else 1)
            if not settled:
                print(f"WRONG: what is open has not moved for {STUCK_SECONDS} s")
            if failed:
                for worker in crew:
                    print(f"--- end of {worker.name}'s log")
                    print("\n".join(worker.log.read_text(errors="replace").splitlines()[-15:]))
            return failed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kill_and_lay(
    crew: Sequence[Worker],
    data: Path,
    post: Post,
    given: argparse.Namespace,
    chance: random.Random,
) -> int:
    """Lay deliveries in all the while, and kill a worker again and again; return what was laid."""
    made = data.parent / "made"
    over = threading.Event()
    counted: list[str] = []
    died: list[int] = []

    def lay() -> None:
        number = 0
        while not over.is_set():
            name, content = delivery(number)
            place(made, name, content)  # counted in the end, and never seen by a worker
            place(data / "drop" / FEED, name, content)
            number += 1
            counted.append(name)
            over.wait(LAY_SECONDS if number < PER_KILL * (len(died) + 5) else IDLE_SECONDS)

    at_dots = [False] * given.kills + [True] * given.dots
    chance.shuffle(at_dots)
    hand = threading.Thread(target=lay, daemon=True)
    hand.start()
    try:
        for number, at_dot in enumerate(at_dots, start=1):
            time.sleep(chance.uniform(0.05, given.pause))
            if not at_dot:
                chance.choice(list(crew)).kill()
            elif not post.strike(lambda port: sender(crew, port), STUCK_SECONDS):
                raise SystemExit(f"no letter has come for {STUCK_SECONDS} s")
            died.append(number)
            for worker in crew:
                if worker.died():
                    worker.start()
            if number % 10 == 0:
                print(f"{number} kills, {len(counted)} deliveries laid", flush=True)
    finally:
        over.set()
        hand.join()
    return len(counted)


def sender(crew: Sequence[Worker], port: int) -> Kill | None:
    """Return what kills the worker whose letter comes from this port of this machine."""
    for worker in crew:
        if worker.process is not None and speaks_from(worker.process.pid, port):
            return worker.kill
    return None


def place(folder: Path, name: str, content: bytes) -> None:
    """Lay a file in as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}"
    draft.write_bytes(content)
    draft.rename(folder / name)


def delivery(number: int) -> tuple[str, bytes]:
    """Return a delivery's name and bytes: every row another address of ours, each a problem of its own.

    Its times are long past: whoever rechecks meanwhile finds each episode not seen since long ago.
    """
    report = REPORTS[number % len(REPORTS)]
    rows = LARGE_ROWS if number % LARGE_EVERY == LARGE_EVERY - 1 else ROWS
    day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number % 300)
    home, apart = int(IPv4Address("198.18.0.0")), 2**16 // rows  # spread over all parties
    lines = ["timestamp,severity,protocol,src_ip,src_port,src_asn,src_geo,infection,tag"]
    lines += [
        f"{day:%Y-%m-%d} 0{row % 10}:00:{row % 60:02d},critical,tcp,"
        f"{IPv4Address(home + (number * 977 + row * apart) % 2**16)},{40_000 + row % 20_000},64496,,"
        f"made-up-{number},n{number}"
        for row in range(rows)
    ]
    return f"{day:%Y-%m-%d}-{report}-n{number}.csv", ("\n".join(lines) + "\n").encode()


@contextmanager
def rechecking(around: dict[str, str], log: Path) -> Iterator[None]:
    """Look all the while what was fixed or not seen since, as workers do every hour."""
    with log.open("ab") as words:
        looks = subprocess.Popen(
            [sys.executable, "-m", "scripts.crash_inside", "recheck"],
            env=around,
            stdout=words,
            stderr=words,
        )
    try:
        yield
        if looks.poll() is not None:
            raise SystemExit(f"rechecking ended by itself:\n{log.read_text(errors='replace')}")
    finally:
        looks.kill()
        looks.wait()


def wait_until_quiet(around: dict[str, str], laid: int) -> bool:
    """Wait until everything that was laid is collected, read, routed and sent.

    A delivery whose readers died five times at one place is put aside for a person, as it should be;
    here the person tells it to go on.
    """
    before = ""
    deadline = time.monotonic() + STUCK_SECONDS
    while time.monotonic() < deadline:
        left = inside(around, "open", str(laid)).strip()
        if left.startswith("0 "):
            return True
        if left != before:
            before, deadline = left, time.monotonic() + STUCK_SECONDS
        time.sleep(3)
    return False


def inside(around: dict[str, str], *words: str) -> str:
    """Run a part of this script in a process that knows the database."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.crash_inside", *words],
        env=around,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

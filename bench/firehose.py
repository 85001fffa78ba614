"""Measures whether the certificates of the world could be read and judged as fast as they are issued.

Three logs on loopback, in a process of their own, hold the same certificates, each as precertificate and
as certificate, in orders of their own. They are followed at once, as they are in earnest: every
signature, tree and entry proven, every entry read, each certificate taken once, names that are new to us
judged by the shipped model. First as fast as it goes; then with logs that grow at the target's rate, to see
what that leaves of the machine and how long entries wait. Prints rates beside the target, and what load the
machine had from others; asserts nothing. BENCH_CERTIFICATES says how many; BENCH_KIND is tiles or rfc6962.
"""

import os
import queue
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from cryptography import x509

from bench.names import per_name
from lionrock import regions
from lionrock.names import certificates, scorer
from lionrock.names.blocks import Lines
from lionrock.names.certificates import Certificates, Recent
from lionrock.names.scan import scan
from lionrock.names.seen import SeenSet
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage
from lionrock.net.ct.following import Manners, follow
from lionrock.net.ct.leaves import Leaves
from lionrock.net.ct.logs import Kind, Log, read_log_list

COUNT = int(os.environ.get("BENCH_CERTIFICATES", "40000"))
KIND = Kind(os.environ.get("BENCH_KIND", "tiles"))
LOGS = 3
TARGET = 820
"""Certificates a second: five times what the world issues today."""
MOST_NAMES = 16_384
"""Names of one block."""
LIVE_SECONDS = 30
LOOPBACK = ("127.0.0.0/8",)
EAGER = Manners(per_second=1000, patience=0, poll=0.2, at_once=2)
"""The logs are ours: what is measured is not how long one waits to be polite."""
LIVE = Manners(per_second=1000, patience=2, poll=1)


def main() -> None:
    """Serve the logs, follow them to their ends, follow them while they grow; print how that went."""
    region = regions.load(regions.DEFAULT)
    triage, suffixes = Triage(region, scorer.shipped()), Suffixes.bundled()
    with serving() as hosts, tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        with SeenSet.open(Path(folder) / "warm") as seen:
            judged(
                hosts.logs, triage, suffixes, seen, least=1
            )  # compiles, and reads what is read once
        reading(hosts.logs)
        with measured() as spent, SeenSet.open(Path(folder) / "seen") as seen:
            counts = judged(hosts.logs, triage, suffixes, seen, least=2 * COUNT)
        rate = counts["certificates"] / spent["wall"]
        print(
            f"{counts['certificates']:,} certificates, {counts['entries']:,} entries of {LOGS} {KIND} logs,"
            f" {counts['names']:,} new names judged, {counts['suspects']:,} put forward"
        )
        print(
            f"{rate:,.0f} certificates/s ({counts['entries'] / spent['wall']:,.0f} entries/s)"
            f" in {spent['wall']:.1f} s; target {TARGET}: {rate / TARGET:.1f} times that"
        )
        print(
            f"processor time {spent['busy']:.1f} s,"
            f" {spent['busy'] / counts['certificates'] * 1e3:.2f} ms a certificate;"
            f" at most {spent['memory']:,.0f} MiB; load before {spent['load']} on {os.cpu_count()} cores"
        )
        growing = 2 * min(COUNT, LIVE_SECONDS * TARGET)
        lags: list[float] = []
        with measured() as spent, SeenSet.open(Path(folder) / "live") as seen:
            hosts.live(2 * LOGS * TARGET)
            counts = judged(hosts.logs, triage, suffixes, seen, least=growing, lags=lags)
        rate = counts["certificates"] / spent["wall"]
        half, most = np.quantile(lags, (0.5, 0.95))
        print(
            f"logs that grow by {TARGET} certificates/s: {rate:,.0f}/s read and judged for"
            f" {spent['wall']:.0f} s with {spent['busy'] / spent['wall']:.0%} of one core; entries were read"
            f" {half:.1f} s after they came, 95 % of them within {most:.1f} s (logs sign every second)"
        )


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Fill in what the block took: wall and processor time, most memory in MiB, the load before it."""
    spent = {"load": float(Path("/proc/loadavg").read_text().split()[0])}
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    yield spent
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent["wall"] = time.monotonic() - began
    spent["busy"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    spent["memory"] = after.ru_maxrss / 1024


def reading(logs: list[Log]) -> None:
    """Time the reading of certificates beside cryptography's, on the first batches of a log."""
    with closing(
        follow(logs[0], start=0, manners=EAGER, allow=LOOPBACK, stopped=threading.Event().wait)
    ) as coming:
        some = [batch for batch in islice(coming, 8) if isinstance(batch, Leaves)]
    ders = [
        batch.text[batch.starts[i] : batch.ends[i]].tobytes()
        for batch in some
        for i in np.flatnonzero(~batch.precertificate).tolist()
    ]

    def theirs() -> None:
        for der in ders:
            found = x509.load_der_x509_certificate(der).extensions
            san = found.get_extension_for_class(x509.SubjectAlternativeName).value
            san.get_values_for_type(x509.DNSName)

    ours = per_name(lambda: [certificates.read(batch) for batch in some], sum(map(len, some)))
    reference = per_name(theirs, len(ders))
    print(
        f"reading certificates alone: {1 / ours:,.0f}/s; cryptography: {1 / reference:,.0f}/s;"
        f" ratio {reference / ours:.1f}"
    )


def judged(
    logs: list[Log],
    triage: Triage,
    suffixes: Suffixes,
    seen: SeenSet,
    *,
    least: int,
    lags: list[float] | None = None,
) -> dict[str, int]:
    """Follow the logs until each gave ``least`` entries, judge what is new, and count.

    ``lags`` takes down for each batch how long its last entry waited, in logs that begin to grow now.
    """
    counts = dict.fromkeys(("entries", "certificates", "names", "suspects"), 0)
    arrived: queue.Queue[Certificates | None] = queue.Queue(maxsize=64)
    ended = threading.Event()
    began = time.monotonic()

    def followed(log: Log) -> None:
        """Hand on what a log holds, read, and None at the end."""
        count = 0
        manners = EAGER if lags is None else LIVE
        try:
            with closing(
                follow(log, start=0, manners=manners, allow=LOOPBACK, stopped=ended.wait)
            ) as coming:
                for batch in coming:
                    count += len(batch)
                    arrived.put(certificates.read(batch))
                    if lags is not None and len(batch):
                        lags.append(time.monotonic() - began - batch.next / (2 * TARGET))
                    if count >= least:
                        break
        finally:
            arrived.put(None)

    with ThreadPoolExecutor(LOGS) as pool:
        following = [pool.submit(followed, log) for log in logs]
        recent = Recent()
        for scanned in scan(blocks(arrived, recent, counts), triage, suffixes, seen=seen):
            seen.add(scanned.hosts)
            counts["names"] += scanned.judged
            counts["suspects"] += len(scanned.judgements)
        for future in following:
            future.result()
    return counts


def blocks(
    arrived: "queue.Queue[Certificates | None]", recent: Recent, counts: dict[str, int]
) -> Iterator[Lines]:
    """Yield the names of certificates that were not there before, as many at once as have come."""
    running = LOGS
    while running:
        waiting: list[Lines] = []
        found = arrived.get()
        while True:
            if found is None:
                running -= 1
            else:
                counts["entries"] += len(found)
                fresh = found.only(recent.unseen(found))
                counts["certificates"] += len(fresh)
                waiting.append(fresh.names)
            if sum(map(len, waiting)) >= MOST_NAMES or not running:
                break
            try:
                found = arrived.get_nowait()
            except queue.Empty:
                break
        yield joined(waiting)


def joined(several: list[Lines]) -> Lines:
    """Return lines one after the other."""
    sizes = [np.diff(lines.starts) for lines in several]
    lengths = np.concatenate(sizes) if sizes else np.zeros(0, dtype=np.int64)
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    text = [lines.text[: lines.starts[-1]] for lines in several]
    return Lines(
        text=np.concatenate(text) if text else np.zeros(0, dtype=np.uint8),
        starts=starts,
        numbers=np.arange(1, len(lengths) + 1, dtype=np.int64),
    )


@dataclass(frozen=True, slots=True)
class Hosts:
    """The logs' process: where its logs are, and how it is told to let them grow."""

    logs: list[Log]
    live: Callable[[float], None]


@contextmanager
def serving() -> Iterator[Hosts]:
    """Have the logs served by a process of their own, until the block ends."""
    command = [sys.executable, "-m", "tests.net.ct.hosting", str(COUNT), KIND, str(LOGS)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None or process.stdin is None:
                raise RuntimeError("no pipe")
            told, tell = process.stdout, process.stdin

            def live(rate: float) -> None:
                tell.write(f"live {rate}\n")
                tell.flush()
                told.readline()

            yield Hosts(list(read_log_list(told.readline().encode()).logs), live)
            tell.close()  # which ends it
            print(told.read().strip())
        finally:
            process.terminate()


if __name__ == "__main__":
    main()

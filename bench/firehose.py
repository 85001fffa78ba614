"""Measures whether the certificates of the world could be read and judged as fast as they are issued.

Three logs on loopback, in a process of their own, hold the same certificates, each as precertificate and
as certificate, in orders of their own. They are followed at once, as they are in earnest: every
signature, tree and entry proven, every entry read, each certificate taken once, names that are new to us
judged by the shipped model. Prints rates beside the target, and what load the machine had from others;
asserts nothing. BENCH_CERTIFICATES says how many; BENCH_KIND is tiles or rfc6962.
"""

import os
import queue
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
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
LOOPBACK = ("127.0.0.0/8",)
EAGER = Manners(per_second=1000, patience=0, poll=0.2, at_once=2)
"""The logs are ours: what is measured is not how long one waits to be polite."""


def main() -> None:
    """Serve the logs, follow them to their ends, and print how long that took."""
    with serving() as logs, tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        region = regions.load(regions.DEFAULT)
        triage, suffixes = Triage(region, scorer.shipped()), Suffixes.bundled()
        with SeenSet.open(Path(folder) / "warm") as seen:
            judged(logs, triage, suffixes, seen, least=1)  # compiles, and reads what is read once
        reading(logs)
        before = resource.getrusage(resource.RUSAGE_SELF)
        load = Path("/proc/loadavg").read_text().split()[0]
        began = time.monotonic()
        with SeenSet.open(Path(folder) / "seen") as seen:
            counts = judged(logs, triage, suffixes, seen, least=2 * COUNT)
        took = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_SELF)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rate = counts["certificates"] / took
    print(
        f"{counts['certificates']:,} certificates, {counts['entries']:,} entries of {LOGS} {KIND} logs,"
        f" {counts['names']:,} new names judged, {counts['suspects']:,} put forward"
    )
    print(
        f"{rate:,.0f} certificates/s ({counts['entries'] / took:,.0f} entries/s) in {took:.1f} s;"
        f" target {TARGET}: {rate / TARGET:.1f} times that"
    )
    print(
        f"processor time {busy:.1f} s, {busy / counts['certificates'] * 1e3:.2f} ms a certificate;"
        f" at most {after.ru_maxrss / 1024:,.0f} MiB; load before {load} on {os.cpu_count()} cores"
    )


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
    logs: list[Log], triage: Triage, suffixes: Suffixes, seen: SeenSet, *, least: int
) -> dict[str, int]:
    """Follow the logs until each gave ``least`` entries, judge what is new, and count."""
    counts = dict.fromkeys(("entries", "certificates", "names", "suspects"), 0)
    arrived: queue.Queue[Certificates | None] = queue.Queue(maxsize=64)
    ended = threading.Event()
    threads = [threading.Thread(target=followed, args=(log, arrived, ended, least)) for log in logs]
    for thread in threads:
        thread.start()
    recent = Recent()
    for scanned in scan(blocks(arrived, recent, counts), triage, suffixes, seen=seen):
        seen.add(scanned.hosts)
        counts["names"] += scanned.judged
        counts["suspects"] += len(scanned.judgements)
    ended.set()
    for thread in threads:
        thread.join()
    return counts


def followed(
    log: Log,
    arrived: "queue.Queue[Certificates | None]",
    ended: threading.Event,
    least: int,
) -> None:
    """Hand on what a log holds, read, and None at the end."""
    count = 0
    for batch in follow(log, start=0, manners=EAGER, allow=LOOPBACK, stopped=ended.wait):
        found = certificates.read(batch)
        count += len(batch)
        arrived.put(found)
        if count >= least:
            break
    arrived.put(None)


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


@contextmanager
def serving() -> Iterator[list[Log]]:
    """Have the logs served by a process of their own, until the block ends."""
    command = [sys.executable, "-m", "tests.net.ct.hosting", str(COUNT), KIND, str(LOGS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None or process.stdin is None:
                raise RuntimeError("no pipe")
            told = read_log_list(process.stdout.readline())
            yield list(told.logs)
            process.stdin.close()  # which ends it
            print(process.stdout.read().decode().strip())
        finally:
            process.terminate()


if __name__ == "__main__":
    main()

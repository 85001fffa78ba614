"""Measures sweeps: threads of one machine beside Ray on the same two processors, and what both cost.

With ``--paper`` (and ``--rate N``, names a second of one processor, to measure nothing) it prints what
all registered names of the world, and a year of certificates, would need. Asserts nothing.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from lionrock import regions
from lionrock.jobs.sweep import Options, Workers, in_turn, sweep
from lionrock.jobs.sweep_files import list_files, opened, place_of
from lionrock.jobs.sweep_ray import ray_workers
from lionrock.jobs.sweep_task import Order
from lionrock.names import scorer
from lionrock.names.sample import sample_names
from lionrock.names.scan import Scanned
from lionrock.names.seen import SeenSet
from lionrock.names.shard_results import marks
from lionrock.names.shards import divide
from lionrock.names.triage import Triage

COUNT = int(os.environ.get("BENCH_COUNT", "3700000"))
CPUS = int(os.environ.get("BENCH_CPUS", "2"))
SHARD_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one run measured: names a second, what else a name costs, and the memory of a worker."""

    threads: float
    ray: float
    threads_processor: float
    """Names of one second of a processor's time, whoever else uses the machine."""
    processor: float
    """The same of the cluster's workers."""
    joined: float
    bytes_in: float
    bytes_kept: float
    worker: float
    """MiB of the largest worker."""
    apart: float
    """Names a second that the set of names seen tells apart."""


def main() -> None:
    """Measure, and print figures; with ``--paper`` the table that follows from them."""
    words = sys.argv[1:]
    rate = float(words[words.index("--rate") + 1]) if "--rate" in words else None
    seen = measured() if rate is None else None
    if "--paper" in words or rate is not None:
        sys.stdout.write(paper(rate or (seen.processor if seen else 0.0), seen))


def measured() -> Seen:
    """Time one machine and a cluster of it, both warm, on the same generated names."""
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as name:
        folder = Path(name)
        path = written(folder / "names.txt")
        judge = Triage(regions.load(regions.DEFAULT), scorer.shipped())
        options = Options(shard_bytes=SHARD_BYTES)
        some = folder / "some.txt"
        some.write_bytes(path.read_bytes()[: 1 << 20].rpartition(b"\n")[0])
        _drain(in_turn(list_files(str(some)), judge, options))  # warm

        began, used = time.monotonic(), time.process_time()
        names, alone = _drain(in_turn(list_files(str(path)), judge, options))
        threads = names / (time.monotonic() - began)
        threads_processor = names / (time.process_time() - used)

        clock = _Clock()
        results = folder / "results"
        swept = sweep(
            str(path),
            triage=judge,
            model=resources.files("lionrock.names") / "model",
            options=options,
            workers=lambda order: warm(order, path, options, clock),
            results=str(results),
            show=lambda words: None,
        )
        total, together = _drain(swept)
        joined = time.monotonic() - clock.ended
        kept = sum(file.stat().st_size for file in results.iterdir())
        ray = total / (clock.ended - clock.began)
        used = sum(mark.seconds for mark in marks(place_of(str(results))).values())
        found = Seen(
            threads=threads,
            ray=ray,
            threads_processor=threads_processor,
            processor=total / used,
            joined=total / joined,
            bytes_in=path.stat().st_size / total,
            bytes_kept=kept / total,
            worker=clock.memory,
            apart=known_apart(),
        )
    print(f"{names:,} names, {alone:,} suspects; load {os.getloadavg()[0]:.1f}, {CPUS} processors")
    print(f"threads of one machine: {found.threads:,.0f} names a second")
    print(f"ray on the same machine, warm: {found.ray:,.0f} names a second, the same {together:,}")
    print(f"ray / threads: {found.ray / found.threads:.2f}")
    print(
        f"of a processor's second: threads {found.threads_processor:,.0f}, ray {found.processor:,.0f}"
    )
    print(f"joining: {found.joined:,.0f} names a second")
    print(f"kept for a name: {found.bytes_kept:.2f} bytes (read: {found.bytes_in:.1f})")
    print(f"largest worker: {found.worker:,.0f} MiB")
    print(f"set of names seen: {found.apart:,.0f} names a second")
    return found


def written(path: Path) -> Path:
    """Write COUNT generated names, differing in a number, and return the file."""
    region = regions.load(regions.DEFAULT)
    names = [n for n in sample_names(region, count=100_000) if b"\0" not in n and len(n) < 200]
    with path.open("wb") as stream:
        for round_ in range(-(-COUNT // len(names))):
            mark = b"" if round_ == 0 else b"%d" % round_
            left = COUNT - round_ * len(names)
            stream.writelines(mark + name for name in names[:left])
    return path


class _Clock:
    """When the warm workers began, and ended, and the MiB that the largest of them took."""

    began = 0.0
    ended = 0.0
    memory = 0.0


@contextmanager
def warm(order: Order, path: Path, options: Options, clock: _Clock) -> Iterator[Workers]:
    """Start Ray, have every worker judge a shard, and only then start the clock."""
    with ray_workers(order, address=None, cpus=CPUS) as crowd:
        files = list_files(str(path))
        place = place_of(files.at)
        shards = divide(
            files.files, lambda file: opened(place, file), shard_bytes=options.shard_bytes
        )
        handles = [crowd.start(shard) for shard in shards[: 2 * CPUS]]
        while handles:
            for handle in crowd.finished(handles, 1.0):
                crowd.result(handle)
                handles.remove(handle)
        clock.began = time.monotonic()
        yield crowd
        clock.ended = time.monotonic()
        clock.memory = _largest_worker()


def _largest_worker() -> float:
    """Return the most memory, in MiB, that a worker of Ray on this machine has had."""
    found = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if text.startswith("Name:\tray::") and "VmHWM:" in text:
            found.append(int(text.partition("VmHWM:")[2].split()[0]))
    return max(found) / 1024


def _drain(outcomes: Iterator[Scanned]) -> tuple[int, int]:
    names = suspects = 0
    for outcome in outcomes:
        names += outcome.judged
        suspects += len(outcome.judgements)
    return names, suspects


def known_apart(count: int = 20_000_000, block: int = 65_536) -> float:
    """Return how many hashed names a second the set of names seen tells apart, half of them new."""
    random = np.random.default_rng(1)
    with (
        tempfile.TemporaryDirectory(prefix="lionrock-bench-") as name,
        SeenSet.open(Path(name) / "seen") as seen,
    ):
        began = time.monotonic()
        for _ in range(count // block):
            hashes = random.integers(0, count // 2, block, dtype=np.uint64)
            fresh = seen.unseen_hashes(hashes)
            seen.add_hashes(hashes[fresh])
        return count / (time.monotonic() - began)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to sweep: how many names, and how many of them the longest shard holds."""

    what: str
    names: float
    longest: float


CERTIFICATES = 164 * 365 * 86_400
"""Certificates of a year at today's rate."""
NAMES_PER_CERTIFICATE = 2.5
"""Assumed: the name itself, its www or wildcard, now and then many more."""
TIMES_A_NAME_COMES = 5.0
"""Assumed: a name comes back with every renewal, four to six times a year with 90 days' validity."""

TASKS = (
    Task(what="all registered names, as plain lists", names=370e6, longest=3.2e6),
    Task(what="the same as zones, 160 M names in the largest", names=370e6, longest=160e6),
    Task(
        what="a year of certificates, each name once",
        names=CERTIFICATES * NAMES_PER_CERTIFICATE / TIMES_A_NAME_COMES,
        longest=3.2e6,
    ),
    Task(
        what="a year of certificates, as they came",
        names=CERTIFICATES * NAMES_PER_CERTIFICATE,
        longest=3.2e6,
    ),
)
CLUSTERS = ((1, 2), (1, 16), (4, 16), (16, 16))
"""Nodes, and processors of each."""
SHARE_OF_WORK = 0.9
"""Assumed: what starts, stragglers and a shared network leave of a processor's time."""
START = 60.0
"""Seconds, assumed, until every node's workers have loaded and compiled."""


def hours(task: Task, rate: float, nodes: int, cpus: int) -> float:
    """Return how long a sweep takes: the start, and the work divided, or the longest shard if longer."""
    work = task.names / (rate * nodes * cpus * SHARE_OF_WORK)
    return (START + max(work, task.longest / rate)) / 3600


def paper(rate: float, seen: Seen | None) -> str:
    """Return the table for a rate of one processor, as Markdown."""
    kept = seen.bytes_kept if seen else 1.6
    memory = seen.worker if seen else 400.0
    apart = seen.apart if seen else 2e6
    read = seen.bytes_in if seen else 20.0
    rows = [
        f"At {rate:,.0f} names a second on a processor; {memory:,.0f} MiB for a worker:",
        "",
        "| what | names | "
        + " | ".join(f"{n} x {c} processors" for n, c in CLUSTERS)
        + " | processor hours | read | kept | with `--new-only`: kept | told apart |",
        "|---|---:|" + "---:|" * (len(CLUSTERS) + 5),
    ]
    for task in TASKS:
        times = [_time(hours(task, rate, nodes, cpus)) for nodes, cpus in CLUSTERS]
        rows.append(
            f"| {task.what} | {task.names / 1e6:,.0f} M | "
            + " | ".join(times)
            + f" | {task.names / rate / 3600:,.1f} | {task.names * read / 1e9:,.0f} GB"
            + f" | {task.names * kept / 1e9:,.1f} GB | {task.names * (kept + 8.2) / 1e9:,.0f} GB"
            + f" | {_time(task.names / apart / 3600)} |"
        )
    node = [f"{cpus} processors: {(cpus * memory + 1024) / 1024:,.1f} GiB" for _, cpus in CLUSTERS]
    return "\n".join([*rows, "", f"Memory of a node: {'; '.join(dict.fromkeys(node))}.", ""])


def _time(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:,.0f} min"

"""Workers of a sweep without a cluster, and sets of files to sweep, for the tests of sweeps."""

import gzip
import io
import json
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from lionrock import regions
from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs.sweep import Options, ShardFailed, Workers, in_turn, sweep
from lionrock.jobs.sweep_files import list_files
from lionrock.jobs.sweep_task import Order, judge_shard
from lionrock.names import scorer
from lionrock.names.scan import Scanned
from lionrock.names.seen import SeenSet
from lionrock.names.shard_results import Mark
from lionrock.names.shards import Shard
from lionrock.names.triage import Triage
from lionrock.names.writers import RejectsWriter, open_writer


class Here:
    """Judges shards in this process, one after the other."""

    def __init__(self, order: Order, judge: Callable[[Order, Shard], Mark] = judge_shard) -> None:
        self.order = order
        self.judge = judge
        self.given: dict[int, Shard] = {}
        self.most = 0

    def room(self) -> int:
        return 2

    def start(self, shard: Shard) -> Hashable:
        handle = len(self.given)
        self.given[handle] = shard
        return handle

    def finished(self, under_way: Sequence[Hashable], seconds: float) -> list[Hashable]:
        self.most = max(self.most, len(under_way))
        return list(under_way[-1:])

    def result(self, done: Hashable) -> Mark:
        try:
            return self.judge(self.order, self.given[int(str(done))])
        except TryLater as error:
            raise ShardFailed(str(error), may_pass=True) from error
        except GiveUp as error:
            raise ShardFailed(str(error), may_pass=False) from error

    def words(self) -> str:
        return "here"


class Crowd:
    """Opens workers for a sweep and remembers them."""

    def __init__(self, judge: Callable[[Order, Shard], Mark] = judge_shard) -> None:
        self.judge = judge
        self.opened: list[Here] = []

    @contextmanager
    def __call__(self, order: Order) -> Iterator[Workers]:
        self.opened.append(Here(order, self.judge))
        yield self.opened[-1]

    def judged(self) -> list[int]:
        """Return the shards that were given out by the last sweep."""
        return [shard.number for shard in self.opened[-1].given.values()] if self.opened else []


@cache
def triage() -> Triage:
    """Return what the command judges with, made ready once: judging changes nothing in it."""
    return Triage(regions.load(regions.DEFAULT), scorer.shipped())


def swept(
    words: str,
    crowd: Crowd,
    *,
    results: Path | str | None = None,
    options: Options | None = None,
    seen: SeenSet | None = None,
    judge: Triage | None = None,
    show: Callable[[str], None] = lambda words: None,
) -> Iterator[Scanned]:
    """Sweep with the model that ships, in shards of 4 KiB unless ``options`` say otherwise."""
    return sweep(
        words,
        triage=judge or triage(),
        model=resources.files("lionrock.names") / "model",
        options=options or Options(shard_bytes=4096),
        workers=crowd,
        results=None if results is None else str(results),
        seen=seen,
        show=show,
    )


def alone(words: str, *, options: Options | None = None) -> Iterator[Scanned]:
    """Read the same files on one machine."""
    return in_turn(list_files(words), triage(), options or Options())


def written(outcomes: Iterator[Scanned]) -> tuple[bytes, bytes, str]:
    """Return judgements and rejects as the command writes them, and how the reading ended."""
    out, refused = io.BytesIO(), io.BytesIO()
    writer, rejects = open_writer("jsonl", out), RejectsWriter(refused)
    end = ""
    try:
        for outcome in outcomes:
            writer.write(outcome.judgements)
            rejects.write(outcome.rejects, outcome.file)
    except (GiveUp, TryLater) as error:
        end = str(error)
    return out.getvalue(), refused.getvalue(), end


def name(number: int) -> str:
    """Return the name of a number: most unremarkable, some imitations, some no names."""
    if number % 11 == 0:
        return f"hsbc-login{number}.top"
    if number % 13 == 0:
        return f"no name {number}"
    return f"greenstone{number}.com"


def lay(folder: Path, *, each: int = 600) -> Path:
    """Write names in every form that is read into ``folder``, numbered on from file to file."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [[name(each * file + i) for i in range(each)] for file in range(7)]
    (folder / "1.txt").write_text("\n".join(names[0]) + "\n")
    rows = [f'"{host}","a ""quoted""\nnote, 漢字"' for host in names[1]]
    (folder / "2.csv").write_text("\n".join(["domain,note", *rows]))
    objects = [json.dumps({"domain": host}) for host in names[2]]
    (folder / "3.jsonl").write_text("\n".join([*objects[:50], "no json", *objects[50:]]) + "\n")
    pq.write_table(pa.table({"domain": names[3]}), folder / "4.parquet", row_group_size=100)
    (folder / "5.txt.gz").write_bytes(gzip.compress("\n".join(names[4]).encode(), mtime=0))
    packed = zstandard.compress("\n".join(names[5]).encode())
    (folder / "6.txt.zst").write_bytes(packed)
    owners = [host.replace(" ", "-").replace(".top", "").replace(".com", "") for host in names[6]]
    zone = [f"{owner} IN NS ns.example." for owner in owners]
    (folder / "7.zone").write_text("\n".join(["$ORIGIN top.", *zone]) + "\n")
    return folder

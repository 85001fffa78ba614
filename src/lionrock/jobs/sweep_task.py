"""What a worker of a sweep does: judge one shard and keep the result. It needs nothing but its order."""

import hashlib
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import lionrock
from lionrock.core.errors import GiveUp
from lionrock.core.region import Region
from lionrock.jobs.sweep_files import opened, place_of
from lionrock.names import scorer
from lionrock.names.scan import scan
from lionrock.names.shard_results import Mark, keep
from lionrock.names.shards import Reading, Shard
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage

THREADS: Final = 1
"""A shard has one processor; reading and judging take turns on it."""

_JUDGES: Final = ("core", "names")
"""The rooms whose code decides what a verdict is."""

_LIBRARIES: Final = ("lionrock", "numpy", "onnxruntime", "pyarrow", "publicsuffixlist")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What all workers of a sweep are told, once.

    ``source`` and ``results`` are addresses or paths that every node can reach. ``model`` holds the
    files of the model by name, ``pack`` is the digest of the
    region's pack, ``code`` what ``code_here`` must say, ``key`` that of the set of names
    seen where hosts' hashes are wanted.
    """

    source: str
    results: str
    column: str | None
    form: str | None
    least: float | None
    everything: bool
    key: bytes | None
    region: Region
    pack: str
    model: tuple[tuple[str, bytes], ...]
    code: str


def judge_shard(order: Order, shard: Shard) -> Mark:
    """Judge one shard, keep its result in the folder of results and return its mark.

    Raises TryLater for what may pass (a file system that does not answer), GiveUp for a node that
    runs other code than the sweep was begun with.
    """
    if code_here() != order.code:
        raise GiveUp(f"this node runs another version of Lionrock: {code_here()}, not {order.code}")
    triage, suffixes = _judge(order)
    with opened(place_of(order.source), shard.file) as stream:
        reading = Reading(shard, stream, column=order.column, form=order.form)
        return keep(
            place_of(order.results),
            shard.number,
            scan(
                reading,
                triage,
                suffixes,
                least=order.least,
                everything=order.everything,
                threads=THREADS,
            ),
            count_lines=lambda: reading.lines,
            clock=time.process_time,
            key=order.key,
        )


@cache
def code_here() -> str:
    """Return what tells this code from another: versions that matter, and a digest of our own."""
    package = Path(lionrock.__file__).parent
    files = [
        file
        for room in _JUDGES
        for file in (package / room).rglob("*")
        if file.suffix in {".py", ".toml"}
    ]
    digest = digest_of((str(file.relative_to(package)), file.read_bytes()) for file in files)
    return " ".join([*map(_version, _LIBRARIES), f"code {digest[:16]}"])


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """Return a digest of named contents, whatever their order."""
    every = hashlib.sha256()
    for name, content in sorted(files):
        every.update(f"{name}\0{len(content)}\0".encode())
        every.update(content)
    return every.hexdigest()


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"{library} absent"


class _Ready:
    """What one process has compiled for the order it worked on last; the next shard finds it there."""

    digest: str = ""
    judge: tuple[Triage, Suffixes] | None = None


def _judge(order: Order) -> tuple[Triage, Suffixes]:
    digest = digest_of(order.model) + order.pack
    if _Ready.judge is None or _Ready.digest != digest:
        with tempfile.TemporaryDirectory(prefix="lionrock-model-") as name:
            folder = Path(name)
            for file, content in order.model:
                (folder / file).write_bytes(content)
            triage = Triage(order.region, scorer.load(folder))
        _Ready.judge = triage, Suffixes.bundled()
        _Ready.digest = digest
    return _Ready.judge

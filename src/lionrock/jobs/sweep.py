"""A sweep: a set of files judged shard by shard on a cluster, and joined as one machine would have."""

import hashlib
import json
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow.fs as pafs

from lionrock import regions
from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs.sweep_files import Files, list_files, opened, place_of
from lionrock.jobs.sweep_task import Order, code_here, digest_of
from lionrock.names.scan import Scanned, scan
from lionrock.names.seen import SeenSet
from lionrock.names.shard_results import Mark, Place, marks, outcomes, put
from lionrock.names.shards import SHARD_BYTES, LineNumbers, Shard, divide, fingerprint
from lionrock.names.streams import open_names
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage

TRIES: Final = 3
"""How often a shard is given out when it fails in a way that may pass."""

UNDER_WAY_PER_CPU: Final = 2
"""Shards handed to the cluster per processor: the next one is there when one is done."""

_PLAN: Final = "sweep.json"
_FORMAT: Final = 1
_TOLD: Final = 5
_MOST_PLAN: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides how names are judged and told; a sweep goes on only with the same."""

    column: str | None = None
    form: str | None = None
    least: float | None = None
    everything: bool = False
    shard_bytes: int = SHARD_BYTES


class ShardFailed(Exception):
    """A worker could not judge its shard; ``may_pass`` says whether another try makes sense."""

    def __init__(self, why: str, *, may_pass: bool) -> None:
        super().__init__(why)
        self.may_pass = may_pass


class Workers(Protocol):
    """Whoever judges shards: a Ray cluster, or threads where a test needs no more."""

    def room(self) -> int:
        """Return how many shards can be judged at once."""

    def start(self, shard: Shard) -> Hashable:
        """Hand a shard out and return what it is known by."""

    def finished(self, under_way: Sequence[Hashable], seconds: float) -> list[Hashable]:
        """Wait until one of them has ended, at most so long, and return those that have."""

    def result(self, done: Hashable) -> Mark:
        """Return what came of it; raise ShardFailed when it failed."""

    def words(self) -> str:
        """Say who works, for people."""


def sweep(
    words: str,
    *,
    triage: Triage,
    model: Traversable | Path,
    options: Options,
    workers: Callable[[Order], AbstractContextManager[Workers]],
    results: str | None = None,
    seen: SeenSet | None = None,
    show: Callable[[str], None],
) -> Iterator[Scanned]:
    """Judge the files that ``words`` name on ``workers`` and yield the outcomes in input order.

    Each shard's result is kept in the folder ``results`` (or a temporary one); a later sweep with the
    same folder judges what is missing, and raises GiveUp when input, model, region, options or code
    are others. Judging knows no ``seen``: hosts in that set are left out when shards are joined.
    Raises TryLater when shards are missing in the end, GiveUp, after everything else, for files that
    could not be read to their end.
    """
    files = list_files(words)
    with ExitStack() as closing:
        if results is None:
            results = closing.enter_context(tempfile.TemporaryDirectory(prefix="lionrock-sweep-"))
        place = _folder_of(results, files)
        source = place_of(files.at)
        show(f"dividing {len(files.files):,} files")
        shards = divide(
            files.files,
            lambda file: opened(source, file),
            column=options.column,
            form=options.form,
            shard_bytes=options.shard_bytes,
        )
        order = Order(
            source=files.at,
            results=results,
            column=options.column,
            form=options.form,
            least=options.least,
            everything=options.everything,
            key=None if seen is None else seen.key,
            region=triage.catalogue.region,
            model=tuple(_model_files(model)),
            pack=regions.digest(triage.catalogue.region.code),
            code=code_here(),
        )
        _agree(place, _plan(shards, order, triage.model.version, options))
        done = marks(place)
        missing = [shard for shard in shards if shard.number not in done]
        if missing:
            show(f"{len(done):,} of {len(shards):,} shards were judged before; starting workers")
            with workers(order) as crowd:
                judged, failed = judge(missing, crowd, before=done, show=show)
            done |= judged
            if failed:
                raise TryLater(_failed(failed, len(shards)))
        yield from joined(shards, done, place, several=files.several, seen=seen)


def judge(
    shards: Sequence[Shard],
    workers: Workers,
    *,
    before: dict[int, Mark],
    show: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> tuple[dict[int, Mark], dict[Shard, str]]:
    """Have every shard judged, the heaviest first; return the marks, and why others have none.

    A shard that fails in a way that may pass goes back to the end of the queue, twice at the most.
    """
    queue = deque(sorted(shards, key=lambda shard: -shard.weight))
    under_way: dict[Hashable, Shard] = {}
    judged: dict[int, Mark] = {}
    failed: dict[Shard, str] = {}
    failures: Counter[int] = Counter()
    progress = _Progress(shards, len(before), clock)
    while queue or under_way:
        while queue and len(under_way) < UNDER_WAY_PER_CPU * workers.room():
            shard = queue.popleft()
            under_way[workers.start(shard)] = shard
        for handle in workers.finished(list(under_way), 1.0):
            shard = under_way.pop(handle)
            try:
                judged[shard.number] = workers.result(handle)
                progress.add(shard, judged[shard.number])
            except ShardFailed as failure:
                failures[shard.number] += 1
                if failure.may_pass and failures[shard.number] < TRIES:
                    queue.append(shard)
                else:
                    failed[shard] = str(failure)
        show(progress.words(workers.words(), len(failed)))
    return judged, failed


def joined(
    shards: Sequence[Shard],
    done: dict[int, Mark],
    place: Place,
    *,
    several: bool,
    seen: SeenSet | None = None,
) -> Iterator[Scanned]:
    """Yield what was judged, in input order, lines counted through each file; see ``sweep``."""
    numbers = LineNumbers()
    broken: dict[str, str] = {}
    for shard in shards:
        mark = done[shard.number]
        added = numbers.before(shard, mark.lines)
        if shard.file.path in broken:
            continue  # where one machine would have stopped reading this file
        name = shard.file.path if several else ""
        yield from outcomes(place, mark, lines_before=added, file=name, seen=seen)
        if mark.broken is not None:
            broken[shard.file.path] = f"{name}: {mark.broken}" if name else mark.broken
    if broken:
        raise GiveUp(_some(broken.values()))


def in_turn(
    files: Files,
    triage: Triage,
    options: Options,
    *,
    seen: SeenSet | None = None,
) -> Iterator[Scanned]:
    """Judge a set of files on this machine, one after the other; a damaged one stops no other."""
    source = place_of(files.at)
    broken: list[str] = []
    for file in files.files:
        path = file.path if files.several else ""
        with opened(source, file) as stream:
            blocks = open_names(stream, column=options.column, form=options.form, name=file.name)
            read = scan(
                blocks,
                triage,
                Suffixes.bundled(),
                least=options.least,
                everything=options.everything,
                seen=seen,
            )
            try:
                for outcome in read:
                    yield replace(outcome, file=path)
            except GiveUp as error:
                broken.append(f"{path}: {error}" if path else str(error))
    if broken:
        raise GiveUp(_some(broken))


class _Progress:
    """How far a sweep has come, in words."""

    def __init__(self, shards: Sequence[Shard], before: int, clock: Callable[[], float]) -> None:
        self._done = before
        self._all = before + len(shards)
        self._weight = sum(shard.weight for shard in shards)
        self._left = self._weight
        self._names = 0
        self._clock = clock
        self._began = clock()

    def add(self, shard: Shard, mark: Mark) -> None:
        """Count a shard that was judged."""
        self._done += 1
        self._names += mark.names
        self._left -= shard.weight

    def words(self, workers: str, failed: int) -> str:
        """Say shards, names, rate, who works, and how long the rest will take at this rate."""
        took = max(1e-9, self._clock() - self._began)
        parts = [f"{self._done:,} of {self._all:,} shards", f"{self._names:,} names"]
        if judged := self._weight - self._left:
            parts.append(f"{self._names / took:,.0f} names a second")
            parts.append(f"about {_duration(self._left * took / judged)} left")
        parts += [f"{failed} failed"] if failed else []
        return ", ".join([*parts, workers])


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _folder_of(results: str, files: Files) -> Place:
    """Return the folder of results, made if need be; refuse one that would be read as input."""
    place = place_of(results)
    folder = place.path + "/"
    for file in files.files:
        if file.path.startswith(folder):
            raise GiveUp(f"{results} cannot hold results: {file.path} is to be read")
    if isinstance(place.system, pafs.LocalFileSystem):
        Path(place.path).mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def _model_files(folder: Traversable | Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.is_file():
            yield file.name, file.read_bytes()


def _plan(
    shards: Sequence[Shard], order: Order, version: str, options: Options
) -> dict[str, Any]:  # Any: it is JSON
    """Return what a later sweep must have in common with this one, by the word it is refused with."""
    return {
        "format": _FORMAT,
        "shards": len(shards),
        "the input": fingerprint(shards),
        "the model": [version, digest_of(order.model)],
        "the region pack": [order.region.code, order.pack],
        "the options": [
            *(options.column, options.form, options.least, options.everything),
            options.shard_bytes,
        ],
        "the version of Lionrock": order.code,
        "the set of names seen": None
        if order.key is None
        else hashlib.sha256(order.key).hexdigest()[:16],
    }


def _agree(place: Place, plan: dict[str, Any]) -> None:  # Any: it is JSON
    """Write the plan down, or refuse it where the folder holds results of another one."""
    path = place.at(_PLAN)
    try:
        with place.system.open_input_stream(path) as stream:
            content = stream.read(_MOST_PLAN)
    except FileNotFoundError:
        with tempfile.TemporaryDirectory(prefix="lionrock-sweep-") as folder:
            written = Path(folder) / _PLAN
            written.write_text(json.dumps(plan, indent=1) + "\n", "utf-8")
            put(place, _PLAN, written)
        return
    try:
        before = dict(json.loads(content))
    except (ValueError, TypeError) as error:
        raise GiveUp(f"{path}: is no plan of a sweep") from error
    others = [word for word in plan if before.get(word) != plan[word]]
    if others:
        raise GiveUp(
            f"{place.path} holds results of another sweep: {', '.join(others[:_TOLD])} "
            "differed; name another folder, or empty this one"
        )


def _failed(failed: dict[Shard, str], shards: int) -> str:
    why = _some(f"{shard.words()}: {words}" for shard, words in failed.items())
    return (
        f"{len(failed)} of {shards} shards are missing; the others are kept, the same command judges "
        f"only these: {why}"
    )


def _some(several: Iterable[str]) -> str:
    told = list(several)
    more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return "; ".join([*told[:_TOLD], *more])

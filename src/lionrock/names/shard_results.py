"""What judging one shard leaves in the folder of results: written whole or not at all, read in order."""

import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.names.blocks import Reject, hosts_of
from lionrock.names.scan import Scanned
from lionrock.names.seen import SeenSet, hashes_of
from lionrock.names.writers import RejectsWriter

ROWS: Final = 65_536
"""Judgements, rejects or hosts handed out at once."""

_JUDGED: Final = "judged.parquet"
_REJECTS: Final = "rejects.jsonl"
_HOSTS: Final = "hosts.parquet"
_MARK: Final = "done.json"
_LONGEST_MARK: Final = 1 << 16
_READERS: Final = 16
_PIECE: Final = 1 << 20

_REASON: Final = pa.struct(
    [("code", pa.string()), ("about", pa.string()), ("start", pa.int32()), ("end", pa.int32())]
)
_JUDGED_ROW: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("name", pa.string()),
        ("host", pa.string()),
        ("registrable", pa.string()),
        ("tenant_of", pa.string()),
        ("score", pa.float64()),
        ("verdict", pa.string()),
        ("brand", pa.string()),
        ("reasons", pa.list_(_REASON)),
        ("model_version", pa.string()),
    ]
)
_HOSTS_ROW: Final = pa.schema([("hash", pa.uint64()), ("official", pa.bool_())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder in a file system, a local one or that of an object store."""

    system: Any  # pyarrow has no types
    path: str

    def at(self, name: str) -> str:
        """Return the path of a file in the folder."""
        return f"{self.path}/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Says that a shard was judged, and what came of it; it is written after everything else.

    ``lines`` counts the line ends of a stretch of bytes, ``seconds`` what the work took by the clock
    that ``keep`` was given. ``broken`` says why
    the input could not be read to its end, where that is so. ``sizes`` are the bytes of the other
    files, by the end of their names.
    """

    shard: int
    names: int = 0
    official: int = 0
    suspects: int = 0
    rejects: int = 0
    lines: int = 0
    broken: str | None = None
    seconds: float = 0.0
    sizes: dict[str, int]


def keep(
    place: Place,
    shard: int,
    outcomes: Iterator[Scanned],
    *,
    count_lines: Callable[[], int],
    clock: Callable[[], float],
    key: bytes | None = None,
) -> Mark:
    """Write what judging a shard gave, then its mark, and return the mark.

    All is gathered in a temporary folder first, so memory stays flat. With ``key``, the keyed hash of
    every host is kept as well, for the set of names seen. A GiveUp of ``outcomes`` is the input's own
    fault and part of what came of it; any other error leaves no mark.
    """
    began = clock()
    mark = Mark(shard=shard, sizes={})
    with tempfile.TemporaryDirectory(prefix="lionrock-shard-") as name:
        folder = Path(name)
        with ExitStack() as closing:
            write = _writer(folder, key, closing)
            try:
                for outcome in outcomes:
                    write(outcome, mark.names)
                    mark = _counted(mark, outcome)
            except GiveUp as broken:
                mark = replace(mark, broken=str(broken))
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
        mark = replace(mark, lines=count_lines(), seconds=clock() - began, sizes=sizes)
        for ending in sorted(sizes):
            put(place, _file(shard, ending), folder / ending)
        (folder / _MARK).write_text(json.dumps(asdict(mark)) + "\n", "utf-8")
        put(place, _file(shard, _MARK), folder / _MARK)
    return mark


def marks(place: Place) -> dict[int, Mark]:
    """Return the marks in the folder, by shard: of those whose files are all there and whole."""
    selector = pafs.FileSelector(place.path, allow_not_found=True)
    sizes = {info.base_name: info.size for info in place.system.get_file_info(selector)}
    found: dict[int, Mark] = {}
    with ThreadPoolExecutor(_READERS, thread_name_prefix="marks") as pool:
        marked = [name for name in sizes if name.endswith(f".{_MARK}")]
        for mark in pool.map(lambda name: _mark(place, name), marked):
            if mark is not None and all(
                sizes.get(_file(mark.shard, ending)) == size for ending, size in mark.sizes.items()
            ):
                found[mark.shard] = mark
    return found


def outcomes(
    place: Place, mark: Mark, *, lines_before: int = 0, file: str = "", seen: SeenSet | None = None
) -> Iterator[Scanned]:
    """Yield what judging a shard gave, as ``scan`` would have.

    ``lines_before`` is added to the lines of rejects. With ``seen``, hosts in that set are left out
    and counted; those of an outcome join it when the next one is asked for.
    """
    chunks = _all(place, mark) if seen is None else _fresh(place, mark, seen)
    rejects = _rejects(place, mark, lines_before)
    for chunk, refused in zip_longest(chunks, rejects):
        told = chunk or _Chunk(judgements=[])
        yield Scanned(
            judgements=told.judgements,
            rejects=refused or [],
            judged=told.judged,
            official=told.official,
            repeated=told.repeated,
            hosts=_NO_HOSTS,
            last_line=0,
            file=file,
        )
        if seen is not None and told.hashes is not None:
            seen.add_hashes(told.hashes)


def put(place: Place, name: str, source: Path) -> None:
    """Copy a file to the folder, so that it stands there whole or not at all.

    An object store shows an object when all of it has come; one that was cut short all the same is
    told by its size, which the mark states.
    """
    with source.open("rb") as stream:
        if isinstance(place.system, pafs.LocalFileSystem):
            target = Path(place.at(name))
            new = target.with_name(f".{name}.{secrets.token_hex(8)}.new")
            try:
                with new.open("xb") as file:
                    while piece := stream.read(_PIECE):
                        file.write(piece)
                    file.flush()
                    os.fsync(file.fileno())
                new.replace(target)
            finally:
                new.unlink(missing_ok=True)
            return
        with place.system.open_output_stream(place.at(name)) as out:
            while piece := stream.read(_PIECE):
                out.write(piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    judgements: list[Judgement]
    judged: int = 0
    official: int = 0
    repeated: int = 0
    hashes: NDArray[np.uint64] | None = None


_NO_HOSTS: Final = hosts_of([])


def _file(shard: int, ending: str) -> str:
    return f"{shard:08}.{ending}"


def _writer(folder: Path, key: bytes | None, closing: ExitStack) -> Callable[[Scanned, int], None]:
    """Return what writes an outcome, whose first host is the given one of the shard's."""
    judged = closing.enter_context(
        pq.ParquetWriter(folder / _JUDGED, _JUDGED_ROW, compression="zstd")
    )
    rejects = RejectsWriter(closing.enter_context((folder / _REJECTS).open("wb")))
    hosts = None
    if key is not None:
        hosts = closing.enter_context(pq.ParquetWriter(folder / _HOSTS, _HOSTS_ROW))
    pending: list[dict[str, object]] = []

    def flush() -> None:
        if pending:
            judged.write_table(pa.Table.from_pylist(pending, schema=_JUDGED_ROW))
            pending.clear()

    def write(outcome: Scanned, first_row: int) -> None:
        rows = np.full(len(outcome.judgements), -1, dtype=np.int64)
        if key is not None and hosts is not None and len(outcome.hosts):
            hashes = hashes_of(outcome.hosts, key)
            official = np.zeros(len(hashes), dtype=np.bool_)
            official[outcome.official_rows] = True
            hosts.write_table(pa.table([hashes, official], schema=_HOSTS_ROW))
            rows = first_row + _rows(outcome.judgements, hashes, key)
        rejects.write(outcome.rejects)
        pending.extend(map(_row, outcome.judgements, rows.tolist()))
        if len(pending) >= ROWS:
            flush()

    closing.callback(flush)
    return write


def _rows(judgements: list[Judgement], hashes: NDArray[np.uint64], key: bytes) -> NDArray[np.int64]:
    """Return which hosts of a block the judgements are about: equal hosts are judged alike."""
    if len(judgements) == len(hashes):
        return np.arange(len(hashes))
    told = hashes_of(hosts_of([j.host for j in judgements]), key)
    return np.flatnonzero(np.isin(hashes, told))


def _row(j: Judgement, row: int) -> dict[str, object]:
    reasons = [
        {"code": r.code, "about": r.about, "start": r.start, "end": r.end} for r in j.reasons
    ]
    return {
        "row": row,
        "name": j.name,
        "host": j.host,
        "registrable": j.registrable,
        "tenant_of": j.tenant_of,
        "score": j.score,
        "verdict": j.verdict.value,
        "brand": j.brand,
        "reasons": reasons,
        "model_version": j.model_version,
    }


def _counted(mark: Mark, outcome: Scanned) -> Mark:
    return replace(
        mark,
        names=mark.names + outcome.judged,
        official=mark.official + outcome.official,
        suspects=mark.suspects + sum(j.verdict is Verdict.SUSPECT for j in outcome.judgements),
        rejects=mark.rejects + len(outcome.rejects),
    )


def _mark(place: Place, name: str) -> Mark | None:
    with place.system.open_input_stream(place.at(name)) as stream:
        content = stream.read(_LONGEST_MARK)
    try:
        told = json.loads(content)
        return Mark(**{field.name: told[field.name] for field in fields(Mark)})
    except (ValueError, KeyError, TypeError):
        return None  # cut short: the shard is judged again


def _all(place: Place, mark: Mark) -> Iterator[_Chunk]:
    for _, judgements in _judged(place, mark):
        yield _Chunk(judgements=judgements)
    # Counted last, so that a reading that breaks off never claims more than it kept.
    yield _Chunk(judgements=[], judged=mark.names, official=mark.official)


def _fresh(place: Place, mark: Mark, seen: SeenSet) -> Iterator[_Chunk]:
    """Yield what is told of hosts that are not in the set, a block of hosts at a time."""
    rows: list[int] = []
    judgements: list[Judgement] = []
    more = _judged(place, mark)
    first = 0
    for batch in _batches(place, mark, _HOSTS):
        hashes = batch.column("hash").to_numpy()
        official = batch.column("official").to_numpy(zero_copy_only=False)
        fresh = seen.unseen_hashes(hashes)
        last = first + len(hashes)
        while (not rows or rows[-1] < last) and (got := next(more, None)) is not None:
            rows += got[0]
            judgements += got[1]
        here = int(np.searchsorted(np.array(rows, dtype=np.int64), last))
        yield _Chunk(
            judgements=[
                j
                for row, j in zip(rows[:here], judgements[:here], strict=True)
                if fresh[row - first]
            ],
            judged=int(fresh.sum()),
            official=int((official & fresh).sum()),
            repeated=len(hashes) - int(fresh.sum()),
            hashes=hashes[fresh],
        )
        rows, judgements, first = rows[here:], judgements[here:], last


def _judged(place: Place, mark: Mark) -> Iterator[tuple[list[int], list[Judgement]]]:
    for batch in _batches(place, mark, _JUDGED):
        yield batch.column("row").to_pylist(), [_judgement(row) for row in batch.to_pylist()]


def _batches(place: Place, mark: Mark, ending: str) -> Iterator[Any]:  # Any: pyarrow has no types
    path = place.at(_file(mark.shard, ending))
    try:
        with place.system.open_input_file(path) as file:
            yield from pq.ParquetFile(file).iter_batches(batch_size=ROWS, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise TryLater(f"{path}: {str(error).splitlines()[0]}") from error


def _judgement(row: dict[str, Any]) -> Judgement:  # Any: Arrow's rows are mixed
    return Judgement(
        name=row["name"],
        host=row["host"],
        registrable=row["registrable"],
        tenant_of=row["tenant_of"],
        score=row["score"],
        verdict=Verdict(row["verdict"]),
        brand=row["brand"],
        reasons=tuple(Reason(**reason) for reason in row["reasons"]),
        model_version=row["model_version"],
    )


def _rejects(place: Place, mark: Mark, lines_before: int) -> Iterator[list[Reject]]:
    if not mark.rejects:
        return
    found: list[Reject] = []
    with place.system.open_input_stream(place.at(_file(mark.shard, _REJECTS))) as stream:
        rest = b""
        while piece := stream.read(_PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                told = json.loads(line)
                number = told["line"] + lines_before
                found.append(Reject(line=number, text=told["text"], why=told["why"]))
                if len(found) >= ROWS:
                    yield found
                    found = []
    if found:
        yield found

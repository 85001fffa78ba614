"""Remember which names were read before, in about eight bytes each, so that each is judged once."""

import fcntl
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Hosts
from lionrock.names.siphash import siphash

_HEAD: Final = "head.json"
_LOCK: Final = "lock"
_TURN: Final = "turn"
"""Held by who waits for the lock: who comes later waits for that, so that nobody is passed by for ever."""
_LOOK: Final = 0.02
"""Seconds between two tries."""
_FORMAT: Final = 1
_MERGE_WITHIN: Final = 4
"""A run is merged with the one before it unless that is more than this many times longer."""


class InUse(GiveUp):
    """Another process has the set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    file: str
    count: int


class SeenSet:
    """A growing set of hosts in a folder, for one process at a time.

    Hosts are kept as keyed 64-bit hashes, so two hosts in a thousand million are taken for one
    with a chance of about one in forty; the key makes that nothing an outsider can arrange. The
    folder holds sorted runs, which never change, and a head that lists them and is replaced in one
    step: whenever the process dies, the set is as it was before or after the last ``flush``.
    """

    def __init__(self, folder: Path, lock: int, key: bytes, runs: list[_Run]) -> None:
        self._folder = folder
        self._lock = lock
        self._head_key = key
        self._runs = runs
        self._sorted = [_mapped(folder, run) for run in runs]
        self._pending: list[NDArray[np.uint64]] = []

    @classmethod
    def open(cls, path: Path, *, wait: float = 0.0) -> Self:
        """Open the set in folder ``path``, or begin one there; wait so many seconds for another process.

        Raises InUse when another process holds it, GiveUp when the folder is no set or is damaged.
        """
        until = time.monotonic() + wait
        try:
            path.mkdir(parents=True, exist_ok=True)
            turn = _locked(path / _TURN, until)
            try:
                lock = _locked(path / _LOCK, until)
            finally:
                os.close(turn)
        except BlockingIOError as error:
            raise InUse(f"{path}: another process is using the set of names seen") from error
        except OSError as error:
            raise GiveUp(f"{path}: {error.strerror or error}") from error
        try:
            key, runs = _read_head(path)
            _sweep(path, runs)
            return cls(path, lock, key, runs)
        except BaseException:
            os.close(lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            # Whether what was judged reached anybody is not sure: judging twice is the lesser harm.
            self._pending = []
        self.close()

    def __len__(self) -> int:
        return sum(map(len, self._sorted)) + sum(map(len, self._pending))

    def unseen(self, hosts: Hosts) -> NDArray[np.bool_]:
        """Say for each host whether it is new; of equal hosts in one block only the first is."""
        return self.unseen_hashes(self._hashes(hosts))

    def unseen_hashes(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Say the same of hosts that were hashed with this set's ``key`` elsewhere."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        new = ~self._known(ordered)
        new[1:] &= ordered[1:] != ordered[:-1]
        answer = np.empty(len(hashes), dtype=np.bool_)
        answer[order] = new
        return answer

    def add(self, hosts: Hosts) -> None:
        """Take the hosts into the set; they last beyond this process from the next ``flush`` on."""
        self.add_hashes(self._hashes(hosts))

    def add_hashes(self, hashes: NDArray[np.uint64]) -> None:
        """Take hosts into the set that were hashed with its ``key`` elsewhere."""
        ordered = np.unique(hashes)
        fresh = ordered[~self._known(ordered)]
        while self._pending and len(self._pending[-1]) <= _MERGE_WITHIN * len(fresh):
            fresh = _merged(fresh, self._pending.pop())
        if len(fresh):
            self._pending.append(fresh)

    def flush(self) -> None:
        """Write what was added to disk; afterwards it survives a crash of process or machine."""
        if not self._pending:
            return
        run = self._pending[0]
        for later in self._pending[1:]:
            run = _merged(run, later)
        kept = len(self._runs)
        while kept and self._runs[kept - 1].count <= _MERGE_WITHIN * len(run):
            run = _merged(run, self._sorted[kept - 1])
            kept -= 1
        number = 1 + max((int(old.file.split(".")[0]) for old in self._runs), default=0)
        written = _Run(file=f"{number:08}.run", count=len(run))
        _write(self._folder / written.file, run.astype("<u8").data)
        runs = [*self._runs[:kept], written]
        _write_head(self._folder, self._head_key, runs)
        self._sorted = [*self._sorted[:kept], _mapped(self._folder, written)]
        self._runs = runs
        self._pending = []
        _sweep(self._folder, runs)

    def close(self) -> None:
        """Flush and let go of the folder."""
        if self._lock < 0:
            return
        try:
            self.flush()
        finally:
            os.close(self._lock)
            self._lock = -1
            self._sorted = []

    @property
    def key(self) -> bytes:
        """The key of this set's hashes, for machines that are trusted with it."""
        return self._head_key

    def _hashes(self, hosts: Hosts) -> NDArray[np.uint64]:
        return hashes_of(hosts, self._head_key)

    def _known(self, ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
        known = np.zeros(len(ordered), dtype=np.bool_)
        for run in (*self._sorted, *self._pending):
            place = np.searchsorted(run, ordered)
            place[place == len(run)] = 0
            known |= run[place] == ordered
        return known


def _locked(path: Path, until: float) -> int:
    """Return the open file, locked for us alone; raise BlockingIOError when that took too long."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(lock)
                raise
            time.sleep(_LOOK)
        except OSError:
            os.close(lock)
            raise
        else:
            return lock


def hashes_of(hosts: Hosts, key: bytes) -> NDArray[np.uint64]:
    """Return the keyed hash of each host."""
    hashes = np.empty(len(hosts), dtype=np.uint64)
    siphash(hosts.text, hosts.starts, np.frombuffer(key, dtype="<u8").astype(np.uint64), hashes)
    return hashes


def _merged(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return two sorted runs that share nothing as one."""
    both = np.concatenate((one, other))
    both.sort(kind="stable")  # finds the two runs and merges them
    return both


def _read_head(folder: Path) -> tuple[bytes, list[_Run]]:
    head = folder / _HEAD
    if not head.exists():
        strangers = [
            p.name for p in folder.iterdir() if p.name not in {_LOCK, _TURN} and p.suffix != ".new"
        ]
        if strangers:
            raise GiveUp(f"{folder}: is no set of names seen; it holds {strangers[0]!r}")
        key = secrets.token_bytes(16)
        _write_head(folder, key, [])
        return key, []
    try:
        content = json.loads(head.read_bytes())
        if content["format"] != _FORMAT:
            raise GiveUp(f"{head}: has format {content['format']}, which this version cannot read")
        key = bytes.fromhex(content["key"])
        runs = [_Run(file=run["file"], count=run["count"]) for run in content["runs"]]
        sound = len(key) == 16 and all(
            (folder / run.file).stat().st_size == 8 * run.count for run in runs
        )
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise GiveUp(f"{head}: is damaged: {error}") from error
    if not sound:
        raise GiveUp(f"{folder}: is damaged: a run has not the length the head states")
    return key, runs


def _write_head(folder: Path, key: bytes, runs: list[_Run]) -> None:
    content = {"format": _FORMAT, "key": key.hex(), "runs": [asdict(run) for run in runs]}
    _write(folder / _HEAD, json.dumps(content).encode("ascii"))


def _write(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it is there whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sweep(folder: Path, runs: list[_Run]) -> None:
    """Remove what a crash or a merge left behind."""
    listed = {run.file for run in runs}
    for path in folder.iterdir():
        if path.suffix == ".new" or (path.suffix == ".run" and path.name not in listed):
            path.unlink()


def _mapped(folder: Path, run: _Run) -> NDArray[np.uint64]:
    return np.memmap(folder / run.file, dtype="<u8", mode="r", shape=(run.count,))

"""Reads names from the certificates of transparency logs, and tells which entries are one certificate."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import read_host
from lionrock.names.blocks import Lines, lines_of
from lionrock.names.compiled import compiled
from lionrock.names.hashing import empty_table
from lionrock.names.x509 import (
    ABOUT,
    ISSUER,
    ISSUER_END,
    NO_TIME,
    NOT_BEFORE,
    OUTCOME,
    REFUSALS,
    header,
    walk,
)
from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.states import SignedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An entry that holds no certificate we can read: where, why, and the SHA-256 of its bytes."""

    index: int
    why: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry for a person or a row: see the columns of ``Certificates`` for what they mean."""

    index: int
    at: datetime
    precertificate: bool
    certificate: bytes
    names: tuple[str, ...]
    not_before: datetime | None
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Entries ``first`` to ``next`` (exclusive) of a log, read. Columns have a row per readable entry.

    ``indexes``: where in the log. ``timestamps``: when the log took it, milliseconds since 1970.
    ``digests`` (two words of 64 bits a row): the same for a precertificate and the certificate made
    of it, in whichever log, and for nothing else (the TBSCertificate without poison and SCT list,
    hashed, so that a CA that repeats a serial number hides nothing).
    ``not_before``: seconds since 1970, NO_TIME where it states none. ``issuers``: the issuer's name (DER).
    ``names``: every DNS name of the subject alternative names, and the subject's common name where
    it is a name and not among them; as written, for ``normalise``; ``names.numbers`` holds the
    entry's index in the log. ``rejects``: entries that could not be read.

    From names tiles there are neither issuers nor ``not_before``; ``digests`` are those of the names,
    and every entry counts as a certificate's.
    """

    log_id: bytes
    first: int
    next: int
    state: SignedState
    indexes: NDArray[np.int64]
    timestamps: NDArray[np.int64]
    precertificate: NDArray[np.bool_]
    digests: NDArray[np.uint64]
    not_before: NDArray[np.int64]
    issuers: Lines
    names: Lines
    rejects: tuple[Unread, ...]

    def __len__(self) -> int:
        return len(self.indexes)

    def entry(self, row: int) -> Entry:
        """Return one row as a value; its names as hosts, each once, without what names no host."""
        index = int(self.indexes[row])
        begin, end = np.searchsorted(self.names.numbers, (index, index + 1)).tolist()
        hosts = (read_host(self.names.value(i)) for i in range(begin, end))
        return Entry(
            index=index,
            at=_EPOCH + timedelta(milliseconds=min(int(self.timestamps[row]), _LAST_STAMP)),
            precertificate=bool(self.precertificate[row]),
            certificate=self.digests[row].tobytes(),
            names=tuple(dict.fromkeys(host for host in hosts if isinstance(host, str))),
            not_before=_moment(int(self.not_before[row])),
            issuer=_issuer(self.issuers.value(row)),
        )

    def only(self, kept: NDArray[np.bool_]) -> "Certificates":
        """Return the rows that are ``kept``, with their names; ``first`` and ``next`` stay."""
        if kept.all():
            return self
        named = np.searchsorted(self.indexes, self.names.numbers)
        return Certificates(
            log_id=self.log_id,
            first=self.first,
            next=self.next,
            state=self.state,
            indexes=self.indexes[kept],
            timestamps=self.timestamps[kept],
            precertificate=self.precertificate[kept],
            digests=self.digests[kept],
            not_before=self.not_before[kept],
            issuers=self.issuers.without(~kept, ()),
            names=self.names.without(~kept[named], ()),
            rejects=self.rejects,
        )


def read(batch: Leaves | NameLines) -> Certificates:
    """Return the certificates of a batch; what cannot be read is among ``rejects``."""
    return _from_lines(batch) if isinstance(batch, NameLines) else _from_leaves(batch)


class Recent:
    """The certificates of late, in bounded memory: at least the last ``capacity``, at most twice that.

    Nearly every entry of a log is one that another log, or its precertificate, brought minutes ago.
    """

    def __init__(self, capacity: int = 1_000_000) -> None:
        self._capacity = capacity
        self._young = empty_table(capacity)
        self._old = empty_table(capacity)
        self._count = 0

    def unseen(self, certificates: Certificates) -> NDArray[np.bool_]:
        """Say for each row whether it is new, and remember it; of equal rows only the first is new."""
        new = np.zeros(len(certificates), dtype=np.bool_)
        for begin in range(0, len(new), self._capacity):
            end = begin + self._capacity
            digests = certificates.digests[begin:end]
            if self._count + len(digests) > self._capacity:
                self._old, self._young, self._count = self._young, empty_table(self._capacity), 0
            self._count += _remember(self._young, self._old, digests, new[begin:end])
        return new


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_STAMP: Final = 253_402_300_799_999
_ORGANISATION: Final = bytes.fromhex("55040a")
_COMMON_NAME: Final = bytes.fromhex("550403")
_MOST_NAMES: Final = 100_000
"""Names that one line of a names tile may have."""


def _from_leaves(batch: Leaves) -> Certificates:
    count = len(batch)
    about = np.zeros((count, ABOUT), dtype=np.int64)
    plain = np.empty(int((batch.ends - batch.starts).sum()), dtype=np.uint8)
    plain_starts = np.zeros(count + 1, dtype=np.int64)
    found = 16 * count + 64
    names = np.empty((0, 3), dtype=np.int64)
    while found > len(names):
        names = np.empty((found, 3), dtype=np.int64)
        found = walk(
            batch.text,
            batch.starts,
            batch.ends,
            batch.precertificate,
            about,
            names,
            plain,
            plain_starts,
        )
    names = names[:found]
    rows = np.flatnonzero(about[:, OUTCOME] == 0)
    indexes = batch.first + np.arange(count, dtype=np.int64)
    view = plain.data
    bounds = plain_starts.tolist()
    return Certificates(
        log_id=batch.log_id,
        first=batch.first,
        next=batch.next,
        state=batch.state,
        indexes=indexes[rows],
        timestamps=batch.timestamps[rows],
        precertificate=batch.precertificate[rows],
        digests=_digests([view[bounds[i] : bounds[i + 1]] for i in rows.tolist()]),
        not_before=about[rows, NOT_BEFORE],
        issuers=_cut(batch.text, about[rows, ISSUER], about[rows, ISSUER_END], indexes[rows]),
        names=_cut(batch.text, names[:, 1], names[:, 2], indexes[names[:, 0]]),
        rejects=tuple(
            Unread(
                index=int(indexes[i]),
                why=REFUSALS[about[i, OUTCOME]],
                digest=sha256(batch.text[batch.starts[i] : batch.ends[i]].tobytes()).digest(),
            )
            for i in np.flatnonzero(about[:, OUTCOME]).tolist()
        ),
    )


def _from_lines(batch: NameLines) -> Certificates:
    indexes: list[int] = []
    stamps: list[int] = []
    digests: list[bytes] = []
    names: list[bytes] = []
    numbers: list[int] = []
    rejects: list[Unread] = []
    for index, line in enumerate(batch.lines, start=batch.first):
        try:
            stamp, found = _line(line, index)
        except ValueError as error:
            rejects.append(Unread(index=index, why=str(error), digest=sha256(line).digest()))
            continue
        indexes.append(index)
        stamps.append(stamp)
        digests.append(b"\0".join(sorted(name.lower() for name in found)))
        names += found
        numbers += [index] * len(found)
    count = len(indexes)
    of_names = lines_of(names)
    return Certificates(
        log_id=batch.log_id,
        first=batch.first,
        next=batch.next,
        state=batch.state,
        indexes=np.array(indexes, dtype=np.int64),
        timestamps=np.array(stamps, dtype=np.int64),
        precertificate=np.zeros(count, dtype=np.bool_),
        digests=_digests(digests),
        not_before=np.full(count, NO_TIME, dtype=np.int64),
        issuers=Lines(
            text=np.zeros(0, dtype=np.uint8),
            starts=np.zeros(count + 1, dtype=np.int64),
            numbers=np.array(indexes, dtype=np.int64),
        ),
        names=Lines(
            text=of_names.text,
            starts=of_names.starts,
            numbers=np.array(numbers, dtype=np.int64),
        ),
        rejects=tuple(rejects),
    )


def _line(line: bytes, index: int) -> tuple[int, list[bytes]]:
    """Return timestamp and names of a names tile's line; raise ValueError that says what it is."""
    try:
        found: Any = json.loads(line)  # Any: as JSON came
    except (ValueError, RecursionError) as error:
        raise ValueError("is no JSON") from error
    if not isinstance(found, dict) or type(stamp := found.get("Timestamp")) is not int:
        raise ValueError("is no entry of a names tile")
    if found.get("Index", index) != index:
        raise ValueError("is another entry than that of its place")
    names = found.get("DNS") or []
    subject = found.get("Subject")
    common = subject.get("CommonName") if isinstance(subject, dict) else None
    if not isinstance(names, list) or len(names) > _MOST_NAMES:
        raise ValueError("has names that cannot be told apart")
    if not all(isinstance(name, str) for name in names):
        raise ValueError("has names that cannot be told apart")
    if isinstance(common, str) and isinstance(read_host(_encoded(common)), str):
        names = [*names, *(() if common in names else (common,))]
    return max(0, min(stamp, _LAST_STAMP)), [_encoded(name) for name in names if name]


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _digests(of: list[bytes] | list[memoryview]) -> NDArray[np.uint64]:
    joined = b"".join([sha256(one).digest()[:16] for one in of])
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64).reshape(len(of), 2)


def _cut(
    text: NDArray[np.uint8],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> Lines:
    """Return pieces of a text as lines."""
    starts = np.zeros(len(begins) + 1, dtype=np.int64)
    np.cumsum(ends - begins, out=starts[1:])
    into = np.empty(starts[-1], dtype=np.uint8)
    _gather(text, begins, starts, into)
    return Lines(text=into, starts=starts, numbers=numbers)


@compiled
def _gather(
    text: NDArray[np.uint8],
    begins: NDArray[np.int64],
    starts: NDArray[np.int64],
    into: NDArray[np.uint8],
) -> None:
    for i in range(len(begins)):
        for j in range(starts[i + 1] - starts[i]):
            into[starts[i] + j] = text[begins[i] + j]


@compiled
def _remember(
    young: NDArray[np.uint64],
    old: NDArray[np.uint64],
    digests: NDArray[np.uint64],
    new: NDArray[np.bool_],
) -> int:
    """Mark those that neither table holds, put them into the young one, return how many they are."""
    added = 0
    for i in range(len(digests)):
        value = max(digests[i, 0], np.uint64(1))
        if _slot(old, value)[1]:
            continue
        slot, known = _slot(young, value)
        if not known:
            young[slot] = value
            new[i] = True
            added += 1
    return added


@compiled
def _slot(table: NDArray[np.uint64], value: np.uint64) -> tuple[int, bool]:
    """Return where a value is, or would be put, and whether it is there."""
    slot = int(np.int64(value & np.uint64(len(table) - 1)))
    while table[slot]:
        if table[slot] == value:
            return slot, True
        slot = (slot + 1) & (len(table) - 1)
    return slot, False


def _moment(seconds: int) -> datetime | None:
    return None if seconds == NO_TIME else _EPOCH + timedelta(seconds=seconds)


def _issuer(name: bytes) -> str:
    """Return the organisation and the common name of an issuer, as far as it has them."""
    text = np.frombuffer(name, dtype=np.uint8)
    found = {_ORGANISATION: "", _COMMON_NAME: ""}
    at = 0
    while at < len(name):
        _, here, at = header(text, at, len(name))
        while here < at:
            _, pair, here = header(text, here, at)
            _, oid, oid_end = header(text, pair, here)
            _, begin, end = header(text, oid_end, here)
            kind = name[oid:oid_end]
            if kind in found and not found[kind]:
                found[kind] = name[begin:end].decode("utf-8", "replace")[:200]
    return ", ".join(filter(None, found.values()))

"""Reads names from the certificates of transparency logs, and tells which entries are one certificate."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Lines
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
    ``names``: every DNS name of the subject alternative names, and the subject's common name where
    it is a name and not among them; as written, for ``normalise``; ``names.numbers`` holds the
    entry's index in the log. ``rejects``: entries that could not be read.
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
    names: Lines
    rejects: tuple[Unread, ...]

    def __len__(self) -> int:
        return len(self.indexes)

    def entry(self, row: int) -> Entry:
        """Return one row as a value."""
        raise NotImplementedError

    def only(self, kept: NDArray[np.bool_]) -> "Certificates":
        """Return the rows that are ``kept``, with their names; ``first`` and ``next`` stay."""
        raise NotImplementedError


class Recent:
    """The certificates of late, in bounded memory: at least the last ``capacity``, at most twice that."""

    def __init__(self, capacity: int = 2_000_000) -> None:
        raise NotImplementedError

    def unseen(self, certificates: Certificates) -> NDArray[np.bool_]:
        """Say for each row whether it is new, and remember it; of equal rows only the first is new."""
        raise NotImplementedError


def read(batch: Leaves | NameLines) -> Certificates:
    """Return the certificates of a batch; what cannot be read is among ``rejects``."""
    raise NotImplementedError

"""What is read from a log in one go: consecutive entries, proven to be in its tree, not yet parsed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lionrock.net.ct.states import SignedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """Entries ``first`` to ``next`` (exclusive) of a log, each proven against ``state``.

    Entry ``first + i`` was taken at ``timestamps[i]`` (milliseconds since 1970) and holds
    ``text[starts[i]:ends[i]]``: a TBSCertificate where ``precertificate[i]``, else a Certificate
    (DER both, whatever the submitter wrote). None of them: the log was asked and had nothing new;
    ``state`` may still be newer.
    """

    log_id: bytes
    first: int
    next: int
    state: SignedState
    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    precertificate: NDArray[np.bool_]
    timestamps: NDArray[np.int64]

    def __len__(self) -> int:
        return self.next - self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLines:
    """The same from a names tile (https://github.com/FiloSottile/sunlight/blob/main/names-tiles.md).

    ``lines[i]`` is the JSON of entry ``first + i``. Only ``state`` is proven: that the lines are
    what the tree holds is the log's word.
    """

    log_id: bytes
    first: int
    next: int
    state: SignedState
    lines: tuple[bytes, ...]

    def __len__(self) -> int:
        return self.next - self.first


def no_leaves(*, log_id: bytes, at: int, state: SignedState) -> Leaves:
    """Return a batch without entries: how far we are, and what the log says now."""
    none = np.zeros(0, dtype=np.int64)
    return Leaves(
        log_id=log_id,
        first=at,
        next=at,
        state=state,
        text=np.zeros(0, dtype=np.uint8),
        starts=none,
        ends=none,
        precertificate=np.zeros(0, dtype=np.bool_),
        timestamps=none,
    )

"""What is read from a log in one go: consecutive entries, proven to be in its tree, not yet parsed."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.net.ct.merkle import leaf_hash
from lionrock.net.ct.states import SignedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """Entries ``first`` to ``next`` (exclusive) of a log, each proven against ``state``.

    Entry ``first + i`` was taken at ``timestamps[i]`` (milliseconds since 1970, by the log's word) and holds
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """Entries of which is known where they lie, and their leaf hashes, but not yet that they are true.

    ``spans`` are begin and end of each entry in ``content``, ``starts`` and ``ends`` those of its
    certificate.
    """

    hashes: tuple[bytes, ...]
    content: bytes
    spans: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    precertificate: tuple[bool, ...]
    timestamps: tuple[int, ...]

    def cut(self, width: int) -> "Framed":
        """Return the first ``width`` of them."""
        if width >= len(self.hashes):
            return self
        return Framed(
            hashes=self.hashes[:width],
            content=self.content,
            spans=self.spans[:width],
            starts=self.starts[:width],
            ends=self.ends[:width],
            precertificate=self.precertificate[:width],
            timestamps=self.timestamps[:width],
        )

    def leaves(self, *, log_id: bytes, first: int, state: SignedState, skip: int) -> Leaves:
        """Return them as a batch, the first of them entry ``first``, without the first ``skip``."""
        return Leaves(
            log_id=log_id,
            first=first + skip,
            next=first + len(self.hashes),
            state=state,
            text=np.frombuffer(self.content, dtype=np.uint8),
            starts=np.array(self.starts[skip:], dtype=np.int64),
            ends=np.array(self.ends[skip:], dtype=np.int64),
            precertificate=np.array(self.precertificate[skip:], dtype=np.bool_),
            timestamps=np.array(self.timestamps[skip:], dtype=np.int64),
        )


def frame_tile(content: bytes, *, width: int) -> Framed:
    """Return the ``width`` entries of a data tile (static-ct-api, "Log entries"); raise ValueError."""
    found = []
    hashes = []
    spans = []
    at = 0
    for _ in range(width):
        begin = at
        stamp, precertificate, start, end, at = _entry(content, at)
        hashes.append(sha256(_LEAF + content[begin:at]).digest())
        found.append((stamp, precertificate, start, end))
        spans.append((begin, at))
        if precertificate:
            _, at = _long(content, at)
        chain = int.from_bytes(content[at : at + 2], "big")
        at += 2 + chain
        if chain % 32 or at > len(content):
            raise ValueError("an entry's chain is no list of fingerprints")
    if at != len(content):
        raise ValueError("more follows than the entries it should hold")
    return _framed(content, hashes, spans, found)


def frame_inputs(inputs: Sequence[bytes]) -> Framed:
    """Return the entries whose ``leaf_input`` these are (RFC 6962, section 4.6).

    One of a kind that we do not know has nothing in it; what is cut off raises ValueError.
    """
    found = []
    spans = []
    at = 0
    for leaf in inputs:
        if leaf[:2] != b"\0\0" or leaf[10:12] not in _KINDS:
            found.append((min(int.from_bytes(leaf[2:10], "big"), _LAST_STAMP), False, at, at))
        else:
            stamp, precertificate, start, end, after = _entry(leaf, 2)
            if after != len(leaf):
                raise ValueError("an entry is longer than it says")
            found.append((stamp, precertificate, at + start, at + end))
        spans.append((at, at + len(leaf)))
        at += len(leaf)
    return _framed(b"".join(inputs), [leaf_hash(leaf) for leaf in inputs], spans, found)


_LEAF: Final = b"\0\0\0"
"""Before a leaf's hash: what tells leaves from nodes, the version, the type."""
_CERTIFICATE: Final = b"\0\0"
_PRECERTIFICATE: Final = b"\0\1"
_KINDS: Final = frozenset({_CERTIFICATE, _PRECERTIFICATE})
_LAST_STAMP: Final = 253_402_300_799_999
"""The end of the year 9999: a log may write any number, but no calendar goes further."""


def _entry(content: bytes, at: int) -> tuple[int, bool, int, int, int]:
    """Return timestamp, kind, begin and end of the certificate, and where the TimestampedEntry ends."""
    stamp = int.from_bytes(content[at : at + 8], "big")
    kind = content[at + 8 : at + 10]
    at += 10
    precertificate = kind == _PRECERTIFICATE
    if precertificate:
        at += 32
    elif kind != _CERTIFICATE:
        raise ValueError("an entry is of a kind that there is not")
    start, at = _long(content, at)
    end = at
    at += 2 + int.from_bytes(content[at : at + 2], "big")
    if at > len(content):
        raise ValueError("it is cut off")
    return min(stamp, _LAST_STAMP), precertificate, start, end, at


def _long(content: bytes, at: int) -> tuple[int, int]:
    """Return begin and end of what three bytes of length announce."""
    begin = at + 3
    return begin, begin + int.from_bytes(content[at:begin], "big")


def _framed(
    content: bytes,
    hashes: list[bytes],
    spans: list[tuple[int, int]],
    found: list[tuple[int, bool, int, int]],
) -> Framed:
    stamps, kinds, starts, ends = zip(*found, strict=True) if found else ((), (), (), ())
    return Framed(
        hashes=tuple(hashes),
        content=content,
        spans=tuple(spans),
        starts=starts,
        ends=ends,
        precertificate=kinds,
        timestamps=stamps,
    )

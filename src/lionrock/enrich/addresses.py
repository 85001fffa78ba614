"""Turns texts into the keys that tables are searched by, twenty thousand at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packed:
    """Addresses by family: their keys, and where each stood in what was handed in."""

    v4: NDArray[np.uint32]
    v4_at: NDArray[np.int64]
    v6: NDArray[np.bytes_]
    v6_at: NDArray[np.int64]
    others: tuple[int, ...]
    """Where something stood that is neither an address nor a network."""


def packed(texts: Sequence[str]) -> Packed:
    """Return the keys of addresses; a network (``192.0.2.0/24``) counts as its first address.

    An IPv4 address written inside an IPv6 one (``::ffff:192.0.2.1``) counts as the IPv4 address.
    """
    try:
        joined = b"".join([inet_pton(AF_INET, text) for text in texts])
    except (OSError, ValueError):
        return _sorted_out(texts)
    return Packed(
        v4=np.frombuffer(joined, dtype=">u4").astype(np.uint32),
        v4_at=np.arange(len(texts), dtype=np.int64),
        v6=np.empty(0, dtype="S16"),
        v6_at=np.empty(0, dtype=np.int64),
        others=(),
    )


def _sorted_out(texts: Sequence[str]) -> Packed:
    four: list[bytes] = []
    four_at: list[int] = []
    six: list[bytes] = []
    six_at: list[int] = []
    others: list[int] = []
    for at, text in enumerate(texts):
        key = as_key(text)
        if key is None:
            others.append(at)
        elif len(key) == 4:
            four.append(key)
            four_at.append(at)
        else:
            six.append(key)
            six_at.append(at)
    return Packed(
        v4=np.frombuffer(b"".join(four), dtype=">u4").astype(np.uint32),
        v4_at=np.array(four_at, dtype=np.int64),
        v6=np.frombuffer(b"".join(six), dtype="S16"),
        v6_at=np.array(six_at, dtype=np.int64),
        others=tuple(others),
    )


def as_key(text: str) -> bytes | None:
    """Return the four or sixteen bytes of an address or of a network's first; None for another text."""
    text = text.partition("/")[0]
    try:
        if ":" not in text:
            return inet_pton(AF_INET, text)
        key = inet_pton(AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return None
    return key[12:] if key.startswith(_MAPPED) else key


_MAPPED = b"\0" * 10 + b"\xff\xff"


def network_of(first: int, version: int, length: int) -> str:
    """Return the prefix of ``length`` bits that holds the address numbered ``first``."""
    bits = 32 if version == 4 else 128
    first = first >> (bits - length) << (bits - length)
    family = AF_INET if version == 4 else AF_INET6
    return f"{inet_ntop(family, first.to_bytes(bits // 8, 'big'))}/{length}"

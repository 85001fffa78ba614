"""Reads a checkpoint: the signed note in which a tiled log states its tree.

Sources: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/static-ct-api.
"""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from lionrock.net.ct.merkle import HASH
from lionrock.net.ct.signatures import moment, signed
from lionrock.net.ct.states import SignedState

LONGEST: Final = 64 * 2**10
MOST_SIGNATURES: Final = 64
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_TREE_HEAD: Final = b"\x05"
"""The type of a signature that is a TreeHeadSignature."""


class NoNote(ValueError):
    """The text is no checkpoint at all: an error page, or cut off."""


class NotSigned(ValueError):
    """The text is a checkpoint, but not one that the log's key signed."""


def read_checkpoint(text: bytes, *, origin: str, key: bytes) -> SignedState:
    """Return what the checkpoint states, its signature checked; raise NoNote or NotSigned.

    Signatures of others (witnesses) are left alone; one in the log's name that does not hold spoils
    the note, whatever else is on it.
    """
    note = _note(text)
    if note.origin != origin:
        raise NotSigned(f"the checkpoint is that of “{note.origin[:200]}”")
    if note.extended:
        raise NotSigned("the checkpoint has lines that its signature does not cover")
    log_id = sha256(key).digest()
    key_id = sha256(origin.encode() + b"\n" + _TREE_HEAD + log_id).digest()[:4]
    timestamp: int | None = None
    for name, signature in note.signatures:
        if name != origin or signature[:4] != key_id:
            continue
        timestamp = int.from_bytes(signature[4:12], "big")
        if not signed(key, signature[12:], timestamp=timestamp, size=note.size, root=note.root):
            raise NotSigned("the signature on the checkpoint does not hold")
    if timestamp is None:
        raise NotSigned("the checkpoint has no signature of the log's key")
    at = moment(timestamp)
    if at is None:
        raise NotSigned("the checkpoint was signed at no time")
    return SignedState(size=note.size, root=note.root, at=at, note=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    origin: str
    size: int
    root: bytes
    extended: bool
    signatures: tuple[tuple[str, bytes], ...]


def _note(text: bytes) -> _Note:
    if len(text) > LONGEST:
        raise NoNote("a checkpoint is shorter")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoNote("it is no UTF-8") from error
    if any(sign < " " and sign != "\n" for sign in decoded):
        raise NoNote("it has control characters")
    body, gap, tail = decoded.rpartition("\n\n")
    lines = body.split("\n")
    if not gap or not tail.endswith("\n") or len(lines) < 3 or not lines[0]:
        raise NoNote("it has not the parts of a signed note")
    root = _unpacked(lines[2])
    if not _SIZE.fullmatch(lines[1]) or root is None or len(root) != HASH:
        raise NoNote("it states no size and root")
    signatures = tail[:-1].split("\n")
    if len(signatures) > MOST_SIGNATURES:
        raise NoNote("it has too many signatures")
    return _Note(
        origin=lines[0],
        size=int(lines[1]),
        root=root,
        extended=len(lines) > 3,
        signatures=tuple(_signature(line) for line in signatures),
    )


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, packed = rest.partition(" ")
    found = _unpacked(packed)
    if dash != "—" or not name or "+" in name or found is None or len(found) < 5:
        raise NoNote("a line at its end is no signature")
    return name, found


def _unpacked(text: str) -> bytes | None:
    try:
        return b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None

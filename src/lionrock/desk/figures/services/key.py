"""The key by which URLs and addresses become numbers, in a file of the data folder."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

FILE: Final = "figures-key"
LENGTH: Final = 32


def numbers(data: Path) -> Callable[[str], int]:
    """Return what gives a thing its number, of 64 bits; the key is made where there is none yet.

    Whoever has the database alone cannot tell which address a number is. Where the key was lost, what
    was counted before counts as different from what is counted after.
    """
    key = _key(data / "secrets" / FILE)

    def number(thing: str) -> int:
        digest = blake2b(thing.encode("utf-8", "replace"), key=key, digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

    return number


def _key(file: Path) -> bytes:
    """Read the key; of several who make it at once, one wins."""
    with suppress(FileNotFoundError):
        return file.read_bytes()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(LENGTH))
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return file.read_bytes()

"""Keeps what feeds are collected with - passwords, keys - in files of the data folder, for the owner alone."""

import contextlib
import os
import secrets as random
import stat
from enum import StrEnum
from pathlib import Path
from typing import Final

from lionrock.core.errors import GiveUp

FOLDER: Final = "secrets"
LONGEST: Final = 256 * 1024
"""Bytes; a key ring is the longest thing anybody keeps here."""


class Kind(StrEnum):
    """What a feed's secret is."""

    PASSWORD = "password"  # noqa: S105  # a kind, no password
    """A password, token or API key; for Shadowserver the key and its secret, a space between."""
    PGP = "pgp"
    """The private key that deliveries are encrypted to, ASCII-armoured."""
    CERTIFICATE = "certificate"
    """A client certificate with its private key, PEM."""


def keep_secret(*, data: Path, feed: str, kind: Kind, value: bytes) -> None:
    """Write the secret (file 0600 in a folder 0700); what was there before is gone."""
    if not value.strip():
        raise GiveUp("an empty secret is none")
    if len(value) > LONGEST:
        raise GiveUp("that is too long to be a secret")
    file = place_of(data, feed, kind)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{random.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(value.strip() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def forget_secret(*, data: Path, feed: str, kind: Kind) -> None:
    """Remove the secret; it may be absent."""
    place_of(data, feed, kind).unlink(missing_ok=True)


def has_secret(*, data: Path, feed: str, kind: Kind) -> bool:
    """Tell whether there is such a secret."""
    return place_of(data, feed, kind).is_file()


def secret_of(*, data: Path, feed: str, kind: Kind) -> bytes | None:
    """Return the secret, ``None`` when there is none; raise GiveUp when others could read it."""
    file = place_of(data, feed, kind)
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            raise GiveUp(f"{file} can be read by others (mode {mode:04o}); run: chmod 600 {file}")
        return file.read_bytes().strip()
    return None


def place_of(data: Path, feed: str, kind: Kind) -> Path:
    """Return the file that holds the secret."""
    ending = "" if kind is Kind.PASSWORD else f".{kind}"
    return data / FOLDER / f"feed-{feed}{ending}"

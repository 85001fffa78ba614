"""The mail servers' passwords: files of the data folder that pages can write and never show."""

import os
import secrets
import stat
from enum import StrEnum
from pathlib import Path

from lionrock.core.errors import GiveUp


class Password(StrEnum):
    """Which password it is; the file's name in the data folder's secrets."""

    SMTP = "smtp-password"
    IMAP = "imap-password"


def keep_password(*, data: Path, which: Password, value: str) -> None:
    """Write a password (file 0600 in a folder 0700); an empty one removes what was there."""
    file = data / "secrets" / which.value
    if not value:
        file.unlink(missing_ok=True)
        return
    if len(value) > 1000 or "\n" in value or "\0" in value:
        raise GiveUp("a password is one line of at most 1000 characters")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(value + "\n")
    draft.replace(file)


def password(*, data: Path, which: Password) -> str:
    """Return the password, "" when there is none; raise GiveUp when others could read it."""
    file = data / "secrets" / which.value
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return ""
    if mode & 0o077:
        raise GiveUp(f"{file} can be read by others (mode {mode:04o}); run: chmod 600 {file}")
    return file.read_text(encoding="utf-8").rstrip("\n")

"""Secrets the product makes for itself, because nobody should have to invent and paste one."""

import os
import secrets
import stat
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FOLDER = "secrets"


def secret(data: Path, name: str) -> str:
    """Return the secret of that name, making it on first use (file 0600 in a folder 0700).

    Raises ImproperlyConfigured when somebody else could read it.
    """
    folder = data / FOLDER
    file = folder / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make(file)
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise ImproperlyConfigured(
            f"{file} can be read by others (mode {mode:04o}); run: chmod 600 {file}"
        )
    return file.read_text(encoding="ascii").strip()


def make(file: Path) -> None:
    """Write a fresh secret unless the file exists; two processes starting together agree on one."""
    if file.exists():
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(48) + "\n")
    try:
        # link() refuses to replace, unlike rename(): whoever comes second keeps the first one's.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

"""Where models lie: each in a folder of the data folder that bears its version, written once."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lionrock.core.errors import GiveUp, TryLater

LARGEST: Final = 64 * 2**20
"""Bytes of all files together; a model that ships has a tenth of it."""
MOST_FILES: Final = 64
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")


def models_folder(data: Path) -> Path:
    """Return the folder of all models that were added."""
    return data / "models"


def folder_of(data: Path, version: str) -> Path:
    """Return where a version lies, or would; raise GiveUp for one that can be no folder's name."""
    if not _VERSION.fullmatch(version):
        raise GiveUp(f"{version!r} is no version of a model")
    return models_folder(data) / version


def take_in(source: Path, data: Path, version: str) -> Path:
    """Copy a model's files to their place, wholly or not at all, and return that place.

    A folder that lies there already without a row in the table is a copy that was cut short before
    it was recorded; it is replaced.
    """
    goal = folder_of(data, version)
    goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=goal.parent) as made:
        begun = Path(made) / "model"
        begun.mkdir(mode=0o700)
        for file in _files(source):
            copy = begun / file.name
            shutil.copyfile(file, copy)
            with copy.open("rb") as stream:
                os.fsync(stream.fileno())
        if goal.exists():
            goal.rename(Path(made) / "replaced")
        begun.rename(goal)
    return goal


def digest_of(folder: Path) -> str:
    """Return the SHA-256 over names and contents of a folder's files; raise TryLater without one."""
    return digest_of_files(_files(folder))


def digest_of_files(files: Sequence[Path]) -> str:
    """Return the SHA-256 over names and contents of files, in order of name."""
    whole = hashlib.sha256()
    for file in sorted(files):
        with file.open("rb") as stream:
            inner = hashlib.file_digest(stream, "sha256").hexdigest()
        whole.update(f"{file.name} {inner}\n".encode())
    return whole.hexdigest()


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(file.stat().st_size for file in _files(folder))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise TryLater(f"no model of names in {folder}")
    # No links: what is copied must be what lies in the folder, not what it points at.
    files = sorted(f for f in folder.iterdir() if f.is_file() and not f.is_symlink())
    if len(files) > MOST_FILES or sum(f.stat().st_size for f in files) > LARGEST:
        raise GiveUp(f"{folder} is too large to be a model: at most {LARGEST >> 20} MiB")
    return files

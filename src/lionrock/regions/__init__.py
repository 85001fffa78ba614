"""Region packs: reads one that is shipped here, or any folder that holds one."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from lionrock.core.region import PackError, Problem, Region, draft_region, parse_region

__all__ = [
    "DEFAULT",
    "PackError",
    "available",
    "digest",
    "document",
    "draft",
    "load",
    "pack_files",
    "read_files",
]

DEFAULT = "hk"
"""The shipped pack that serves where nobody chose another."""


def load(code: str, folder: Path | None = None) -> Region:
    """Return the shipped pack with this code, or the pack in ``folder``, which must bear this code.

    A shipped pack is parsed once per process. Raise PackError listing every problem, file and entry.
    """
    if folder is None:
        return _shipped(code)
    region = parse_region(read_files(folder))
    if region.code != code:
        raise PackError((_other_code(region.code, code),))
    return region


def digest(code: str) -> str:
    """Return what tells this shipped pack from the same one with any other content."""
    every = sha256()
    for name, content in sorted(read_files(_place(code)).items()):
        every.update(f"{name}\0{len(content)}\0".encode() + content)
    return every.hexdigest()


def draft(code: str, folder: Path | None = None) -> tuple[Region, list[Problem]]:
    """Return what can be read of a pack and what is wrong with its shape, for those who mend it."""
    return draft_region(read_files(_place(code) if folder is None else folder))


def document(code: str, name: str, folder: Path | None = None) -> bytes:
    """Return one file of a pack that another room reads; raise PackError where the pack has none."""
    place = _place(code) if folder is None else folder
    file = place / name
    if not file.is_file():
        raise PackError((Problem(file=name, entry="-", what="the pack holds no such file"),))
    return file.read_bytes()


def pack_files(code: str, folder: Path | None = None) -> Mapping[str, bytes]:
    """Return every file of a pack by its path inside it, for rooms that read more of it than we do."""
    return read_files(_place(code) if folder is None else folder)


def available() -> tuple[str, ...]:
    """Return the codes of the shipped packs."""
    return tuple(
        sorted(
            place.name
            for place in files(__name__).iterdir()
            if place.is_dir() and (place / "region.toml").is_file()
        )
    )


def read_files(folder: Traversable) -> Mapping[str, bytes]:
    """Return every TOML file of a pack by its path inside it."""
    found: dict[str, bytes] = {}
    for place in folder.iterdir():
        if place.is_dir():
            found |= {f"{place.name}/{name}": data for name, data in read_files(place).items()}
        elif place.name.endswith(".toml"):
            found[place.name] = place.read_bytes()
    return found


@cache
def _shipped(code: str) -> Region:
    region = parse_region(read_files(_place(code)))
    if region.code != code:
        raise PackError((_other_code(region.code, code),))
    return region


def _place(code: str) -> Traversable:
    if code not in available():
        known = ", ".join(available())
        raise PackError(
            (
                Problem(
                    file="region.toml",
                    entry=code,
                    what=f"no pack of this code is shipped; there is {known}",
                ),
            )
        )
    return files(__name__) / code


def _other_code(found: str, asked: str) -> Problem:
    return Problem(
        file="region.toml", entry="code", what=f"the pack's code is “{found}”, not “{asked}”"
    )

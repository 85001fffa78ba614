"""Where a sweep's files lie: a file, a folder, a pattern, or the same in an object store."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.fs as pafs

from lionrock.core.errors import GiveUp, TryLater
from lionrock.names.shard_results import Place
from lionrock.names.shards import File

SCHEMES: Final = ("s3", "gs", "file")
MOST_FILES: Final = 1_000_000
_MAGIC: Final = re.compile(r"[*?\[]")
_MAGIC_IN_ADDRESS: Final = re.compile(r"[*\[]")
_HIDDEN: Final = re.compile(r"(?:^|/)[._]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a set in the order in which they are read, and where to open them."""

    at: str
    files: tuple[File, ...]

    @property
    def several(self) -> bool:
        """Whether what is told of a line must say of which file."""
        return len(self.files) > 1


def place_of(words: str) -> Place:
    """Return the folder or file that a path or an address (s3://, gs://, file://) names.

    Secrets do not belong into an address, which is written down and shown: raises GiveUp for one
    that has any. Access keys are found where the object store's own tools look for them.
    """
    scheme, separator, rest = words.partition("://")
    if not separator:
        return Place(system=pafs.LocalFileSystem(), path=str(Path(words).absolute()))
    if scheme not in SCHEMES:
        raise GiveUp(f"{scheme}:// is no place for files; there are {', '.join(SCHEMES)}")
    if "@" in rest.partition("/")[0]:
        raise GiveUp("an address holds no keys; give them in the environment (AWS_ACCESS_KEY_ID)")
    return _addressed(words)


@lru_cache(maxsize=16)
def _addressed(words: str) -> Place:
    """Return the place at an address; its connections serve every shard of this process."""
    try:
        system, path = pafs.FileSystem.from_uri(words)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise GiveUp(f"{words}: {_first_line(error)}") from error
    return Place(system=system, path=path.rstrip("/"))


def list_files(words: str) -> Files:
    """Return the files that ``words`` name: one, all in a folder and below, or those of a pattern.

    In a pattern ``*``, ``?`` (not in an address) and ``[...]`` stand for characters of one name,
    ``**`` for folders. Below a folder, names that begin with a dot or an underscore are left out.
    Files come in the order of their paths. Raises TryLater when there are none.
    """
    base, pattern = _divided(words)
    place = place_of(base)
    try:
        files = sorted(_found(place, pattern), key=lambda file: file.path)
    except (pa.ArrowException, OSError) as error:
        raise TryLater(f"{words}: {_first_line(error)}") from error
    if not files:
        raise TryLater(f"{words} is no file, and no folder or pattern that has files")
    return Files(at=base, files=tuple(files))


@contextmanager
def opened(place: Place, file: File) -> Iterator[BinaryIO]:
    """Open a listed file; raise TryLater when it is not there or no longer what was listed.

    Errors of reading are TryLater as well: unlike damage inside the file, they may pass.
    """
    try:
        (info,) = place.system.get_file_info([file.path])
        if info.type is not pafs.FileType.File:
            raise TryLater(f"{file.path}: is not there")
        if _file(info) != file:
            raise TryLater(f"{file.path}: has changed since the sweep began")
        stream = place.system.open_input_file(file.path)
    except OSError as error:
        raise TryLater(f"{file.path}: {_first_line(error)}") from error
    with stream:
        yield cast(BinaryIO, _Stream(file.path, stream))  # it has what the readers of names use


class _Stream(io.RawIOBase):
    """A file of a pyarrow file system; what fails in reading it may pass, and is no damage."""

    def __init__(self, path: str, stream: Any) -> None:  # Any: pyarrow has no types
        self._path = path
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return bytes(self._stream.read(None if size < 0 else size))
        except OSError as error:
            raise TryLater(f"{self._path}: {_first_line(error)}") from error

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())


def _divided(words: str) -> tuple[str, str | None]:
    """Divide what names a set into the folder to list and the pattern below it."""
    is_address = "://" in words
    if not is_address and Path(words).exists():
        return words, None
    head, _, query = words.partition("?") if is_address else (words, "", "")
    parts = head.split("/")
    magic = _MAGIC_IN_ADDRESS if is_address else _MAGIC
    first = next((i for i, part in enumerate(parts) if magic.search(part)), None)
    if first is None:
        return words, None
    base = "/".join(parts[:first]) or ("/" if words.startswith("/") else ".")
    return f"{base}?{query}" if query else base, "/".join(parts[first:])


def _found(place: Place, pattern: str | None) -> Iterator[File]:
    (base,) = place.system.get_file_info([place.path])
    if base.type is pafs.FileType.File and pattern is None:
        yield _file(base)
    if base.type is not pafs.FileType.Directory:
        return
    fits = None if pattern is None else re.compile(_expression(pattern))
    selector = pafs.FileSelector(place.path, recursive=True)
    for number, info in enumerate(place.system.get_file_info(selector)):
        if number >= MOST_FILES:
            raise GiveUp(f"{place.path} holds more than {MOST_FILES:,} files")
        below = info.path[len(place.path) :].lstrip("/")
        if info.type is not pafs.FileType.File or not info.size:
            continue
        if fits.fullmatch(below) if fits else not _HIDDEN.search(below):
            yield _file(info)


def _file(info: Any) -> File:  # Any: pyarrow has no types
    return File(path=info.path, size=info.size, changed=info.mtime_ns or 0)


def _expression(pattern: str) -> str:
    """Return a pattern of file names as a regular expression."""
    parts = re.split(r"(\*\*/|\*+|\?|\[!?[^]/]+\])", pattern)
    return "".join(map(_part, parts))


def _part(part: str) -> str:
    match part[:1]:
        case "*":
            return {"**/": "(?:[^/]+/)*", "**": ".*"}.get(part, "[^/]*")
        case "?":
            return "[^/]"
        case "[" if part.endswith("]"):
            inside = part[1:-1].replace("\\", "\\\\").replace("^", "\\^")
            return f"[{'^/' + inside[1:] if inside.startswith('!') else inside}]"
        case _:
            return re.escape(part)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

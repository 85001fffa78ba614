"""Opens a table file, unpacked, within limits of size and of a line's length."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from lionrock.core.errors import GiveUp
from lionrock.enrich.files.draft import Head

LARGEST: Final = 8 << 30
"""Bytes of an unpacked table; a routing table of every peer is about half of it."""
LONGEST_LINE: Final = 64 << 10
_HEAD: Final = 64 << 10
_MARK: Final = b"\xab\xcd\xefMaxMind.com"


def head_of(path: Path) -> Head:
    """Return the beginning of a file; for a MaxMind DB, whose mark stands at its end, the end too."""
    with opened(path) as file:
        data = file.read(_HEAD)
        if b"\0" in data[:4096]:
            tail = data
            while chunk := file.read(1 << 20):
                tail = (tail + chunk)[-(128 << 10) :]
            data += tail if _MARK in tail else b""
    text = data.decode("utf-8", "replace")
    lines = text.splitlines()
    return Head(data=data, lines=tuple(lines[:-1] if len(data) >= _HEAD else lines))


def is_mmdb(head: Head) -> bool:
    """Tell whether a file's head holds the mark of a MaxMind DB."""
    return _MARK in head.data


def lines(path: Path) -> Iterator[str]:
    """Yield a file's lines without their ends; raise GiveUp for a line that is no line."""
    with opened(path) as file:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise GiveUp(f"{path.name} has a line of more than {LONGEST_LINE} bytes")
            yield line.decode("utf-8", "replace").rstrip("\r\n")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, through gzip and, in an archive, its one member of interest."""
    try:
        with path.open("rb") as raw:
            magic = raw.read(2)
            raw.seek(0)
            if magic != b"\x1f\x8b":
                yield cast("BinaryIO", io.BufferedReader(_Limited(raw), _HEAD))  # it is one
                return
            with gzip.GzipFile(fileobj=raw) as packed:
                inner = io.BufferedReader(_Limited(cast("BinaryIO", packed)), 1 << 20)
                if inner.peek(262)[257:262] == b"ustar":
                    with tarfile.open(fileobj=inner, mode="r|") as archive:
                        yield _member(archive, path)
                else:
                    yield cast("BinaryIO", inner)
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError) as error:
        raise GiveUp(f"{path.name} is packed, but broken: {error}") from error


def _member(archive: tarfile.TarFile, path: Path) -> BinaryIO:
    for member in archive:
        if member.isfile() and member.name.endswith(".mmdb"):
            file = archive.extractfile(member)
            if file is not None:
                return cast("BinaryIO", file)  # it is open for reading
    raise GiveUp(f"{path.name} is an archive without a table in it")


class _Limited(io.RawIOBase):
    """A file that ends in an error when more comes out of it than any table holds."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = LARGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as it is called
        data = self._file.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise GiveUp(f"it is longer than {LARGEST} bytes when it is unpacked")
        buffer[: len(data)] = data
        return len(data)

"""What a delivery is packed in, taken off: each file inside is read as a part of its own."""

import bz2
import gzip
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

import zstandard

from lionrock.core.events import Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds.reading.lines import shown
from lionrock.feeds.reading.unreadable import Unreadable

_PIECE: Final = 1 << 16
_WINDOW: Final = 1 << 27
"""Bytes a zstd stream may make us hold."""
_DIRECTORY: Final = 1 << 24
"""Bytes of a zip's list of members."""
_END_OF_ZIP: Final = b"PK\x05\x06"
_KNOWN_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a delivery may unpack to, so that a bomb costs little."""

    unpacked: int = 8 << 30
    """Bytes of all parts together."""
    ratio: int = 250
    """Bytes out per byte in, once more than ``unmeasured`` came out."""
    unmeasured: int = 32 << 20
    members: int = 5000
    depth: int = 3
    """Packings within one another."""


LIMITS: Final = Limits()


@dataclass(slots=True)
class Part:
    """One file of a delivery, and how many line breaks were met when it was read the longest."""

    delivery: Delivery
    lines: int = 0
    bytes: int = 0
    read_through: bool = False

    def finish(self) -> None:
        """Read what nobody read, so that ``lines`` is right and the budget is."""
        if not self.read_through:
            with self.delivery.open() as stream:
                while stream.read(_PIECE):
                    pass


def parts(delivery: Delivery, limits: Limits = LIMITS) -> Iterator[Part | Reject]:
    """Yield the files of a delivery; one that is not packed is its own only part.

    gz, bz2, zst and zip are told by their first bytes, also within one another. What cannot be
    unpacked is a Reject, at the line 1 of its place. Folders and what macOS adds are passed over.
    """
    yield from _opened(delivery, limits, [limits.unpacked], 0)


def _opened(
    delivery: Delivery, limits: Limits, budget: list[int], depth: int
) -> Iterator[Part | Reject]:
    try:
        with delivery.open() as stream:
            start = stream.read(6)
    except (OSError, *_BROKEN) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the delivery's
        yield _refused(delivery.name, words_of(error))
        return
    packing = next((p for p in _PACKINGS if start.startswith(p.mark)), None)
    if packing is None:
        yield from _counted(delivery, budget)
    elif depth >= limits.depth:
        yield _refused(delivery.name, f"is packed more than {limits.depth} times over")
    elif packing.open is None:
        yield from _members(delivery, limits, budget, depth)
    else:
        name = _without_ending(delivery.name, packing.endings)
        opener = _opener(delivery, packing.open, limits, budget)
        yield from _opened(replace(delivery, name=name, open=opener), limits, budget, depth + 1)


def _counted(delivery: Delivery, budget: list[int]) -> Iterator[Part]:
    part = Part(delivery=delivery)
    part.delivery = replace(delivery, open=lambda: _buffered(_Counting(delivery.open(), part)))
    yield part
    budget[0] -= part.bytes


def _opener(
    delivery: Delivery,
    unpack: Callable[[BinaryIO], IO[bytes]],
    limits: Limits,
    budget: list[int],
) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        packed = _Measured(delivery.open())
        return _buffered(
            _Bounded(unpack(_buffered(packed)), limits, budget[0], lambda: packed.count, packed)
        )

    return opened


def _members(
    delivery: Delivery, limits: Limits, budget: list[int], depth: int
) -> Iterator[Part | Reject]:
    with ExitStack() as closing:
        stream = closing.enter_context(delivery.open())
        try:
            stream = _seekable(stream, closing, limits)
            size = stream.seek(0, io.SEEK_END)
            _refuse_directory(stream, size, limits)
            archive = closing.enter_context(zipfile.ZipFile(stream))
        except _BROKEN as error:
            yield _refused(delivery.name, words_of(error))
            return
        for member in archive.infolist():
            if member.is_dir() or member.filename.startswith("__MACOSX/"):
                continue
            if member.flag_bits & 1:
                yield _refused(member.filename, "is encrypted within its archive")
            elif member.compress_type not in _KNOWN_METHODS:
                yield _refused(member.filename, "is packed in a way that is not read")
            else:
                inner = replace(
                    delivery,
                    name=PurePosixPath(member.filename).name,
                    open=_member_opener(archive, member, size, limits, budget),
                )
                yield from _opened(inner, limits, budget, depth + 1)


def _member_opener(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    size: int,
    limits: Limits,
    budget: list[int],
) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            packed = archive.open(member)
        except (OSError, RuntimeError, *_BROKEN) as error:
            raise _unreadable(error) from error
        return _buffered(_Bounded(packed, limits, budget[0], lambda: size, None))

    return opened


def _refuse_directory(stream: BinaryIO, size: int, limits: Limits) -> None:
    """Refuse a list of members too long to hold, before anything holds it."""
    stream.seek(max(0, size - 65_557))
    tail = stream.read(65_557)
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or len(tail) - at < 22:
        raise zipfile.BadZipFile
    count, directory = struct.unpack_from("<HI", tail, at + 10)
    if count > limits.members or directory > _DIRECTORY:
        raise Unreadable(f"holds more than {limits.members:,} files")


def _seekable(stream: BinaryIO, closing: ExitStack, limits: Limits) -> BinaryIO:
    if _jumps(stream):
        return stream
    held = closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # closed by closing
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > limits.unpacked:
            raise Unreadable(_too_much(limits.unpacked))
        held.write(piece)
    held.seek(0)
    return cast(BinaryIO, held)  # a wrapper on some systems, with the same methods


def _jumps(stream: BinaryIO) -> bool:
    """Tell whether going back is cheap: a packed stream would begin anew, for each member of a zip."""
    if isinstance(stream, io.BytesIO):
        return stream.seekable()
    try:
        stream.fileno()
    except (OSError, AttributeError):
        return False
    return stream.seekable()


def _refused(name: str, why: str) -> Reject:
    return Reject(line=1, text=shown(name), why=why, whole=True)


def _unreadable(error: Exception) -> Exception:
    """Return the error for a reader to meet: what is wrong with the archive, or with the disk."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    return Unreadable(words_of(error))


def words_of(error: Exception) -> str:
    """Say why unpacking failed, to complete “The line …”."""
    match error:
        case Unreadable():
            return str(error)
        case EOFError():
            return "ends within its archive"
        case (
            OSError()
            | struct.error()
            | ValueError()
            | NotImplementedError()
            | zipfile.BadZipFile()
            | zstandard.ZstdError()
            | zlib.error()
        ):
            return "is a broken archive"
    return f"is unreadable: {error}"


_BROKEN: Final = (
    Unreadable,
    EOFError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zstandard.ZstdError,
    zlib.error,
    struct.error,
    ValueError,
    NotImplementedError,
)


def _too_much(limit: int) -> str:
    return f"unpacks to more than {limit:,} bytes"


class _Raw(io.RawIOBase):
    """A stream over another; closing closes both."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io hands a memoryview
        piece = self._source.read(len(buffer))
        buffer[: len(piece)] = piece
        self._met(piece)
        return len(piece)

    def _met(self, piece: bytes) -> None:
        """Look at what passes."""

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


class _Measured(_Raw):
    """Counts the bytes that went in."""

    count = 0

    def _met(self, piece: bytes) -> None:
        self.count += len(piece)


class _Bounded(_Raw):
    """Raises Unreadable when more comes out than the limits allow."""

    def __init__(
        self,
        source: IO[bytes],
        limits: Limits,
        budget: int,
        taken: Callable[[], int],
        below: io.RawIOBase | None,
    ) -> None:
        super().__init__(source)
        self._limits = limits
        self._budget = budget
        self._taken = taken
        self._below = below
        self._given = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as above
        try:
            return super().readinto(buffer)
        except (OSError, RuntimeError, IndexError, *_BROKEN) as error:
            raise _unreadable(error) from error

    def _met(self, piece: bytes) -> None:
        self._given += len(piece)
        if self._given > self._budget:
            raise Unreadable(_too_much(self._limits.unpacked))
        if self._given > self._limits.unmeasured:
            taken = max(1, self._taken())
            if self._given > self._limits.ratio * taken:
                raise Unreadable(f"unpacks to more than {self._limits.ratio} times its size")

    def close(self) -> None:
        super().close()
        if self._below is not None:
            self._below.close()


class _Counting(_Raw):
    """Counts the line breaks of a part while it is read."""

    def __init__(self, source: IO[bytes], part: Part) -> None:
        super().__init__(source)
        self._part = part
        self._lines = 0
        self._bytes = 0
        self._end = b"\n"

    def _met(self, piece: bytes) -> None:
        self._lines += piece.count(b"\n")
        self._bytes += len(piece)
        if piece:
            self._end = piece[-1:]
        else:
            self._part.read_through = True
        lines = self._lines + (self._end != b"\n")
        self._part.lines = max(self._part.lines, lines)
        self._part.bytes = max(self._part.bytes, self._bytes)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(raw, _PIECE)


def _without_ending(name: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def _gunzip(stream: BinaryIO) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=stream, mode="rb"))  # it has every method used


def _bunzip(stream: BinaryIO) -> IO[bytes]:
    return bz2.BZ2File(stream)


def _unzstd(stream: BinaryIO) -> IO[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    return decompressor.stream_reader(stream, read_across_frames=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packing:
    mark: bytes
    endings: tuple[str, ...]
    open: Callable[[BinaryIO], IO[bytes]] | None


_PACKINGS: Final = (
    _Packing(mark=b"\x1f\x8b\x08", endings=(".gz", ".gzip"), open=_gunzip),
    _Packing(mark=b"BZh", endings=(".bz2",), open=_bunzip),
    _Packing(mark=b"\x28\xb5\x2f\xfd", endings=(".zst",), open=_unzstd),
    _Packing(mark=b"PK\x03\x04", endings=(".zip",), open=None),
    _Packing(mark=_END_OF_ZIP, endings=(".zip",), open=None),
)

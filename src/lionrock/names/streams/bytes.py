"""Turn a file, compressed or not, into pieces of plain bytes, with flat memory and clear endings."""

import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import BinaryIO, Final, cast

import zstandard

from lionrock.core.errors import GiveUp

PIECE: Final = 1 << 20
"""Bytes asked for at once, packed and unpacked."""

_BOMB_BYTES: Final = 256 << 20
_BOMB_RATIO: Final = 500
"""Beyond 256 MiB no list of names packs to less than a five hundredth of its size."""


class Pieces:
    """The plain bytes of one member, piece by piece, with a look ahead.

    A source that breaks off ends the pieces early and leaves the reason in ``broken``, so that a
    reader hands out what came before the break and leaves out the line that was cut.
    """

    def __init__(self, name: str, pieces: Iterator[bytes], *, file: BinaryIO | None = None) -> None:
        self.name = name
        self.file = file
        """The open file at its beginning, where it is a file and not packed: instead of pieces."""
        self.broken: str | None = None
        self._pieces = pieces
        self._ahead: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._next():
            yield piece

    def peek(self, size: int) -> bytes:
        """Return up to ``size`` bytes from the front without taking them."""
        while sum(map(len, self._ahead)) < size:
            piece = self._fetch()
            if not piece:
                break
            self._ahead.append(piece)
        head = b"".join(self._ahead)
        self._ahead = [head] if head else []
        return head[:size]

    def skip(self, size: int) -> None:
        """Take ``size`` bytes, which a peek has shown, off the front."""
        head = b"".join(self._ahead)[size:]
        self._ahead = [head] if head else []

    def _next(self) -> bytes:
        return self._ahead.pop(0) if self._ahead else self._fetch()

    def _fetch(self) -> bytes:
        try:
            for piece in self._pieces:
                if piece:
                    return piece
        except _BREAKS as broken:
            self.broken = str(broken) or type(broken).__name__
        return b""


class Break(Exception):
    """The packed data is damaged or ends too soon; what came before it is sound."""


_BREAKS: Final = (Break, OSError, EOFError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError)


def members(name: str, stream: BinaryIO) -> Iterator[Pieces]:
    """Yield the plain members of ``stream``, told by its first bytes: gz, zst, zip or as it is.

    Only a zip has several; a zip from a pipe is kept in a temporary file, since its table of
    contents stands at the end. Raises GiveUp for a zip that is encrypted or damaged.
    """
    head = b""
    while len(head) < 4 and (more := stream.read(4 - len(head))):
        head += more
    if head[:2] == b"PK" and head[2:] in (b"\x03\x04", b"\x05\x06"):
        with ExitStack() as closing:
            yield from _zipped(name, _seekable(head, stream, closing))
        return
    packed = _Packed(head, stream)
    if head[:2] == b"\x1f\x8b":
        yield Pieces(_without(name, (".gz", ".gzip")), _checked(_gunzipped(packed), packed))
    elif head == b"\x28\xb5\x2f\xfd":
        yield Pieces(_without(name, (".zst", ".zstd")), _checked(_unzstd(packed), packed))
    else:
        file = stream if stream.seekable() and head == b"PAR1" else None
        yield Pieces(name, iter(packed.read, b""), file=file)


class _Packed(io.RawIOBase):
    """The packed stream with its first bytes put back, counting what was read."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = PIECE) -> bytes:
        piece, self._head = (self._head, b"") if self._head else (self._stream.read(size), b"")
        self.count += len(piece)
        return piece


def _gunzipped(packed: _Packed) -> Iterator[bytes]:
    """Yield the plain bytes of one or more gzip members (RFC 1952), zero padding allowed."""
    data = packed.read()
    while data:
        unpack = zlib.decompressobj(wbits=31)
        while not unpack.eof:
            data = data or packed.read()
            plain = unpack.decompress(data, PIECE)
            if not data and not plain and not unpack.eof:
                raise Break("the gz data ends in the middle")
            yield plain
            data = unpack.unconsumed_tail
        data = unpack.unused_data.lstrip(b"\0")
        while not data and (more := packed.read()):
            data = more.lstrip(b"\0")


_BITE: Final = 512
"""Packed bytes taken at once: a zst block of four bytes can hold 128 KiB."""


def _unzstd(packed: _Packed) -> Iterator[bytes]:
    """Yield the plain bytes of one or more zstd frames (RFC 8878)."""
    unpack = zstandard.ZstdDecompressor().decompressobj()
    begun = False
    while data := packed.read():
        at = 0
        while at < len(data):
            begun = True
            yield unpack.decompress(data[at : at + _BITE])
            at += _BITE
            if unpack.eof:
                at = min(at, len(data)) - len(unpack.unused_data)
                unpack = zstandard.ZstdDecompressor().decompressobj()
                begun = False
    if begun:
        raise Break("the zst data ends in the middle")


def _checked(pieces: Iterator[bytes], packed: _Packed) -> Iterator[bytes]:
    return _no_bomb(pieces, lambda: packed.count)


def _no_bomb(pieces: Iterator[bytes], packed: Callable[[], int]) -> Iterator[bytes]:
    unpacked = 0
    for piece in pieces:
        unpacked += len(piece)
        if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * packed():
            raise Break(f"the packed data unpacks to more than {_BOMB_RATIO} times its size")
        yield piece


def _seekable(head: bytes, stream: BinaryIO, closing: ExitStack) -> BinaryIO:
    if stream.seekable():
        return stream
    kept = closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (the stack closes it)
    kept.write(head)
    shutil.copyfileobj(stream, kept, PIECE)
    return cast(BinaryIO, kept)  # typeshed calls it a wrapper


def _zipped(name: str, stream: BinaryIO) -> Iterator[Pieces]:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise GiveUp(f"{name}: the zip is damaged: {broken}") from broken
    with archive:
        for info in archive.infolist():
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                continue
            inside = f"{name}/{info.filename}"
            if info.flag_bits & 1:
                raise GiveUp(f"{inside}: is encrypted; unpack it first")
            try:
                member = archive.open(info)
            except (
                zipfile.BadZipFile,
                OSError,
                ValueError,
                NotImplementedError,
                RuntimeError,
            ) as e:
                raise GiveUp(f"{inside}: can not be unpacked: {e}") from e
            size = info.compress_size
            with member:
                pieces = iter(lambda member=member: member.read(PIECE), b"")  # type: ignore[misc]  # mypy cannot infer a lambda's default
                yield Pieces(inside, _no_bomb(pieces, lambda size=size: size))  # type: ignore[misc]  # same


def _without(name: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name

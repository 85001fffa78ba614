"""Unpacks the bytes of a kept delivery; needs no Django, so that a reading process can do it, too."""

import io
from pathlib import Path
from typing import Any, BinaryIO, Final

import zstandard

from lionrock.core.errors import GiveUp

PIECE: Final = 2**20
LONGEST_WINDOW: Final = 2**27
"""Bytes of memory that a file may ask for when it is unpacked; ours ask for far less."""


class Damaged(GiveUp):
    """The kept bytes are not there, or no longer those that came."""


def open_file(path: Path, *, size: int) -> BinaryIO:
    """Open a kept file of ``size`` unpacked bytes."""
    if not path.is_file():
        raise Damaged(f"the kept bytes are missing: {path}")
    return io.BufferedReader(_Unpacked(path, size), PIECE)


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of a file, with seeking: backwards begins anew, as archives' readers need."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._at = 0
        """Where the caller is."""
        self._done = 0
        """How far the file has been unpacked."""
        self._file: BinaryIO
        self._begin()

    def _begin(self) -> None:
        self._file = self._path.open("rb")
        unpacker = zstandard.ZstdDecompressor(max_window_size=LONGEST_WINDOW)
        self._stream: Any = unpacker.stream_reader(  # Any: zstandard's reader is of two classes
            self._file, read_size=PIECE, closefd=False
        )
        self._done = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any, /) -> int:  # Any: whatever takes bytes
        if self._at >= self._size:
            self._check_the_end()
            return 0
        with self._clearly():
            if self._at < self._done:
                self._file.close()
                self._begin()
            while self._done < self._at:
                skipped = self._stream.read(min(PIECE, self._at - self._done))
                if not skipped:
                    raise Damaged(f"the kept bytes end too early: {self._path}")
                self._done += len(skipped)
            count = int(self._stream.readinto(buffer))
        if count == 0:
            raise Damaged(f"the kept bytes end too early: {self._path}")
        self._done += count
        self._at = self._done
        return count

    def _check_the_end(self) -> None:
        """Have the checksum at the end of the file compared, where everything before it was read."""
        if self._done == self._size:
            with self._clearly():
                if self._stream.read(1):
                    raise Damaged(f"the kept bytes go on too long: {self._path}")

    def _clearly(self) -> "_Clearly":
        return _Clearly(self._path)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _Clearly:
    """Turns what the unpacker says of a damaged file into a sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, zstandard.ZstdError):
            raise Damaged(f"the kept bytes are damaged: {self._path}") from error

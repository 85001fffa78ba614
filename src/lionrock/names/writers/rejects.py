"""Write what was no name beside the output, so that nothing is lost without a trace."""

import json
from collections.abc import Sequence
from typing import BinaryIO

from lionrock.names.blocks import Reject


class RejectsWriter:
    """One JSON object per reject and line: line, text, why; and the file where several are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, rejects: Sequence[Reject], file: str = "") -> None:
        """Append the rejects of ``file``."""
        self._stream.write(b"".join(_line(reject, file) for reject in rejects))

    def close(self) -> None:
        """Hand on what the stream still holds back."""
        self._stream.flush()


def _line(reject: Reject, file: str) -> bytes:
    content: dict[str, str | int] = {"file": file} if file else {}
    content |= {"line": reject.line, "text": reject.text, "why": reject.why}
    try:
        return (json.dumps(content, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        return (json.dumps(content) + "\n").encode("ascii")

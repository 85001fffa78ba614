"""Writes confirmed names one per line, for every program that blocks from a list."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from lionrock.letters.confirmed import ConfirmedName
from lionrock.letters.guard import Never, blockable

CONTENT_TYPE: Final = "text/plain; charset=utf-8"


def plain(
    names: Iterable[ConfirmedName], *, never: Never, tlp: str, now: datetime
) -> Iterator[bytes]:
    """Yield two comment lines and then a name per line; what ``never`` spares is left out."""
    yield f"# {tlp}\n# made {now.isoformat(timespec='seconds')}\n".encode("ascii")
    for name in blockable(names, never):
        yield f"{name.host}\n".encode("ascii")

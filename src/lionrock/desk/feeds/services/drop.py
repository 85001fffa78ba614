"""The drop folder: whoever can lay a file into it delivers. The file goes only when its Blob is safe."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from lionrock.core.errors import GiveUp
from lionrock.net.carrying import Arrival, Order, Place

FOLDER: Final = "drop"
DONE: Final = "done"
REFUSED: Final = "refused"
SETTLE_SECONDS: Final = 3.0
UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload", ".partial")
KEPT_FOR: Final = timedelta(days=7)
"""How long a file that was taken lies in ``done``; its Blob is what lasts."""


def folder_of(data: Path, feed: str) -> Path:
    """Return the feed's drop folder, which may not exist yet."""
    return data / FOLDER / feed


def carry(
    order: Order, *, settle: float = SETTLE_SECONDS, clock: Callable[[], float] = time.time
) -> Iterator[Arrival | Place]:
    """Yield every file that has come to rest, the oldest first; move it to ``done`` behind the yield.

    A file has come to rest when nothing about it changed for ``settle`` seconds (its status-change
    time, which no copying tool can set back). Names that begin with a dot or end like a transfer
    under way are left alone, so are links, pipes and folders. A file that is too large goes to
    ``refused``; the others are taken before that is said (GiveUp).
    """
    folder = order.folder
    if folder is None or not folder.is_dir():
        return
    refused = []
    for file in sorted(_waiting(folder, clock() - settle), key=lambda each: each[0]):
        path = file[1]
        descriptor = _opened(path)
        if descriptor is None:
            continue
        with os.fdopen(descriptor, "rb") as content:
            if os.fstat(content.fileno()).st_size > order.limit:
                _move(path, folder / REFUSED)
                refused.append(path.name)
                continue
            yield Arrival(
                name=path.name, content=content, origin=f"{FOLDER}/{order.feed}/{path.name}"
            )
        _move(path, folder / DONE)
    if refused:
        raise GiveUp(f"too large, moved to {folder / REFUSED}: {', '.join(refused[:5])}")


def _waiting(folder: Path, before: float) -> Iterator[tuple[float, Path]]:
    """Yield the files at rest, with when they came to rest."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_ctime <= before:
                yield found.st_ctime, Path(entry.path)


def _opened(path: Path) -> int | None:
    """Open the file unless it went, or turned into a link or a pipe, since we looked."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return descriptor


def _move(path: Path, folder: Path) -> None:
    """Move the file there, beside what has the same name already."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / path.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{number}-{path.name}"
    try:
        path.rename(target)
    except FileNotFoundError:
        return  # another worker, or a person, was quicker: its Blob is kept all the same


def sweep(*, data: Path, now: datetime) -> int:
    """Remove what has lain in a ``done`` folder for a week; return how many files that were."""
    removed = 0
    for file in (data / FOLDER).glob(f"*/{DONE}/*"):
        found = file.lstat()
        if (
            stat.S_ISREG(found.st_mode)
            and now - datetime.fromtimestamp(found.st_ctime, UTC) > KEPT_FOR
        ):
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def lay(*, data: Path, feed: str, name: str, content: bytes) -> Path:
    """Lay a file into the drop folder as a whole: it shows under its name only when it is complete."""
    folder = folder_of(data, feed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    draft.write_bytes(content)
    return draft.rename(folder / name)

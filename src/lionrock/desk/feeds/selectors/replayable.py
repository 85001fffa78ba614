"""Which deliveries a page may read again: few enough to wait for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lionrock.desk.feeds.models import Blob, BlobState

MOST: Final = 25
"""Deliveries that a page reads again at once."""
MOST_BYTES: Final = 8 * 2**20
"""Their bytes together: what is read while somebody waits. More is for the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The deliveries that are read again, the oldest first, and how many more were asked for."""

    blobs: tuple[Blob, ...]
    left_out: int


def replayable(
    *,
    feed: str,
    since: datetime | None = None,
    before: datetime | None = None,
    ids: tuple[int, ...] = (),
) -> Chosen:
    """Return the deliveries of a feed that were read and whose bytes are kept, up to the limits."""
    rows = Blob.objects.filter(feed=feed, state=BlobState.COMPLETE, erased_at=None)
    if since is not None:
        rows = rows.filter(received_at__gte=since)
    if before is not None:
        rows = rows.filter(received_at__lt=before)
    if ids:
        rows = rows.filter(id__in=ids[:MOST])
    chosen: list[Blob] = []
    size = 0
    for blob in rows.order_by("-received_at", "-id")[:MOST]:
        size += blob.size
        if size > MOST_BYTES:
            break
        chosen.append(blob)
    return Chosen(blobs=tuple(reversed(chosen)), left_out=rows.count() - len(chosen))

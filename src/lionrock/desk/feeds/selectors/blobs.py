"""Which deliveries wait to be read or routed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from lionrock.desk.feeds.models import Blob, BlobState

LEASE: Final = timedelta(minutes=2)
"""A reader that gave no sign for so long is taken for dead."""


def waiting(*, now: datetime, limit: int = 100, feed: str = "") -> Sequence[Blob]:
    """Return deliveries to be read, the oldest first: new ones, and those whose reader died."""
    dead = Q(state=BlobState.READING) & (
        Q(heartbeat_at__lt=now - LEASE) | Q(heartbeat_at__isnull=True)
    )
    blobs = Blob.objects.filter(Q(state=BlobState.KEPT) | dead)
    if feed:
        blobs = blobs.filter(feed=feed)
    return list(blobs.order_by("id")[:limit])


def unrouted(*, limit: int = 100) -> Sequence[Blob]:
    """Return complete deliveries whose episodes nobody was told of yet, the oldest first."""
    return list(
        Blob.objects.filter(state=BlobState.COMPLETE, routed_at=None).order_by("id")[:limit]
    )

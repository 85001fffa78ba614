"""Keeps the bytes of every delivery, by their hash, so that everything later can be derived from them again."""

import hashlib
import io
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import zstandard
from django.conf import settings
from django.db import connection, transaction

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Carrier
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.services.packed import PIECE, Damaged, open_file
from lionrock.desk.people.models import Person

__all__ = [
    "Damaged",
    "Kept",
    "TooLarge",
    "check_blob",
    "erase_blob",
    "keep_blob",
    "open_blob",
    "path_of",
]

LEVEL: Final = 3
LONGEST_NAME: Final = 300
LONGEST_ORIGIN: Final = 2000
LONGEST_HEADER: Final = 1000
MOST_HEADERS: Final = 50


class TooLarge(GiveUp):
    """The delivery is larger than its limit; nothing of it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A delivery that is kept; ``fresh`` unless the same bytes came from the same feed before."""

    blob: Blob
    fresh: bool


def keep_blob(
    *,
    feed: str,
    content: BinaryIO | bytes,
    name: str,
    carrier: Carrier,
    origin: str = "",
    headers: Mapping[str, str] | None = None,
    by: Person | None = None,
    now: datetime,
    limit: int | None = None,
    to_read: bool = True,
) -> Kept:
    """Keep a delivery and return its row; the file is safe on disk before the row says so.

    The same bytes from the same feed are one Blob: its ``times`` is counted. Raises TooLarge when
    there are more than ``limit`` bytes; then, as after any error, nothing is left behind. What is
    not ``to_read`` (an answer to a letter) never enters the road: no reader and no router takes it.
    """
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"{secrets.token_hex(16)}.part"
    try:
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        sha256, size = _write(stream, draft, limit)
        with transaction.atomic():
            _alone(sha256)
            blob, fresh = Blob.objects.select_for_update().get_or_create(
                feed=feed,
                sha256=sha256,
                defaults={
                    "name": _tidy(name)[:LONGEST_NAME],
                    "carrier": carrier.value,
                    "origin": _tidy(origin)[:LONGEST_ORIGIN],
                    "headers": _few(headers or {}),
                    "size": size,
                    "stored_size": draft.stat().st_size,
                    "received_at": now,
                    "last_at": now,
                    "by": by,
                    **({} if to_read else {"state": BlobState.COMPLETE, "routed_at": now}),
                },
            )
            if not fresh:
                blob.times += 1
                blob.last_at = now
                blob.erased_at = None  # the bytes lie there again
                blob.save(update_fields=["times", "last_at", "erased_at"])
            if by is not None:
                record(
                    by=by,
                    action="delivery.handed-in",
                    subject=f"{feed}: {blob.name}",
                    details={"feed": feed, "sha256": sha256, "fresh": fresh},
                    now=now,
                )
            # Within the transaction, so that nobody who erases the same bytes comes in between.
            _put(draft, path_of(sha256))
    finally:
        draft.unlink(missing_ok=True)
    return Kept(blob=blob, fresh=fresh)


def open_blob(blob: Blob) -> BinaryIO:
    """Open the bytes as they came; reading raises Damaged where they no longer are."""
    if blob.erased_at is not None:
        raise Damaged(f"the bytes of “{blob.name}” were removed when their time was over")
    return open_file(path_of(blob.sha256), size=blob.size)


def check_blob(blob: Blob) -> None:
    """Raise Damaged unless the kept bytes are, to the last, those that came."""
    digest = hashlib.sha256()
    size = 0
    with open_blob(blob) as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
            size += len(piece)
    if size != blob.size or digest.hexdigest() != blob.sha256:
        raise Damaged(f"the kept bytes of “{blob.name}” changed on disk: {path_of(blob.sha256)}")


def erase_blob(blob: Blob, *, now: datetime) -> None:
    """Remove the bytes, unless another feed delivered the same; the row stays and says when."""
    with transaction.atomic():
        _alone(blob.sha256)
        Blob.objects.filter(pk=blob.pk).update(erased_at=now)
        shared = Blob.objects.filter(sha256=blob.sha256, erased_at=None).exists()
        if not shared:
            path_of(blob.sha256).unlink(missing_ok=True)


def _alone(sha256: str) -> None:
    """Wait, to the end of this transaction, until nobody else keeps or erases the same bytes.

    On SQLite the transaction itself has seen to that: one writes at a time.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(bytes.fromhex(sha256)[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def path_of(sha256: str) -> Path:
    """Say where the bytes with that hash lie."""
    return _folder() / sha256[:2] / f"{sha256}.zst"


def _write(content: BinaryIO, draft: Path, limit: int | None) -> tuple[str, int]:
    """Write the content, compressed, to a file on disk; return its hash and size as it came."""
    with draft.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        sha256, size = _compress(content, file, limit)
        file.flush()
        os.fsync(file.fileno())
    return sha256, size


def _put(draft: Path, place: Path) -> None:
    """Move the file to its place, the folders' own entries too: a rename is lost with the power."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    draft.replace(place)
    for folder in (place.parent, place.parent.parent):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _compress(content: BinaryIO, file: BinaryIO, limit: int | None) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    with packer.stream_writer(file, closefd=False) as packed:
        while piece := content.read(PIECE):
            size += len(piece)
            if limit is not None and size > limit:
                raise TooLarge(f"the delivery is larger than {limit:,} bytes")
            digest.update(piece)
            packed.write(piece)
    return digest.hexdigest(), size


def _folder() -> Path:
    return Path(settings.LIONROCK_DATA) / "blobs"


def _tidy(text: str) -> str:
    """Return text that every database takes: no NUL, no lone surrogate."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


def _few(headers: Mapping[str, str]) -> dict[str, str]:
    some = list(headers.items())[:MOST_HEADERS]
    return {_tidy(key)[:100].lower(): _tidy(value)[:LONGEST_HEADER] for key, value in some}

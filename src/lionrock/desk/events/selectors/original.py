"""Finds the line of a delivery that an event was made of, as far as that costs little."""

from dataclasses import dataclass
from typing import Final

from lionrock.core.errors import LionrockError
from lionrock.core.events import Reject
from lionrock.core.feeds import Delivery
from lionrock.desk.events.models import Event
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.services.blobs import open_blob
from lionrock.feeds.reading import Limits, line_blocks, parts

LOOKED_THROUGH: Final = 64 * 2**20
"""Bytes, unpacked, that are looked through for a line; behind that, the download holds it."""
SHOWN: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The line, or why it is not shown: ``gone``, ``far`` (too far into it), ``record`` (no line)."""

    text: str = ""
    why_not: str = ""


def original_of(event: Event, blob: Blob) -> Original:
    """Return the line that an event was made of.

    In a delivery of records (JSON, mails) an event's number counts those, so the line with that
    number may be another: one is shown only where it holds the event's own value.
    """
    try:
        text = _line(blob, event.line)
    except (LionrockError, OSError):
        return Original(why_not="gone")
    if text is None:
        return Original(why_not="far")
    known = (event.asset, event.address, event.host, event.url, event.ref)
    lowered = text.lower()
    if not any(_bare(value) in lowered for value in known if value):
        return Original(why_not="record")
    return Original(text=text[:SHOWN])


def _line(blob: Blob, wanted: int) -> str | None:
    delivery = Delivery(
        name=blob.name,
        received=blob.received_at,
        open=lambda: open_blob(blob),
        headers=blob.headers,
    )
    met = 0
    seen = 0
    for part in parts(delivery, Limits(unpacked=LOOKED_THROUGH)):
        if isinstance(part, Reject):
            met += 1
            continue
        with part.delivery.open() as stream:
            for lines in line_blocks(stream, {}):
                if wanted <= met + len(lines):
                    return lines[wanted - met - 1]
                met += len(lines)
                seen += sum(map(len, lines))
                if seen > LOOKED_THROUGH:
                    return None
    return None


def _bare(value: str) -> str:
    """Return a value as a source would write it: a hash without its kind."""
    for kind in ("sha256:", "sha1:", "md5:"):
        value = value.removeprefix(kind)
    return value.lower()

"""Decisions as labels: what people taught, for the next training of a model."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lionrock.desk.suspects.models import Dismissal, State, Suspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name and what a person said of it; ``by`` tells people apart without naming them."""

    name: str
    label: str
    reason: str
    by: str
    at: datetime
    model_version: str


def labels(*, secret: bytes) -> Iterator[Label]:
    """Yield a label per decided suspect, in order of decision; undone decisions teach nothing.

    ``label`` is ``abuse``, ``benign`` or ``unclear``; ``reason`` is the dismissal's. ``secret`` keys
    the hash of the person, so that nobody outside can tell who decided.
    """
    decided = Suspect.objects.filter(state__in=[State.CONFIRMED, State.DISMISSED])
    for suspect in decided.order_by("decided_at", "id").iterator(chunk_size=2000):
        if suspect.decided_at is not None:
            yield Label(
                name=suspect.host,
                label=_label(suspect),
                reason=suspect.dismissal,
                by=_hash(suspect.decided_by_id, secret),
                at=suspect.decided_at,
                model_version=suspect.model_version,
            )


def in_json(label: Label) -> bytes:
    """Return a label as one line of JSON, as ``lionrock.names.labels`` reads it."""
    fields: dict[str, Any] = asdict(label)  # Any: what asdict returns
    fields["at"] = label.at.isoformat(timespec="seconds")
    return (json.dumps(fields) + "\n").encode()


def _label(suspect: Suspect) -> str:
    if suspect.state == State.CONFIRMED:
        return "abuse"
    return "unclear" if suspect.dismissal == Dismissal.UNCLEAR else "benign"


def _hash(person: int | None, secret: bytes) -> str:
    return hmac.new(secret, f"labels:{person}".encode(), hashlib.sha256).hexdigest()[:16]

"""Writes events as JSON, with all that is known about them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Final

from lionrock.letters.reported import ReportedEvent

CONTENT_TYPE: Final = "application/json"


def reported_json(events: Iterable[ReportedEvent], *, now: datetime) -> Iterator[bytes]:
    """Yield one object: ``made_at`` and ``events``, whose members are ReportedEvent's fields.

    What is not known is absent.
    """
    head = json.dumps({"made_at": now.isoformat(timespec="seconds")})
    yield f'{head[:-1]}, "events": ['.encode("ascii")
    between = "\n"
    for event in events:
        yield (between + json.dumps(member(event), ensure_ascii=False)).encode("utf-8")
        between = ",\n"
    yield b"\n]}\n"


def member(event: ReportedEvent) -> dict[str, object]:
    """Return an event as JSON's values."""
    fields: dict[str, object] = {
        name: value for name, value in asdict(event).items() if value not in ("", None, (), {})
    }
    return {**fields, "at": event.at.isoformat(timespec="seconds")}

"""Writes confirmed names as JSON, with all that is known about them."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from lionrock.letters.confirmed import ConfirmedName
from lionrock.letters.guard import Never

CONTENT_TYPE: Final = "application/json"


def confirmed_json(
    names: Iterable[ConfirmedName], *, never: Never, tlp: str, now: datetime
) -> Iterator[bytes]:
    """Yield one object: ``tlp``, ``made_at`` and ``names``, whose members spell the fields out."""
    head = json.dumps({"tlp": tlp, "made_at": now.isoformat(timespec="seconds")})
    yield f'{head[:-1]}, "names": ['.encode("ascii")
    between = "\n"
    for name in names:
        yield (between + json.dumps(_member(name, never), ensure_ascii=False)).encode("utf-8")
        between = ",\n"
    yield b"\n]}\n"


def _member(name: ConfirmedName, never: Never) -> dict[str, object]:
    return {
        "name": name.host,
        "unicode": name.unicode,
        "registrable": name.registrable,
        "tenant_of": name.tenant_of,
        "brand": name.brand or None,
        "brand_name": name.brand_name or None,
        "sector": name.sector or None,
        "score": name.score,
        "reasons": list(name.reasons),
        "first_read_at": name.first_read_at.isoformat(timespec="seconds"),
        "confirmed_at": name.confirmed_at.isoformat(timespec="seconds"),
        "blockable": never.refusal(name.host) is None,
    }

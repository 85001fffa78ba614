"""An Event or Reject as a JSON object: for expected outputs, for printing, for comparing."""

from datetime import datetime
from enum import Enum
from typing import Any, Final

from lionrock.core.events import Asset, Event, Reject

_ALWAYS = ("line", "at", "asset", "part", "kind", "severity", "seen")
_FIELDS = tuple(Event.__dataclass_fields__)
_DEFAULTS: Final[dict[str, object]] = {
    name: () if name == "cves" else {} if name == "details" else field.default
    for name, field in Event.__dataclass_fields__.items()
    if name not in _ALWAYS
}


def as_json(record: Event | Reject) -> dict[str, Any]:  # JSON values
    """Return the record as JSON values; an Event's fields that keep their default are left out.

    A Reject is told by its ``why``.
    """
    if isinstance(record, Reject):
        found: dict[str, Any] = {"line": record.line, "why": record.why, "text": record.text}
        return {**found, "whole": True} if record.whole else found
    return {
        name: _plain(value)
        for name in _FIELDS
        if (value := getattr(record, name)) is not None
        and (name in _ALWAYS or value != _DEFAULTS[name])
    }


def _plain(value: object) -> Any:  # as above
    match value:
        case Asset():
            return {"kind": value.kind.value, "value": value.value}
        case Enum():
            return value.value
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case tuple():
            return [_plain(item) for item in value]
        case str() | int() | float() | None:
            return value
        case _ if hasattr(value, "items"):
            return {key: _plain(item) for key, item in value.items()}
    return str(value)

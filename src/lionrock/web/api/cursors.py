"""How far a list has been read: a moment and an id, as a cursor that programs hand back."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import Field

from lionrock.desk.events.selectors.filters import Place

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Cursor = Annotated[str, Field(max_length=40, pattern=r"^([0-9]{1,16}-[0-9]{1,18})?$")]
"""Nothing, or microseconds since 1970 and an id."""


def cursor_of(at: datetime, number: int) -> str:
    """Return the cursor of what lies behind a row."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}-{number}"


def place_of(cursor: str) -> Place | None:
    """Return the place behind a ``Cursor``; None is the list's beginning."""
    micros, _dash, number = cursor.partition("-")
    if not micros:
        return None
    return Place(at=_EPOCH + timedelta(microseconds=int(micros)), id=int(number))

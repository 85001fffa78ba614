"""Read times with the zone's letters behind them, as people and old programs write them."""

from datetime import datetime, timedelta
from typing import Final

from lionrock.feeds.reading import as_time

_HOURS: Final = {
    "CEST": 2,
    "CET": 1,
    "EDT": -4,
    "EEST": 3,
    "EET": 2,
    "EST": -5,
    "GMT": 0,
    "HKT": 8,
    "JST": 9,
    "MESZ": 2,
    "MEZ": 1,
    "MSK": 3,
    "PDT": -7,
    "PST": -8,
    "SGT": 8,
    "UTC": 0,
    "WEST": 1,
    "WET": 0,
}
"""Hours ahead of UTC. Letters with several meanings (CST, IST, BST) are left out."""


def zoned(text: str) -> datetime | None:
    """Return the moment, in UTC, that a time with or without a zone's letters names, or None."""
    before, _, letters = text.strip().rpartition(" ")
    if letters in _HOURS and before:
        moment = as_time(before)
        return moment - timedelta(hours=_HOURS[letters]) if moment else None
    return as_time(text)

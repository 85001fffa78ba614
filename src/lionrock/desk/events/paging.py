"""Reads and writes the places in lists that stand in addresses: ``after=2026-11-20T04:00:00+00:00,17``."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

MOST_DIGITS = 18
"""What a database takes; ``int`` refuses thousands of digits with an error."""


def row_number(text: str) -> int | None:
    """Read a row's number from an address or a form; nonsense is ``None``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def written(at: datetime, *numbers: int) -> str:
    """Return a place as it stands in an address."""
    return ",".join((at.isoformat(), *map(str, numbers)))


def read(text: str, *, numbers: int = 1) -> tuple[datetime, tuple[int, ...]] | None:
    """Return the place that stands in an address; nonsense is ``None``, the list's beginning."""
    when, *rest = text.split(",")
    if len(rest) != numbers or len(when) > 40:
        return None
    try:
        at = parse_datetime(when)
    except ValueError:
        return None
    read_numbers = [row_number(number) for number in rest]
    known = tuple(number for number in read_numbers if number is not None)
    if at is None or at.tzinfo is None or len(known) != numbers:
        return None
    return at, known

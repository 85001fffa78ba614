"""Ticket numbers that people read over the phone: two check letters catch every single slip."""

import re
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS: Final = 1271
_RADIX: Final = 36
_SPELLED: Final = re.compile(
    r"(?<![A-Z0-9])LR-([0-9]{4})-([0-9]{6,9})-([0-9A-Z]{2})(?![A-Z0-9])", re.IGNORECASE
)


def ticket_of(*, year: int, number: int) -> str:
    """Return ``LR-2026-000123-7K``: year, number and two check letters.

    The check letters follow ISO/IEC 7064 MOD 1271-36 over the digits of year and number: any one
    wrong character and any two neighbours swapped are noticed.
    """
    digits = f"{year:04d}{number:06d}"
    return f"LR-{year:04d}-{number:06d}-{_check(digits)}"


def find_tickets(text: str) -> list[str]:
    """Return the tickets that stand in ``text``, in order, without those whose check letters are wrong."""
    found: list[str] = []
    for year, number, check in _SPELLED.findall(text):
        ticket = f"LR-{year}-{number}-{check.upper()}"
        if _check(year + number) == check.upper() and ticket not in found:
            found.append(ticket)
    return found


def _check(digits: str) -> str:
    remainder = 0
    for digit in digits:
        remainder = (remainder + _ALPHABET.index(digit)) * _RADIX % _MODULUS
    remainder = remainder * _RADIX % _MODULUS
    value = (_MODULUS + 1 - remainder) % _MODULUS
    return _ALPHABET[value // _RADIX] + _ALPHABET[value % _RADIX]

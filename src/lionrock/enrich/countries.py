"""Countries as the small numbers that tables hold."""

from typing import Final

_NO_COUNTRIES: Final = frozenset({"ZZ", "AP", "EU", "A1", "A2", "O1", "--", "YY"})
"""Codes that registries and geolocation write where they name no single country."""


def code_number(code: str) -> int:
    """Return two letters (ISO 3166-1) as a number; 0 for everything that names no one country."""
    code = code.strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha() or code in _NO_COUNTRIES:
        return 0
    return ord(code[0]) << 8 | ord(code[1])


def number_code(number: int) -> str | None:
    """Return the two letters a number stands for; None for 0."""
    return None if number == 0 else chr(number >> 8) + chr(number & 0xFF)

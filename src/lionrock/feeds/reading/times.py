"""Times as sources write them, as aware moments in UTC."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST: Final = 64
_ZONE: Final = re.compile(r"\s*(?:UTC|GMT|Z|\(UTC\)|\+0000 UTC)$", re.IGNORECASE)
_EPOCH: Final = re.compile(r"[0-9]{9,16}(?:\.[0-9]{1,9})?$")
_FRACTION: Final = re.compile(r"(\.[0-9]{6})[0-9]+")
_FORMS: Final = (
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y/%m/%d_%H:%M",
    "%Y-%m-%d_%H:%M:%S",
    "%Y-%m-%d-%H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%b/%Y:%H:%M:%S %z",
    "%d %b %Y %H:%M:%S",
    "%d %B %Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%b %d %Y",
    "%B %d %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%a %b %d %H:%M:%S %Y",
    "%b %d %H:%M:%S %Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y",
)


def as_time(text: str, *forms: str) -> datetime | None:
    """Return the moment that ``text`` names, aware and in UTC, or None when it names none.

    ``forms`` (of ``strptime``) are tried alone where given. Otherwise: ISO 8601, seconds or
    milliseconds since 1970, RFC 5322, and forms the field writes; of ``1/2/2026`` the first is the
    month. A time without a zone is UTC. Before 1990 and from 2100 nothing counts as a time.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    found = _by_forms(text, forms) if forms else _guessed(text)
    if found is None:
        return None
    try:
        moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if EARLIEST <= moment < LATEST else None


def from_epoch(seconds: float) -> datetime | None:
    """Return the moment that many seconds (or milliseconds, or microseconds) after 1970."""
    for divisor in (1, 1_000, 1_000_000):
        if 631_152_000 <= seconds / divisor < 4_102_444_800:
            return datetime.fromtimestamp(seconds / divisor, UTC)
    return None


def _by_forms(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        with suppress(ValueError, OverflowError):
            # The zone is not lost: without one the source's time is UTC (as_time adds it).
            return datetime.strptime(text, form)  # noqa: DTZ007
    return None


def _guessed(text: str) -> datetime | None:
    if text[4:5] == "-":  # no number; most sources write such times
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if _EPOCH.match(text) and not (len(text) == 14 and text.startswith(("19", "20"))):
        return from_epoch(float(text))
    if not (len(text) == 8 and text.isdigit()):
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    if bare := _ZONE.sub("", text):
        bare = _FRACTION.sub(r"\1", bare)
        with suppress(ValueError):
            return datetime.fromisoformat(bare)
    if found := _by_forms(bare, _FORMS):
        return found
    if text[:1].isalpha() or "," in text or text[-5:-4] in {"+", "-"}:
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return parsedate_to_datetime(text)
    return None

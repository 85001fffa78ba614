"""Days as presence keeps them: one bit each in the month's number."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lionrock.core.figures import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What of a month lies in a period: ``number`` is year times 100 plus month."""

    number: int
    mask: int
    """One bit for each of its days that lies in the period."""
    whole: bool
    """All of its days do."""

    def day(self, bit: int) -> date:
        """Return the day of a bit, the lowest being 0."""
        return date(self.number // 100, self.number % 100, bit + 1)


def months_of(period: Period, upto: date) -> tuple[Month, ...]:
    """Return the months of a period as far as ``upto``; none where it has not begun."""
    return tuple(_months(period.first, min(period.last, upto)))


def number_of(day: date) -> int:
    """Return the number of a day's month."""
    return day.year * 100 + day.month


def _months(first: date, last: date) -> Iterator[Month]:
    while first <= last:
        length = monthrange(first.year, first.month)[1]
        end = min(last, first.replace(day=length))
        mask = sum(1 << bit for bit in range(first.day - 1, end.day))
        yield Month(number=number_of(first), mask=mask, whole=mask == (1 << length) - 1)
        first = end + timedelta(days=1)

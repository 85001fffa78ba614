"""Finds campaigns: names that one hand set up together, by what they share and how they are spelled.

Names belong together when a series was found among them, when they stand on one certificate that is no
hosting company's, or when they imitate the same brand (or are tenants of the same suffix, or stand on
the same address) and are spelled nearly alike. Belonging together is passed on: a name joins a
campaign through any of its names. How often campaigns of a size begin is taken from the region's past.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LEAST: Final = 4
"""Names from which on they are a campaign; the series of names asks for as many."""
MOST_TOGETHER: Final = 100
"""Names on one certificate, or one address, beyond which it is a hosting company's."""
MOST_SPELLINGS: Final = 600
"""Spellings of one brand (or suffix, or address) that are compared with each other, the latest first."""
ALIKE: Final = 3
"""One letter in so many may differ, and at most two: ``wsdgoiv``, ``wssdgov``."""
WITHIN: Final = timedelta(days=21)
"""How far apart the first days of two neighbours in a campaign may lie."""
TELLING: Final = 2
"""Letters of a part between hyphens from which on two tenants share it: ``app-ws``, ``btn-ws``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name that was seen for the first time on ``day``.

    ``chosen`` is the part that somebody chose: the host without its public suffix. ``tenant_of`` is the
    suffix of free hosting it stands under, ``series`` the found series it belongs to, ``certificate``
    and ``address`` what it stands on; all may be empty. ``ref`` is what it is kept as (``suspect:7``).
    """

    host: str
    chosen: str
    day: date
    ref: str
    brand: str = ""
    tenant_of: str = ""
    series: str = ""
    certificate: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Names of one hand; ``shared`` are codes of what joined them, the most frequent first.

    ``key`` names the campaign by its first name, which stays as it grows.
    """

    names: tuple[Name, ...]
    brand: str
    shared: tuple[str, ...]

    @property
    def key(self) -> str:
        """The first of its names."""
        return self.names[0].host

    @property
    def since(self) -> date:
        """The day of its first name."""
        return self.names[0].day

    def grown(self, *, after: date) -> int:
        """Return how many of its names came after a day."""
        return sum(name.day > after for name in self.names)


def campaigns(names: Iterable[Name], *, least: int = LEAST) -> list[Campaign]:
    """Return the campaigns among names, the largest first; a name is in at most one."""
    each = sorted({name.host: name for name in names}.values(), key=lambda one: (one.day, one.host))
    joined = _Joined(len(each))
    _by_fact(each, joined, "series", least=2, most=10_000)
    _by_fact(each, joined, "certificate", least=2, most=MOST_TOGETHER)
    for what in ("brand", "tenant_of", "address"):
        for rows in _groups(each, what).values():
            _by_spelling(each, rows, joined, what)
    found = []
    for rows in joined.groups():
        if len(rows) >= least:
            members = tuple(each[row] for row in rows)
            brands = Counter(name.brand for name in members if name.brand)
            found.append(
                Campaign(
                    names=members,
                    brand=brands.most_common(1)[0][0] if brands else "",
                    shared=joined.shared(rows),
                )
            )
    return sorted(found, key=lambda one: (-len(one.names), one.key))


def yearly(size: int, past: Sequence[int], *, days: int) -> float:
    """Return how often a year campaigns of at least this size begin, by those of the last ``days``.

    ``past`` are their sizes. Half a campaign is added: what never happened in that time may happen.
    """
    return (sum(other >= size for other in past) + 0.5) * 365.25 / max(days, 1)


class _Joined:
    """Rows and which of them belong together (union-find), with what joined them."""

    def __init__(self, number: int) -> None:
        self._above = list(range(number))
        self._why: dict[int, Counter[str]] = defaultdict(Counter)

    def join(self, one: int, other: int, why: str) -> None:
        """Put two rows, and all that belong to them, together."""
        first, second = sorted((self.top(one), self.top(other)))
        self._above[second] = first
        self._why[one][why] += 1

    def top(self, row: int) -> int:
        """Return the row that stands for all that belong to this one."""
        while self._above[row] != row:
            self._above[row] = self._above[self._above[row]]
            row = self._above[row]
        return row

    def groups(self) -> list[list[int]]:
        """Return the rows that belong together."""
        found: dict[int, list[int]] = {}
        for row in range(len(self._above)):
            found.setdefault(self.top(row), []).append(row)
        return list(found.values())

    def shared(self, rows: list[int]) -> tuple[str, ...]:
        """Return what joined these rows, the most frequent first."""
        counted: Counter[str] = Counter()
        for row in rows:
            counted.update(self._why.get(row, {}))
        return tuple(sorted(counted, key=lambda why: (-counted[why], why)))


def _groups(names: Sequence[Name], what: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        value = getattr(name, what)
        if value:
            found.setdefault(value, []).append(row)
    return found


def _by_fact(names: Sequence[Name], joined: _Joined, what: str, *, least: int, most: int) -> None:
    for rows in _groups(names, what).values():
        if least <= len(rows) <= most:
            for row in rows[1:]:
                joined.join(row, rows[0], what)


def _by_spelling(names: Sequence[Name], rows: list[int], joined: _Joined, what: str) -> None:
    """Join the rows of a group that are spelled nearly alike and came within weeks of each other."""
    spelled: dict[str, list[int]] = {}
    for row in rows:
        spelled.setdefault(_spelling(names[row].chosen), []).append(row)
    for same in spelled.values():
        _join_in_time(names, same, joined, what)
    latest = sorted(spelled, key=lambda one: (-spelled[one][-1], one))[:MOST_SPELLINGS]
    for place, one in enumerate(latest):
        for other in latest[:place]:
            near = alike(one, other) or (what != "brand" and _share(names, spelled, one, other))
            if near and joined.top(spelled[one][0]) != joined.top(spelled[other][0]):
                _join_in_time(names, sorted(spelled[one] + spelled[other]), joined, what)


def _join_in_time(names: Sequence[Name], rows: list[int], joined: _Joined, what: str) -> None:
    for before, after in itertools.pairwise(rows):
        if names[after].day - names[before].day <= WITHIN:
            joined.join(after, before, what)


def _spelling(chosen: str) -> str:
    """Return a name's letters; digits are one, since counting on is how batches are made."""
    return "".join("#" if char.isdigit() else char for char in chosen if char not in "-.")


def _share(names: Sequence[Name], spelled: dict[str, list[int]], one: str, other: str) -> bool:
    """Tell whether two names have a part between hyphens in common."""
    mine, its = (
        set(names[spelled[each][0]].chosen.replace(".", "-").split("-")) for each in (one, other)
    )
    return len(mine) > 1 and len(its) > 1 and any(len(part) >= TELLING for part in mine & its)


def alike(one: str, other: str) -> bool:
    """Tell whether few letters are put in, left out, changed or swapped between two spellings.

    The distance is Damerau's (optimal string alignment): a swap of neighbours is one change.
    """
    most = min(2, min(len(one), len(other)) // ALIKE)
    if abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != its))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == its:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most

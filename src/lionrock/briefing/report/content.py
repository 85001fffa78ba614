"""What a report is made of before it is told: figures, sources, tables, articles, corrections. No database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from lionrock.core.errors import GiveUp
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit, total

QUARTERS: Final = 5
"""Columns of the tables: the quarter, and those it is compared with."""

TOTAL: Final = "total"
"""The definition of the sum over all types."""


class Form(StrEnum):
    """How much a report tells."""

    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of event, counted over the report's quarters, oldest first.

    ``names`` and ``about`` are by language. ``group`` is the table it stands in (``server``,
    ``botnet``). ``addresses`` counts the machines behind it, ``ratio`` how many events there were
    to a machine; both may be empty.
    """

    code: str
    group: str
    names: Mapping[str, str]
    about: Mapping[str, str]
    counted: tuple[Figure, ...]
    addresses: tuple[Figure, ...] = ()
    ratio: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A botnet family and its size over the report's quarters, oldest first."""

    name: str
    counted: tuple[Figure, ...]

    @property
    def now(self) -> Figure:
        """Its size in the report's quarter."""
        return self.counted[-1]

    @property
    def before(self) -> Figure:
        """Its size in the quarter before."""
        return self.counted[-2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed that is switched on. ``kinds`` are the types it reports; ``since`` is when we began.

    One that is not ``named`` is counted among the sources, and nothing else is told of it.
    """

    id: str
    title: str
    provider: str
    kinds: tuple[str, ...] = ()
    since: date | None = None
    named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A data set that says where addresses are, and of which day it is."""

    title: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A page that an article rests on."""

    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A topic of the quarter, written by a person; titles and texts by language, in the markup of
    ``articles.py``."""

    key: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A number as it was published, and as it is counted now. ``None``: there was, or is, no such row."""

    before: Figure | None
    after: Figure | None

    @property
    def figure(self) -> Figure:
        """Whichever there is, the later first."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a correction is of something")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes: names by language, the region, and how to reach the team."""

    team: Mapping[str, str]
    region: Mapping[str, str]
    endings: tuple[str, ...]
    """The region's top-level domains as people read them, with their first dot."""
    mail: str = ""
    phone: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that a quarterly report is made of."""

    quarter: Period
    issued: date
    publisher: Publisher
    kinds: tuple[Kind, ...]
    families: tuple[Family, ...] = ()
    sources: tuple[Source, ...] = ()
    located: tuple[Located, ...] = ()
    articles: tuple[Article, ...] = ()
    version: int = 1
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would make tables whose columns do not match."""
        periods = self.periods
        if not self.kinds:
            raise GiveUp("a report needs at least one type of event")
        for kind in self.kinds:
            for row in (kind.counted, kind.addresses, kind.ratio):
                if row and tuple(figure.period for figure in row) != periods:
                    raise GiveUp(f"{kind.code} is not counted over {_spelled(periods)}")
        for family in self.families:
            if tuple(figure.period for figure in family.counted) != periods:
                raise GiveUp(f"{family.name} is not counted over {_spelled(periods)}")
        ids = Counter(figure.id for figure in self.figures())
        if twice := [id for id, times in ids.items() if times > 1]:
            raise GiveUp(f"two figures are called {twice[0]}")
        if any(figure.stream is not Stream.EVENTS for figure in self.figures()):
            raise GiveUp("a watch report tells events alone")

    @property
    def periods(self) -> tuple[Period, ...]:
        """The report's quarters, oldest first."""
        found = [self.quarter]
        while len(found) < QUARTERS:
            found.insert(0, found[0].previous())
        return tuple(found)

    @property
    def seen(self) -> tuple[Kind, ...]:
        """The types that were counted in at least one of the quarters; all where none was."""
        found = [kind for kind in self.kinds if any(one.value is not None for one in kind.counted)]
        return tuple(found) or self.kinds

    @property
    def unseen(self) -> tuple[Kind, ...]:
        """The other types: no source could tell of them."""
        return tuple(kind for kind in self.kinds if kind not in self.seen)

    @property
    def groups(self) -> tuple[str, ...]:
        """The tables that the types stand in, in the order of the types."""
        return tuple(dict.fromkeys(kind.group for kind in self.kinds))

    def totals(self, group: str = "") -> tuple[Figure, ...]:
        """Return the sum over all types (or those of a group), by quarter."""
        kinds = [kind for kind in self.kinds if group in {"", kind.group}]
        name = f"{TOTAL}.{group}" if group else TOTAL
        return tuple(
            _summed(name, [kind.counted[place] for kind in kinds])
            for place in range(QUARTERS if kinds else 0)
        )

    def figures(self) -> list[Figure]:
        """Return every Figure that may be quoted, sums included; corrections' earlier values are not."""
        found: list[Figure] = []
        for kind in self.kinds:
            found += [*kind.counted, *kind.addresses, *kind.ratio]
        for family in self.families:
            found += family.counted
        for group in ("", *self.groups):
            found += self.totals(group)
        return found

    def gaps(self) -> tuple[Gap, ...]:
        """Return the silences of feeds that fall into the report's quarters, each once, oldest first."""
        found = {gap for figure in self.figures() for gap in figure.gaps}
        return tuple(sorted(found, key=lambda gap: (gap.first, gap.last, gap.feed)))


def corrections(earlier: Iterable[Figure], now: Iterable[Figure]) -> tuple[Correction, ...]:
    """Return every number that differs between what was published and what is counted now.

    Only periods that were published before are compared; a family or type that was left out then, or
    is gone now, is a correction, too. Sums are
    listed like every other number, since tables and tiles quote them.
    """
    old = {figure.id: figure for figure in earlier}
    new = {figure.id: figure for figure in now}
    published = {(figure.period, figure.definition) for figure in old.values()}
    found = [
        Correction(before=old.get(id), after=new.get(id))
        for id in dict.fromkeys([*old, *new])
        if _differ(old.get(id), new.get(id))
        and (id in old or (new[id].period, new[id].definition) in published)
    ]
    return tuple(sorted(found, key=lambda one: (one.figure.period, one.figure.id)))


def _differ(before: Figure | None, after: Figure | None) -> bool:
    return (before.value if before else None) != (after.value if after else None)


def _summed(name: str, figures: list[Figure]) -> Figure:
    period = figures[0].period
    gaps = {gap for figure in figures for gap in figure.gaps}
    return Figure(
        id=f"{period.key}.{name}",
        stream=figures[0].stream,
        definition=name,
        period=period,
        unit=Unit.EVENT,
        value=total(figures),
        query="the sum of " + ", ".join(figure.id for figure in figures),
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.first, gap.last, gap.feed))),
    )


def _spelled(periods: Iterable[Period]) -> str:
    return ", ".join(period.key for period in periods)

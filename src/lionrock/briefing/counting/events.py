"""Figures over events: what is different in a period, by category, and how large botnets are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np

from lionrock.briefing.counting.asking import Connection, ask, ask_many, marks
from lionrock.briefing.counting.counted import slug
from lionrock.briefing.counting.months import Month
from lionrock.briefing.definitions import By, Category, Definitions, Measure
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit

UNIQUE: Final = "figures.unique"
"""Different things of a category in a period."""
PARTED: Final = "figures.parted"
"""The same, told apart by family, network or country."""
DAILY: Final = "figures.daily"
"""Different addresses of each family on each day."""
DERIVED: Final = "figures.derived"
"""Computed from other figures of the period, in one place."""

_THINGS: Final = {
    Measure.UNIQUE_URL: "url",
    Measure.UNIQUE_ADDRESS: "address",
    Measure.SIZE: "address",
    Measure.SOURCES: "source",
}
_UNITS: Final = {
    Measure.UNIQUE_URL: Unit.URL,
    Measure.UNIQUE_ADDRESS: Unit.ADDRESS,
    Measure.SIZE: Unit.ADDRESS,
    Measure.SOURCES: Unit.ADDRESS,
    Measure.RATIO: Unit.RATIO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every query of a period needs."""

    connection: Connection
    definitions: Definitions
    period: Period
    months: tuple[Month, ...]


def figures_of(
    asked: Asked, category: Category, *, gaps: tuple[Gap, ...], told: bool
) -> list[Figure]:
    """Return a category's figures: its measures in their order, then the headline by its parts.

    ``told`` is false where no feed told of anything of the kind anywhere: then nothing was counted,
    and every value is ``None``.
    """
    figures: list[Figure] = []
    sizes = sizes_of(asked, category) if Measure.SIZE in category.measures else {}
    values: dict[Measure, int | Decimal | None] = {}
    for measure in category.measures:
        if measure is Measure.SIZE:
            values[measure] = sum(size for size in sizes.values())
        elif measure is not Measure.RATIO:
            values[measure] = unique(asked, category, measure)
    if Measure.RATIO in category.measures:
        values[Measure.RATIO] = ratio(values[Measure.UNIQUE_URL], values[Measure.UNIQUE_ADDRESS])
    queries = {Measure.SIZE: DAILY, Measure.RATIO: DERIVED}
    figures += [
        _figure(
            asked,
            category,
            measure,
            values[measure] if told else None,
            gaps=gaps,
            query=queries.get(measure, UNIQUE),
        )
        for measure in category.measures
    ]
    if told:
        for by in category.by:
            figures += _parts(asked, category, by, sizes, gaps)
    return figures


def unique(asked: Asked, category: Category, measure: Measure) -> int:
    """Return how many different things of a category there were in the period."""
    if not asked.months:
        return 0
    where, params = _where(asked, category, _THINGS[measure])
    sql = f"SELECT COUNT(DISTINCT thing) FROM figure_presence WHERE {where}"  # noqa: S608  # ours
    return int(ask(asked.connection, sql, params)[0][0])


def parted(asked: Asked, category: Category, by: By) -> dict[str, int]:
    """Return the headline of a category told apart by family, network or country."""
    if not asked.months:
        return {}
    where, params = _where(asked, category, _THINGS[category.headline])
    column, more = {
        By.FAMILY: _family(asked.definitions),
        By.NETWORK: ("asn", ()),
        By.COUNTRY: ("country", ()),
    }[by]
    sql = (
        f"SELECT part_of, COUNT(DISTINCT thing) FROM (SELECT {column} AS part_of, thing "  # noqa: S608
        f"FROM figure_presence WHERE {where}) AS told GROUP BY part_of"
    )
    rows = ask(asked.connection, sql, (*more, *params))
    return {str(value): int(number) for value, number in rows}


def sizes_of(asked: Asked, category: Category) -> dict[str, int]:
    """Return the size of each family: the highest of its daily counts of different addresses."""
    return {family: max(days.values()) for family, days in daily(asked, category).items() if days}


def daily(asked: Asked, category: Category) -> dict[str, dict[date, int]]:
    """Return for each family how many different addresses each day had; days without any are absent.

    A thing may stand in several rows of a month, of two feeds or two names of a family: their days are
    joined here, since SQLite cannot.
    """
    column, more = _family(asked.definitions)
    found: dict[str, dict[date, int]] = {}
    for month in asked.months:
        where, params = _where(asked, category, "address", months=(month,))
        sql = f"SELECT {column} AS named, thing, days FROM figure_presence WHERE {where}"  # noqa: S608
        families: dict[str, dict[int, int]] = {}
        for rows in ask_many(asked.connection, sql, (*more, *params)):
            for named, thing, bits in rows:
                things = families.setdefault(named, {})
                things[thing] = things.get(thing, 0) | bits
        for family, things in families.items():
            masks = np.fromiter(things.values(), dtype=np.int64, count=len(things)) & month.mask
            days = found.setdefault(family, {})
            for bit in range(month.mask.bit_length()):
                if number := int(np.count_nonzero(masks & (1 << bit))):
                    days[month.day(bit)] = number
    return found


def ratio(urls: int | Decimal | None, addresses: int | Decimal | None) -> Decimal | None:
    """Return URLs per address to two places, half up; ``None`` where there is no address."""
    if urls is None or not addresses:
        return None
    share = Decimal(urls) / Decimal(addresses)
    return share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _parts(
    asked: Asked, category: Category, by: By, sizes: dict[str, int], gaps: tuple[Gap, ...]
) -> Iterable[Figure]:
    measure = category.headline
    query = PARTED
    if measure is Measure.SIZE:
        if by is By.FAMILY:
            counts, query = sizes, DAILY
        else:  # no sizes: of a network, different addresses are counted
            measure = Measure.UNIQUE_ADDRESS
            counts = parted(asked, category, by)
    else:
        counts = parted(asked, category, by)
    return [
        _figure(asked, category, measure, number, gaps=gaps, query=query, part=(by.value, value))
        for value, number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _figure(
    asked: Asked,
    category: Category,
    measure: Measure,
    value: int | Decimal | None,
    *,
    gaps: tuple[Gap, ...],
    query: str,
    part: tuple[str, str] | None = None,
) -> Figure:
    definition = f"{category.id}.{measure.value}"
    tail = "" if part is None else f".{part[0]}.{slug(*part)}"
    return Figure(
        id=f"{asked.period.key}.{definition}{tail}",
        stream=Stream.EVENTS,
        definition=definition,
        period=asked.period,
        unit=_UNITS[measure],
        value=value,
        filters=() if part is None else (part,),
        query=query,
        gaps=gaps,
    )


def _where(
    asked: Asked, category: Category, unit: str, *, months: Sequence[Month] | None = None
) -> tuple[str, list[object]]:
    """Return a condition over presence, and its values."""
    wheres = ["unit = %s"]
    params: list[object] = [unit]
    for column, values in (
        ("kind", category.kinds),
        ("variant", category.variants),
        ("part", category.parts),
        ("asset_kind", category.assets),
    ):
        if values:
            wheres.append(f"{column} IN ({marks(values)})")
            params += [str(value) for value in values]
    some = asked.months if months is None else months
    wheres.append(f"month IN ({marks(some)})")
    params += [month.number for month in some]
    if not all(month.whole for month in some):
        masks = " ".join(["WHEN %s THEN %s"] * len(some))
        wheres.append(f"(days & (CASE month {masks} ELSE 0 END)) <> 0")
        params += [value for month in some for value in (month.number, month.mask)]
    return " AND ".join(wheres), params


def _family(definitions: Definitions) -> tuple[str, tuple[object, ...]]:
    """Return how a family's names become the one it is counted under, and the names."""
    names = definitions.canonical()
    if not names:
        return "family", ()
    cases = " ".join(["WHEN %s THEN %s"] * len(names))
    return (
        f"CASE family {cases} ELSE family END",
        tuple(name for pair in names.items() for name in pair),
    )

"""Puts what was counted of five quarters together as a report's contents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from lionrock.briefing.counting import Counted
from lionrock.briefing.definitions import By, Category, Definitions, Measure
from lionrock.briefing.report.content import (
    Article,
    Contents,
    Family,
    Kind,
    Located,
    Publisher,
    Source,
    corrections,
)
from lionrock.core.figures import Figure, Stream, Unit

LONGEST_NAME: Final = 60
"""Characters of a family's name that are printed."""
UNNAMED: Final = "unnamed"
"""What stands for the id of a feed whose name is not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a report tells beside its figures."""

    issued: date
    publisher: Publisher
    sources: tuple[Source, ...] = ()
    located: tuple[Located, ...] = ()
    articles: tuple[Article, ...] = ()
    version: int = 1


Earlier = Mapping[str, int | Decimal | None]
"""What figures said before they were corrected, by id."""


def assemble(
    counted: Sequence[Counted],
    definitions: Definitions,
    around: Surroundings,
    *,
    earlier: Earlier | None = None,
) -> Contents:
    """Return the contents of a report on the last of the quarters, which come oldest first.

    A type that an older quarter was not counted by is uncounted there, never zero. ``earlier`` are the
    values of figures that were published and are others now: they become the correction notice, with
    the sums that follow from them. So does a total that was counted over other types than today's.
    """
    hidden = frozenset(one.id for one in around.sources if not one.named)
    counted = [_veiled(quarter, hidden) for quarter in counted]
    contents = Contents(
        quarter=counted[-1].period,
        issued=around.issued,
        publisher=around.publisher,
        kinds=tuple(_kind(category, counted) for category in definitions.published),
        families=tuple(_families(counted, definitions)),
        sources=tuple(
            one if one.named else Source(id=UNNAMED, title="", provider="", named=False)
            for one in around.sources
        ),
        located=around.located,
        articles=around.articles,
        version=around.version,
    )
    totals = {
        figure.id: figure.value
        for quarter in counted
        if (figure := quarter.get("total")) is not None
    }
    before = [*_with(contents, earlier or {}).figures()]
    # What was counted as the total then counts, whatever its parts add up to today.
    before = [
        replace(figure, value=totals[figure.id])
        if figure.id in totals
        and figure.id not in (earlier or {})
        and not _touched(figure, earlier)
        else figure
        for figure in before
    ]
    return replace(contents, corrections=corrections(before, contents.figures()))


def _veiled(counted: Counted, hidden: frozenset[str]) -> Counted:
    """Return what was counted with the gaps of some feeds told without their names."""
    if not any(gap.feed in hidden for figure in counted for gap in figure.gaps):
        return counted
    figures = tuple(
        replace(
            figure,
            gaps=tuple(
                dict.fromkeys(
                    replace(gap, feed=UNNAMED) if gap.feed in hidden else gap for gap in figure.gaps
                )
            ),
        )
        for figure in counted
    )
    return Counted(period=counted.period, upto=counted.upto, figures=figures)


def _touched(total: Figure, earlier: Earlier | None) -> bool:
    """Tell whether anything of the total's quarter was corrected."""
    return any(name.startswith(f"{total.period.key}.") for name in earlier or {})


def _with(contents: Contents, values: Earlier) -> Contents:
    """Return the contents as they were, with these values."""

    def old(figures: Iterable[Figure]) -> tuple[Figure, ...]:
        return tuple(
            replace(figure, value=values[figure.id]) if figure.id in values else figure
            for figure in figures
        )

    return replace(
        contents,
        kinds=tuple(
            replace(
                kind,
                counted=old(kind.counted),
                addresses=old(kind.addresses),
                ratio=old(kind.ratio),
            )
            for kind in contents.kinds
        ),
        families=tuple(
            replace(family, counted=old(family.counted)) for family in contents.families
        ),
    )


def _kind(category: Category, counted: Sequence[Counted]) -> Kind:
    def row(measure: Measure) -> tuple[Figure, ...]:
        return tuple(_figure(quarter, category, measure) for quarter in counted)

    beside = category.headline is Measure.UNIQUE_URL
    return Kind(
        code=category.id,
        group=category.table,
        names=category.names,
        about=category.about,
        counted=row(category.headline),
        addresses=row(Measure.UNIQUE_ADDRESS)
        if beside and Measure.UNIQUE_ADDRESS in category.measures
        else (),
        ratio=row(Measure.RATIO) if Measure.RATIO in category.measures else (),
    )


def _figure(quarter: Counted, category: Category, measure: Measure) -> Figure:
    """Return a Figure of a quarter; where it was not counted then, one without a value."""
    definition = f"{category.id}.{measure.value}"
    found = quarter.get(definition)
    if found is not None:
        return found
    units = {Measure.UNIQUE_URL: Unit.URL, Measure.RATIO: Unit.RATIO}
    return Figure(
        id=f"{quarter.period.key}.{definition}",
        stream=Stream.EVENTS,
        definition=definition,
        period=quarter.period,
        unit=units.get(measure, Unit.ADDRESS),
        value=None,
    )


def _families(counted: Sequence[Counted], definitions: Definitions) -> Iterable[Family]:
    """Yield every named family that was seen in one of the quarters."""
    for category in definitions.published:
        if category.headline is not Measure.SIZE or By.FAMILY not in category.by:
            continue
        definition = f"{category.id}.{Measure.SIZE.value}"
        names = {
            dict(figure.filters)["family"]
            for quarter in counted
            for figure in quarter.parts(definition, By.FAMILY.value)
        }
        for name in sorted(names - {""}):
            yield Family(
                name=_printable(definitions.family_name(name)),
                counted=tuple(_part(quarter, definition, name) for quarter in counted),
            )


def _printable(name: str) -> str:
    """Return a name that feeds made up as one that can be printed anywhere: no control signs, not long."""
    clean = "".join(sign for sign in name if sign.isprintable()).strip()
    return clean[:LONGEST_NAME] or "?"


def _part(quarter: Counted, definition: str, family: str) -> Figure:
    if definition in quarter:
        return quarter.part(definition, By.FAMILY.value, family)
    return Figure(
        id=f"{quarter.period.key}.{definition}.family.{family}",
        stream=Stream.EVENTS,
        definition=definition,
        period=quarter.period,
        unit=Unit.ADDRESS,
        value=None,
        filters=((By.FAMILY.value, family),),
    )

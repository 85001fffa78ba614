"""Refuses a report in which a number rests on nothing, a sum does not add up, or languages differ."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from lionrock.briefing.report import tables
from lionrock.briefing.report.articles import loose
from lionrock.briefing.report.charts import misleading
from lionrock.briefing.report.content import Contents
from lionrock.briefing.report.document import Document, Table, Tile
from lionrock.briefing.report.runs import Basis, Ref, Run, plain
from lionrock.briefing.report.words import Words, words_of
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Figure, Period, change

_NUMERAL: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Unsupported(GiveUp):
    """A report may not leave the house; ``faults`` lists everything that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("the report is refused:\n" + "\n".join(faults))
        self.faults = tuple(faults)


def check(document: Document, contents: Contents) -> None:
    """Raise Unsupported unless every digit rests on a Figure, date, name or source that says the same.

    Of each run the text is made anew from what it rests on, and must be equal. The sum of a table's
    rows, its total and the tile are one number.
    """
    faults = [*loose(document.runs()), *_wrong(document, contents), *_sums(document, contents)]
    if faults:
        raise Unsupported(faults)


def same_numbers(documents: Sequence[Document]) -> None:
    """Raise Unsupported unless the documents, one per language, rest on the same numbers.

    Compared are the references with how often each occurs, and outside dates and quarters, whose
    spelling differs, the numerals themselves.
    """
    first, *others = documents
    faults = []
    for other in others:
        pair = f"{first.language} and {other.language}"
        if differing := _differing(_refs(first), _refs(other)):
            faults.append(f"{pair} differ in references: {differing}")
        if differing := _differing(_numerals(first), _numerals(other)):
            faults.append(f"{pair} differ in numerals: {differing}")
    if faults:
        raise Unsupported(faults)


def _wrong(document: Document, contents: Contents) -> Iterator[str]:
    words = words_of(document.language)
    known = {figure.id: figure for figure in contents.figures()}
    published = {
        one.before.id: one.before for one in contents.corrections if one.before is not None
    }
    after = {one.after.id: one.after for one in contents.corrections if one.after is not None}
    names = _names(contents, words)
    sources = {citation.key for article in contents.articles for citation in article.citations}
    facts = _facts(contents)
    for run in document.runs():
        if run.ref is None:
            continue
        ref = run.ref
        match ref.basis:
            case Basis.FIGURE:
                book: Mapping[str, Figure] = published if ref.before else {**after, **known}
                figure = book.get(ref.id)
                wanted = words.shown(figure.value) if figure else None
            case Basis.CHANGE:
                wanted = _change(ref, known, words, run)
            case Basis.PERIOD:
                period = Period.of(ref.id)
                wanted = run.text if run.text in _quarters(words, period) else None
            case Basis.DAY:
                wanted = words.day(date.fromisoformat(ref.id)).text
            case Basis.FACT:
                wanted = words.fact(ref.id, facts[ref.id]).text if ref.id in facts else None
            case Basis.NAME:
                wanted = run.text if ref.id == run.text and run.text in names else None
            case Basis.LABEL:
                wanted = ref.id.removeprefix("rank-")
            case Basis.SOURCE:
                wanted = run.text if ref.id in sources else None
        if wanted != run.text:
            yield f"“{run.text}” does not follow from {ref.basis.value} {ref.id}"


def _change(ref: Ref, known: Mapping[str, Figure], words: Words, run: Run) -> str | None:
    now, before = known.get(ref.id), known.get(ref.before)
    if now is None or before is None:
        return None
    by = change(now, before, places=ref.places)
    if misleading(now, before):
        return None
    bare = None if by is None else f"{abs(by):,}%"
    return bare if run.text == bare else words.change_shown(now, before, places=ref.places)


def _sums(document: Document, contents: Contents) -> Iterator[str]:
    """Yield where rows, total and tile part, read from the very cells that a reader sees."""
    totals = {figure.period.key: figure for figure in contents.totals()}
    for table in document.tables():
        if table.total:
            yield from _sum(table)
    whole = [table for table in document.tables() if table.id == "types"]
    tiles = [block for block in document.blocks if isinstance(block, Tile)]
    now = totals[contents.quarter.key]
    wanted = words_of(document.language).shown(now.value)
    for tile in tiles:
        if plain(tile.number) != wanted:
            yield f"the tile says {plain(tile.number)}, the total is {wanted}"
    for table in whole:
        last = table.rows[-1][len(totals)]
        if last.value != (None if now.value is None else str(now.value)):
            yield f"the table's total is {last.value}, the tile's {now.value}"


def _sum(table: Table) -> Iterator[str]:
    for place, column in enumerate(table.columns[1:-1], start=1):
        values = [row[place].value for row in table.rows[:-1]]
        counted = [int(value) for value in values if value is not None]
        added = str(sum(counted)) if counted else None
        if added != table.rows[-1][place].value:
            yield (
                f"table {table.id}, {column.id}: the rows add up to {added}, "
                f"the total says {table.rows[-1][place].value}"
            )


def _facts(contents: Contents) -> dict[str, int]:
    return {
        "sources": len(contents.sources),
        "sources-unnamed": sum(not source.named for source in contents.sources),
        "version": contents.version,
        "families-shown": len(tables.shown(contents.families)),
        "families-seen": sum(bool(family.now.value) for family in contents.families),
    }


def _names(contents: Contents, words: Words) -> set[str]:
    """Return every name that may hold digits: of families, feeds, data sets, the team, endings."""
    publisher = contents.publisher
    found = {family.name for family in contents.families}
    found |= {text for source in contents.sources for text in (source.title, source.provider)}
    found |= {one.title for one in contents.located}
    found |= {gap.feed for gap in contents.gaps()}
    found |= {*publisher.team.values(), *publisher.endings}
    found |= {publisher.mail, publisher.phone, publisher.site}
    found |= {one.figure.id for one in contents.corrections}
    found |= {value for one in contents.corrections for _, value in one.figure.filters}
    for kind in contents.kinds:
        found |= {*kind.names.values(), *kind.about.values()}
    known = tables.families_known(contents)
    found |= {one.name for one in known}
    found |= {words.raw("comma").join(one.aliases) or words.raw("none") for one in known}
    return found


def _quarters(words: Words, period: Period) -> set[str]:
    said = (words.quarter, words.quarter_short, words.quarter_long)
    return {say(period).text for say in said}


def _differing(one: Counter[str], two: Counter[str]) -> str:
    return ", ".join(sorted((one - two) + (two - one))[:5])


def _refs(document: Document) -> Counter[str]:
    return Counter(
        f"{run.ref.basis.value} {run.ref.id} {run.ref.before}".rstrip()
        for run in document.runs()
        if run.ref is not None and run.ref.basis is not Basis.NAME
    )


def _numerals(document: Document) -> Counter[str]:
    texts = (
        run.text
        for run in document.runs()
        if run.ref is None or run.ref.basis not in {Basis.DAY, Basis.PERIOD, Basis.NAME}
    )
    return Counter(found for text in texts for found in _NUMERAL.findall(text))

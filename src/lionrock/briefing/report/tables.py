"""Lays the report's numbers out in tables, from the same Figures as its sentences and charts."""

from collections.abc import Sequence
from typing import Final

from lionrock.briefing.report import charts
from lionrock.briefing.report.content import Contents, Correction, Family, Kind
from lionrock.briefing.report.document import Cell, Column, Table
from lionrock.briefing.report.families import Known, known
from lionrock.briefing.report.runs import Basis, Ref, Run, Runs
from lionrock.briefing.report.words import Words, name, of_language
from lionrock.core.figures import Figure, change

MOST_FAMILIES: Final = 10
"""Families that the table shows; the data files hold all."""


def types(
    words: Words, kinds: Sequence[Kind], totals: Sequence[Figure], *, id: str, caption: Runs
) -> Table:
    """Return the table of types: a row for each, its counts oldest first, the change, and the total."""
    rows = [
        _counts(words, (name(of_language(kind.names, words.language)),), kind.code, kind.counted)
        for kind in kinds
    ]
    rows.append(_counts(words, words.say("types.total"), "total", totals))
    figures = [figure for kind in kinds for figure in kind.counted]
    return Table(
        id=id,
        caption=caption,
        columns=_columns(words, words.say("types.type"), "type", totals),
        rows=tuple(rows),
        total=True,
        notes=(words.say("types.unit_note"), *_legend(words, rows, figures)),
    )


def shown(families: Sequence[Family]) -> list[Family]:
    """Return the families that were seen in the quarter, the largest first, as many as a table shows."""
    seen = [family for family in families if family.now.value]
    return sorted(seen, key=lambda one: (-int(one.now.value or 0), one.name.lower()))[
        :MOST_FAMILIES
    ]


def families_known(contents: Contents) -> list[Known]:
    """Return what is known of the families that the table shows."""
    return known(family.name for family in shown(contents.families))


def families(words: Words, contents: Contents) -> Table:
    """Return the table of families: rank, name, size, change to one decimal; the size note below."""
    some = shown(contents.families)
    rows = []
    for place, family in enumerate(some, start=1):
        rank = Run(text=str(place), ref=Ref(basis=Basis.LABEL, id=f"rank-{place}"))
        told = charts.change_told(words, family.now, family.before, places=1)
        rows.append(
            (
                Cell(runs=(rank,), value=str(place)),
                Cell(runs=(name(family.name),), value=family.name),
                _count(words, family.now),
                Cell(runs=(told,), value=_percent(family.now, family.before, places=1)),
            )
        )
    notes = [words.say("families.size_note")]
    seen = sum(bool(family.now.value) for family in contents.families)
    if seen > len(some):
        notes.append(
            words.say(
                "families.rest_note",
                n=words.fact("families-shown", len(some)),
                all=words.fact("families-seen", seen),
            )
        )
    figures = [figure for family in some for figure in (family.before, family.now)]
    return Table(
        id="families",
        caption=words.say("families.caption", quarter=words.quarter(contents.quarter)),
        columns=(
            Column(id="rank", runs=words.say("families.rank"), numeric=True),
            Column(id="family", runs=words.say("families.family")),
            Column(id=contents.quarter.key, runs=words.say("families.size"), numeric=True),
            Column(id="change_percent", runs=words.say("families.change"), numeric=True),
        ),
        rows=tuple(rows),
        notes=(*notes, *_legend(words, rows, figures)),
    )


def families_over_time(words: Words, some: Sequence[Family], caption: Runs) -> Table:
    """Return the sizes of some families over the report's quarters."""
    rows = [_counts(words, (name(one.name),), one.name, one.counted, places=1) for one in some]
    figures = [figure for one in some for figure in one.counted]
    return Table(
        id="families-largest",
        caption=caption,
        columns=_columns(words, words.say("families.family"), "family", some[0].counted),
        rows=tuple(rows),
        notes=(words.say("families.size_note"), *_legend(words, rows, figures)),
    )


def sources(words: Words, contents: Contents) -> Table:
    """Return the table of the feeds that are switched on."""
    names = {kind.code: of_language(kind.names, words.language) for kind in contents.kinds}
    rows = []
    unnamed = [source for source in contents.sources if not source.named]
    for source in contents.sources:
        if not source.named:
            continue
        called = [(name(names[code]),) for code in source.kinds if code in names]
        kinds = words.listed(called) if called else words.say("appendix.other_kinds")
        since = (words.day(source.since),) if source.since else (Run(text=words.raw("none")),)
        rows.append(
            (
                Cell(runs=(name(source.title),), value=source.title),
                Cell(runs=(name(source.provider),), value=source.provider),
                Cell(runs=kinds, value=" ".join(source.kinds)),
                Cell(runs=since, value=source.since.isoformat() if source.since else None),
            )
        )
    return Table(
        id="sources",
        caption=words.say("appendix.sources_caption"),
        columns=tuple(
            Column(id=key, runs=words.say(f"appendix.{key}"))
            for key in ("source", "provider", "kinds", "since")
        ),
        rows=tuple(rows),
        notes=(words.say("appendix.unnamed", n=words.fact("sources-unnamed", len(unnamed))),)
        if unnamed
        else (),
    )


def glossary(words: Words, found: Sequence[Known]) -> Table:
    """Return the table that says what the families are."""
    keys = ("nature", "spread", "effect")
    rows = tuple(
        (
            Cell(runs=(name(one.name),), value=one.name),
            Cell(
                runs=(name(words.raw("comma").join(one.aliases) or words.raw("none")),),
                value=" ".join(one.aliases),
            ),
            *(
                Cell(runs=(Run(text=of_language(texts, words.language)),), value=texts["en"])
                for texts in (one.nature, one.spread, one.effect)
            ),
        )
        for one in found
    )
    return Table(
        id="families-known",
        caption=words.say("appendix.families_caption"),
        columns=(
            Column(id="family", runs=words.say("families.family")),
            Column(id="alias", runs=words.say("appendix.alias")),
            *(Column(id=key, runs=words.say(f"appendix.{key}")) for key in keys),
        ),
        rows=rows,
    )


def corrections(words: Words, contents: Contents) -> Table:
    """Return every number that changed since it was published: what, when, before, after."""
    rows = []
    for one in contents.corrections:
        figure = one.figure
        rows.append(
            (
                Cell(runs=_what(words, contents, figure), value=figure.id),
                Cell(runs=(words.quarter_short(figure.period),), value=figure.period.key),
                _corrected(words, one, earlier=True),
                _corrected(words, one, earlier=False),
            )
        )
    return Table(
        id="corrections",
        caption=words.say("corrections.caption"),
        columns=(
            Column(id="figure", runs=words.say("corrections.what")),
            Column(id="period", runs=words.say("corrections.period")),
            Column(id="before", runs=words.say("corrections.before"), numeric=True),
            Column(id="after", runs=words.say("corrections.after"), numeric=True),
        ),
        rows=tuple(rows),
    )


def _corrected(words: Words, one: Correction, *, earlier: bool) -> Cell:
    figure = one.before if earlier else one.after
    if figure is None:
        return Cell(runs=words.say("corrections.absent"))
    ref = Ref(basis=Basis.FIGURE, id=figure.id, before="published" if earlier else "")
    text = words.shown(figure.value)
    return Cell(
        runs=(Run(text=text, ref=ref),), value=None if figure.value is None else str(figure.value)
    )


def _what(words: Words, contents: Contents, figure: Figure) -> Runs:
    """Return what a changed number is called: its type and measure, its family, or the total."""
    head, _, measure = figure.definition.partition(".")
    if head == "total":
        if not measure:
            return words.say("corrections.total")
        known = f"groups.{measure}" if words.has(f"groups.{measure}") else "groups.other"
        return words.say("corrections.total_group", group=words.say(known))
    family = dict(figure.filters).get("family")
    if family is not None:
        called = next(
            (one.name for one in contents.families if one.now.filters == figure.filters), family
        )
        return (name(called),)
    kind = next((one for one in contents.kinds if one.code == head), None)
    if kind is None:
        return (name(figure.id),)
    called_kind = name(of_language(kind.names, words.language))
    if kind.counted[0].definition == figure.definition:
        return words.say("corrections.number", kind=called_kind)
    if words.has(f"corrections.measures.{measure}"):
        said = words.say(f"corrections.measures.{measure}")
        return words.say("corrections.number_measure", kind=called_kind, measure=said)
    return (name(figure.id),)


def _columns(words: Words, first: Runs, id: str, counted: Sequence[Figure]) -> tuple[Column, ...]:
    return (
        Column(id=id, runs=first),
        *(
            Column(id=figure.period.key, runs=(words.quarter_short(figure.period),), numeric=True)
            for figure in counted
        ),
        Column(id="change_percent", runs=words.say("types.change"), numeric=True),
    )


def _counts(
    words: Words, called: Runs, code: str, counted: Sequence[Figure], *, places: int = 0
) -> tuple[Cell, ...]:
    now, before = counted[-1], counted[-2]
    return (
        Cell(runs=called, value=code),
        *(_count(words, figure) for figure in counted),
        Cell(
            runs=(charts.change_told(words, now, before, places=places),),
            value=_percent(now, before, places=places),
        ),
    )


def _count(words: Words, figure: Figure) -> Cell:
    mark = (Run(text=words.raw("mark")),) if figure.gaps else ()
    value = None if figure.value is None else str(figure.value)
    return Cell(runs=(words.number(figure), *mark), value=value)


def _percent(now: Figure, before: Figure, *, places: int) -> str | None:
    """Return a change as CSV and JSON hold it; None where it may come from a silence alone."""
    if charts.misleading(now, before):
        return None
    by = change(now, before, places=places)
    return None if by is None else str(by)


def _legend(
    words: Words, rows: Sequence[Sequence[Cell]], figures: Sequence[Figure]
) -> tuple[Runs, ...]:
    """Return what the signs in a table mean, those that stand in it."""
    texts = {run.text for row in rows for cell in row for run in cell.runs}
    found = []
    if any(figure.gaps for figure in figures):
        found.append(words.say("types.gap_note", mark=words.raw("mark")))
    if words.raw("new") in texts:
        found.append(words.say("types.new_note", new=words.raw("new")))
    if words.raw("none") in texts:
        found.append(words.say("types.none_note", none=words.raw("none")))
    return tuple(found)

"""Weekly brief to partners, the working group's pack and figures for the press: sections of tables and sentences.

They come out of the same figures as everything else and are held to the same evidence. Figures of events, of
suspects and of cases stand in sections of their own and are never added.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lionrock.briefing import verifying
from lionrock.briefing.drafting import rendering
from lionrock.briefing.drafting.composing import House
from lionrock.briefing.drafting.draft import Open, Refusal, Slot
from lionrock.briefing.drafting.filling import filled, title
from lionrock.briefing.drafting.slots import count_slots, slots_of
from lionrock.briefing.drafting.templates import Templates, needed, trend
from lionrock.briefing.facts import Count, FactSheet, Hosting
from lionrock.briefing.holdings import Holding, Holdings, hold_figure, holdings_of
from lionrock.briefing.wording import Texts, Wording
from lionrock.core.alerts import LANGUAGES, Part, Sentence
from lionrock.core.figures import Figure, Period, Stream, change
from lionrock.names.quoting import plain

MOST_THREATS: Final = 12
MOST_ORIGINS: Final = 30
LONGEST_HOLDER: Final = 60


class BriefKind(StrEnum):
    """For whom a brief is."""

    WEEKLY = "weekly"
    WORKGROUP = "workgroup"
    PRESS = "press"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that is counted: its name, as the region's definitions have it, and its count."""

    label: Texts
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSheet:
    """All that is known for one brief.

    ``threats`` are sheets of what is new or rising; ``origins`` tell where attacks came from, each with
    the figure of how many.
    """

    id: str
    kind: BriefKind
    now: datetime
    period: Period
    figures: tuple[Figure, ...] = ()
    rows: tuple[Row, ...] = ()
    threats: tuple[FactSheet, ...] = ()
    origins: tuple[Hosting, ...] = ()

    def figure(self, figure_id: str) -> Figure:
        """Return a figure by its id; raise KeyError where the sheet has none."""
        for each in self.figures:
            if each.id == figure_id:
                return each
        raise KeyError(figure_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in every language; ``cites`` has what each row rests on."""

    columns: tuple[Texts, ...]
    rows: tuple[tuple[Texts, ...], ...]
    cites: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a brief."""

    heading: Texts
    sentences: tuple[Sentence, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A brief for an analyst to look through; ``refused`` is what was left out of it."""

    sheet: str
    kind: BriefKind
    title: Texts
    sections: tuple[Section, ...]
    refused: tuple[Refusal, ...] = ()


def brief(sheet: BriefSheet, house: House) -> Brief:
    """Return a brief of a sheet; raise KeyError where it counts by a figure that it does not hold."""
    maker = _Maker(sheet, house)
    sections = tuple(each for each in maker.sections() if each.sentences or each.table)
    span = {**rendering.period(sheet.period, house.wording)}
    span["en"] = span["en"].removeprefix("in ").removeprefix("from ").removeprefix("on ")
    texts = house.wording.phrases[f"{sheet.kind}.title"]
    return Brief(
        sheet=sheet.id,
        kind=sheet.kind,
        title=title(texts, {"span": Slot(name="span", text=span)}),
        sections=sections,
        refused=tuple(maker.refused),
    )


class _Maker:
    def __init__(self, sheet: BriefSheet, house: House) -> None:
        self._sheet = sheet
        self._house = house
        self._wording = house.wording
        self._templates = Templates(house.wording)
        self._holdings = _holdings(sheet, house)
        self.refused: list[Refusal] = []

    def sections(self) -> Iterator[Section]:
        """Yield the sections in their order: the working group looks at threats first."""
        if self._sheet.kind is BriefKind.WORKGROUP:
            yield from self._looked_at()
            yield from self._figures()
        else:
            yield from self._figures()
            yield from self._looked_at()
        yield Section(
            heading=self._wording.phrases["heading.notes"], sentences=self._checked(self._notes())
        )

    def _figures(self) -> Iterator[Section]:
        for stream in Stream:
            rows = [
                row
                for row in self._sheet.rows
                if self._sheet.figure(row.count.now).stream is stream
            ]
            if rows:
                yield self._counted(stream, rows)

    def _looked_at(self) -> Iterator[Section]:
        if self._sheet.threats:
            yield Section(
                heading=self._wording.phrases["heading.threats"],
                sentences=self._checked(self._threats()),
            )
        if self._sheet.origins:
            yield Section(heading=self._wording.phrases["heading.origins"], table=self._origins())

    def _counted(self, stream: Stream, rows: list[Row]) -> Section:
        sentences: list[Open] = []
        if self._sheet.kind is BriefKind.PRESS:
            for row in rows:
                kind = self._kind_of(row)
                slots = count_slots(row.count, self._sheet.figure, kind=kind, wording=self._wording)
                sentences += trend(self._wording, slots)
        return Section(
            heading=self._wording.phrases[f"heading.{stream.value}"],
            sentences=self._checked(iter(sentences)),
            table=Table(
                columns=tuple(
                    self._wording.phrases[f"column.{name}"]
                    for name in ("what", "now", "before", "change")
                ),
                rows=tuple(self._cells(row) for row in rows),
                cites=tuple(_cites(row.count) for row in rows),
            ),
        )

    def _kind_of(self, row: Row) -> str:
        """Return which words a unit has: those of the category that the definition begins with."""
        definition = self._sheet.figure(row.count.now).definition
        return {"phishing": "phishing", "malware-hosting": "malware", "bots": "botnet"}.get(
            definition.partition(".")[0], "any"
        )

    def _cells(self, row: Row) -> tuple[Texts, ...]:
        now = self._sheet.figure(row.count.now)
        before = self._sheet.figure(row.count.before) if row.count.before else None
        return (
            row.label,
            self._number(now),
            self._number(before),
            self._change(now, before),
        )

    def _number(self, figure: Figure | None) -> Texts:
        if figure is None or figure.value is None:
            return self._wording.phrases["cell.none"]
        return dict.fromkeys(LANGUAGES, rendering.number(figure.value))

    def _change(self, now: Figure, before: Figure | None) -> Texts:
        if before is None or now.value is None or before.value is None:
            return self._wording.phrases["cell.none"]
        if now.gaps or before.gaps:
            return self._wording.phrases["cell.incomplete"]
        changed = change(now, before)
        if changed is None:
            none = not now.value
            return self._wording.phrases["cell.none" if none else "cell.new"]
        return dict.fromkeys(LANGUAGES, _signed(changed))

    def _threats(self) -> Iterator[Open]:
        for threat in self._sheet.threats[:MOST_THREATS]:
            slots = slots_of(threat, region=self._house.region, wording=self._wording)
            for said in threat.said:
                yield Open(part=Part.LEAD, text=said.text, cites=(said.ref, *said.cites))
            for key in (
                *("brief.campaign", "brief.campaign.nocount"),
                *("brief.family", "brief.family.nocount"),
                "vulnerability.lead" if "product" in slots and _several(threat) else "",
                "vulnerability.lead.one" if "product" in slots else "",
            ):
                if key and all(name in slots for name in needed(self._wording.phrases[key])):
                    yield self._templates.open(Part.TREND, key, slots)
                    break
            if "countries" in slots:
                yield self._templates.open(Part.TREND, "hosting", slots)

    def _origins(self) -> Table:
        wording = self._wording
        rows, cites = [], []
        figures = self._sheet.figure
        origins = sorted(
            self._sheet.origins, key=lambda each: -int(figures(each.figure).value or 0)
        )
        for each in origins[:MOST_ORIGINS]:
            country = {
                language: name.removeprefix("the ")
                for language, name in wording.place(each.country).items()
            }
            cert = wording.certs.get(each.country)
            rows.append(
                (
                    country,
                    _network(each),
                    dict.fromkeys(LANGUAGES, cert) if cert else wording.phrases["cell.none"],
                    self._number(figures(each.figure)),
                )
            )
            cites.append((f"figure:{each.figure}",))
        return Table(
            columns=tuple(
                wording.phrases[f"column.{name}"]
                for name in ("country", "network", "cert", "count")
            ),
            rows=tuple(rows),
            cites=tuple(cites),
        )

    def _notes(self) -> Iterator[Open]:
        names = {
            language: self._house.region.names.get(language) or self._house.region.names["en"]
            for language in LANGUAGES
        }
        slots = {"region": Slot(name="region", text=names)}
        told = set()
        for figure in self._sheet.figures:
            for gap in figure.gaps[:1]:
                if (gap.first, gap.last) not in told:
                    told.add((gap.first, gap.last))
                    text = rendering.span(gap.first, gap.last, self._wording)
                    slot = Slot(name="gap", text=text, cites=(f"figure:{figure.id}",))
                    yield self._templates.open(Part.SIGNS, "note.gap", {"gap": slot})
        streams = {self._sheet.figure(row.count.now).stream for row in self._sheet.rows}
        if len(streams) > 1:
            yield self._templates.open(Part.SIGNS, "note.streams", slots)
        yield self._templates.open(Part.SIGNS, "note.time", slots)

    def _checked(self, sentences: Iterator[Open]) -> tuple[Sentence, ...]:
        found = []
        for each in sentences:
            done = filled(each)
            wrong = verifying.faults(done, holdings=self._holdings, lexicon=self._house.lexicon)
            self.refused += wrong
            if not wrong:
                found.append(done)
        return tuple(found)


def _holdings(sheet: BriefSheet, house: House) -> Holdings:
    by_ref: dict[str, Holding] = {}
    changes: dict[frozenset[str], frozenset[Decimal]] = {}
    hidden: frozenset[str] = frozenset()
    for threat in sheet.threats:
        held = holdings_of(threat, region=house.region, wording=house.wording)
        for ref, holding in held.by_ref.items():
            by_ref.setdefault(ref, Holding()).add(holding)
        changes |= held.changes
        hidden |= held.hidden
    for figure in sheet.figures:
        hold_figure(by_ref.setdefault(f"figure:{figure.id}", Holding()), figure, house.wording)
    for row in sheet.rows:
        if row.count.before:
            now, before = sheet.figure(row.count.now), sheet.figure(row.count.before)
            value = None if now.gaps or before.gaps else change(now, before)
            if value is not None:
                pair = frozenset({f"figure:{now.id}", f"figure:{before.id}"})
                changes[pair] = frozenset({abs(value)})
    return Holdings(by_ref=by_ref, changes=changes, hidden=hidden)


def _cites(count: Count) -> tuple[str, ...]:
    return tuple(f"figure:{each}" for each in (count.now, count.before) if each)


def _several(threat: FactSheet) -> bool:
    return threat.flaw is not None and len(threat.flaw.cves) > 1


def _signed(value: Decimal) -> str:
    return f"{value:+,}%" if value else "0%"


def _network(place: Hosting) -> Texts:
    """Return a network by its number and, as plain text, by whom it is registered to."""
    if place.asn is None:
        return dict.fromkeys(LANGUAGES, "-")
    holder = plain(place.holder, LONGEST_HOLDER)
    return dict.fromkeys(LANGUAGES, f"AS{place.asn} {holder}".strip())


def tables(found: Brief) -> Mapping[str, Table]:
    """Return the tables of a brief by their English headings."""
    return {each.heading["en"]: each.table for each in found.sections if each.table}


__all__ = [
    "Brief",
    "BriefKind",
    "BriefSheet",
    "Row",
    "Section",
    "Table",
    "Wording",
    "brief",
    "tables",
]

"""Tells a quarter's figures as a Security Watch Report, in one language."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from lionrock.briefing.report import articles, charts, tables
from lionrock.briefing.report.content import Contents, Form, Kind
from lionrock.briefing.report.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    Notice,
    Paragraph,
    Style,
    Tile,
)
from lionrock.briefing.report.runs import Run, Runs
from lionrock.briefing.report.words import Words, name, of_language, words_of
from lionrock.core.figures import Figure, change

LARGEST: Final = 5
"""Families that the long form follows over five quarters."""


def watch(contents: Contents, *, form: Form, language: str) -> Document:
    """Return the report: the short form (highlights, tables, families, topics), or the long one, which
    has a section for each group and a chapter for each type besides.

    Raises GiveUp for an article that quotes what is not there.
    """
    telling = _Telling(contents, words_of(language))
    body = telling.long() if form is Form.LONG else telling.short()
    blocks = (*telling.opening(), *body, *telling.closing(form))
    words = telling.words
    return Document(
        language=language,
        title=words.say("title", region=telling.region),
        subtitle=telling.subtitle(),
        author=telling.team,
        blocks=blocks,
        told=words.raw("text_alternative"),
    )


class _Telling:
    """One report being told: what it is made of, and the words of its language."""

    def __init__(self, contents: Contents, words: Words) -> None:
        self.contents = contents
        self.words = words
        self.region = of_language(contents.publisher.region, words.language)
        self.team = of_language(contents.publisher.team, words.language)
        self.quarter = words.quarter(contents.quarter)
        self.previous = words.quarter(contents.periods[-2])
        self.first = words.quarter(contents.periods[0])
        self.totals = contents.totals()

    def say(self, key: str, **places: Run | Runs | str) -> Runs:
        return self.words.say(key, **places)

    def subtitle(self) -> Runs:
        words, contents = self.words, self.contents
        parts = [
            self.say("subtitle", quarter=self.quarter),
            self.say("issued", day=words.day(contents.issued), team=name(self.team)),
        ]
        if contents.version > 1:
            parts.append(self.say("version", version=words.fact("version", contents.version)))
        return words.joined(parts, "dot")

    def opening(self) -> Iterator[Block]:
        """Yield what stands before the numbers, and the notices that change how they are read."""
        words, contents = self.words, self.contents
        long = words.quarter_long(contents.quarter)
        team = name(self.team)
        yield Paragraph(
            runs=self.say("intro.greeting", team=team, region=self.region, quarter=long),
            style=Style.LEAD,
        )
        yield Paragraph(runs=self.say("intro.purpose", region=self.region))
        endings = words.listed([(name(ending),) for ending in contents.publisher.endings])
        yield Paragraph(
            runs=(
                *self.say("intro.scope", region=self.region, endings=endings),
                *self._space(),
                *self.say("intro.streams", team=team),
            )
        )
        if contents.corrections:
            yield self._corrections()
        if contents.gaps():
            yield self._gaps()
        yield Heading(
            level=2, runs=self.say("highlights.heading", quarter=self.quarter), anchor="highlights"
        )
        yield self._tile()
        yield Bullets(items=tuple(self._highlights()))

    def short(self) -> Iterator[Block]:
        """Yield tables and charts of the short form."""
        kinds = self.contents.seen
        yield Heading(level=2, runs=self.say("types.heading"), anchor="types")
        yield tables.types(self.words, kinds, self.totals, id="types", caption=self._caption(""))
        yield self._trend()
        if len(kinds) > 1:
            yield self._panels("types-trend", kinds)
        yield from self._families(level=2)
        yield from self._articles()

    def long(self) -> Iterator[Block]:
        """Yield the long form: the total, each group, each type."""
        contents, words = self.contents, self.words
        yield self._trend()
        for group in contents.groups:
            kinds = [kind for kind in contents.seen if kind.group == group]
            if not kinds:
                continue
            yield Heading(level=2, runs=self._group(group), anchor=f"group-{group}")
            yield tables.types(
                words,
                kinds,
                contents.totals(group),
                id=f"types-{group}",
                caption=self._caption(group),
            )
            yield from self._zeros(kinds)
            yield self._panels(f"trend-{group}", kinds)
            if group == "botnet":
                yield from self._families(level=3)
                yield from self._largest()
        for kind in contents.seen:
            yield from self._chapter(kind)
        yield from self._articles()

    def closing(self, form: Form) -> Iterator[Block]:
        """Yield the appendix: sources, methods, types, families; and how to reach the team."""
        words, contents = self.words, self.contents
        yield Heading(level=2, runs=self.say("appendix.sources"), anchor="sources")
        if contents.sources:
            count = words.fact("sources", len(contents.sources))
            yield Paragraph(runs=self.say("appendix.sources_lead", n=count))
            yield tables.sources(words, contents)
        else:
            yield Paragraph(runs=self.say("appendix.sources_none"))
        yield Heading(level=2, runs=self.say("appendix.methods"), anchor="methods")
        for key in ("count", "size", "changes"):
            yield Paragraph(runs=self.say(f"appendix.{key}"))
        yield Paragraph(runs=self.say("appendix.days", region=self.region))
        if contents.located:
            yield Paragraph(runs=self.say("appendix.located"))
            yield Bullets(
                items=tuple(
                    self.say("appendix.located_one", title=name(one.title), day=words.day(one.day))
                    for one in contents.located
                )
            )
        else:
            yield Paragraph(runs=self.say("appendix.located_none"))
        if form is Form.SHORT:
            yield Heading(level=3, runs=self.say("appendix.definitions"), anchor="definitions")
            yield Bullets(
                items=tuple(
                    (
                        self._kind(kind, strong=True),
                        Run(text=words.raw("colon")),
                        name(of_language(kind.about, words.language)),
                    )
                    for kind in contents.kinds
                )
            )
        elif known := tables.families_known(contents):
            yield Heading(level=2, runs=self.say("appendix.families"), anchor="families-known")
            yield tables.glossary(words, known)
        yield Paragraph(runs=self.say("intro.prevails"), style=Style.NOTE)
        yield from self._contact()

    def _tile(self) -> Tile:
        now, before = self.totals[-1], self.totals[-2]
        gap = charts.misleading(now, before)
        return Tile(
            label=self.say("highlights.tile"),
            number=(self.words.number(now),),
            change_label=self.say("highlights.tile_change"),
            change=(charts.change_told(self.words, now, before),),
            note=self.say("highlights.tile_gap") if gap else (),
        )

    def _highlights(self) -> Iterator[Runs]:
        """Yield the sentences of the highlights: the total and its driver, each type, the largest family."""
        now, before = self.totals[-1], self.totals[-2]
        way = _way(now, before)
        said = self.say(
            f"highlights.total_{way}",
            total=self.words.counted(now),
            region=self.region,
            quarter=self.quarter,
            previous=self.previous,
            before=self.words.number(before),
            change=self._by(now, before, way),
        )
        if driver := self._driver(way):
            said = (
                *said,
                *self._space(),
                *self.say(f"highlights.driver_{way}", kind=self._kind(driver)),
            )
        yield said
        for kind in self.contents.seen:
            yield self._kind_told(kind)
        yield from self._largest_told()
        if unseen := self.contents.unseen:
            kinds = self.words.listed([(self._kind(kind),) for kind in unseen])
            yield self.say("highlights.uncounted", kinds=kinds)

    def _kind_told(self, kind: Kind) -> Runs:
        now, before = kind.counted[-1], kind.counted[-2]
        way = _way(now, before)
        return self.say(
            f"highlights.kind_{way}",
            kind=self._kind(kind, strong=True),
            count=self.words.counted(now),
            previous=self.previous,
            before=self.words.number(before),
            change=self._by(now, before, way),
        )

    def _largest_told(self) -> Iterator[Runs]:
        found = tables.shown(self.contents.families)
        if not found:
            return
        best = [one for one in found if one.now.value == found[0].now.value]
        count = self.words.counted(best[0].now)
        if len(best) == 1:
            yield self.say("highlights.family", family=name(best[0].name), count=count)
        elif len(best) <= 3:
            listed = self.words.listed([(name(one.name),) for one in best])
            yield self.say("highlights.families_equal", families=listed, count=count)

    def _driver(self, way: str) -> Kind | None:
        """Return the type that made at least half of the total's change, in its direction."""
        if way not in {"rise", "fall"} or len(self.contents.kinds) < 2:
            return None
        sign = 1 if way == "rise" else -1
        steps = [
            (sign * (int(kind.counted[-1].value or 0) - int(kind.counted[-2].value or 0)), kind)
            for kind in self.contents.kinds
        ]
        most, kind = max(steps, key=lambda step: step[0])
        whole = sign * (int(self.totals[-1].value or 0) - int(self.totals[-2].value or 0))
        return kind if most > 0 and 2 * most >= whole else None

    def _by(self, now: Figure, before: Figure, way: str) -> Run:
        return self.words.size_of_change(now, before) if way in {"rise", "fall"} else Run(text="")

    def _zeros(self, kinds: Sequence[Kind]) -> Iterator[Block]:
        """Yield in words which types did not occur: a zero in a table is overlooked."""
        none = [kind for kind in kinds if kind.counted[-1].value == 0]
        if none:
            yield Bullets(
                items=tuple(
                    self.say(
                        "types.zero_sentence",
                        kind=self._kind(kind, strong=True),
                        quarter=self.quarter,
                    )
                    for kind in none
                )
            )

    def _trend(self) -> Chart:
        caption = self.say("types.trend", first=self.first, last=self.quarter)
        row = [charts.Series(name=self.say("types.total")[0], counted=self.totals)]
        return charts.columns("trend", caption, row, self.words)

    def _panels(self, id: str, kinds: Sequence[Kind]) -> Chart:
        caption = self.say("types.trend_kinds", first=self.first, last=self.quarter)
        rows = [charts.Series(name=self._kind(kind), counted=kind.counted) for kind in kinds]
        return charts.columns(id, caption, rows, self.words, height=92)

    def _families(self, *, level: int) -> Iterator[Block]:
        words = self.words
        yield Heading(level=level, runs=self.say("families.heading"), anchor="families")
        shown = tables.shown(self.contents.families)
        if not shown:
            yield Paragraph(
                runs=self.say("families.none", region=self.region, quarter=self.quarter)
            )
            return
        yield tables.families(words, self.contents)
        caption = self.say("families.chart", quarter=self.quarter)
        yield charts.bars("families-chart", caption, shown, words)

    def _largest(self) -> Iterator[Block]:
        largest = tables.shown(self.contents.families)[:LARGEST]
        if not largest:
            return
        words = self.words
        places: dict[str, Run | Runs | str] = {
            "quarter": self.quarter,
            "first": self.first,
            "last": self.quarter,
        }
        yield Heading(level=3, runs=self.say("families.largest", quarter=self.quarter))
        caption = self.say("families.largest_caption", **places)
        yield tables.families_over_time(words, largest, caption)
        rows = [charts.Series(name=name(family.name), counted=family.counted) for family in largest]
        caption = self.say("families.largest_chart", **places)
        yield charts.columns("families-trend", caption, rows, words, height=86)

    def _chapter(self, kind: Kind) -> Iterator[Block]:
        words = self.words
        called = self._kind(kind)
        yield Heading(level=2, runs=(called,), anchor=f"kind-{kind.code}")
        yield Paragraph(runs=self._kind_told(kind), style=Style.LEAD)
        caption = self.say("types.trend_kind", kind=called, first=self.first, last=self.quarter)
        row = [charts.Series(name=called, counted=kind.counted)]
        yield charts.columns(f"trend-{kind.code}", caption, row, words)
        if kind.ratio:
            caption = self.say("chapter.ratio", kind=called, first=self.first, last=self.quarter)
            row = [charts.Series(name=called, counted=kind.ratio)]
            yield charts.columns(f"ratio-{kind.code}", caption, row, words, height=120)
            yield Paragraph(runs=self.say("chapter.ratio_note"), style=Style.NOTE)
        yield Heading(level=3, runs=self.say("chapter.what", kind=called))
        yield Paragraph(runs=(name(of_language(kind.about, words.language)),))
        if words.has(f"chapter.impacts.{kind.code}"):
            yield Heading(level=3, runs=self.say("chapter.impact"))
            points = words.many(f"chapter.impacts.{kind.code}")
            yield Bullets(items=tuple((Run(text=point),) for point in points))
        yield Heading(level=3, runs=self.say("chapter.seen_by"))
        seen_by = [one for one in self.contents.sources if kind.code in one.kinds]
        if seen_by:
            yield Bullets(items=tuple((name(one.title),) for one in seen_by))
        else:
            yield Paragraph(runs=self.say("chapter.no_source"))

    def _articles(self) -> Iterator[Block]:
        if not self.contents.articles:
            return
        known = {figure.id: figure for figure in self.contents.figures()}
        yield Heading(level=2, runs=self.say("articles.heading"), anchor="topics")
        for article in self.contents.articles:
            yield from articles.told(article, self.words, known)

    def _corrections(self) -> Notice:
        return Notice(
            id="corrections",
            title=self.say("corrections.heading"),
            blocks=(
                Paragraph(runs=self.say("corrections.lead")),
                tables.corrections(self.words, self.contents),
            ),
        )

    def _gaps(self) -> Notice:
        words = self.words
        mark = words.raw("mark")
        unnamed = {source.id for source in self.contents.sources if not source.named}
        titles = {source.id: source.title for source in self.contents.sources}
        items = []
        for gap in self.contents.gaps():
            kinds = [
                (self._kind(kind),)
                for kind in self.contents.kinds
                if any(gap in figure.gaps for figure in kind.counted)
            ]
            key = "concerned" if kinds else "one"
            key += "_day" if gap.first == gap.last else ""
            items.append(
                self.say(
                    f"gaps.{key}",
                    feed=words.raw("gaps.unnamed")
                    if gap.feed in unnamed
                    else name(titles.get(gap.feed, gap.feed)),
                    first=words.day(gap.first),
                    last=words.day(gap.last),
                    kinds=words.listed(kinds),
                )
            )
        return Notice(
            id="gaps",
            title=self.say("gaps.heading"),
            blocks=(
                Paragraph(runs=self.say("gaps.lead", mark=mark)),
                Bullets(items=tuple(items)),
            ),
        )

    def _contact(self) -> Iterator[Block]:
        publisher = self.contents.publisher
        lines = [
            self.say(f"contact.{key}", **{key: Run(text=value, ref=name(value).ref, href=href)})
            for key, value, href in (
                ("mail", publisher.mail, ""),
                ("phone", publisher.phone, ""),
                ("site", publisher.site, publisher.site),
            )
            if value
        ]
        if lines:
            yield Heading(level=2, runs=self.say("contact.heading"), anchor="contact")
            yield Paragraph(runs=self.say("contact.lead", team=name(self.team)))
            yield Bullets(items=tuple(lines))

    def _caption(self, group: str) -> Runs:
        key = f"types.caption_{group}"
        key = (
            "types.caption" if not group else key if self.words.has(key) else "types.caption_other"
        )
        return self.say(key, first=self.first, last=self.quarter)

    def _group(self, group: str) -> Runs:
        key = f"groups.{group}"
        return self.say(key if self.words.has(key) else "groups.other")

    def _kind(self, kind: Kind, *, strong: bool = False) -> Run:
        called = name(of_language(kind.names, self.words.language))
        return replace(called, strong=strong)

    def _space(self) -> Runs:
        return () if self.words.language.startswith("zh") else (Run(text=" "),)


def _way(now: Figure, before: Figure) -> str:
    """Return in one word how a count stands to the one before, which the words know sentences for."""
    if now.value is None:
        return "unknown"
    if now.value == 0 and not now.gaps:
        return "none"
    if before.value is None:
        return "alone"
    if charts.misleading(now, before):
        return "gap"
    if before.value == 0:
        return "new"
    by = change(now, before)
    if not by:
        return "same"
    return "rise" if by > 0 else "fall"

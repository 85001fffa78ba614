"""Reads the small markup in which people write articles: paragraphs, lists, headings, figures, citations.

An empty line ends a paragraph, ``- `` begins a point of a list, ``### `` a heading. ``**so**`` is strong.
``{2023Q1.phishing.unique_url}`` is replaced by that Figure's number, ``{2023Q1.total / 2022Q4.total}``
by the change between two. ``[CVE-2022-30190][msrc]`` is something the source ``msrc`` says; only there,
and in figures, may digits stand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lionrock.briefing.report.content import Article, Citation
from lionrock.briefing.report.document import Block, Bullets, Heading, Paragraph, runs_of
from lionrock.briefing.report.runs import Basis, Ref, Run, Runs
from lionrock.briefing.report.words import Words, of_language, words_of
from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Figure, Period, Stream, Unit

LONGEST: Final = 20_000
"""Characters of an article in one language."""

_FIGURE: Final = re.compile(r"\d{4}Q[1-4]\.[a-z0-9._-]{1,150}")
_ADDRESS: Final = re.compile(r"https://[a-z0-9.-]{1,253}(:\d{1,5})?(/[!-~]{0,1000})?")
_INLINE: Final = re.compile(
    r"\{(?P<figure>[^{}\s/]{1,200})(?:\s*/\s*(?P<before>[^{}\s/]{1,200}))?\}"
    r"|\[(?P<said>[^\[\]]{1,300})\]\[(?P<key>[a-z0-9-]{1,40})\]"
    r"|\*\*(?P<strong>[^*]{1,300})\*\*"
)


def told(article: Article, words: Words, figures: Mapping[str, Figure]) -> list[Block]:
    """Return an article as blocks, its heading at level 3.

    Raises GiveUp when it quotes a Figure or a source that is not there.
    """
    text = of_language(article.texts, words.language)
    title = of_language(article.titles, words.language)
    if len(text) > LONGEST:
        raise GiveUp(f"article {article.key} is longer than {LONGEST:,} characters")
    keys = {citation.key: citation for citation in article.citations}
    blocks: list[Block] = [
        Heading(
            level=3,
            runs=tuple(_inline(title, words, figures, keys)),
            anchor=f"article-{article.key}",
        )
    ]
    points: list[Runs] = []
    for part in _parts(text):
        if part.startswith("- "):
            points.append(tuple(_inline(part[2:], words, figures, keys)))
            continue
        if points:
            blocks.append(Bullets(items=tuple(points)))
            points = []
        if part.startswith("### "):
            blocks.append(Heading(level=4, runs=tuple(_inline(part[4:], words, figures, keys))))
        else:
            blocks.append(Paragraph(runs=tuple(_inline(part, words, figures, keys))))
    if points:
        blocks.append(Bullets(items=tuple(points)))
    if article.citations:
        blocks.append(Paragraph(runs=tuple(_sources(article, words))))
    return blocks


def faults(article: Article) -> list[str]:
    """Say what is wrong with an article whatever the figures are: a digit that rests on nothing, a
    source that is not named, a language that quotes other figures than the first.

    An id that no report has is found only when a report is made.
    """
    found: list[str] = []
    quoted: dict[str, set[str]] = {}
    for language in LANGUAGES:
        if not article.texts.get(language) or not article.titles.get(language):
            found.append(f"{language}: title or text is missing")
            continue
        try:
            blocks = told(article, words_of(language), _Anything())
        except GiveUp as error:
            found.append(f"{language}: {error}")
            continue
        runs = [run for block in blocks for run in runs_of(block)]
        found += [f"{language}: {fault}" for fault in loose(runs)]
        quoted[language] = {
            run.ref.id for run in runs if run.ref and run.ref.basis is not Basis.SOURCE
        }
    for language, ids in quoted.items():
        if ids != next(iter(quoted.values())):
            found.append(f"{language}: quotes other figures than {next(iter(quoted))}")
    found += [
        f"{one.key}: {one.url} is no https:// address"
        for one in article.citations
        if not _ADDRESS.fullmatch(one.url)
    ]
    return found


def loose(runs: Iterable[Run]) -> Iterator[str]:
    """Yield every run that holds a digit and rests on nothing. Chinese numerals are words as well."""
    for run in runs:
        bare = "".join(sign for sign in run.text if not "\u4e00" <= sign <= "\u9fff")
        if run.ref is None and any(sign.isnumeric() for sign in bare):
            yield f"“{run.text}” holds a digit and rests on nothing"


class _Anything(dict[str, Figure]):
    """Every figure there could be, for articles written before anything is counted."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(_FIGURE.fullmatch(name))

    def __missing__(self, name: str) -> Figure:
        return Figure(
            id=name,
            stream=Stream.EVENTS,
            definition=name.partition(".")[2],
            period=Period.of(name.partition(".")[0]),
            unit=Unit.EVENT,
            value=None,
        )


def _parts(text: str) -> Iterator[str]:
    """Yield paragraphs, points and headings; lines of a paragraph are joined, unless they are Chinese."""
    held: list[str] = []
    for raw in [*text.replace("\r\n", "\n").split("\n"), ""]:
        line = "".join(sign if sign.isprintable() else " " for sign in raw).strip()
        alone = line.startswith(("- ", "### "))
        if held and (not line or alone):
            yield _joined(held)
            held = []
        if alone:
            yield line
        elif line:
            held.append(line)


def _joined(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        wide = ord(text[-1]) > 0x2E80 and ord(line[0]) > 0x2E80
        text += line if wide else f" {line}"
    return text


def _inline(
    text: str, words: Words, figures: Mapping[str, Figure], keys: Mapping[str, Citation]
) -> Iterator[Run]:
    done = 0
    for found in _INLINE.finditer(text):
        if found.start() > done:
            yield Run(text=text[done : found.start()])
        done = found.end()
        if found["strong"]:
            yield Run(text=found["strong"], strong=True)
        elif found["key"]:
            if found["key"] not in keys:
                raise GiveUp(f"the article names no source “{found['key']}”")
            yield Run(text=found["said"], ref=Ref(basis=Basis.SOURCE, id=found["key"]))
        elif found["before"]:
            now, before = (_figure(found[name], figures) for name in ("figure", "before"))
            try:
                yield words.change(now, before)
            except ValueError as error:
                raise GiveUp(f"{now.id} / {before.id}: {error}") from None
        else:
            yield words.number(_figure(found["figure"], figures))
    if done < len(text):
        yield Run(text=text[done:])


def _figure(name: str, figures: Mapping[str, Figure]) -> Figure:
    if name not in figures:
        raise GiveUp(f"there is no figure {name} in this report")
    return figures[name]


def _sources(article: Article, words: Words) -> Iterator[Run]:
    yield Run(text=words.raw("articles.sources"))
    for place, citation in enumerate(article.citations):
        if place:
            yield Run(text=words.raw("semicolon"))
        ref = Ref(basis=Basis.SOURCE, id=citation.key)
        yield Run(text=citation.title, ref=ref, href=citation.url)

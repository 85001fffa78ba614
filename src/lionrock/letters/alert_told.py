"""Tells an alert in one language, as every format that people read shows it: titled sections of harmless lines."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lionrock.core.alerts import Alert, Bulletin, Part
from lionrock.letters.alert_harmless import Harmless, harmless_in, shown
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.plainly import one_line

LONGEST_TITLE: Final = 300
"""Characters of a title; what is longer is cut with an ellipsis."""


class Shape(StrEnum):
    """How the lines of a section stand."""

    PROSE = "prose"
    LIST = "list"
    STEPS = "steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One titled part; ``name`` is the key of its title and the same in every language."""

    name: str
    title: str
    shape: Shape
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert in one language: plain text without control characters, indicators defanged.

    ``title`` says where it was withdrawn; ``bare`` is the title alone. ``facts`` are (name, value)
    pairs: number, kind, risk, times. ``news`` is the newest entry of the log. A withdrawn alert's
    only section says why.
    """

    language: str
    title: str
    bare: str
    page: str
    facts: tuple[tuple[str, str], ...]
    summary: str
    sections: tuple[Section, ...]
    links: tuple[tuple[str, str], ...]
    news: str
    history: tuple[str, ...]

    def text(self, *leave_out: str) -> str:
        """Return the sections as plain text, a paragraph each, but for those named."""
        return "\n\n".join(
            "\n".join((section.title, *numbered(section)))
            for section in self.sections
            if section.name not in leave_out
        )


def told(alert: Alert, *, publisher: Publisher, language: str) -> Told:
    """Return what the alert, already checked, says in ``language``."""
    words = words_in(language)
    harmless = harmless_in(alert, ours=publisher.home)
    bare = _cut(harmless(alert.title[language]))
    history = tuple(
        words["entry"].format(when=publisher.clock(at), text=harmless(text[language]))
        for at, text in reversed(alert.log)
    )
    news = harmless(alert.log[-1][1][language]) if alert.log else ""
    sections = (
        _withdrawn(words, news) if alert.withdrawn else _sections(alert, words, harmless, language)
    )
    return Told(
        language=language,
        title=_cut(words["withdrawn"].format(title=bare)) if alert.withdrawn else bare,
        bare=bare,
        page=publisher.page(alert, language),
        facts=_facts(alert, words, publisher),
        summary=news
        if alert.withdrawn
        else _joined((harmless(one.text[language]) for one in alert.of(Part.LEAD)), language),
        sections=tuple(sections),
        links=()
        if alert.withdrawn
        else tuple((harmless(one.title[language]), one.url) for one in alert.links),
        news=news,
        history=history,
    )


def numbered(section: Section) -> Iterator[str]:
    """Yield the lines of a section as plain text shows them."""
    for number, line in enumerate(section.lines, start=1):
        mark = {Shape.PROSE: "", Shape.LIST: "- ", Shape.STEPS: f"{number}. "}[section.shape]
        yield mark + line


@cache
def words_in(language: str) -> Mapping[str, Any]:  # Any: parsed TOML, its shape held by a test
    """Return the words of alerts in a language, by key."""
    file = files("lionrock.letters") / "texts" / f"alert.{language.lower()}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _facts(
    alert: Alert,
    words: Mapping[str, Any],
    publisher: Publisher,  # Any: as above
) -> tuple[tuple[str, str], ...]:
    facts = [
        (words["number"], alert.id),
        (words["kind"], words["kinds"][alert.kind.value]),
        (words["risk"], words["risks"][alert.risk.value]),
        (words["published"], publisher.clock(alert.published)),
    ]
    if alert.log or alert.updated > alert.published:
        facts.append((words["changed"], publisher.clock(alert.updated)))
    return tuple(facts)


def _withdrawn(words: Mapping[str, Any], why: str) -> Iterator[Section]:  # Any: as above
    yield Section(
        name="withdrawn",
        title=words["why_withdrawn"],
        shape=Shape.PROSE,
        lines=(why, words["unaffected"]),
    )


def _sections(
    alert: Alert,
    words: Mapping[str, Any],
    harmless: Harmless,
    language: str,  # Any: as above
) -> Iterator[Section]:
    def of(part: Part) -> list[str]:
        return [harmless(one.text[language]) for one in alert.of(part)]

    bulletin = alert.bulletin
    products = [harmless(product) for product in bulletin.products] if bulletin else []
    lines: Sequence[tuple[str, Shape, Iterable[str]]] = (
        ("lead", Shape.PROSE, of(Part.LEAD)),
        ("notes", Shape.LIST, _notes(bulletin, words)),
        ("impacts", Shape.LIST, _impacts(bulletin, words)),
        ("lures", Shape.LIST, of(Part.LURES)),
        ("steps", Shape.STEPS, of(Part.STEPS)),
        ("signs", Shape.LIST, of(Part.SIGNS)),
        ("indicators", Shape.LIST, map(shown, alert.indicators)),
        ("variants", Shape.LIST, of(Part.VARIANTS)),
        ("trend", Shape.PROSE, of(Part.TREND)),
        ("affected", Shape.LIST, [*products, *of(Part.AFFECTED)]),
        ("solutions", Shape.LIST, of(Part.SOLUTIONS)),
        ("identifiers", Shape.LIST, bulletin.cves if bulletin else ()),
        ("advice", Shape.LIST, of(Part.ADVICE)),
        ("victims", Shape.LIST, of(Part.VICTIMS)),
    )
    for name, shape, some in lines:
        if all_lines := tuple(some):
            yield Section(name=name, title=words["parts"][name], shape=shape, lines=all_lines)


def _notes(bulletin: Bulletin | None, words: Mapping[str, Any]) -> Iterator[str]:  # Any: as above
    if bulletin is None:
        return
    if bulletin.exploited:
        yield words["exploited"]
    if bulletin.proof_public:
        yield words["proof"]
    if not bulletin.patched:
        yield words["unpatched"]


def _impacts(bulletin: Bulletin | None, words: Mapping[str, Any]) -> Iterator[str]:  # Any: as above
    for impact in bulletin.impacts if bulletin else ():
        yield words["impacts"][impact.value]


def _joined(lines: Iterable[str], language: str) -> str:
    return (" " if language == "en" else "").join(lines)


def _cut(title: str) -> str:
    return one_line(title, LONGEST_TITLE)

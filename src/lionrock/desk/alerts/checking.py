"""Holds every sentence against what it rests on, and the three languages against each other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from lionrock.core.alerts import CITED, LANGUAGES, Part, Sentence
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.extracted import live, mentioned, names, numbers

FIXED: Final = frozenset({Part.SOLUTIONS, Part.ADVICE, Part.VICTIMS})
"""Parts whose sentences come from the region's own wording: telephone numbers, official sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Something a sentence may cite: its reference, and all the words and numbers it supports."""

    ref: str
    text: str
    strict: bool = False
    """It belongs to the fact sheet, which says exactly what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What keeps an alert from being submitted.

    ``index`` is the sentence's place, ``None`` where it is about the alert as a whole. ``code`` says
    what is wrong, ``found`` what was found, ``language`` where, "" where it is about all of them.
    """

    index: int | None
    code: str
    language: str = ""
    found: tuple[str, ...] = ()


class Check(Protocol):
    """One way of looking at an alert: what it returns must be put right before anybody approves."""

    def __call__(self, content: Content, proofs: Mapping[str, Proof], /) -> Iterable[Flaw]:
        """Return what is wrong, in the order of the page."""


def flaws(
    content: Content, proofs: Mapping[str, Proof], strict: Check | None = None
) -> tuple[Flaw, ...]:
    """Return all that is wrong with an alert, each thing once and sentence by sentence.

    ``strict`` is the check against the fact sheet that the alert was drafted from, where there is one.
    """
    checks = (*CHECKS, strict) if strict else CHECKS
    found = dict.fromkeys(flaw for check in checks for flaw in check(content, proofs))
    return tuple(sorted(found, key=lambda flaw: -1 if flaw.index is None else flaw.index))


def is_complete(content: Content, proofs: Mapping[str, Proof]) -> Iterator[Flaw]:
    """Find what is missing: words in a language, a lead, a reason for the risk, a bulletin's fields."""
    if not any(content.of_part(Part.LEAD)):
        yield Flaw(index=None, code="no-lead")
    if not content.reason.strip():
        yield Flaw(index=None, code="no-reason")
    for language in LANGUAGES:
        if not content.title[language].strip():
            yield Flaw(index=None, code="no-title", language=language)
    for index, sentence in enumerate(content.sentences):
        for language in LANGUAGES:
            if not sentence.text[language].strip():
                yield Flaw(index=index, code="empty", language=language)
    for link in content.links:
        if urlsplit(link.url).scheme != "https":
            yield Flaw(index=None, code="link", found=(link.url,))


def is_supported(content: Content, proofs: Mapping[str, Proof]) -> Iterator[Flaw]:
    """Find sentences that cite nothing, or what is not there, or say what nothing cited says."""
    everything = _said(proofs.values(), content)
    for index, sentence in enumerate(content.sentences):
        unknown = tuple(cite for cite in sentence.cites if cite not in proofs)
        if unknown:
            yield Flaw(index=index, code="unknown-cite", found=unknown)
        if sentence.part in CITED and not sentence.cites:
            yield Flaw(index=index, code="uncited")
        if sentence.part in FIXED and not sentence.cites:
            continue
        if _looked_at(sentence, proofs):
            continue  # looked at more closely, by what its figures and sources really hold
        cited = [proofs[cite] for cite in sentence.cites if cite in proofs]
        known = _said(cited, content) if cited else everything
        for language in LANGUAGES:
            yield from _unsupported(sentence, index, language, known)
    for language in LANGUAGES:
        if extra := numbers(content.title[language]) - everything.numbers:
            yield Flaw(index=None, code="title-number", language=language, found=_in_order(extra))


def says_the_same(content: Content, proofs: Mapping[str, Proof]) -> Iterator[Flaw]:
    """Find numbers, names and brands that one language has and the first one has not, or lacks."""
    first, *others = LANGUAGES
    some = [(i, one.text) for i, one in enumerate(content.sentences) if not _looked_at(one, proofs)]
    # A brand of the catalogue has a name in every language, which the sheet's check knows.
    with_sheet = any(proof.strict for proof in proofs.values())
    latin = [] if with_sheet else [brand for brand in content.brands if brand.isascii()]
    texts: list[tuple[int | None, dict[str, str]]] = [(None, content.title), *some]
    for index, text in texts:
        for language in others:
            for code, read in (("parity-number", numbers), ("parity-name", names)):
                if apart := read(text[first]) ^ read(text[language]):
                    yield Flaw(index=index, code=code, language=language, found=_in_order(apart))
            if apart := mentioned(text[first], latin) ^ mentioned(text[language], latin):
                yield Flaw(
                    index=index, code="parity-brand", language=language, found=_in_order(apart)
                )


def has_no_live_link(content: Content, proofs: Mapping[str, Proof]) -> Iterator[Flaw]:
    """Find links, and names of our indicators, that a reader's program would open."""
    allowed = {urlsplit(link.url).hostname for link in content.links}
    bad = {one.value.lower() for one in content.indicators}
    texts = [(None, content.title), *((i, one.text) for i, one in enumerate(content.sentences))]
    for index, text in texts:
        fixed = index is not None and content.sentences[index].part in FIXED
        for language in LANGUAGES:
            found = tuple(
                one
                for one in live(text[language])
                if one.lower() in bad or (not fixed and one.lower() not in allowed)
            )
            if found:
                yield Flaw(index=index, code="live", language=language, found=found)


def news_flaws(text: Mapping[str, str]) -> tuple[Flaw, ...]:
    """Return what is wrong with a line of the public log: words missing, links, languages apart."""
    found = [
        Flaw(index=None, code="no-news", language=language)
        for language in LANGUAGES
        if not text.get(language, "").strip()
    ]
    for language in LANGUAGES:
        if links := live(text.get(language, "")):
            found.append(Flaw(index=None, code="live", language=language, found=links))
    first, *others = (text.get(language, "") for language in LANGUAGES)
    for language, other in zip(LANGUAGES[1:], others, strict=True):
        if apart := numbers(first) ^ numbers(other):
            found.append(
                Flaw(index=None, code="parity-number", language=language, found=_in_order(apart))
            )
    return tuple(found)


CHECKS: Final[tuple[Check, ...]] = (is_complete, is_supported, says_the_same, has_no_live_link)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """All numbers and names that some pieces of evidence hold."""

    numbers: frozenset[str]
    names: frozenset[str]


def _said(proofs: Iterable[Proof], content: Content) -> _Said:
    lines = [line for proof in proofs for line in proof.text.splitlines()]
    bulletin = content.bulletin
    own = {one.value.lower() for one in content.indicators}
    own |= {cve.lower() for cve in bulletin.cves} if bulletin else set()
    own |= {urlsplit(link.url).hostname or "" for link in content.links}
    return _Said(
        numbers=frozenset().union(*map(numbers, lines)),
        names=frozenset(own).union(*map(names, lines)),
    )


def _looked_at(sentence: Sentence, proofs: Mapping[str, Proof]) -> bool:
    """Tell whether the fact sheet's own check looks at a sentence: it knows what each thing really holds."""
    with_sheet = any(proof.strict for proof in proofs.values())
    return with_sheet and all(cite in proofs and proofs[cite].strict for cite in sentence.cites)


def _unsupported(sentence: Sentence, index: int, language: str, known: _Said) -> Iterator[Flaw]:
    text = sentence.text[language]
    if extra := numbers(text) - known.numbers:
        yield Flaw(index=index, code="number", language=language, found=_in_order(extra))
    if extra := names(text) - known.names:
        yield Flaw(index=index, code="name", language=language, found=_in_order(extra))


def _in_order(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found))

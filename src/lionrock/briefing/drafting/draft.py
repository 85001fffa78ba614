"""What a draft is, before and after code has filled in numbers, dates, names and indicators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lionrock.core.alerts import Bulletin, Indicator, Kind, Link, Part, Risk, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Something that only code writes: its text in each language, what it rests on, what it means."""

    name: str
    text: Mapping[str, str]
    cites: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A sentence with ``{slots}`` in it, in every language; ``cites`` come on top of those of its slots."""

    part: Part
    text: Mapping[str, str]
    cites: tuple[str, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a sentence was not taken: a code of ``verifying.Fault``, what it is about, in which language."""

    code: str
    about: str = ""
    language: str = ""
    part: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a writer made. ``parts`` are those it wrote; others are left to the templates."""

    sentences: tuple[Open, ...]
    by: str
    refused: tuple[Refusal, ...] = ()


class Trouble(Exception):  # the caller goes on with the templates, as if nobody had been asked
    """A writer has nothing to show: it did not answer, or in no shape that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A level of risk by rule, and the codes of its reasons: terms of the group ``reason``."""

    risk: Risk
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An alert for an analyst to evaluate.

    ``writer`` says who wrote the sentences; ``refused`` what a model wrote and was not taken.
    ``title`` is complete; ``slug`` its English words.
    """

    sheet: str
    kind: Kind
    title: Mapping[str, str]
    slug: str
    sentences: tuple[Sentence, ...]
    proposal: Proposal
    writer: str
    indicators: tuple[Indicator, ...] = ()
    brands: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    bulletin: Bulletin | None = None
    refused: tuple[Refusal, ...] = ()

    def of(self, part: Part) -> tuple[Sentence, ...]:
        """Return the sentences of one part."""
        return tuple(each for each in self.sentences if each.part is part)


class Writer(Protocol):
    """Words a draft from slots; knows of the world only what they say."""

    @property
    def name(self) -> str:
        """How the draft says who wrote it."""

    def write(self, kind: Kind, slots: Mapping[str, Slot], repair: Sequence[Refusal]) -> Written:
        """Return sentences; ``repair`` says what was wrong with those of the first attempt.

        Raise Trouble where there are none.
        """

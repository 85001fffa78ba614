"""A stretch of text that knows what it rests on: the smallest piece of a report."""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What a run that may hold a digit rests on."""

    FIGURE = "figure"
    """The value of one Figure."""
    CHANGE = "change"
    """The change between two Figures."""
    FACT = "fact"
    """Something of the configuration: how many sources, which version of the report."""
    PERIOD = "period"
    DAY = "day"
    NAME = "name"
    """A proper name that may hold digits: a malware family, a feed, a telephone number."""
    LABEL = "label"
    """The number of a table or chart within the report."""
    SOURCE = "source"
    """Something that a cited source of an article says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """Where a run's content comes from.

    ``id`` is the Figure's id, a period's key, an ISO date, a name, a label's id or a source's key.
    Of a change it is the later Figure's, ``before`` the earlier one's, ``places`` its decimals.
    """

    basis: Basis
    id: str
    before: str = ""
    places: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text. ``href`` makes it a link, always https."""

    text: str
    ref: Ref | None = None
    strong: bool = False
    href: str = ""


Runs = tuple[Run, ...]


def plain(runs: Runs) -> str:
    """Return the text of runs."""
    return "".join(run.text for run in runs)

"""What triage says about one domain name."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Verdict(StrEnum):
    """The four things a judged name can be."""

    SUSPECT = "suspect"
    UNREMARKABLE = "unremarkable"
    OFFICIAL = "official"
    KNOWN = "known"
    """Decided before: the store holds a person's decision about this host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks for a verdict.

    ``code`` is a key of ``lionrock.core.reasons.WORDS``; ``about`` is what was found (an alias, a
    lure word, a suffix) and fills that sentence; ``start`` and ``end`` are character offsets of the
    telling part (end exclusive), both ``None`` when the whole name tells.
    """

    code: str
    about: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A judged name.

    ``name`` repeats the input; ``host`` is its normal form (lower-case A-labels, no final dot) and
    reasons' offsets count in ``host``. ``registrable`` is the name somebody registered; under a
    hosting suffix (``pages.dev``, a private section of the Public Suffix List) it is the tenant's
    name and ``tenant_of`` is that suffix. ``score`` lies between 0 and 1. ``brand`` is a brand's id
    in the region pack, or ``None`` when none is named.
    """

    name: str
    host: str
    registrable: str
    tenant_of: str | None
    score: float
    verdict: Verdict
    brand: str | None
    reasons: tuple[Reason, ...]
    model_version: str

    def known(self) -> "Judgement":
        """Return the same judgement of a name that was decided before."""
        return replace(self, verdict=Verdict.KNOWN)

    def span(self, reason: Reason) -> tuple[int, int] | None:
        """Return where a reason's part stands in ``name``, or ``None`` for the whole of it.

        A name that was given in international characters is told as a whole: its host's letters
        are others than those that were read.
        """
        if reason.start is None or reason.end is None:
            return None
        at = 0 if self.name == self.host else self.name.lower().find(self.host)
        return None if at < 0 else (at + reason.start, at + reason.end)

"""The gate between two models: what a new one must keep, row by row of the exam, to take over.

A row with a target must not miss what the current model keeps. A row of recall, and one whose target
both miss, must not be worse by more than a tolerance: one percentage point, or twice the standard
error where so few names were measured that chance alone moves the share further.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

TOLERANCE: Final = 0.01
ERRORS: Final = 2.0
_RECALL: Final = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row of an exam, as it is kept: see ``lionrock.names.exam.Row``."""

    what: str
    of: int
    share: float
    least: float | None = None
    most: float | None = None

    @property
    def kept(self) -> bool | None:
        """Whether the share keeps to its target; None where there is no target."""
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.share >= self.least) and (
            self.most is None or self.share <= self.most
        )


class Fault(StrEnum):
    """Why a row keeps the gate shut."""

    NOT_MEASURED = "not-measured"
    MISSES = "misses"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One row of both exams side by side.

    ``tolerance`` is by how much the candidate may be worse, None where that is not asked; ``fault``
    is None when the row lets the candidate pass.
    """

    what: str
    candidate: Measured | None
    current: Measured | None
    tolerance: float | None
    fault: Fault | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """All rows, in the candidate's order, those that only the current model has at the end."""

    rows: tuple[Compared, ...]

    @property
    def open(self) -> bool:
        """Whether the candidate may take over."""
        return bool(self.rows) and not self.faults

    @property
    def faults(self) -> tuple[Compared, ...]:
        """The rows that keep it shut."""
        return tuple(row for row in self.rows if row.fault is not None)


def compare(*, candidate: Sequence[Measured], current: Sequence[Measured]) -> Gate:
    """Hold a candidate's exam against the current model's; both on the same names."""
    ours = {row.what: row for row in current}
    theirs = {row.what for row in candidate}
    rows = [_compared(row.what, row, ours.get(row.what)) for row in candidate]
    rows += [_compared(row.what, None, row) for row in current if row.what not in theirs]
    return Gate(rows=tuple(rows))


def tolerance(*, share: float, of: int) -> float:
    """Return by how much a share measured on ``of`` names may fall short."""
    chance = ERRORS * math.sqrt(max(0.0, share * (1 - share)) / max(1, of))
    return max(TOLERANCE, chance)


def _compared(what: str, candidate: Measured | None, current: Measured | None) -> Compared:
    fault, allowed = None, None
    if current is not None and (current.kept is not None or _RECALL in what.lower()):
        if not current.kept:
            allowed = tolerance(share=current.share, of=current.of)
        fault = Fault.NOT_MEASURED if candidate is None else _fault(candidate, current, allowed)
    return Compared(what=what, candidate=candidate, current=current, tolerance=allowed, fault=fault)


def _fault(candidate: Measured, current: Measured, allowed: float | None) -> Fault | None:
    # Where the candidate's exam was held without the target, the current model's holds for both.
    judged = candidate
    if candidate.kept is None:
        judged = replace(candidate, least=current.least, most=current.most)
    if allowed is None:
        return None if judged.kept else Fault.MISSES
    falls = current.most is not None
    lost = judged.share - current.share if falls else current.share - judged.share
    return Fault.WORSE if lost > allowed and not judged.kept else None

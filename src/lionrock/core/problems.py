"""What makes two events the same problem, and how long a silence ends an episode."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lionrock.core.events import Event
from lionrock.core.rsit import Rsit

_BY_FAMILY: Final = {"malicious-code"}
_BY_SERVICE: Final = {"vulnerable", "availability", "intrusions"}

GAPS: Final[dict[str, timedelta]] = {
    "malicious-code": timedelta(days=7),
    "vulnerable": timedelta(days=14),
    "fraud": timedelta(days=3),
    "intrusion-attempts": timedelta(days=2),
    "information-gathering": timedelta(days=2),
    "abusive-content": timedelta(days=3),
    "intrusions": timedelta(days=14),
}
"""How long one problem on one asset may go unseen within one episode, by class of the taxonomy:
scans come daily or weekly, so a weekly scan may fail once; attacks come in bursts; a phishing page
that returns after three days is a new page."""

GAP: Final = timedelta(days=7)
"""The gap of every other class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A type of the taxonomy plus what tells two apart; ``key`` is stable and compared as text."""

    kind: Rsit
    key: str


def problem_of(event: Event) -> Problem:
    """Return the problem an event shows.

    An infection is told apart by its family (or, unnamed, by report), a service by name and port, a
    vulnerability by its CVEs, everything by its variant.
    """
    parts = [event.kind.value, event.variant]
    classification = event.kind.classification
    if classification in _BY_FAMILY:
        parts.append(event.family or "")
    if classification in _BY_SERVICE:
        parts.append(event.service or "")
        parts.append(f"{event.port}/{event.transport or ''}" if event.port else "")
        parts.append(",".join(sorted(event.cves)))
    return Problem(kind=event.kind, key="|".join(parts).rstrip("|"))


def told_apart_by_service(kind: Rsit) -> bool:
    """Tell whether two problems of this kind differ by service, port and CVEs."""
    return kind.classification in _BY_SERVICE


def gap_of(kind: Rsit) -> timedelta:
    """Return how long a silence ends an episode of this kind."""
    return GAPS.get(kind.classification, GAP)

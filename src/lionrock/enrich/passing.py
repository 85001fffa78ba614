"""Who gets what is outside the region: partners, by the rules an administrator set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lionrock.core.events import Event, Severity
from lionrock.core.facts import Facts
from lionrock.core.tlp import Tlp

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one partner is passed; empty fields match everything.

    ``kind`` is a class or a type of the taxonomy, ``severity`` the least severe that is passed, and
    ``ceiling`` the narrowest label: nothing narrower reaches the partner.
    """

    partner: int
    ceiling: Tlp
    countries: tuple[str, ...] = ()
    kind: str = ""
    severity: str = ""


class Passing:
    """The rules that hold for one feed, whose label is ``tlp`` where an event bears none."""

    def __init__(self, rules: Sequence[Pass], *, tlp: Tlp) -> None:
        self._rules = tuple(rules)
        self._tlp = tlp

    def partners(self, event: Event, facts: Facts) -> tuple[int, ...]:
        """Return the partners that get an event outside the region, each once, in the rules' order."""
        label = event.tlp or self._tlp
        country = facts.located or event.reported_country or ""
        if not country:
            return ()  # nobody knows whose it is
        return tuple(
            dict.fromkeys(
                rule.partner
                for rule in self._rules
                if label.allows(rule.ceiling) and _matches(rule, event, country)
            )
        )


def _matches(rule: Pass, event: Event, country: str) -> bool:
    if rule.countries and country not in rule.countries:
        return False
    if rule.kind and rule.kind not in (event.kind.value, event.kind.classification):
        return False
    return not rule.severity or _RANK[event.severity] <= _RANK[Severity(rule.severity)]

"""When an episode is told: the first rule that matches, or what everybody would expect without rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal

from lionrock.core.events import Severity
from lionrock.desk.constituents.models import Constituent, Frequency, Rule
from lionrock.desk.events.models import Episode

When = Literal["at_once", "digest", "never"]

_ORDER: Final = [severity.value for severity in Severity]
_URGENT: Final = {Severity.CRITICAL.value, Severity.HIGH.value}
DIGEST_HOUR: Final = 9
"""The local hour of a digest to somebody who is not registered."""
ESCALATE_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """When an episode is told, how long we wait for an answer, and which rule says so."""

    when: When
    escalate_days: int
    rule: str


def active_rules() -> list[Rule]:
    """Return the rules in the order in which they are asked."""
    return list(Rule.objects.filter(active=True).order_by("order", "pk"))


def ruling_of(episode: Episode, constituent: Constituent | None, rules: Sequence[Rule]) -> Ruling:
    """Return when the episode is told.

    Without a matching rule: never where it is for information alone, at once where it is critical
    or high, else in the digest.
    """
    for rule in rules:
        if _matches(rule, episode, constituent):
            when: When = (
                "at_once"
                if rule.when == "at_once"
                else "never"
                if rule.when == "never"
                else "digest"
            )
            return Ruling(when=when, escalate_days=rule.escalate_days, rule=rule.title)
    if episode.severity == Severity.INFO:
        return Ruling(when="never", escalate_days=ESCALATE_DAYS, rule="")
    urgent = episode.severity in _URGENT
    return Ruling(when="at_once" if urgent else "digest", escalate_days=ESCALATE_DAYS, rule="")


def due(
    ruling: Ruling, constituent: Constituent | None, *, now: datetime, zone: tzinfo
) -> datetime:
    """Return from when the letter may leave: now, or the digest's next hour in the region's time."""
    frequency = constituent.frequency if constituent else Frequency.DAILY
    if ruling.when == "at_once" or frequency == Frequency.AT_ONCE:
        return now
    hour = constituent.digest_hour if constituent else DIGEST_HOUR
    local = now.astimezone(zone)
    at = local.replace(hour=min(hour, 23), minute=0, second=0, microsecond=0)
    if at < local:
        at += timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        at += timedelta(days=-at.weekday() % 7)
    return at.astimezone(now.tzinfo)


def _matches(rule: Rule, episode: Episode, constituent: Constituent | None) -> bool:
    if rule.kind and episode.kind != rule.kind and episode.kind.partition(".")[0] != rule.kind:
        return False
    if rule.severity and _rank(episode.severity) > _rank(rule.severity):
        return False
    if rule.feed and rule.feed not in episode.feeds:
        return False
    if rule.constituent_id and (constituent is None or constituent.pk != rule.constituent_id):
        return False
    return not (rule.critical_only and (constituent is None or not constituent.critical))


def _rank(severity: str) -> int:
    return _ORDER.index(severity) if severity in _ORDER else len(_ORDER)

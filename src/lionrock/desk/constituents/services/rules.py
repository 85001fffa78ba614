"""The rules of telling: which problem is told at once, in the digest or never, and how soon again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import Rule
from lionrock.desk.constituents.reading import Unfit, Why, one_line
from lionrock.desk.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a rule says; empty fields match everything. ``when``: ``at_once``, ``digest``, ``never``."""

    title: str
    order: int = 100
    active: bool = True
    kind: str = ""
    severity: str = ""
    feed: str = ""
    constituent_id: int | None = None
    critical_only: bool = False
    when: str = "digest"
    escalate_days: int = 7


@transaction.atomic
def add_rule(*, order: Order, by: Person, now: datetime) -> Rule:
    """Add a rule; raise Unfit when it has no title."""
    rule = Rule.objects.create(**asdict(_fit(order)))
    _record("rule.added", rule, by, now)
    return rule


@transaction.atomic
def change_rule(*, rule_id: int, order: Order, by: Person, now: datetime) -> Rule:
    """Change a rule; raise Unfit when it has no title."""
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    for name, value in asdict(_fit(order)).items():
        setattr(rule, name, value)
    rule.save()
    _record("rule.changed", rule, by, now)
    return rule


@transaction.atomic
def remove_rule(*, rule_id: int, by: Person, now: datetime) -> None:
    """Remove a rule; one that is gone already changes nothing."""
    rule = Rule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is not None:
        _record("rule.removed", rule, by, now)
        rule.delete()


def order_of(rule: Rule) -> Order:
    """Return what a rule says."""
    return Order(**{name: getattr(rule, name) for name in Order.__slots__})


def _fit(order: Order) -> Order:
    title = one_line(order.title)
    if not title:
        raise Unfit(Why.NAME)
    return Order(**{**asdict(order), "title": title[:200]})


def _record(action: str, rule: Rule, by: Person, now: datetime) -> None:
    said = {name: value for name, value in asdict(order_of(rule)).items() if name != "title"}
    record(by=by, action=action, subject=rule.title, details=said, now=now)

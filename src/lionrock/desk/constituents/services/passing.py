"""The rules of passing on: which partner gets which events outside the region."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import Constituent, ConstituentKind, PassingRule
from lionrock.desk.constituents.reading import Unfit, Why, one_line
from lionrock.desk.people.models import Person

MOST_COUNTRIES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingOrder:
    """What a rule says; empty fields match everything. ``countries`` as ``countries_of`` gives them."""

    title: str
    partner_id: int
    active: bool = True
    countries: str = ""
    kind: str = ""
    severity: str = ""
    feed: str = ""


@transaction.atomic
def add_passing_rule(*, order: PassingOrder, by: Person, now: datetime) -> PassingRule:
    """Add a rule; raise Unfit when it has no title, or names somebody who is no partner."""
    rule = PassingRule.objects.create(**asdict(_fit(order)))
    _record("passing.added", rule, by, now)
    return rule


@transaction.atomic
def change_passing_rule(
    *, rule_id: int, order: PassingOrder, by: Person, now: datetime
) -> PassingRule:
    """Change a rule; raise Unfit as for a new one."""
    rule = PassingRule.objects.select_for_update().get(pk=rule_id)
    for name, value in asdict(_fit(order)).items():
        setattr(rule, name, value)
    rule.save()
    _record("passing.changed", rule, by, now)
    return rule


@transaction.atomic
def remove_passing_rule(*, rule_id: int, by: Person, now: datetime) -> None:
    """Remove a rule; one that is gone already changes nothing."""
    rule = PassingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is not None:
        _record("passing.removed", rule, by, now)
        rule.delete()


def passing_order_of(rule: PassingRule) -> PassingOrder:
    """Return what a rule says."""
    return PassingOrder(**{name: getattr(rule, name) for name in PassingOrder.__slots__})


def countries_of(text: str) -> str:
    """Return country codes as they are stored: upper case, each once, in order.

    Raise ValueError, with the word, for one that is no two-letter code.
    """
    words = text.upper().replace(",", " ").replace(";", " ").split()
    for word in words:
        if len(word) != 2 or not word.isascii() or not word.isalpha():
            raise ValueError(word[:20])
    if len(words) > MOST_COUNTRIES:
        raise ValueError(words[MOST_COUNTRIES])
    return " ".join(sorted(set(words)))


def _fit(order: PassingOrder) -> PassingOrder:
    title = one_line(order.title)
    if not title:
        raise Unfit(Why.NAME)
    partner = Constituent.objects.filter(pk=order.partner_id).first()
    if partner is None or partner.kind != ConstituentKind.PARTNER:
        raise Unfit(Why.CHOICE, str(partner or order.partner_id))
    countries = countries_of(order.countries)
    return PassingOrder(**{**asdict(order), "title": title[:200], "countries": countries})


def _record(action: str, rule: PassingRule, by: Person, now: datetime) -> None:
    said = {
        name: value for name, value in asdict(passing_order_of(rule)).items() if name != "title"
    }
    said["partner"] = rule.partner.name
    record(by=by, action=action, subject=rule.title, details=said, now=now)

"""Which partner gets which events outside the region: the rules as reading and pages ask them."""

from dataclasses import dataclass

from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import Constituent, PassingRule
from lionrock.desk.feeds.models import Source
from lionrock.enrich.passing import Pass


def passes_of(feed: str) -> tuple[Pass, ...]:
    """Return the rules in force for a feed, as those who read deliveries take them."""
    return tuple(
        Pass(
            partner=rule.partner_id,
            ceiling=Tlp(rule.partner.ceiling),
            countries=tuple(rule.countries.split()),
            kind=rule.kind,
            severity=rule.severity,
        )
        for rule in rules_for(feed)
    )


def rules_for(feed: str) -> list[PassingRule]:
    """Return the rules in force that speak of a feed's events, the oldest first."""
    rules = PassingRule.objects.filter(
        active=True, partner__active=True, feed__in=["", feed]
    ).select_related("partner")
    return list(rules.order_by("pk"))


def passing_feeds() -> list[str]:
    """Return the feeds whose setting says that what is outside the region is passed on."""
    on = Source.objects.filter(outside="pass").order_by("feed")
    return list(on.values_list("feed", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearer:
    """A partner that hears of a country's assets by a rule, and through which feeds."""

    rule: PassingRule
    partner: Constituent
    feeds: tuple[str, ...]


def hearers(country: str) -> list[Hearer]:
    """Return who would hear of an asset in a country outside the region, and through which feeds.

    A rule under which no feed passes anything on is among them: its ``feeds`` are empty.
    """
    on = passing_feeds()
    rules = PassingRule.objects.filter(active=True, partner__active=True).select_related("partner")
    return [
        Hearer(
            rule=rule,
            partner=rule.partner,
            feeds=tuple(feed for feed in on if rule.feed in ("", feed)),
        )
        for rule in rules.order_by("title", "pk")
        if country and (not rule.countries or country in rule.countries.split())
    ]

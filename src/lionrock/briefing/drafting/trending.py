"""Begins a fact sheet with a trend: its figures, its days, its names, and what its members show of themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from lionrock.briefing import definitions
from lionrock.briefing.drafting.composing import House
from lionrock.briefing.extracting import Overheard, by_rules, tricks
from lionrock.briefing.facts import (
    Campaign,
    Count,
    FactSheet,
    Seen,
    Shared,
    Source,
    Trick,
    is_name,
)
from lionrock.briefing.trends.facts import TrendFacts
from lionrock.core.alerts import Kind

_SHARED: Final = {"certificate": Shared.CERTIFICATE, "address": Shared.ADDRESS}
_TENANT: Final = "tenant_of"


def sheet_of_trend(
    facts: TrendFacts,
    house: House,
    *,
    now: datetime,
    sources: Sequence[Source] = (),
    heard: Sequence[Overheard] = (),
) -> FactSheet:
    """Return the sheet of a trend.

    ``heard`` are titles and messages of its members, of which only traits are taken; the references they
    are kept under have to be those of ``sources`` or of the trend's indicators.
    """
    brand = next((each for each in house.region.brands if each.id == facts.brand), None)
    hosts = [
        (each.value, each.cites[0])
        for each in facts.indicators
        if each.kind == "host" and each.cites
    ]
    family = _family(facts, house)
    imitates = tricks(hosts, brand, house.region) if brand else ()
    if _TENANT in facts.traits and all(each.what is not Trick.TENANT for each in imitates):
        imitates = (*imitates, Seen(what=Trick.TENANT, cites=(facts.ref,)))
    campaign = Campaign(
        ref=facts.ref,
        since=facts.since,
        last=facts.last,
        brand=brand.id if brand else None,
        family=family,
        tricks=imitates,
        shared=tuple(
            Seen(what=_SHARED[trait], cites=(facts.ref,))
            for trait in facts.traits
            if trait in _SHARED
        ),
    )
    known = {
        facts.ref,
        *(source.ref for source in sources),
        *(cite for each in facts.indicators for cite in each.cites),
    }
    traits = by_rules([each for each in heard if each.ref in known], house.wording)
    if facts.kind is Kind.PHISHING:
        campaign = traits.added_to(campaign)
    elif facts.kind is not Kind.MALWARE:
        campaign = replace(campaign, tricks=())
    usual = facts.usual.id if facts.usual else None
    return FactSheet(
        id=f"{facts.last}-{facts.ref.replace(':', '-')}",
        kind=facts.kind,
        now=now,
        figures=facts.figures,
        counts=(Count(now=facts.now.id, before=facts.before.id, usual=usual),),
        campaign=campaign,
        indicators=facts.indicators,
        sources=tuple(sources),
        brands=(brand.id,) if brand else (),
    )


def _family(facts: TrendFacts, house: House) -> str | None:
    """Return a family as it is printed; None where the name that a source gave is no name."""
    if not facts.family:
        return None
    name = definitions.load(house.region.code).family_name(facts.family)
    return name if is_name(name) else None

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
    brand = facts.brand if any(each.id == facts.brand for each in house.region.brands) else None
    tenants = (Seen(what=Trick.TENANT, cites=(facts.ref,)),) if _TENANT in facts.traits else ()
    usual = facts.usual.id if facts.usual else None
    phishing = facts.kind is Kind.PHISHING
    sheet = FactSheet(
        id=f"{facts.last}-{facts.ref.replace(':', '-')}",
        kind=facts.kind,
        now=now,
        figures=facts.figures,
        counts=(Count(now=facts.now.id, before=facts.before.id, usual=usual),),
        campaign=Campaign(
            ref=facts.ref,
            since=facts.since,
            last=facts.last,
            brand=brand,
            family=_family(facts.family, house),
            tricks=tenants if phishing else (),
            shared=tuple(
                Seen(what=_SHARED[trait], cites=(facts.ref,))
                for trait in facts.traits
                if trait in _SHARED
            ),
        ),
        # Elsewhere they are the addresses of victims, which are nobody's to publish.
        indicators=tuple(each for each in facts.indicators if each.kind in {"host", "url"})
        if phishing
        else (),
        sources=tuple(sources),
        brands=(brand,) if brand else (),
    )
    return with_traits(sheet, house, heard=heard)


def with_traits(sheet: FactSheet, house: House, *, heard: Sequence[Overheard] = ()) -> FactSheet:
    """Return a sheet with its family as it is printed, and of phishing what names and pages show.

    ``heard`` are read for traits alone; those kept under no reference of the sheet are left out.
    """
    campaign = sheet.campaign
    if campaign is None:
        return sheet
    if campaign.family:
        campaign = replace(campaign, family=_family(campaign.family, house))
    if sheet.kind is not Kind.PHISHING:
        return replace(sheet, campaign=campaign)
    brand = next((each for each in house.region.brands if each.id == campaign.brand), None)
    if brand:
        hosts = [
            (each.value, each.cites[0])
            for each in sheet.indicators
            if each.kind == "host" and each.cites
        ]
        known = {each.what for each in campaign.tricks}
        found = tuple(each for each in tricks(hosts, brand, house.region) if each.what not in known)
        campaign = replace(campaign, tricks=(*found, *campaign.tricks))
    references = sheet.references()
    traits = by_rules([each for each in heard if each.ref in references], house.wording)
    return replace(sheet, campaign=traits.added_to(campaign))


def _family(family: str, house: House) -> str | None:
    """Return a family as it is printed; None where the name that a source gave is no name."""
    name = definitions.load(house.region.code).family_name(family) if family else ""
    return name if is_name(name) else None

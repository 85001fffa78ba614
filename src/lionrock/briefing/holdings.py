"""What each reference of a fact sheet holds: the numbers, dates, names and hosts that may rest on it."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from lionrock.briefing.drafting import rendering, versions
from lionrock.briefing.drafting.slots import brand_names, quote, shown
from lionrock.briefing.facts import Campaign, FactSheet
from lionrock.briefing.wording import Wording
from lionrock.core.alerts import LANGUAGES
from lionrock.core.figures import Figure, change
from lionrock.core.region import Region

COPIED: Final = 24
"""So many letters in a row of strangers' words that nobody chose are a copy."""
LONGEST_READ: Final = 1_200
"""Characters of strangers' words that are compared."""


@dataclass(slots=True)
class Holding:
    """What one reference holds. ``texts`` are whole texts by language, each with what it stands for."""

    texts: dict[str, dict[str, str]] = field(
        default_factory=lambda: {language: {} for language in LANGUAGES}
    )
    numbers: set[Decimal] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    brands: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    cves: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    networks: set[int] = field(default_factory=set)

    def text(self, texts: Mapping[str, str], stands_for: str) -> None:
        """Hold a text in all languages."""
        for language in LANGUAGES:
            self.texts[language][texts[language]] = stands_for

    def add(self, other: "Holding") -> None:
        """Hold what another holds, too."""
        for language in LANGUAGES:
            self.texts[language] |= other.texts[language]
        self.numbers |= other.numbers
        self.dates |= other.dates
        self.brands |= other.brands
        self.names |= other.names
        self.hosts |= other.hosts
        self.cves |= other.cves
        self.countries |= other.countries
        self.networks |= other.networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What all references of a sheet hold, and the changes that follow from two figures together."""

    by_ref: Mapping[str, Holding]
    changes: Mapping[frozenset[str], frozenset[Decimal]]
    hidden: frozenset[str] = frozenset()
    """Stretches of strangers' words that no person chose to show."""

    def of(self, cites: Iterable[str]) -> Holding:
        """Return what some references hold together."""
        found = Holding()
        for cite in cites:
            if cite in self.by_ref:
                found.add(self.by_ref[cite])
        return found

    def changes_of(self, cites: Iterable[str]) -> frozenset[Decimal]:
        """Return the changes in per cent that follow from figures that are all cited."""
        cited = set(cites)
        return frozenset(
            value for pair, values in self.changes.items() if pair <= cited for value in values
        )


EMPTY: Final = Holdings(by_ref={}, changes={})


def holdings_of(sheet: FactSheet, *, region: Region, wording: Wording) -> Holdings:
    """Return what the references of a sheet hold."""
    found: dict[str, Holding] = {ref: Holding() for ref in sheet.references()}
    for figure in sheet.figures:
        hold_figure(found[f"figure:{figure.id}"], figure, wording)
    for campaign in (sheet.campaign, *sheet.related):
        if campaign:
            _hold_campaign(found, campaign, sheet, region)
    for indicator in sheet.indicators:
        for cite in indicator.cites:
            found[cite].hosts.add(shown(indicator))
    for source in sheet.sources:
        holding = found[source.ref]
        holding.names.add(source.publisher)
        if source.published:
            hold_day(holding, source.published)
        for each in source.quotes:
            if each.shown:
                text = quote(each.text)
                holding.text(dict.fromkeys(LANGUAGES, text), f"quote {text}")
    if sheet.flaw:
        for cite in sheet.flaw.cites:
            holding = found[cite]
            holding.cves |= set(sheet.flaw.cves)
            holding.names.add(sheet.flaw.vendor)
            for product in sheet.flaw.products:
                holding.names.add(product.name)
                if product.versions and versions.read(product.versions) is None:
                    holding.names.add(f"{product.name} {product.versions}")
                for version in product.versions.split():
                    text = version.strip("<>=,;()")
                    if any(sign.isdigit() for sign in text):
                        holding.text(dict.fromkeys(LANGUAGES, text), f"version {text}")
    if sheet.event:
        holding = found[sheet.event.ref]
        hold_day(holding, sheet.event.on)
        if sheet.event.brand:
            _hold_brand(holding, sheet.event.brand, sheet, region)
    for said in sheet.said:
        found[said.ref].text(said.text, f"fact {said.id}")
    return Holdings(
        by_ref=found,
        changes=_changes(sheet),
        hidden=frozenset(
            piece
            for source in sheet.sources
            for each in source.quotes
            if not each.shown
            for piece in pieces(each.text)
        ),
    )


def pieces(text: str) -> set[str]:
    """Return every stretch of ``COPIED`` letters of a text: two texts that share one, share words."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST_READ]).casefold()
    bare = "".join(sign for sign in folded if sign.isalnum())
    return {bare[at : at + COPIED] for at in range(len(bare) - COPIED + 1)}


def hold_figure(holding: Holding, figure: Figure, wording: Wording) -> None:
    """Hold a figure's value, period, silences and what it is narrowed to."""
    if figure.value is not None:
        holding.numbers.add(Decimal(figure.value))
    holding.text(rendering.period(figure.period, wording), f"period {figure.period.key}")
    for each in (figure.period.first, figure.period.last):
        hold_day(holding, each)
    for gap in figure.gaps:
        text = rendering.span(gap.first, gap.last, wording)
        holding.text(text, f"days {gap.first}..{gap.last}")
        hold_day(holding, gap.first)
        hold_day(holding, gap.last)
    for name, value in figure.filters:
        if name == "country":
            holding.countries.add(value)
        elif name == "brand":
            holding.brands.add(value)
        elif name == "family":
            holding.names.add(value)
        elif name == "cve":
            holding.cves.add(value)
        elif name == "network" and value.isdecimal():
            holding.networks.add(int(value))


def hold_day(holding: Holding, when: date) -> None:
    """Hold a day, as each language writes it."""
    holding.dates.add(when)
    holding.text(rendering.day(when), f"day {when}")


def _hold_campaign(
    found: dict[str, Holding], campaign: Campaign, sheet: FactSheet, region: Region
) -> None:
    holding = found[campaign.ref]
    for when in (campaign.since, campaign.last):
        if when:
            hold_day(holding, when)
    if campaign.brand:
        _hold_brand(holding, campaign.brand, sheet, region)
    if campaign.family:
        holding.names.add(campaign.family)
    for place in campaign.hosting:
        for one in (holding, found[f"figure:{place.figure}"]):
            one.countries.add(place.country)
            if place.asn is not None:
                one.networks.add(place.asn)


def _hold_brand(holding: Holding, brand: str, sheet: FactSheet, region: Region) -> None:
    holding.brands.add(brand)
    names = brand_names(brand, {each.id: each.names for each in sheet.named}, region)
    holding.text(names, f"brand {brand}")


def _changes(sheet: FactSheet) -> dict[frozenset[str], frozenset[Decimal]]:
    found: dict[frozenset[str], set[Decimal]] = {}
    for count in sheet.counts:
        if count.before is None:
            continue
        now, before = sheet.figure(count.now), sheet.figure(count.before)
        value = None if now.gaps or before.gaps else change(now, before)
        if value is not None:
            pair = frozenset({f"figure:{now.id}", f"figure:{before.id}"})
            found.setdefault(pair, set()).add(abs(value))
    return {pair: frozenset(values) for pair, values in found.items()}

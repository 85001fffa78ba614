"""What a draft needs to know of a trend: a closed value, whatever it was found by."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lionrock.briefing.facts import Campaign, Count, FactSheet, Seen, Shared, is_name
from lionrock.core.alerts import Indicator, Kind
from lionrock.core.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendFacts:
    """A trend as a fact sheet begins with it.

    ``ref`` is its reference (``trend:12``) and ``link`` the console's address of its page.
    ``dimension`` and ``value`` say what rose (``family``, ``mirai``); ``also`` the other series that
    tell the same. ``now``, ``before`` and ``usual`` are the figures of the trend's days, of as many
    days before, and of what was expected (``None`` where nothing was); ``figures`` all of them.
    ``traits`` are codes of what a campaign's names share (certificate, address, series, brand,
    tenant_of). ``indicators`` cite the suspects and episodes they were taken from.
    """

    ref: str
    link: str
    kind: Kind
    what: str
    dimension: str
    value: str
    since: date
    last: date
    yearly: float
    now: Figure
    before: Figure
    usual: Figure | None = None
    brand: str = ""
    family: str = ""
    cves: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    traits: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, the most telling first."""
        return (self.now, self.before, *((self.usual,) if self.usual else ()))


def alert_kind(dimension: str, value: str, also: tuple[tuple[str, str], ...] = ()) -> Kind:
    """Return what kind of alert such a trend asks for; a person may choose another."""
    series = ((dimension, value), *also)
    names = {each for each, _value in series}
    if names & {"campaign", "brand", "sector"} or ("kind", "fraud.phishing") in series:
        return Kind.PHISHING
    if names & {"cve", "product"} or any(value.startswith("vulnerable.") for _, value in series):
        return Kind.VULNERABILITY
    kinds = {value for each, value in series if each == "kind"}
    if "family" in names and not kinds & {"malicious-code.malware-distribution"}:
        return Kind.BOTNET
    return Kind.MALWARE


_SHARED: Final = {
    "certificate": Shared.CERTIFICATE,
    "address": Shared.ADDRESS,
}
DRAFTED: Final = frozenset({Kind.PHISHING, Kind.MALWARE, Kind.BOTNET})
"""Kinds of alert that a trend alone can be drafted into; a vulnerability needs an advisory."""


def sheet_of(trend: TrendFacts, *, brands: Collection[str], now: datetime) -> FactSheet | None:
    """Return the fact sheet that a draft of this trend begins with; ``None`` where it needs more.

    ``brands`` are the ids of the region's catalogue: others may not be named. A campaign of nobody's
    brand is told without one.
    """
    if trend.kind not in DRAFTED:
        return None
    brand = trend.brand if trend.brand in brands else None
    family = trend.family if is_name(trend.family) else None
    if trend.kind is not Kind.PHISHING and family is None:
        return None
    cites = (trend.ref,)
    count = Count(
        now=trend.now.id,
        before=trend.before.id,
        usual=trend.usual.id if trend.usual else None,
    )
    return FactSheet(
        id=trend.ref.replace(":", "-"),
        kind=trend.kind,
        now=now,
        figures=trend.figures,
        counts=(count,),
        campaign=Campaign(
            ref=trend.ref,
            since=trend.since,
            last=trend.last,
            brand=brand,
            family=family,
            shared=tuple(
                Seen(what=_SHARED[trait], cites=cites) for trait in trend.traits if trait in _SHARED
            ),
        ),
        indicators=tuple(each for each in trend.indicators if each.kind in {"host", "url"})
        if trend.kind is Kind.PHISHING
        else (),  # addresses of victims are nobody's to publish
        brands=(brand,) if brand else (),
    )

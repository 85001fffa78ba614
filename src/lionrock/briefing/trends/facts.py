"""What a draft needs to know of a trend: a closed value, whatever it was found by."""

from dataclasses import dataclass
from datetime import date

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

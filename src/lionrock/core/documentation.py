"""Invented holders of the documentation networks, so that samples and first days need no real party.

The networks are those no packet travels to (RFC 5737, RFC 3849, RFC 2544), the numbers those no network uses
(RFC 5398). Nothing here names a region: holders stand "at home", wherever that is, or elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

DAY: Final = date(2026, 11, 1)
"""When these were made up."""


class Trade(StrEnum):
    """What a holder does, in the words of a constituent's kind."""

    ISP = "isp"
    HOSTING = "hosting"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A party that does not exist, its networks and its number.

    ``registered`` and ``used`` say where its networks stand in a registry and where they are used:
    0 at home, otherwise that many places along the list of other countries.
    """

    asn: int
    name: str
    label: str
    """The first label of its domain."""
    trade: Trade
    networks: tuple[str, ...]
    registered: int = 0
    used: int = 0
    sector: str = ""
    """Which of a region's sectors it belongs to, if the region has it."""
    critical: bool = False


HOLDERS: Final = (
    Holder(
        asn=64496,
        name="Bluefin Broadband",
        label="bluefin-broadband",
        trade=Trade.ISP,
        networks=("192.0.2.0/25", "2001:db8:1000::/36"),
        sector="telecom",
        critical=True,
    ),
    Holder(
        asn=64497,
        name="Tramline Mobile",
        label="tramline-mobile",
        trade=Trade.ISP,
        networks=("192.0.2.128/26", "2001:db8:2000::/36"),
        sector="telecom",
        critical=True,
    ),
    Holder(
        asn=64498,
        name="Cloudjetty Hosting",
        label="cloudjetty",
        trade=Trade.HOSTING,
        networks=("198.51.100.0/25", "2001:db8:3000::/36"),
        sector="tech",
    ),
    Holder(
        asn=64499,
        name="Paper Lantern Data Centre",
        label="paper-lantern",
        trade=Trade.HOSTING,
        networks=("198.51.100.128/26", "2001:db8:4000::/36"),
        sector="tech",
    ),
    Holder(
        asn=64500,
        name="Saltwind University",
        label="saltwind-university",
        trade=Trade.ORGANISATION,
        networks=("198.51.100.192/27", "2001:db8:5000::/40"),
        sector="education",
    ),
    Holder(
        asn=64501,
        name="Goldleaf Savings Bank",
        label="goldleaf-savings",
        trade=Trade.ORGANISATION,
        networks=("192.0.2.192/28",),
        sector="bank",
        critical=True,
    ),
    Holder(
        asn=64502,
        name="Ninth Bridge Hospital",
        label="ninth-bridge-hospital",
        trade=Trade.ORGANISATION,
        networks=("192.0.2.208/28",),
        sector="health",
        critical=True,
    ),
    Holder(
        asn=64503,
        name="Lamplight Power",
        label="lamplight-power",
        trade=Trade.ORGANISATION,
        networks=("192.0.2.224/27", "2001:db8:5100::/40"),
        sector="utility",
        critical=True,
    ),
    Holder(
        asn=64504,
        name="Driftwood Cloud",
        label="driftwood-cloud",
        trade=Trade.HOSTING,
        networks=("203.0.113.192/27",),
        registered=1,
    ),
    Holder(
        asn=64505,
        name="Kitehouse Transit",
        label="kitehouse",
        trade=Trade.ISP,
        networks=("203.0.113.224/27",),
        used=2,
        sector="telecom",
    ),
    Holder(
        asn=64511,
        name="Millrace Test Range",
        label="millrace",
        trade=Trade.ISP,
        networks=("198.18.0.0/16",),
    ),
    Holder(
        asn=65536,
        name="Prairie Lights Telephone",
        label="prairie-lights",
        trade=Trade.ISP,
        networks=("203.0.113.0/26", "2001:db8:a000::/36"),
        registered=1,
        used=1,
    ),
    Holder(
        asn=65537,
        name="Northern Rack",
        label="northern-rack",
        trade=Trade.HOSTING,
        networks=("203.0.113.64/26", "2001:db8:b000::/36"),
        registered=2,
        used=2,
    ),
    Holder(
        asn=65538,
        name="Red Soil Internet",
        label="red-soil",
        trade=Trade.ISP,
        networks=("203.0.113.128/27", "198.51.100.224/27"),
        registered=3,
        used=3,
    ),
    Holder(
        asn=65539,
        name="Long White Servers",
        label="long-white-servers",
        trade=Trade.HOSTING,
        networks=("203.0.113.160/27", "2001:db8:c000::/36"),
        registered=4,
        used=4,
    ),
    Holder(
        asn=65540,
        name="Weir Test Range",
        label="weir",
        trade=Trade.ISP,
        networks=("198.19.0.0/16",),
        registered=5,
        used=5,
    ),
)

SAMPLE: Final = "lionrock-sample"
"""Stands in every made-up host name below a real ending, so that nobody is asked about it."""

_OTHERS: Final = ("US", "DE", "BR", "NZ", "ZA")
"""Countries to stand for elsewhere; one of the region's own is passed over."""


def country(place: int, home: Sequence[str]) -> str:
    """Return the country that ``place`` of a Holder means where ``home`` are the region's countries."""
    if place == 0:
        return home[0] if home else ""
    others = [code for code in _OTHERS if code not in home]
    return others[(place - 1) % len(others)]


def at_home() -> Iterator[Holder]:
    """Yield the holders whose networks are used at home."""
    return (holder for holder in HOLDERS if holder.used == 0)

"""Who appears in the sample week: machines with what is wrong with them, and the pages of impostors."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Final

from lionrock.core.documentation import HOLDERS, SAMPLE, Holder, Trade, at_home, country
from lionrock.core.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that reports list from day ``first`` to day ``last`` of the week, 0 to 6."""

    address: str
    host: str
    asn: int
    country: str
    """What sources say; they are right."""
    flaw: str
    """The report that lists it."""
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A web page that is not what it says, up from day ``first`` to ``last``."""

    host: str
    path: str
    address: str
    asn: int
    country: str
    brand: str
    first: int
    last: int

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


_FLAWS: Final = {
    Trade.ISP: (
        *("scan_telnet", "scan_snmp", "scan_dns", "event4_sinkhole_http", "event4_sinkhole_http"),
        *("event4_honeypot_brute_force", "scan_telnet"),
    ),
    Trade.HOSTING: (
        *("scan_rdp", "scan_dns", "compromised_website", "event4_honeypot_brute_force"),
        *("compromised_website", "scan_mongodb"),
    ),
    Trade.ORGANISATION: ("scan_exchange", "scan_rdp", "scan_snmp", "event4_sinkhole_http"),
}
_BAITS: Final = ("parcel-fee", "account-check", "toll-payment", "refund-desk", "card-renewal")
_PATHS: Final = ("/login", "/verify/index.html", "/pay", "/secure/?step=1", "/track")


class Cast:
    """Everybody, made up once for a week: the same dice give the same people."""

    def __init__(self, region: Region, dice: random.Random) -> None:
        self.region = region
        self.dice = dice
        home = [holder for holder in at_home() if holder.label != "millrace"]
        away = [holder for holder in HOLDERS if holder.used and holder.label != "weir"]
        self.machines = [
            *(machine for holder in home for machine in self._machines(holder)),
            *(machine for holder in away for machine in self._machines(holder, most=4)),
        ]
        hosting = [holder for holder in (*home, *away) if holder.trade is Trade.HOSTING]
        self.phishing = list(self._pages(hosting, count=14))
        self.malware = list(self._pages(hosting, count=10))

    def listed(self, flaw: str, day: int) -> list[Machine]:
        """Return the machines that a report lists on a day."""
        return [
            machine
            for machine in self.machines
            if machine.flaw == flaw and machine.first <= day <= machine.last
        ]

    def one(self, flaw: str, day: int) -> Machine:
        """Return a machine with a flaw, one that is listed on the day if there is any."""
        every = [machine for machine in self.machines if machine.flaw == flaw]
        return (*self.listed(flaw, day), *every)[0]

    def up(self, day: int) -> list[Page]:
        """Return the phishing pages that are up on a day, at least one."""
        pages = [page for page in self.phishing if page.first <= day <= page.last]
        return pages or self.phishing[:1]

    def _machines(self, holder: Holder, most: int = 20) -> Iterator[Machine]:
        network = _v4(holder)
        count = min(most, max(3, network.num_addresses // 6))
        addresses = self.dice.sample(range(1, network.num_addresses - 1), count)
        for number, place in enumerate(addresses):
            address = str(network[place])
            flaws = _FLAWS[holder.trade]
            first = self.dice.choices((0, 1, 3, 5, 6), (10, 3, 3, 2, 2))[0]
            last = self.dice.choices((6, min(6, first + 2), min(6, first + 1)), (11, 4, 3))[0]
            yield Machine(
                address=address,
                host=f"host-{address.replace('.', '-')}.{holder.label}.example",
                asn=holder.asn,
                country=country(holder.used, self.region.countries),
                flaw=flaws[number % len(flaws)],
                first=first,
                last=last,
            )

    def _pages(self, hosting: list[Holder], count: int) -> Iterator[Page]:
        for number in range(count):
            holder = self.dice.choice(hosting)
            network = _v4(holder)
            bait = self.dice.choice(_BAITS)
            under = self.region.tlds[0] if self.region.tlds and number % 3 == 0 else "example"
            first = self.dice.choice((2, 4, 4, 5, 6))
            yield Page(
                host=f"{bait}-{number}-{SAMPLE}.{under}",
                path=self.dice.choice(_PATHS),
                address=str(network[self.dice.randrange(1, network.num_addresses - 1)]),
                asn=holder.asn,
                country=country(holder.used, self.region.countries),
                brand=self.dice.choice(("Goldleaf Savings Bank", "Ferryline Parcels", "Tollgate")),
                first=first,
                last=min(6, first + self.dice.choice((1, 2, 4))),
            )


def _v4(holder: Holder) -> IPv4Network:
    return next(
        network for text in holder.networks if isinstance(network := ip_network(text), IPv4Network)
    )

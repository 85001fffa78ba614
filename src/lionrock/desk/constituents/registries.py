"""Who holds the region's networks according to registries and routing: proposals a person picks from."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    summarize_address_range,
)
from pathlib import Path

import numpy as np

from lionrock.enrich.countries import code_number
from lionrock.enrich.dated import Dated, stored
from lionrock.enrich.intervals import BITS, Intervals

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An autonomous system that announces networks registered in the region."""

    asn: int
    name: str
    """Empty where no table says."""
    networks: tuple[str, ...]
    """Those of its networks that are registered in the region, joined where they touch."""
    addresses: int
    """IPv4 addresses among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What the tables at hand say; ``tables`` names them with their days."""

    holders: tuple[Holder, ...]
    tables: tuple[str, ...]


def holders(folder: Path, *, countries: Collection[str], at: date) -> Proposals:
    """Return the holders of the region's networks, the largest first.

    What a registry delegated to one of ``countries`` is looked up in the newest routing table: who
    announces it. Addresses that nobody announces have nobody to propose.
    """
    tables = [table for table in stored(folder) if table.age.day <= at]
    used: dict[str, None] = {}
    spans: dict[int, list[Network]] = {}
    for version in (4, 6):
        routing = _newest(tables, "routing", version)[:1]
        for announced in routing:
            for registry in _newest(tables, "registry", version):
                used |= dict.fromkeys((announced.label, registry.label))
                for asn, first, last in _announced(
                    _of(announced, version), _of(registry, version), countries
                ):
                    spans.setdefault(asn, []).extend(_networks(version, first, last))
    names = [table.names for table in tables if table.age.fact == "holder" and table.names]
    found = []
    for asn, networks in spans.items():
        joined = _joined(networks)
        found.append(
            Holder(
                asn=asn,
                name=next((name for one in names if (name := one.get(asn))), ""),
                networks=tuple(str(network) for network in joined),
                addresses=sum(n.num_addresses for n in joined if n.version == 4),
            )
        )
    found.sort(key=lambda one: (-one.addresses, -len(one.networks), one.asn))
    return Proposals(holders=tuple(found), tables=tuple(used))


def _newest(tables: Sequence[Dated], fact: str, version: int) -> list[Dated]:
    """Return the newest table of each source, the newest of all first."""
    chosen: dict[str, Dated] = {}
    for table in tables:
        known = table.v4 if version == 4 else table.v6
        if table.age.fact == fact and known is not None:
            here = chosen.setdefault(table.age.source, table)
            if table.age.day > here.age.day:
                chosen[table.age.source] = table
    return sorted(chosen.values(), key=lambda table: table.age.day, reverse=True)


def _of(table: Dated, version: int) -> Intervals:
    intervals = table.v4 if version == 4 else table.v6
    if intervals is None:
        raise ValueError(table.label)
    return intervals


def _announced(
    routing: Intervals, registry: Intervals, countries: Collection[str]
) -> Iterator[tuple[int, int, int]]:
    """Yield who announces what of the countries' delegations: ASN, first and last address."""
    codes = [code_number(country) for country in countries]
    end = 2 ** BITS[registry.version] - 1
    for row in np.flatnonzero(np.isin(registry.values, codes)).tolist():
        first = registry.first(row)
        last = registry.first(row + 1) - 1 if row + 1 < len(registry.starts) else end
        place = int(routing.rows(registry.starts[row : row + 1])[0])
        while place < len(routing.starts) and routing.first(place) <= last:
            stop = routing.first(place + 1) - 1 if place + 1 < len(routing.starts) else end
            asn = int(routing.values[place])
            if asn:
                yield asn, max(first, routing.first(place)), min(last, stop)
            place += 1


def _networks(version: int, first: int, last: int) -> Iterator[Network]:
    if version == 4:
        yield from summarize_address_range(IPv4Address(first), IPv4Address(last))
    else:
        yield from summarize_address_range(IPv6Address(first), IPv6Address(last))


def _joined(networks: list[Network]) -> list[Network]:
    v4 = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    v6 = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
    return [*v4, *v6]

"""The bundled tables: they place the documentation networks, so that samples work with no download."""

import hashlib
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Final

from lionrock.core.documentation import DAY, HOLDERS, country
from lionrock.core.facts import TableAge
from lionrock.enrich.countries import code_number
from lionrock.enrich.dated import Dated, Names
from lionrock.enrich.intervals import Intervals, Range, flatten

SOURCE: Final = "documentation"


def bundled(home: Sequence[str]) -> list[Dated]:
    """Return a table of each fact; ``home`` are the region's countries, the main one first."""
    routing: dict[int, list[Range]] = {4: [], 6: []}
    registry: dict[int, list[Range]] = {4: [], 6: []}
    used: dict[int, list[Range]] = {4: [], 6: []}
    for holder in HOLDERS:
        for text in holder.networks:
            network = ip_network(text)
            span = (int(network[0]), int(network[-1]))
            routing[network.version].append(Range(*span, holder.asn, network.prefixlen))
            for place, found in ((holder.registered, registry), (holder.used, used)):
                if code := country(place, home):
                    found[network.version].append(Range(*span, code_number(code)))
    return [
        _table("routing", routing, home),
        _table("registry", registry, home),
        _table("geolocation", used, home),
        Dated(
            age=TableAge(fact="holder", source=SOURCE, day=DAY, rows=len(HOLDERS)),
            digest=_digest("holder", home),
            names=Names.of({holder.asn: holder.name for holder in HOLDERS}),
        ),
    ]


def _table(fact: str, ranges: dict[int, list[Range]], home: Sequence[str]) -> Dated:
    def flat(version: int) -> Intervals:
        return flatten(version, ranges[version], merged=fact != "routing")

    return Dated(
        age=TableAge(fact=fact, source=SOURCE, day=DAY, rows=sum(map(len, ranges.values()))),
        digest=_digest(fact, home),
        v4=flat(4),
        v6=flat(6),
    )


def _digest(fact: str, home: Sequence[str]) -> str:
    return hashlib.sha256(f"{fact} {home} {HOLDERS}".encode()).hexdigest()

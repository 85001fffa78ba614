"""Whose is it: constituents' networks, ASNs and domains, searched from the most specific to the widest."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final, Literal

from lionrock.core.hosts import as_host
from lionrock.enrich.addresses import as_key

Kind = Literal["network", "asn", "domain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An asset a constituent registered: ``192.0.2.0/24``, ``64496``, ``example.org``."""

    constituent: int
    kind: Kind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A constituent responsible for something, and the holding that says so."""

    constituent: int
    kind: Kind
    value: str


Matches = tuple[Match, ...]

NOBODY: Final[Matches] = ()
_MOST_KEPT: Final = 50_000


class Directory:
    """Constituents' holdings. ``unreadable`` are those whose value is none of its kind."""

    def __init__(self, holdings: Iterable[Held]) -> None:
        networks: dict[int, list[tuple[int, int, int, Match]]] = {4: [], 6: []}
        self._asns: dict[int, Matches] = {}
        self._domains: dict[str, Matches] = {}
        unreadable: list[Held] = []
        for held in holdings:
            match = Match(constituent=held.constituent, kind=held.kind, value=held.value)
            if held.kind == "network" and (span := _span(held.value)):
                version, first, last, length = span
                networks[version].append((first, last, length, match))
            elif held.kind == "asn" and (asn := _asn(held.value)) is not None:
                self._asns[asn] = (*self._asns.get(asn, ()), match)
            elif held.kind == "domain" and (domain := _domain(held.value)):
                self._domains[domain] = (*self._domains.get(domain, ()), match)
            else:
                unreadable.append(held)
        self.unreadable: Final = tuple(unreadable)
        self._networks = {version: _Nested(spans) for version, spans in networks.items()}
        self._holds_networks = any(networks.values())
        self._kept: dict[tuple[int, int], tuple[Matches, Matches, Matches]] = {}

    def responsible(self, address: str | None, asn: int | None, host: str | None) -> Matches:
        """Return who is responsible, the most specific first, each holding once.

        Longest network first, then the ASN, then the domain: the host's own before its parents'.
        ``address`` may be a network; then only holdings that hold all of it count.
        """
        networks = NOBODY if not address else self._over(address)
        return self._joined(networks, asn, host)

    def responsible_many(
        self,
        addresses: Sequence[str | None],
        asns: Sequence[int | None],
        hosts: Sequence[str | None],
    ) -> list[Matches]:
        """Return ``responsible`` for each of many, in order."""
        joined, over = self._joined, self._over
        if not self._holds_networks:
            return [joined(NOBODY, asn, host) for asn, host in zip(asns, hosts, strict=True)]
        return [
            joined(over(address) if address else NOBODY, asn, host)
            for address, asn, host in zip(addresses, asns, hosts, strict=True)
        ]

    def _over(self, address: str) -> Matches:
        key = as_key(address)
        if key is None:
            return NOBODY
        nested = self._networks[4 if len(key) == 4 else 6]
        _, slash, length = address.partition("/")
        number = int.from_bytes(key, "big")
        if not slash:
            return nested.over(number)
        return nested.over_network(number, int(length)) if length.isdecimal() else NOBODY

    def _joined(self, networks: Matches, asn: int | None, host: str | None) -> Matches:
        found = networks
        by_asn = self._asns.get(asn) if asn is not None else None
        if by_asn is not None:
            found = self._together(networks, by_asn) if networks else by_asn
        if host is not None and self._domains and (above := self._above(host)):
            found = found + above if found else above
        return found

    def _together(self, networks: Matches, by_asn: Matches) -> Matches:
        """Return both, as one and the same object for the same two, so that others can remember it."""
        key = (id(networks), id(by_asn))
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            # With the two whose ids stand in the key, so that nothing else ever has these ids.
            known = self._kept[key] = (networks, by_asn, networks + by_asn)
        return known[2]

    def _above(self, host: str) -> Matches:
        found = NOBODY
        while host:
            found += self._domains.get(host, NOBODY)
            host = host.partition(".")[2]
        return found


class _Nested:
    """Networks of one family; over each address a stack of them, the longest first."""

    def __init__(self, spans: Sequence[tuple[int, int, int, Match]]) -> None:
        self._starts: list[int] = [0]
        self._stacks: list[tuple[tuple[int, Match], ...]] = [()]
        stack: list[tuple[int, int, Match]] = []
        for first, last, length, match in sorted(spans, key=lambda one: (one[0], one[2])):
            while stack and stack[-1][0] < first:
                self._begin(self._closed(stack), stack)
            stack.append((last, length, match))
            self._begin(first, stack)
        while stack:
            self._begin(self._closed(stack), stack)
        self._matches = [tuple(match for _, match in stack) for stack in self._stacks]

    def over(self, number: int) -> Matches:
        return self._matches[bisect_right(self._starts, number) - 1]

    def over_network(self, number: int, length: int) -> Matches:
        stack = self._stacks[bisect_right(self._starts, number) - 1]
        return tuple(match for held, match in stack if held <= length)

    @staticmethod
    def _closed(stack: list[tuple[int, int, Match]]) -> int:
        """Drop the networks that end first; return the address behind them."""
        last = stack[-1][0]
        while stack and stack[-1][0] <= last:
            stack.pop()
        return last + 1

    def _begin(self, at: int, stack: Sequence[tuple[int, int, Match]]) -> None:
        if self._starts[-1] == at:
            self._starts.pop()
            self._stacks.pop()
        self._starts.append(at)
        # Of two holders of one network, the one that came first stays first.
        by_length = sorted(stack, key=lambda one: -one[1])
        self._stacks.append(tuple((length, match) for _, length, match in by_length))


def _span(text: str) -> tuple[int, int, int, int] | None:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return network.version, int(network[0]), int(network[-1]), network.prefixlen


def _asn(text: str) -> int | None:
    digits = text.strip().upper().removeprefix("AS")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 10 else None


def _domain(text: str) -> str | None:
    """Read a domain; a top-level domain of its own is one, too: a registry may hold it."""
    text = text.strip()
    return as_host(text) or (as_host(f"a.{text}") or "")[2:] or None

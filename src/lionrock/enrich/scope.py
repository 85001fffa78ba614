"""Is an event ours, whose is it, and by which fact."""

from collections.abc import Sequence
from typing import Final

from lionrock.core.events import Event
from lionrock.core.facts import Facts, Scope, Why
from lionrock.core.region import Region
from lionrock.enrich.directory import Directory, Match, Matches
from lionrock.enrich.nobody import asset_is_nobodys

LONGEST_FACT: Final = 300
_MOST_KEPT: Final = 20_000


class Scoper:
    """Places events by the region's countries and endings and by what constituents hold."""

    def __init__(self, region: Region, directory: Directory) -> None:
        self._countries = frozenset(region.countries)
        self._endings = tuple(f".{tld}" for tld in sorted(region.tlds, key=len, reverse=True))
        self._directory = directory
        self._kept: dict[tuple[object, ...], Scope] = {}
        self._near: dict[int, tuple[Facts, Matches, Scope]] = {}
        """The scope of facts that say all themselves, by these facts' id, and for whose holdings."""

    def scope(self, event: Event, facts: Facts) -> Scope:
        """Return whether the event is ours, the first fact that holds in ``Why``'s order deciding."""
        return self.scope_many((event,), (facts,))[0]

    def scope_many(self, events: Sequence[Event], facts: Sequence[Facts]) -> list[Scope]:
        """Return the scope of each of many events, in order."""
        matches = self._directory.responsible_many(
            [_address(event) for event in events],
            [one.asn for one in facts],
            [event.host for event in events],
        )
        near = self._near
        scopes: list[Scope] = []
        for event, known, found in zip(events, facts, matches, strict=True):
            # Tables answer with the same object again, and hashing facts would cost more than all else.
            held = near.get(id(known))
            if (
                held is not None
                and held[0] is known
                and held[1] is found
                and event.address is not None  # nobody's has none, see ``placeable``
            ):
                scopes.append(held[2])
                continue
            scope = self._known(event, known, found)
            scopes.append(scope)
            if scope.why is Why.LOCATED and known.network is not None:
                if len(near) > _MOST_KEPT:
                    near.clear()
                near[id(known)] = (known, found, scope)
        return scopes

    def _known(self, event: Event, facts: Facts, matches: Matches) -> Scope:
        if reach := asset_is_nobodys(event):  # whatever a table, the source or a directory says
            fact = f"{event.asset.value} is nobody's: its range is {reach}"
            return Scope(why=Why.UNKNOWN, fact=fact)
        # What the words are made of: where a network is known, no single address is among it, and
        # where it is used in the region, no host.
        what = facts.network or event.address or event.host or event.asset.value
        located = facts.located
        key: tuple[object, ...]
        if located in self._countries:
            key = (what, located, facts.tables, matches)
        else:
            key = (
                what,
                event.host,
                located,
                facts.registered,
                event.reported_country if located is None else None,
                facts.tables,
                matches,
            )
        scope = self._kept.get(key)
        if scope is None:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            scope = self._kept[key] = self._scope(event, facts, matches)
        return scope

    def _scope(self, event: Event, facts: Facts, matches: Matches) -> Scope:
        why, fact = self._reason(event, facts, matches)
        return Scope(
            why=why,
            fact=fact[:LONGEST_FACT],
            constituents=tuple(dict.fromkeys(match.constituent for match in matches)),
        )

    def _reason(self, event: Event, facts: Facts, matches: Matches) -> tuple[Why, str]:
        what = facts.network or event.address or event.host or event.asset.value
        reported = event.reported_country if facts.located is None else None
        if facts.located in self._countries:
            return Why.LOCATED, _used(what, facts)
        if reported in self._countries:
            return Why.REPORTED, f"the source says that {what} is in {reported}; no table knows"
        if event.host is not None and (ending := self._ending(event.host)):
            return Why.DOMAIN, f"{event.host} stands under {ending}"
        if matches:
            held = _held(matches[0])
            return Why.CONSTITUENT, f"{held} is a constituent's{_elsewhere(facts, reported)}"
        if facts.located is not None:
            return Why.ELSEWHERE, _used(what, facts)
        if reported is not None:
            return Why.ELSEWHERE, f"the source says that {what} is in {reported}; no table knows"
        registered = (
            f", only that it is registered in {facts.registered}" if facts.registered else ""
        )
        return Why.UNKNOWN, f"no table knows where {what} is used{registered}"

    def _ending(self, host: str) -> str | None:
        return next((ending for ending in self._endings if host.endswith(ending)), None)


def own_finding(scope: Scope) -> Scope:
    """Return the scope of what we found ourselves: kept wherever it is, counted only where it is ours."""
    if scope.kept:
        return scope
    fact = f"our own finding; {scope.fact}"
    return Scope(why=Why.OWN, fact=fact[:LONGEST_FACT], constituents=scope.constituents)


def _used(what: str, facts: Facts) -> str:
    table = next((one for one in facts.tables if one.startswith("geolocation ")), "")
    return f"{what} is used in {facts.located} ({table})"


def _held(match: Match) -> str:
    return f"AS{match.value.upper().removeprefix('AS')}" if match.kind == "asn" else match.value


def _elsewhere(facts: Facts, reported: str | None) -> str:
    if facts.located is not None:
        return f"; it is used in {facts.located}"
    return f"; the source says that it is in {reported}" if reported is not None else ""


def _address(event: Event) -> str | None:
    if event.address is not None:
        return event.address
    return event.asset.value if event.asset.kind in {"address", "network"} else None

"""What our own tables say about addresses, as of a day: one answer from many tables, in large batches."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lionrock.core.events import Event
from lionrock.core.facts import Facts, TableAge
from lionrock.core.region import Region
from lionrock.enrich.addresses import network_of, packed
from lionrock.enrich.countries import number_code
from lionrock.enrich.dated import Dated, stored
from lionrock.enrich.documentation import SOURCE, bundled
from lionrock.enrich.intervals import NO_LENGTH, Intervals, Keys
from lionrock.enrich.suffixes import registrable

NOTHING: Final = Facts()

_SEARCHED: Final = ("routing", "registry", "geolocation")
_ROW: Final = 0xFFFFFFFF
_MOST_KEPT: Final = 20_000
"""Answers a view keeps; beyond that it begins anew, so that no delivery fills the memory."""


class Place(NamedTuple):
    """A table and its intervals of one family."""

    table: Dated
    intervals: Intervals


Chain = tuple[tuple[int, Dated], ...]


class Tables:
    """Every table at hand. For each day the newest of each source that is not younger counts."""

    def __init__(self, tables: Iterable[Dated]) -> None:
        self._tables = tuple(tables)
        self._views: dict[Chain, _View] = {}
        self._of_day: dict[date, _View] = {}

    @classmethod
    def load(cls, folder: Path, region: Region) -> Self:
        """Map the tables below ``folder`` (it may be absent) and add the bundled ones.

        The bundled ones place the documentation networks in ``region`` and elsewhere. Raise GiveUp
        for a table that cannot be read.
        """
        return cls((*stored(folder), *bundled(region.countries)))

    @property
    def version(self) -> str:
        """A short mark that is another one as soon as any table is."""
        marks = sorted(f"{table.folder} {table.digest}" for table in self._tables)
        return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]

    def ages(self) -> list[TableAge]:
        """Return what is at hand, by fact, newest first; the bundled tables are not among it."""
        ages = [
            replace(table.age, licence=table.licence)
            for table in self._tables
            if table.age.source != SOURCE
        ]
        return sorted(ages, key=lambda age: (age.fact, -age.day.toordinal(), age.source))

    def shipped(self) -> list[TableAge]:
        """Return the bundled tables, which place the documentation networks, by fact."""
        ages = [table.age for table in self._tables if table.age.source == SOURCE]
        return sorted(ages, key=lambda age: age.fact)

    def facts(self, addresses: Sequence[str], at: date) -> list[Facts]:
        """Return the facts about each address as of a day, in order.

        A network counts as its first address, a text that is neither as a host name.
        """
        return self._view(at).facts(addresses)

    def facts_of(self, events: Sequence[Event]) -> list[Facts]:
        """Return the facts about each event's asset as of its own time.

        What the source says of the address's ASN stands in where no table knows it.
        """
        return self._told(events, _View.facts_of)

    def places_of(self, events: Sequence[Event]) -> list[Facts]:
        """Return what ``facts_of`` does, hosts' registrable domains excepted: no row keeps these."""
        return self._told(events, _View.places_of)

    def _told(self, events: Sequence[Event], ask: "Ask") -> list[Facts]:
        """Ask the view of each event's day for the facts."""
        days: dict[date, list[int]] = {}
        for place, event in enumerate(events):
            days.setdefault(event.at.date(), []).append(place)
        if len(days) == 1:
            return ask(self._view(next(iter(days))), events)
        found: list[Facts] = [NOTHING] * len(events)
        for day, places in days.items():
            answers = ask(self._view(day), [events[place] for place in places])
            for place, answer in zip(places, answers, strict=True):
                found[place] = answer
        return found

    def holder(self, asn: int, at: date) -> str | None:
        """Return who holds an ASN as of a day, or None where no table says."""
        return self._view(at).holder(asn)

    def abuse(self, address: str, at: date) -> tuple[str, str] | None:
        """Return whom a registry's database names for abuse of an address, and by which table."""
        return self._view(at).abuse(address)

    def _view(self, at: date) -> "_View":
        view = self._of_day.get(at)
        if view is None:
            chain = tuple(_as_of(self._tables, at))
            view = self._views.get(chain) or self._views.setdefault(chain, _View(chain))
            if len(self._of_day) > 10_000:
                self._of_day.clear()
            self._of_day[at] = view
        return view


def _as_of(tables: Sequence[Dated], at: date) -> list[tuple[int, Dated]]:
    """Return for each fact, source and family one table for a day, in the order they are asked.

    The bundled ones come first: no packet ever comes from the networks they know. Then those of
    that day or before, the newest leading; a source that begins later stands in with its first
    table.
    """
    chosen: dict[tuple[str, str, int], Dated] = {}
    for table in sorted(tables, key=lambda one: one.age.day):
        for version in table.versions:
            key = (table.age.fact, table.age.source, version)
            if key not in chosen or table.age.day <= at:
                chosen[key] = table

    def rank(found: tuple[int, Dated]) -> tuple[bool, bool, int, str, int]:
        age = found[1].age
        distance = abs((at - age.day).days)
        return age.source != SOURCE, age.day > at, distance, age.source, found[0]

    return sorted(((key[2], table) for key, table in chosen.items()), key=rank)


class _View:
    """The tables that count on some days, and the answers they gave."""

    def __init__(self, chain: Chain) -> None:
        self._places = {
            (fact, version): tuple(
                Place(table, intervals)
                for family, table in chain
                if table.age.fact == fact and family == version
                if (intervals := table.v4 if version == 4 else table.v6) is not None
            )
            for fact in (*_SEARCHED, "abuse")
            for version in (4, 6)
        }
        self._holders = tuple(table for _, table in chain if table.age.fact == "holder")
        self._held: dict[int, str | None] = {}
        self._known: dict[tuple[int, int, int, int], Facts] = {}
        self._filled: dict[tuple[Facts, str | None, int | None], Facts] = {}

    def holder(self, asn: int) -> str | None:
        if asn not in self._held:
            if len(self._held) > _MOST_KEPT:
                self._held.clear()
            names = (table.names.get(asn) for table in self._holders if table.names)
            self._held[asn] = next((name for name in names if name), None)
        return self._held[asn]

    def abuse(self, address: str) -> tuple[str, str] | None:
        keys = packed((address,))
        for version, family in ((4, keys.v4), (6, keys.v6)):
            places = self._places["abuse", version]
            found = self._winners(places, family)
            if len(found) and found[0] >= 0:
                table, intervals = places[int(found[0]) >> 32]
                number = int(intervals.values[int(found[0]) & _ROW])
                mail = None if table.names is None else table.names.get(number)
                return (mail, f"{table.age.source} {table.age.day}") if mail else None
        return None

    def facts(self, addresses: Sequence[str]) -> list[Facts]:
        keys = packed(addresses)
        if len(keys.v4_at) == len(addresses):
            return self._looked_up(4, keys.v4)
        found: list[Facts] = [NOTHING] * len(addresses)
        for version, family, places in ((4, keys.v4, keys.v4_at), (6, keys.v6, keys.v6_at)):
            if len(places):
                for place, answer in zip(
                    places.tolist(), self._looked_up(version, family), strict=True
                ):
                    found[place] = answer
        for place in keys.others:
            if addresses[place]:
                found[place] = self._completed(NOTHING, addresses[place], None)
        return found

    def facts_of(self, events: Sequence[Event]) -> list[Facts]:
        found = self.places_of(events)
        for place, event in enumerate(events):
            if event.host is not None:
                found[place] = self._completed(found[place], event.host, None)
        return found

    def places_of(self, events: Sequence[Event]) -> list[Facts]:
        found = self.facts([_address(event) for event in events])
        for place, event in enumerate(events):
            asn = event.reported_asn if found[place].asn is None else None
            if event.asset.kind == "asn" and event.asset.value.isdigit():
                asn = int(event.asset.value)
            if asn is not None:
                found[place] = self._completed(found[place], None, asn)
        return found

    def _completed(self, facts: Facts, host: str | None, asn: int | None) -> Facts:
        key = (facts, host, asn)
        answer = self._filled.get(key)
        if answer is None:
            if len(self._filled) > _MOST_KEPT:
                self._filled.clear()
            answer = replace(
                facts,
                registrable=facts.registrable if host is None else registrable(host),
                asn=facts.asn if asn is None else asn,
                holder=facts.holder if asn is None else self.holder(asn),
            )
            self._filled[key] = answer
        return answer

    def _looked_up(self, version: int, addresses: Keys) -> list[Facts]:
        keys: Keys
        keys, back = np.unique(addresses, return_inverse=True)  # type: ignore[assignment]  # as addresses
        found = [self._winners(self._places[fact, version], keys) for fact in _SEARCHED]
        known = self._known
        answers: list[Facts] = []
        for routing, registry, located in zip(*(one.tolist() for one in found), strict=True):
            key = (version, routing, registry, located)
            answer = known.get(key)
            if answer is None:
                if len(known) > _MOST_KEPT:
                    known.clear()
                answer = known[key] = self._answer(version, routing, registry, located)
            answers.append(answer)
        return [answers[place] for place in back.tolist()]

    def _winners(self, places: Sequence[Place], keys: Keys) -> NDArray[np.int64]:
        """Return for each key which table knows it and in which row: ``table << 32 | row``; or -1."""
        found = np.full(len(keys), -1, dtype=np.int64)
        waiting = np.arange(len(keys), dtype=np.int64)
        for number, (_, intervals) in enumerate(places):
            if not len(waiting):
                break
            rows = intervals.rows(keys[waiting])
            knows = intervals.values[rows] != 0
            found[waiting[knows]] = rows[knows] | number << 32
            waiting = waiting[~knows]
        return found

    def _answer(self, version: int, *found: int) -> Facts:
        """Put one answer together from the rows that know, in the order of the searched facts."""
        tables: list[str] = []
        values: list[int] = []
        network = None
        for fact, place in zip(_SEARCHED, found, strict=True):
            if place < 0:
                values.append(0)
                continue
            table, intervals = self._places[fact, version][place >> 32]
            row = place & _ROW
            values.append(int(intervals.values[row]))
            tables.append(table.label)
            length = int(intervals.lengths[row])
            if fact == "routing" and length != NO_LENGTH:
                network = network_of(intervals.first(row), version, length)
        asn, registered, located = values
        return Facts(
            network=network,
            asn=asn or None,
            holder=self.holder(asn) if asn else None,
            registered=number_code(registered),
            located=number_code(located),
            tables=tuple(tables),
        )


Ask = Callable[[_View, Sequence[Event]], list[Facts]]


def _address(event: Event) -> str:
    if event.address is not None:
        return event.address
    return event.asset.value if event.asset.kind in {"address", "network"} else ""

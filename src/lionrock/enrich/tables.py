"""What our own tables say about addresses, as of a day: one answer from many tables, in large batches."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from lionrock.core.events import Event
from lionrock.core.facts import Facts, TableAge
from lionrock.core.region import Region
from lionrock.enrich.addresses import network_of, packed
from lionrock.enrich.countries import number_code
from lionrock.enrich.dated import Dated, stored
from lionrock.enrich.documentation import SOURCE, bundled
from lionrock.enrich.intervals import NO_LENGTH, Keys
from lionrock.enrich.suffixes import registrable

NOTHING: Final = Facts()

_SEARCHED: Final = ("routing", "registry", "geolocation")
_MOST_KEPT: Final = 200_000
"""Answers a view keeps; beyond that it begins anew, so that no delivery fills the memory."""


class Tables:
    """Every table at hand. For each day the newest of each source that is not younger counts."""

    def __init__(self, tables: Iterable[Dated]) -> None:
        self._tables = tuple(tables)
        self._views: dict[tuple[Dated, ...], _View] = {}
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
        ages = [table.age for table in self._tables if table.age.source != SOURCE]
        return sorted(ages, key=lambda age: (age.fact, -age.day.toordinal(), age.source))

    def facts(self, addresses: Sequence[str], at: date) -> list[Facts]:
        """Return the facts about each address as of a day, in order.

        A network counts as its first address, a text that is neither as a host name.
        """
        return self._view(at).facts(addresses)

    def facts_of(self, events: Sequence[Event]) -> list[Facts]:
        """Return the facts about each event's asset as of its own time.

        What the source says of the address's ASN stands in where no table knows it.
        """
        days: dict[date, list[int]] = {}
        for place, event in enumerate(events):
            days.setdefault(event.at.date(), []).append(place)
        if len(days) == 1:
            return self._view(next(iter(days))).facts_of(events)
        found: list[Facts] = [NOTHING] * len(events)
        for day, places in days.items():
            answers = self._view(day).facts_of([events[place] for place in places])
            for place, answer in zip(places, answers, strict=True):
                found[place] = answer
        return found

    def holder(self, asn: int, at: date) -> str | None:
        """Return who holds an ASN as of a day, or None where no table says."""
        return self._view(at).holder(asn)

    def _view(self, at: date) -> "_View":
        view = self._of_day.get(at)
        if view is None:
            chain = tuple(_as_of(self._tables, at))
            view = self._views.setdefault(chain, _View(chain))
            if len(self._of_day) > 10_000:
                self._of_day.clear()
            self._of_day[at] = view
        return view


def _as_of(tables: Sequence[Dated], at: date) -> list[Dated]:
    """Return one table of each fact and source for a day, in the order in which they are asked.

    Those of that day or before come first, the newest leading; a source that begins later stands
    in with its first table; the bundled ones come last.
    """
    chosen: dict[tuple[str, str], Dated] = {}
    for table in sorted(tables, key=lambda one: one.age.day):
        key = (table.age.fact, table.age.source)
        if key not in chosen or table.age.day <= at:
            chosen[key] = table
    return sorted(
        chosen.values(),
        key=lambda one: (
            one.age.source == SOURCE,
            one.age.day > at,
            abs((at - one.age.day).days),
            one.age.source,
        ),
    )


class _View:
    """The tables that count on some days, and the answers they gave."""

    def __init__(self, chain: Sequence[Dated]) -> None:
        self._by_fact = {
            fact: tuple(table for table in chain if table.age.fact == fact) for fact in _SEARCHED
        }
        self._holders = tuple(table for table in chain if table.names is not None)
        self._known: dict[tuple[int, int, int, int], Facts] = {}
        self._filled: dict[tuple[Facts, str | None, int | None], Facts] = {}

    def holder(self, asn: int) -> str | None:
        for table in self._holders:
            if table.age.fact == "holder" and table.names and (name := table.names.get(asn)):
                return name
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
        found = self.facts([_address(event) for event in events])
        for place, event in enumerate(events):
            asn = event.reported_asn if found[place].asn is None else None
            if event.asset.kind == "asn" and event.asset.value.isdigit():
                asn = int(event.asset.value)
            if event.host is not None or asn is not None:
                found[place] = self._completed(found[place], event.host, asn)
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
        found = [self._winners(self._by_fact[fact], version, keys) for fact in _SEARCHED]
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

    def _winners(self, tables: Sequence[Dated], version: int, keys: Keys) -> NDArray[np.int64]:
        """Return for each key which table knows it and in which row: ``table << 32 | row``; or -1."""
        found = np.full(len(keys), -1, dtype=np.int64)
        waiting = np.arange(len(keys), dtype=np.int64)
        for number, table in enumerate(tables):
            intervals = table.v4 if version == 4 else table.v6
            if intervals is None or not len(waiting):
                continue
            rows = intervals.rows(keys[waiting])
            knows = intervals.values[rows] != 0
            found[waiting[knows]] = rows[knows] | number << 32
            waiting = waiting[~knows]
        return found

    def _answer(self, version: int, routing: int, registry: int, located: int) -> Facts:
        tables = []
        network = asn = None
        if routing >= 0:
            table, row = self._place("routing", routing)
            intervals = table.v4 if version == 4 else table.v6
            assert intervals is not None  # noqa: S101  (it gave the row)
            asn = int(intervals.values[row])
            length = int(intervals.lengths[row])
            if length != NO_LENGTH:
                network = network_of(intervals.first(row), version, length)
            tables.append(table.label)
        codes: list[str | None] = []
        for fact, found in (("registry", registry), ("geolocation", located)):
            if found < 0:
                codes.append(None)
                continue
            table, row = self._place(fact, found)
            intervals = table.v4 if version == 4 else table.v6
            assert intervals is not None  # noqa: S101  (it gave the row)
            codes.append(number_code(int(intervals.values[row])))
            tables.append(table.label)
        return Facts(
            network=network,
            asn=asn,
            holder=None if asn is None else self.holder(asn),
            registered=codes[0],
            located=codes[1],
            tables=tuple(tables),
        )

    def _place(self, fact: str, found: int) -> tuple[Dated, int]:
        return self._by_fact[fact][found >> 32], found & 0xFFFFFFFF


def _address(event: Event) -> str:
    if event.address is not None:
        return event.address
    return event.asset.value if event.asset.kind in {"address", "network"} else ""

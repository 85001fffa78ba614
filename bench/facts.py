"""Measures what facts and scope cost per address, with made-up tables as large as the real ones.

Prints CPU microseconds per address, in batches of twenty thousand. ``lay`` makes the tables, for
other measurements too.
"""

import hashlib
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lionrock import regions
from lionrock.core.events import Asset, AssetKind, Event, Part
from lionrock.core.facts import TableAge
from lionrock.core.rsit import Rsit
from lionrock.enrich.countries import code_number
from lionrock.enrich.dated import Dated, Names, save
from lionrock.enrich.directory import Directory, Held
from lionrock.enrich.intervals import NO_LENGTH, Intervals
from lionrock.enrich.scope import Scoper
from lionrock.enrich.tables import Tables

BATCH = 20_000
BATCHES = 10
DAY = date(2026, 11, 20)


HOME = ("11.0.0.0/10",)
"""Four million addresses, where the region's machines stand in measurements: numbers, which nothing contacts."""
ELSEWHERE = ("1.0.0.0/8", "60.0.0.0/8", "150.0.0.0/8")

_ROUTES = 1_000_000
_COUNTRIES = 300_000
_ASNS = 75_000
_FIRST, _LAST = 1 << 24, 224 << 24
_HOME = (0x0B000000, 0x0B400000)
_OTHERS = ("US", "DE", "BR", "JP", "FR", "IN", "GB", "AU")


def main() -> None:
    """Print a row for each mixture of addresses."""
    region = regions.load(regions.DEFAULT)
    held = [
        Held(constituent=number, kind="asn", value=str(64_512 + number)) for number in range(64)
    ]
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        lay(Path(folder), country=region.countries[0], day=DAY)
        for name, share in (("nine in ten at home", 0.9), ("none at home", 0.0)):
            tables = Tables.load(Path(folder), region)
            scoper = Scoper(region, Directory(held))
            facts_took = scope_took = 0.0
            for _ in range(BATCHES):
                events = [_event(dice, share) for _ in range(BATCH)]
                start = time.process_time()
                facts = tables.facts_of(events)
                middle = time.process_time()
                scoper.scope_many(events, facts)
                scope_took += time.process_time() - middle
                facts_took += middle - start
            each = 1e6 / (BATCH * BATCHES)
            sys.stdout.write(
                f"{name:<22} facts {facts_took * each:6.2f} µs  scope {scope_took * each:6.2f} µs\n"
            )


def _event(dice: random.Random, share: float) -> Event:
    network = IPv4Network(HOME[0] if dice.random() < share else dice.choice(ELSEWHERE))
    address = str(IPv4Address(int(network[0]) + dice.randrange(network.num_addresses)))
    return Event(
        line=1,
        at=datetime(2026, 11, 20, tzinfo=UTC),
        asset=Asset(kind=AssetKind.ADDRESS, value=address),
        address=address,
        part=Part.SOURCE,
        kind=Rsit.BRUTE_FORCE,
    )


def lay(folder: Path, *, country: str, day: date) -> None:
    """Write tables of routing, holders, registries and geolocation into ``folder``.

    ``country`` is where HOME is used and registered; its 1024 networks of 4096 addresses belong to
    64 ASNs. The same arguments give the same tables.
    """
    dice = np.random.default_rng(1)
    _save(folder, "routing", day, _routing(dice))
    _save(folder, "registry", day, _countries(dice, country))
    _save(folder, "geolocation", day, _countries(dice, country))
    names = Names.of({asn: f"HOLDER-{asn} Holder number {asn}" for asn in range(1, _ASNS)})
    age = TableAge(fact="holder", source="bench", day=day, rows=_ASNS - 1)
    save(folder, Dated(age=age, digest="bench-holders", names=names))


def asn_at_home(network: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ASN of each network of HOME by its place there."""
    found: NDArray[np.int64] = 64_513 + network * network % 977 % 64
    return found


def _routing(dice: np.random.Generator) -> Intervals:
    starts = np.unique(dice.integers(_FIRST >> 8, _LAST >> 8, _ROUTES)).astype(np.uint32) << 8
    starts = starts[(starts < _HOME[0]) | (starts >= _HOME[1])]
    values = dice.integers(1, 60_000, len(starts)).astype(np.uint32)
    lengths = np.full(len(starts), 24, dtype=np.uint8)
    near = np.arange(_HOME[0], _HOME[1], 4096, dtype=np.uint32)
    return _ordered(
        np.concatenate([starts, near, [np.uint32(_LAST)]]),
        np.concatenate([values, asn_at_home(np.arange(len(near))), [0]]),
        np.concatenate([lengths, np.full(len(near), 20, dtype=np.uint8), [NO_LENGTH]]),
    )


def _countries(dice: np.random.Generator, country: str) -> Intervals:
    starts = np.unique(dice.integers(_FIRST >> 10, _LAST >> 10, _COUNTRIES)).astype(np.uint32) << 10
    starts = starts[(starts < _HOME[0]) | (starts >= _HOME[1])]
    codes = np.array([code_number(code) for code in _OTHERS if code != country])
    edge = np.array([_HOME[0], _HOME[1], _LAST], dtype=np.uint32)
    return _ordered(
        np.concatenate([starts, edge]),
        np.concatenate([dice.choice(codes, len(starts)), [code_number(country), codes[0], 0]]),
        np.full(len(starts) + 3, NO_LENGTH, dtype=np.uint8),
    )


def _ordered(
    starts: NDArray[np.generic], values: NDArray[np.generic], lengths: NDArray[np.generic]
) -> Intervals:
    order = np.argsort(starts, kind="stable")
    return Intervals(
        version=4,
        starts=np.concatenate([[0], starts[order]]).astype(np.uint32),
        values=np.concatenate([[0], values[order]]).astype(np.uint32),
        lengths=np.concatenate([[NO_LENGTH], lengths[order]]).astype(np.uint8),
    )


def _save(folder: Path, fact: str, day: date, table: Intervals) -> None:
    age = TableAge(fact=fact, source="bench", day=day, rows=len(table.starts))
    digest = hashlib.sha256(table.starts.tobytes() + table.values.tobytes()).hexdigest()
    save(folder, Dated(age=age, digest=digest, v4=table))


if __name__ == "__main__":
    main()

"""Measures a quarter's figures over ten million invented events, and what it takes to count one day of them.

Fills the tables of counting with what BENCH_EVENTS events (by default ten million) over a quarter come
to, as the daily count would, then times every figure of the quarter; and fills one day with raw events and
times its count. On SQLite, or on the PostgreSQL that LIONROCK_DATABASE names. Asserts nothing.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Django is pointed at the folder before what needs it is imported, in each function.
# ruff: noqa: PLC0415
COUNT = int(os.environ.get("BENCH_EVENTS", "10000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
FIRST = date(2026, 1, 1)
DAYS = 90
TIMES = 1 / 0.15
"""On how many days a problem is reported, on the average."""
ASNS = 64
AT_ONCE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A kind of event, its share of all, the units that its things are counted in, its families."""

    kind: str
    share: float
    units: tuple[str, ...]
    part: str = "host"
    families: int = 1
    variant: str = ""
    asset_kind: str = "address"


SHARES = (
    Share(kind="fraud.phishing", share=0.08, units=("url", "address"), asset_kind="url"),
    Share(
        kind="malicious-code.malware-distribution",
        share=0.08,
        units=("url", "address"),
        asset_kind="url",
        families=40,
    ),
    Share(
        kind="information-content-security.unauthorised-information-modification",
        share=0.01,
        units=("url", "address"),
        variant="defacement",
        asset_kind="url",
    ),
    Share(kind="malicious-code.c2-server", share=0.01, units=("address",), families=40),
    Share(
        kind="malicious-code.infected-system",
        share=0.45,
        units=("address",),
        part="source",
        families=60,
    ),
    Share(kind="intrusion-attempts.brute-force", share=0.25, units=("source",), part="target"),
    Share(kind="vulnerable.potentially-unwanted-accessible", share=0.12, units=("address",)),
)


def main() -> None:
    """Fill the tables, time the quarter, time a day."""
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-figures-") as folder:
        os.environ["LIONROCK_DATA"] = folder
        os.environ.setdefault("LIONROCK_DATABASE", "")
        from lionrock.jobs.django import migrate, start

        start()
        migrate()
        from django.db import connection

        began = time.monotonic()
        rows = fill()
        print(
            f"{connection.vendor}: {COUNT:,} events come to {rows:,} rows "
            f"(written in {time.monotonic() - began:.0f} s)"
        )
        if connection.vendor == "sqlite":
            size = sum(file.stat().st_size for file in Path(folder).glob("lionrock.sqlite3*"))
            print(f"  {size / 2**20:,.0f} MiB")
        quarter()
        one_day()
        connection.close()


def quarter() -> None:
    """Time all figures of the quarter, the first time and again."""
    from django.db import connection

    from lionrock import regions
    from lionrock.briefing.counting import count
    from lionrock.briefing.definitions import load
    from lionrock.core.figures import Period

    region, definitions = regions.load("hk"), load("hk")
    took = []
    figures = 0
    for _ in range(ROUNDS):
        began = time.monotonic(), time.process_time()
        counted = count(
            connection, region=region, definitions=definitions, period=Period.of("2026Q1")
        )
        took.append((time.monotonic() - began[0], time.process_time() - began[1]))
        figures = len(counted.figures)
    print(
        f"  {figures:,} figures of a quarter: first {took[0][0]:.1f} s, "
        f"median {statistics.median(wall for wall, _ in took):.1f} s "
        f"(processor of this process: {min(cpu for _, cpu in took):.1f} s)"
    )


def one_day() -> None:
    """Time the count of a day that has as many events as the average, then of the same once more."""
    from lionrock.desk.events.models import Event, TouchedDay
    from lionrock.desk.figures.services.days import count_due

    number = max(1, COUNT // DAYS)
    day = FIRST + timedelta(days=100)
    noon = datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)
    for start in range(0, number, AT_ONCE):
        Event.objects.bulk_create(
            (made_up(n, noon) for n in range(start, min(start + AT_ONCE, number))), batch_size=800
        )
    TouchedDay.objects.create(day=day, events=number)
    now = noon + timedelta(days=2)
    began = time.monotonic()
    count_due(now=now)
    first = time.monotonic() - began
    TouchedDay.objects.filter(day=day).update(events=number + 1)
    began = time.monotonic()
    count_due(now=now + timedelta(hours=2))
    print(
        f"  a day of {number:,} events: counted in {first:.1f} s, "
        f"again with nothing new in {time.monotonic() - began:.1f} s"
    )


def made_up(number: int, at: datetime) -> Any:  # Any: an Event, known once Django is there
    """Return one infected machine."""
    from lionrock.desk.events.models import Event

    address = f"2001:db8::{number // 2:x}"
    return Event(
        **{"blob_id": 1, "line": number, "feed": "made-up", "at": at, "episode_id": number},
        **{"kind": "malicious-code.infected-system", "severity": "high", "tlp": "TLP:AMBER"},
        **{"asset_kind": "address", "asset": address, "address": address, "part": "source"},
        **{"family": f"family-{number % 60}", "why": "located", "asn": 64512 + number % ASNS},
    )


def fill() -> int:
    """Write what the events come to: headings, presence, and who told of which kind on which day."""
    from lionrock.desk.events.models import DayCount
    from lionrock.desk.figures.models import Heading

    rng = np.random.default_rng(7)
    rows = 0
    for share in SHARES:
        pairs = int(COUNT * share.share / TIMES)
        begin = rng.integers(0, DAYS, pairs)
        end = np.minimum(begin + rng.geometric(1 / TIMES, pairs) - 1, DAYS - 1)
        family = np.minimum(rng.geometric(0.1, pairs) - 1, share.families - 1)
        asn = rng.integers(0, ASNS, pairs)
        for unit in share.units:
            # Eight pages of a server, on the average; what is no page is there once.
            several = unit == "address" and "url" in share.units
            thing = rng.integers(-(2**62), 2**62, pairs // 8 + 1 if several else pairs)
            if several:
                thing = thing[rng.integers(0, len(thing), pairs)]
            headings = [
                Heading(
                    kind=share.kind,
                    variant=share.variant,
                    family=f"family-{f}" if share.families > 1 else "",
                    feed="made-up",
                    part=share.part,
                    asset_kind=share.asset_kind,
                    unit=unit,
                    asn=0 if unit == "source" else 64512 + a,
                    country=f"A{chr(65 + a % 26)}" if unit == "source" else "",
                )
                for f in range(share.families)
                for a in range(ASNS if unit != "source" else 26)
            ]
            made = Heading.objects.bulk_create(headings, batch_size=500)
            ids = np.array([one.pk for one in made])
            width = ASNS if unit != "source" else 26
            heading = ids[family * width + asn % width]
            for some in presence(heading, thing, begin, end):
                rows += write(some)
        DayCount.objects.bulk_create(
            DayCount(
                day=FIRST + timedelta(days=n),
                feed="made-up",
                kind=share.kind,
                why="located",
                country="HK",
                events=int(COUNT * share.share / DAYS),
            )
            for n in range(DAYS)
        )
    settle()
    return rows


def presence(
    heading: npt.NDArray[np.int64],
    thing: npt.NDArray[np.int64],
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
) -> Iterator[list[tuple[int, int, int, int]]]:
    """Yield rows month by month, each (month, heading, thing) once, in order."""
    months = ((202601, 0, 31), (202602, 31, 59), (202603, 59, 90))
    for month, first, after in months:
        low, high = np.maximum(begin, first) - first, np.minimum(end, after - 1) - first
        there = low <= high
        bits = (np.int64(1) << (high[there] + 1)) - (np.int64(1) << low[there])
        keys = np.stack([heading[there], thing[there]], axis=1)
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        keys, bits = keys[order], bits[order]
        fresh = np.ones(len(keys), dtype=bool)
        fresh[1:] = (keys[1:] != keys[:-1]).any(axis=1)
        starts = np.flatnonzero(fresh)
        if not len(starts):
            continue
        merged = np.bitwise_or.reduceat(bits, starts)
        for at in range(0, len(starts), AT_ONCE):
            some = starts[at : at + AT_ONCE]
            yield [
                (month, int(h), int(t), int(b))
                for (h, t), b in zip(
                    keys[some].tolist(), merged[at : at + AT_ONCE].tolist(), strict=True
                )
            ]


def write(rows: Sequence[tuple[int, int, int, int]]) -> int:
    """Write rows of presence in one go."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(  # psycopg's own
                "COPY figures_presence (month, heading_id, thing, days) FROM STDIN"
            ) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(
                "INSERT INTO figures_presence (month, heading_id, thing, days) "
                "VALUES (%s, %s, %s, %s)",
                rows,
            )
    return len(rows)


def settle() -> None:
    """Have the database look at what it holds, as it does by itself in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
